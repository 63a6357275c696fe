"""What comes of one execution ends with it, however deep and however many, and there is a limit to it."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, func, select

from app.composition import running_services
from app.settings.settings import Settings
from engine.core.bounds import MAX_DESCENDANTS
from engine.dispatch.children import StoredChildren
from engine.dispatch.released_cancels import ReleasedCancels
from engine.journal.journal import read_events_of
from engine.journal.released import RELEASED
from models.commands.validation import parse
from models.commands.workflows import UpdateWorkflow
from models.entities.executions import Event
from models.words import EventType, ExecutionStatus
from resolvers.context import Context
from resolvers.executions import executions
from resolvers.workflows import workflows
from tests.support.calls import call, held, notify, soon
from tests.support.databases import migrate_again
from tests.support.engine_calls import ADA, crashing, create, execute, journal, journals
from tests.support.scripted_service import ScriptedService
from tests.support.trees import HOUR, each, rows, sub, tree, until, waiting

pytestmark = pytest.mark.asyncio

FEW = pytest.mark.parametrize("most", [4], indirect=True)
ENDED = {ExecutionStatus.COMPLETED.value, ExecutionStatus.FAILED.value, ExecutionStatus.CANCELLED.value}


@pytest.fixture
def most(request: pytest.FixtureRequest) -> int:
    """How many executions that came of one may be live."""
    return int(getattr(request, "param", MAX_DESCENDANTS))


@pytest.fixture
def settings(settings: Settings, most: int) -> Settings:
    """The settings, with that limit."""
    return msgspec.structs.replace(settings, max_descendants=most)


async def listed(ctx: Context) -> int:
    """How many executions are waited for no more and have not been cancelled yet."""
    count = select(func.count()).select_from(RELEASED)
    return await ctx.services.database.read(lambda connection: connection.execute(count).scalar_one())


# --- cancel wins ---------------------------------------------------------------------------------


async def test_all_that_came_of_an_execution_ends_with_it_at_any_depth(ctx: Context) -> None:
    root = await tree(ctx, 3, 2, 10)
    other = await tree_beside(ctx)
    await executions.cancel_execution(ctx, root)
    descendants = await rows(ctx, root_id=root)
    assert Counter(row.depth for row in descendants) == {1: 3, 2: 6, 3: 60}
    for events in await journals(ctx, [row.id for row in descendants]):
        assert (events[-1].type, events[-1].data["error"]["code"]) == ("execution_cancelled", "PARENT_ENDED")
    assert [row.status for row in await rows(ctx, root_id=other)] == ["running"]


async def tree_beside(ctx: Context) -> str:
    """One more tree, of other workflows."""
    leaf = await create(ctx, HOUR, name="other leaf")
    root = (await execute(ctx, await create(ctx, sub(leaf), name="other root"))).id
    await until(ctx, root, waiting(1))
    return root


async def test_a_time_out_of_the_root_ends_what_came_of_it(ctx: Context) -> None:
    leaf = await create(ctx, HOUR, name="leaf")
    middle = await create(ctx, sub(leaf, **each(3)), name="middle")
    root = (await execute(ctx, await create(ctx, sub(middle), name="root", timeout_seconds=1))).id
    assert (await journal(ctx, root))[-1].data["error"]["code"] == "TIMEOUT"
    found = [row.id for row in await rows(ctx, root_id=root)]
    assert found
    assert {events[-1].type for events in await journals(ctx, found)} == {"execution_cancelled"}


async def test_nothing_starts_under_an_execution_that_has_ended(
    ctx: Context, scripted: ScriptedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ctx.services.journal, "released", lambda _ids: None)  # the middle one goes on for a while
    scripted.answers["/held"] = held
    leaf = await create(ctx, notify("note"), name="leaf")
    first = call("first", "/held")
    middle = await create(ctx, first, sub(leaf, depends_on=["first"]), name="middle")
    root = (await execute(ctx, await create(ctx, sub(middle), name="root"))).id
    await soon(scripted.arrived)
    await executions.cancel_execution(ctx, root)
    scripted.released.set()
    [child] = await rows(ctx, parent_id=root)
    error = (await journal(ctx, child.id))[-1].data["error"]
    assert (error["code"], error["action_id"]) == ("PARENT_ENDED", "sub")
    assert await rows(ctx, parent_id=child.id) == []
    assert await listed(ctx) == 0  # what ended by itself is on no list any more


async def test_what_was_about_to_start_when_the_root_ended_is_refused_where_it_is_written(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ctx.services.journal, "released", lambda _ids: None)
    prepared, goes_on = asyncio.Event(), asyncio.Event()
    prepare = StoredChildren.prepare

    async def late(self: StoredChildren, parent: Any, *arguments: Any) -> Any:
        run = await prepare(self, parent, *arguments)
        if parent.depth == 1 and not goes_on.is_set():
            prepared.set()
            await goes_on.wait()
        return run

    monkeypatch.setattr(StoredChildren, "prepare", late)
    leaf = await create(ctx, notify("note"), name="leaf")
    middle = await create(ctx, sub(leaf), name="middle")
    root = (await execute(ctx, await create(ctx, sub(middle), name="root"))).id
    await soon(prepared)
    await executions.cancel_execution(ctx, root)
    goes_on.set()
    [child] = await rows(ctx, parent_id=root)
    events = await journal(ctx, child.id)
    assert "execution_resumed" in [event.type for event in events]  # what was prepared was refused, and asked for again
    assert (events[-1].data["error"]["code"], events[-1].data["error"]["action_id"]) == ("PARENT_ENDED", "sub")
    assert await rows(ctx, parent_id=child.id) == []


async def test_a_crash_after_the_cancel_loses_nobody_of_the_tree(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as cut_off:
        cut_off.setattr(ReleasedCancels, "add", lambda _self, _ids: None)
        async with crashing(settings) as ctx:
            root = await tree(ctx, 2, 2)
            await executions.cancel_execution(ctx, root)
            assert await listed(ctx) == 2
    async with running_services(settings) as services:
        ctx = Context(ADA, services)
        descendants = [row.id for row in await rows(ctx, root_id=root)]
        assert len(descendants) == 6
        assert {events[-1].type for events in await journals(ctx, descendants)} == {"execution_cancelled"}


async def test_the_migration_finds_the_roots_and_what_nobody_waited_for(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ctx.services.journal, "released", lambda _ids: None)
    root = await tree(ctx, 2, 1)
    other = await tree_beside(ctx)
    await executions.cancel_execution(ctx, root)
    before = {row.id: row.root_id for row in await rows(ctx)}

    def again(connection: Connection) -> list[str]:
        migrate_again(connection, "0011")
        return sorted(connection.execute(select(RELEASED.c.execution_id)).scalars())

    released = await ctx.services.database.change_schema(again)
    assert {row.id: row.root_id for row in await rows(ctx)} == before
    assert Counter(before.values()) == {None: 2, root: 4, other: 1}
    assert released == sorted(row.id for row in await rows(ctx, parent_id=root))


async def test_one_that_goes_on_alone_may_start_others(ctx: Context, scripted: ScriptedService) -> None:
    scripted.answers["/held"] = held
    leaf = await create(ctx, notify("note"), name="leaf")
    alone = await create(ctx, call("first", "/held"), sub(leaf, depends_on=["first"]), name="alone")
    middle = await create(ctx, sub(alone, on_parent_end="abandon"), name="middle")
    root = (await execute(ctx, await create(ctx, sub(middle), name="root"))).id
    await soon(scripted.arrived)
    await executions.cancel_execution(ctx, root)
    [child] = await rows(ctx, parent_id=root)
    assert (await journal(ctx, child.id))[-1].type == "execution_cancelled"
    scripted.released.set()
    [grandchild] = await rows(ctx, parent_id=child.id)
    assert (await journal(ctx, grandchild.id))[-1].type == "execution_completed"
    assert [row.root_id for row in await rows(ctx, parent_id=grandchild.id)] == [root]


async def test_one_that_goes_on_alone_does_not_begin_all_over_again(ctx: Context, scripted: ScriptedService) -> None:
    scripted.answers["/held"] = held
    first = await create(ctx, HOUR, name="first")
    alone = await create(ctx, call("call", "/held"), sub(first, depends_on=["call"]), name="alone")
    changed = parse(UpdateWorkflow, {"actions": [sub(alone, on_parent_end="abandon")]})
    await workflows.update_workflow(ctx, first, changed)
    root = (await execute(ctx, first)).id
    await soon(scripted.arrived)
    await executions.cancel_execution(ctx, root)
    scripted.released.set()
    [child] = await rows(ctx, parent_id=root)
    error = (await journal(ctx, child.id))[-1].data["error"]
    assert (error["code"], error["action_id"]) == ("PARENT_ENDED", "sub")
    assert await rows(ctx, parent_id=child.id) == []


async def test_a_cancelled_one_starts_what_its_clean_up_starts_and_that_starts_no_more(ctx: Context) -> None:
    leaf = await create(ctx, notify("note"), name="leaf")
    undo = await create(ctx, sub(leaf, on_error="continue"), name="undo")
    child = await create(ctx, HOUR, on_exit=[sub(undo, "undo")], name="child")
    root = (await execute(ctx, await create(ctx, sub(child), name="root"))).id
    await until(ctx, root, waiting(1))
    [found] = await rows(ctx, parent_id=root)
    await until(ctx, found.id, waiting(1))
    await executions.cancel_execution(ctx, root)
    assert (await journal(ctx, found.id))[-1].type == "execution_cancelled"
    [undone] = await rows(ctx, parent_id=found.id)
    failures = [event for event in await journal(ctx, undone.id) if event.type == EventType.ACTION_FAILED]
    assert [event.data["error"]["code"] for event in failures] == ["PARENT_ENDED"]
    assert await rows(ctx, parent_id=undone.id) == []


# --- limits --------------------------------------------------------------------------------------


@FEW
async def test_one_descendant_too_many_fails_its_action_and_the_others_go_on(ctx: Context) -> None:
    leaf = await create(ctx, HOUR, name="leaf")
    many = {"in": list(range(7)), "max_concurrency": 7, "tolerated_failure_percentage": 100}
    root = (await execute(ctx, await create(ctx, sub(leaf, for_each=many), name="root"))).id

    def all_told(seen: Sequence[Event]) -> bool:
        told = {
            event.data["item"] for event in seen if event.type in (EventType.ACTION_WAITING, EventType.ACTION_FAILED)
        }
        return len(told) == 7

    await until(ctx, root, all_told)
    seen = await ctx.services.database.read(lambda connection: read_events_of(connection, [root])[root])
    refused = [event.data["error"]["code"] for event in seen if event.type == EventType.ACTION_FAILED]
    assert refused == ["TOO_MANY_DESCENDANTS"] * 3
    assert len(await rows(ctx, root_id=root, status="running")) == 4
    await executions.cancel_execution(ctx, root)
    descendants = [row.id for row in await rows(ctx, root_id=root)]
    assert {events[-1].type for events in await journals(ctx, descendants)} == {"execution_cancelled"}


@FEW
async def test_a_workflow_that_multiplies_itself_is_bounded_and_ends_with_its_root(ctx: Context) -> None:
    bomb = await create(ctx, notify("note"), name="bomb")
    actions = [sub(bomb, **each(3))]
    saved = await workflows.update_workflow(ctx, bomb, parse(UpdateWorkflow, {"actions": actions}))
    assert "executes itself" in saved.warnings[0].message
    root = (await execute(ctx, bomb)).id
    await until(ctx, root, waiting(3))
    await executions.cancel_execution(ctx, root)
    await journals(ctx, [row.id for row in await rows(ctx, root_id=root)])
    left = [row for row in await rows(ctx, root_id=root) if row.status not in ENDED]
    assert left == []
