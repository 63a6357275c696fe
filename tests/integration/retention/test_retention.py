"""What has been kept for long enough goes with all that hangs on it, and nothing else does, on both databases."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import func, select, update

from engine.retention.deleting import DELIVERIES, Deletion, delete_ended
from engine.retention.dependents import EXECUTIONS, KEPT, dependents
from engine.retention.keeper import Retention
from engine.retention.preview import preview
from models.commands.filters import ActivityFilter, ExecutionFilter
from models.commands.validation import parse
from models.commands.workflows import UpdateWorkflow
from models.database.tables import ExecutionEventRow, table
from models.errors import ExecutionNotFound
from models.retention_errors import CursorExpired, ExecutionDeleted, NotDeletable
from models.words import DeliveryStatus, ExecutionStatus
from resolvers.context import Context
from resolvers.executions import executions
from resolvers.executions.deletion import delete_execution
from resolvers.executions.feeds import activity_changes, execution_changes
from resolvers.executions.streams import execution_events
from resolvers.operations.statistics import get_statistics
from resolvers.workflows import workflows
from tests.integration.retention.conftest import DAY, SETTINGS, MakeRetention
from tests.support.calls import notify
from tests.support.engine_calls import create, execute, journal
from tests.support.timers import MovableClock
from tests.support.trees import HOUR, rows, sub, tree, until, waiting

pytestmark = pytest.mark.asyncio

EVENTS = table(ExecutionEventRow)
BROKEN = {"action_id": "broken", "action_type": "transform", "config": {"output": "{{nowhere}}"}}
NOBODY = "http://127.0.0.1:9/"
"""Where nothing is ever delivered."""


async def ended(ctx: Context, *actions: dict[str, object], **options: object) -> str:
    """Execute a workflow of its own to its end; return the execution's id."""
    fields = {name: options.pop(name) for name in ("name", "retention") if name in options}
    workflow_id = await create(ctx, *(actions or (notify("a"),)), **fields)
    execution = await execute(ctx, workflow_id, **options)
    await journal(ctx, execution.id)
    return execution.id


async def there(ctx: Context) -> set[str]:
    """The ids of all executions."""
    every = select(EXECUTIONS.c.id)
    return set(await ctx.services.database.read(lambda connection: connection.execute(every).scalars().all()))


async def counts(ctx: Context) -> dict[str, int]:
    """How many rows of each kind there are that hang on executions."""
    tables = [dependent.table for dependent in dependents()]
    statements = {found.name: select(func.count()).select_from(found) for found in tables}
    return await ctx.services.database.read(
        lambda connection: {name: connection.execute(one).scalar_one() for name, one in statements.items()}
    )


# --- what goes ------------------------------------------------------------------------------------


async def test_what_ended_goes_when_its_time_is_over_and_what_failed_later(
    ctx: Context, retention: Retention, clock: MovableClock
) -> None:
    completed, failed = await ended(ctx, name="one"), await ended(ctx, BROKEN, name="two")
    clock.put_forward(30 * DAY - 60)
    await retention.turn()
    assert await there(ctx) == {completed, failed}
    clock.put_forward(120)
    await retention.turn()
    assert await there(ctx) == {failed}
    clock.put_forward(60 * DAY)
    await retention.turn()
    assert await there(ctx) == set()
    assert set((await counts(ctx)).values()) == {0}
    assert retention.deleted["executions"] == 2


async def test_what_is_live_stays_whatever_its_age(ctx: Context, retention: Retention, clock: MovableClock) -> None:
    waiting = (await execute(ctx, await create(ctx, HOUR))).id
    clock.put_forward(1_000 * DAY)
    await retention.turn()
    assert await there(ctx) == {waiting}


async def test_a_workflow_keeps_its_own_for_as_long_as_it_says(
    ctx: Context, retention: Retention, clock: MovableClock
) -> None:
    short = await ended(ctx, name="short", retention={"completed": "10m"})
    ever = await ended(ctx, name="ever", retention={"completed": "forever", "failed": "1d"})
    plain = await ended(ctx, name="plain")
    clock.put_forward(601)
    await retention.turn()
    assert await there(ctx) == {ever, plain}
    clock.put_forward(1_000 * DAY)
    await retention.turn()
    assert await there(ctx) == {ever}
    found = await executions.get_execution(ctx, ever)
    await workflows.update_workflow(ctx, found.workflow_id, parse(UpdateWorkflow, {"retention": {"completed": "7d"}}))
    await retention.turn()
    assert await there(ctx) == set()
    assert short not in await there(ctx)


async def test_a_bound_of_their_number_takes_what_ended_first(ctx: Context, retention_of: MakeRetention) -> None:
    workflow_id = await create(ctx, notify("a"))
    ids = [(await execute(ctx, workflow_id, async_execution=False)).id for _ in range(6)]
    retention = retention_of(msgspec.structs.replace(SETTINGS, max_executions=2))
    await retention.turn()
    assert await there(ctx) == set(ids[-2:])


async def test_a_bound_of_their_number_passes_over_what_may_not_go(ctx: Context, retention_of: MakeRetention) -> None:
    pending = {await ended(ctx, name=f"tell {number}", callback_url=NOBODY) for number in range(3)}
    free = [await ended(ctx, name=f"free {number}") for number in range(4)]
    retention = retention_of(msgspec.structs.replace(SETTINGS, max_executions=4))
    await retention.turn()
    assert await there(ctx) == {*pending, free[-1]}


async def test_totals_stay_and_lines_of_the_feed_go_in_their_own_time(
    ctx: Context, retention_of: MakeRetention, clock: MovableClock
) -> None:
    await ended(ctx)
    before = await get_statistics(ctx)
    days = {"executions": timedelta(days=1), "activities": timedelta(days=2)}
    retention = retention_of(msgspec.structs.replace(SETTINGS, **days))
    clock.put_forward(1.5 * DAY)
    await retention.turn()
    assert await there(ctx) == set() and retention.deleted["activities"] == 0
    clock.put_forward(DAY)
    await retention.turn()
    assert retention.deleted["activities"] == 3  # created, executed, completed
    assert (await get_statistics(ctx)).total_executions == before.total_executions == 1


# --- what stays -----------------------------------------------------------------------------------


async def test_what_has_something_to_deliver_stays_until_it_is_delivered(
    ctx: Context, retention: Retention, clock: MovableClock
) -> None:
    execution_id = await ended(ctx, callback_url=NOBODY)
    clock.put_forward(100 * DAY)
    await retention.turn()
    assert await there(ctx) == {execution_id}
    taken = update(DELIVERIES).values(status=DeliveryStatus.DELIVERED.value, next_attempt_at=None)
    await ctx.services.database.transaction(lambda connection: connection.execute(taken))
    clock.put_forward(DAY)
    await retention.turn()
    assert await there(ctx) == set()


async def test_a_tree_goes_as_a_whole_and_not_while_anything_of_it_is_live(
    ctx: Context, retention: Retention, clock: MovableClock
) -> None:
    goes_on = await create(ctx, HOUR, name="goes on")
    top = await create(ctx, sub(goes_on, on_parent_end="abandon"), name="top")
    root = (await execute(ctx, top)).id
    await until(ctx, root, waiting(1))
    [child] = await rows(ctx, parent_id=root)
    await executions.cancel_execution(ctx, root)
    clock.put_forward(31 * DAY)
    await retention.turn()
    assert await there(ctx) == {root, child.id}
    await executions.cancel_execution(ctx, child.id)
    clock.put_forward(DAY)
    await retention.turn()
    assert await there(ctx) == set()
    assert retention.deleted["executions"] == 2


async def test_what_goes_on_alone_is_kept_for_its_own_time(
    ctx: Context, retention: Retention, clock: MovableClock
) -> None:
    leaf = await create(ctx, notify("a"), name="leaf")
    root = await ended(ctx, sub(leaf), name="top")
    [child] = await rows(ctx, parent_id=root)
    later = ctx.services.clock.now() + timedelta(days=20)
    move = update(EXECUTIONS).where(EXECUTIONS.c.id == child.id).values(completed_at=later)
    await ctx.services.database.transaction(lambda connection: connection.execute(move))
    clock.put_forward(31 * DAY)
    await retention.turn()
    assert await there(ctx) == {root, child.id}
    clock.put_forward(20 * DAY)
    await retention.turn()
    assert await there(ctx) == set()


async def test_of_a_large_tree_a_part_goes_at_a_time_and_in_the_end_all(ctx: Context) -> None:
    root = await tree(ctx, 3, 2)
    await executions.cancel_execution(ctx, root)
    for row in await rows(ctx, root_id=root):
        await journal(ctx, row.id)
    database, now = ctx.services.database, ctx.services.clock.now()
    seen = []
    while not seen or seen[-1] is Deletion.UNFINISHED:
        answers = await database.transaction(lambda connection: delete_ended(connection, [root], now, at_most=4))
        seen.append(answers[root])
    assert seen == [Deletion.UNFINISHED, Deletion.UNFINISHED, Deletion.DELETED]
    assert set((await counts(ctx)).values()) == {0}


async def test_each_is_told_why_it_stays(ctx: Context) -> None:
    root = await tree(ctx, 1)
    [child] = await rows(ctx, root_id=root)
    pending, done = await ended(ctx, name="tell", callback_url=NOBODY), await ended(ctx, name="done")
    database, now = ctx.services.database, ctx.services.clock.now()
    asked = [root, pending, done, "exec_0000000000000000"]
    answers = await database.transaction(lambda connection: delete_ended(connection, asked, now))
    assert answers == {
        root: Deletion.NOT_ENDED,
        pending: Deletion.DELIVERY_PENDING,
        done: Deletion.DELETED,
        "exec_0000000000000000": Deletion.NOT_FOUND,
    }
    await executions.cancel_execution(ctx, root)
    for found in (child.id, root):
        await journal(ctx, found)
    alive = update(EXECUTIONS).where(EXECUTIONS.c.id == root).values(completed_at=None)
    await database.transaction(lambda connection: connection.execute(alive))
    answers = await database.transaction(lambda connection: delete_ended(connection, [child.id], now))
    assert answers == {child.id: Deletion.PARENT_NOT_ENDED}


# --- what is left ---------------------------------------------------------------------------------


async def test_a_key_starts_nothing_again_as_long_as_it_is_known(
    ctx: Context, retention: Retention, clock: MovableClock
) -> None:
    workflow_id = await create(ctx, notify("a"))
    first = await execute(ctx, workflow_id, idempotency_key="once", async_execution=False)
    clock.put_forward(31 * DAY)
    await retention.turn()
    assert await there(ctx) == set()
    with pytest.raises(ExecutionDeleted, match=first.id):
        await execute(ctx, workflow_id, idempotency_key="once", async_execution=False)
    clock.put_forward(11 * DAY)
    await retention.turn()
    second = await execute(ctx, workflow_id, idempotency_key="once", async_execution=False)
    assert second.id != first.id


async def test_a_cursor_that_would_miss_something_says_where_to_go_on(
    ctx: Context, retention: Retention, clock: MovableClock
) -> None:
    feeds = {
        "executions": lambda after: execution_changes(ctx, ExecutionFilter(), after),
        "activities": lambda after: activity_changes(ctx, ActivityFilter(), after),
    }
    cursors = {name: (await anext(feed(None))).cursor for name, feed in feeds.items()}
    execution_id = await ended(ctx)
    clock.put_forward(100 * DAY)
    await retention.turn()
    for name, feed in feeds.items():
        with pytest.raises(CursorExpired) as expired:
            await anext(feed(cursors[name]))
        onward = feed(expired.value.resume_after)
        fresh = await ended(ctx, name=f"after {name}")
        told = (await anext(onward)).node
        assert told is not None
        assert name == "activities" or told.id == fresh
    with pytest.raises(CursorExpired):
        await anext(execution_events(ctx, execution_id, after=2))
    with pytest.raises(ExecutionNotFound):
        await anext(execution_events(ctx, execution_id))


# --- by hand, and only to see ---------------------------------------------------------------------


async def test_one_is_deleted_by_hand_where_it_has_ended(ctx: Context) -> None:
    waiting = (await execute(ctx, await create(ctx, HOUR))).id
    with pytest.raises(NotDeletable, match="has not ended"):
        await delete_execution(ctx, waiting)
    done = await ended(ctx, name="done")
    assert await delete_execution(ctx, done) == done
    with pytest.raises(ExecutionNotFound):
        await delete_execution(ctx, done)


async def test_a_preview_says_what_then_goes(ctx: Context, retention: Retention, clock: MovableClock) -> None:
    await ended(ctx, name="one")
    await ended(ctx, BROKEN, name="two")
    await ended(ctx, name="three", callback_url=NOBODY)
    await ended(ctx, name="four", retention={"completed": "forever"})
    clock.put_forward(100 * DAY)
    database = ctx.services.database
    before = await counts(ctx)
    told = await database.read(lambda connection: preview(connection, SETTINGS, clock.now(), "default"))
    assert {found.status: (found.count, found.held) for found in told.executions} == {
        ExecutionStatus.CANCELLED: (0, 0),
        ExecutionStatus.COMPLETED: (2, 1),
        ExecutionStatus.FAILED: (1, 0),
    }
    elsewhere = await database.read(lambda connection: preview(connection, SETTINGS, clock.now(), "another"))
    assert not any(found.count for found in (*elsewhere.executions, *elsewhere.rows))
    await retention.turn()
    after = await counts(ctx)
    by_table = {found.table: found.count for found in told.rows}
    assert by_table["execution"] == 3 and before["execution"] - after["execution"] == 2  # one is held
    assert by_table["activity"] == retention.deleted["activities"]


# --- the walk -------------------------------------------------------------------------------------


async def test_every_table_that_names_an_execution_goes_with_it_or_says_why_not() -> None:
    going = {dependent.table.name for dependent in dependents()}
    naming = {
        found.name for found in EXECUTIONS.metadata.sorted_tables if "execution_id" in found.c or found is EXECUTIONS
    }
    assert {*KEPT} <= naming
    assert naming - {*KEPT} <= going
    assert going >= {"callback_attempt", "execution_event", "approval_link", "execution"}
