"""Bulk operations: what they are about, what comes of each execution, who may, and how they end before their time."""

import asyncio
from collections import Counter
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, select

from app.composition import running_services
from app.settings.settings import Settings
from engine.audit.rows import ENTRIES
from models.commands import bulk_operations as commands
from models.commands.bulk_operations import (
    BulkOperationFilter,
    BulkOperationFinished,
    BulkOperationNotFound,
    CountMismatch,
    TooManyBulkOperations,
    TooManyExecutions,
)
from models.entities.bulk_operations import BulkOperation
from models.errors import ExecutionNotFound, InvalidInput, PermissionDenied, Unauthenticated
from models.words import BulkItemStatus, BulkStatus, CredentialKind, Permission, Role
from resolvers.bulk import operations, rows
from resolvers.bulk.worker import KEPT, working_off
from resolvers.context import Context, Credential, Viewer
from resolvers.executions import executions
from resolvers.executions.cancels import cancel_each
from resolvers.keyset import Window
from tests.support.calls import PATIENCE_SECONDS, notify
from tests.support.core.bulk_calls import FAST, WAIT, items_of, make, outcomes, over, still_good, worked_off
from tests.support.engine_calls import ADA, assert_gap_free, create, execute, execute_many, journal, journals, kinds
from tests.support.timers import MovableClock
from tests.support.unreadable import damage

pytestmark = pytest.mark.asyncio

SUCCEEDED, SKIPPED, FAILED = BulkItemStatus.SUCCEEDED, BulkItemStatus.SKIPPED, BulkItemStatus.FAILED


def by(ctx: Context, user: str, role: Role = Role.EDITOR, tenant: str = "default", **more: Any) -> Context:
    return Context(Viewer(user, tenant, role, **more), ctx.services)


async def entries(ctx: Context, action: str) -> list[Any]:
    def read(connection: Connection) -> list[Any]:
        return list(connection.execute(select(ENTRIES).where(ENTRIES.c.action == action)))

    await ctx.services.audit_log.flush()
    return await ctx.services.database.read(read)


async def test_a_filter_finds_what_can_be_cancelled_at_the_moment_and_nothing_that_begins_later(ctx: Context) -> None:
    workflow_id = await create(ctx, WAIT)
    ids = await execute_many(ctx, workflow_id, 120)
    other = await execute(ctx, await create(ctx, WAIT, name="other"))
    over_before = await execute(ctx, await create(ctx, notify("a"), name="short"), async_execution=False)
    made = await make(ctx, filter={"workflow_id": [workflow_id]}, expected_count=120, reason="a bad release")
    assert (made.status, made.total, made.left, made.percentage) == (BulkStatus.PENDING, 120, 120, 0.0)
    later = await execute(ctx, workflow_id)
    ended = await worked_off(ctx, made.id)
    assert (ended.status, ended.succeeded, ended.left, ended.percentage) == (BulkStatus.COMPLETED, 120, 0, 100.0)
    assert ended.started_at is not None and ended.completed_at is not None
    items = await items_of(ctx, made.id)
    assert [item.number for item in items] == list(range(1, 121))
    assert {item.execution_id for item in items} == set(ids)
    assert outcomes(items) == {(SUCCEEDED, None): 120}
    for events in await journals(ctx, ids):
        assert_gap_free(events)
        assert kinds(events).count("execution_cancelled") == 1
    for untouched in (other, later):
        assert not (await executions.get_execution(ctx, untouched.id)).status.is_terminal
    assert (await executions.get_execution(ctx, over_before.id)).status.value == "completed"


async def test_each_execution_is_judged_as_the_single_use_case_does(ctx: Context) -> None:
    workflow_id = await create(ctx, WAIT)
    good, before, damaged = await execute_many(ctx, workflow_id, 3)
    done = await execute(ctx, await create(ctx, notify("a"), name="short"), async_execution=False)
    theirs = await execute(by(ctx, "bob"), workflow_id)
    elsewhere_ctx = by(ctx, "eve", tenant="elsewhere")
    elsewhere = await execute(elsewhere_ctx, await create(elsewhere_ctx, WAIT))
    await executions.cancel_execution(ctx, before)
    spoil = damage("execution_event", "data", "execution_id = :id")
    await ctx.services.database.transaction(lambda connection: spoil(connection, damaged))
    ids = [good, before, damaged, done.id, theirs.id, elsewhere.id, "exec_none", good]
    made = await make(ctx, ids=ids)
    assert made.total == 7  # of what is named twice one is left
    ended = await worked_off(ctx, made.id)
    assert (ended.succeeded, ended.skipped, ended.failed) == (3, 1, 3)
    told = {item.execution_id: (item.status, item.code) for item in await items_of(ctx, made.id)}
    assert told == {
        good: (SUCCEEDED, None),
        before: (SUCCEEDED, "EXECUTION_FINISHED"),
        damaged: (SUCCEEDED, None),
        done.id: (SKIPPED, "EXECUTION_FINISHED"),
        theirs.id: (FAILED, "PERMISSION_DENIED"),
        elsewhere.id: (FAILED, "EXECUTION_NOT_FOUND"),
        "exec_none": (FAILED, "EXECUTION_NOT_FOUND"),
    }
    for untouched, whose in ((theirs, by(ctx, "bob")), (elsewhere, elsewhere_ctx)):
        assert not (await executions.get_execution(whose, untouched.id)).status.is_terminal
    assert (await worked_off(ctx, (await make(by(ctx, "oz", Role.OPERATOR), ids=[theirs.id])).id)).succeeded == 1


async def test_what_was_done_before_its_result_was_written_is_done_once_and_told(ctx: Context) -> None:
    ids = await execute_many(ctx, await create(ctx, WAIT), 60)
    made = await make(ctx, ids=ids)
    await cancel_each(ctx, ids[:25], {"bulk_operation": made.id})  # here the process was lost
    ended = await worked_off(ctx, made.id)
    assert (ended.succeeded, ended.left) == (60, 0)
    assert outcomes(await items_of(ctx, made.id)) == {(SUCCEEDED, "EXECUTION_FINISHED"): 25, (SUCCEEDED, None): 35}
    for events in await journals(ctx, ids):
        assert kinds(events).count("execution_cancelled") == 1
    cancels = [entry for entry in await entries(ctx, "cancel_execution") if entry.target in ids]
    assert sorted(entry.target for entry in cancels) == sorted(ids)
    assert {(entry.actor, entry.details["bulk_operation"]) for entry in cancels} == {("ada", made.id)}


async def test_a_result_that_two_workers_have_is_counted_once(ctx: Context) -> None:
    ids = await execute_many(ctx, await create(ctx, WAIT), 40)
    made = await make(ctx, ids=ids)
    async with (
        working_off(ctx.services, still_good, FAST),
        working_off(ctx.services, still_good, FAST),
    ):
        ended = await over(ctx, made.id)
    assert (ended.succeeded, ended.left) == (40, 0)
    assert [kinds(events).count("execution_cancelled") for events in await journals(ctx, ids)] == [1] * 40


async def test_what_a_restart_finds_unfinished_is_finished(settings: Settings) -> None:
    async with running_services(settings) as services:
        ctx = Context(ADA, services)
        ids = await execute_many(ctx, await create(ctx, WAIT), 30)
        made = await make(ctx, ids=ids)
    async with running_services(settings) as services:
        ctx = Context(ADA, services)
        ended = await worked_off(ctx, made.id)
        assert (ended.status, ended.succeeded) == (BulkStatus.COMPLETED, 30)
        assert (await make(ctx, ids=ids)).created_at > ended.created_at


async def test_a_dry_run_tells_how_many_and_writes_nothing(ctx: Context) -> None:
    workflow_id = await create(ctx, WAIT)
    ids = await execute_many(ctx, workflow_id, 12)
    await executions.cancel_execution(ctx, ids[0])
    asked = {"kind": "cancel", "filter": {"workflow_id": [workflow_id]}, "dry_run": True}
    answer = await operations.create_bulk_operation(ctx, parsed(asked))
    assert (answer.operation, answer.count, len(answer.first)) == (None, 11, 10)
    assert {execution.status.value for execution in answer.first} <= {"queued", "running"}
    named = await operations.create_bulk_operation(ctx, parsed({**asked, "filter": None, "ids": [*ids[:2], "exec_0"]}))
    assert (named.count, {execution.id for execution in named.first}) == (3, {*ids[:2]})
    assert await operations.count_bulk_operations(ctx, BulkOperationFilter()) == 0
    assert await entries(ctx, "create_bulk_operation") == []
    with pytest.raises(CountMismatch, match="about 11 executions now, not 12"):
        await operations.create_bulk_operation(ctx, parsed({**asked, "expected_count": 12}))


def parsed(asked: dict[str, Any]) -> commands.CreateBulkOperation:
    return commands.CreateBulkOperation.model_validate(asked)


async def test_where_there_are_others_than_expected_nothing_is_made(ctx: Context) -> None:
    workflow_id = await create(ctx, WAIT)
    (execution_id,) = await execute_many(ctx, workflow_id, 1)
    for expected in (0, 2):
        with pytest.raises(CountMismatch) as refusal:
            await make(ctx, filter={"workflow_id": [workflow_id]}, expected_count=expected)
        assert "count 1" in refusal.value.hint
    with pytest.raises(CountMismatch):
        await make(ctx, ids=[execution_id], expected_count=2)
    assert await operations.count_bulk_operations(ctx, BulkOperationFilter()) == 0
    assert await ctx.services.database.read(lambda connection: connection.execute(select(rows.ITEMS)).all()) == []


async def test_an_operation_about_nothing_is_completed_at_once(ctx: Context) -> None:
    made = await make(ctx, filter={"created_by": ["nobody"]})
    assert (made.status, made.total, made.percentage) == (BulkStatus.COMPLETED, 0, 100.0)
    assert await over(ctx, made.id) == made


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({}, "give ids or filter"),
        ({"ids": ["exec_1"], "filter": {}}, "and not both"),
        ({"filter": {}}, "this filter is empty"),
        ({"ids": []}, "at least 1"),
        ({"ids": ["exec_1"], "kind": "explode"}, "cancel"),
        ({"ids": ["exec_1"], "expected_count": -1}, "greater than or equal to 0"),
        ({"ids": ["exec_1"], "reason": ""}, "at least 1"),
    ],
)
async def test_what_makes_no_sense_is_refused(ctx: Context, asked: dict[str, Any], fault: str) -> None:
    with pytest.raises(InvalidInput, match=fault):
        await make(ctx, **asked)


async def test_more_than_may_be_is_refused_and_leaves_nothing(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MAX_EXECUTIONS", 3)
    monkeypatch.setattr(rows, "MAX_UNFINISHED", 2)
    workflow_id = await create(ctx, WAIT)
    ids = await execute_many(ctx, workflow_id, 4)
    with pytest.raises(TooManyExecutions):
        await make(ctx, filter={"workflow_id": [workflow_id]})
    with pytest.raises(TooManyExecutions):
        await operations.create_bulk_operation(
            ctx, parsed({"kind": "cancel", "filter": {"workflow_id": [workflow_id]}, "dry_run": True})
        )
    for execution_id in ids[:2]:
        await make(ctx, ids=[execution_id])
    with pytest.raises(TooManyBulkOperations):
        await make(ctx, ids=ids[:3])
    assert (await make(by(ctx, "eve", tenant="elsewhere"), ids=["exec_1"])).total == 1
    assert await operations.count_bulk_operations(ctx, BulkOperationFilter()) == 2


async def test_who_may_not_cancel_makes_none_and_who_does_not_own_it_aborts_none(ctx: Context) -> None:
    with pytest.raises(PermissionDenied):
        await make(by(ctx, "vic", Role.VIEWER), ids=["exec_1"])
    blind = by(ctx, "ada", scope=frozenset({Permission.EXECUTION_CANCEL}))
    with pytest.raises(PermissionDenied):
        await make(blind, ids=["exec_1"])
    made = await make(ctx, ids=["exec_1"])
    for stranger in (by(ctx, "bob"), by(ctx, "vic", Role.VIEWER)):
        with pytest.raises(PermissionDenied):
            await operations.abort_bulk_operation(stranger, made.id)
    for unknown in (partial(operations.abort_bulk_operation), partial(operations.get_bulk_operation)):
        with pytest.raises(BulkOperationNotFound):
            await unknown(by(ctx, "eve", Role.ADMIN, "elsewhere"), made.id)
        with pytest.raises(BulkOperationNotFound):
            await unknown(ctx, "bulk_\x00")
    assert (await operations.abort_bulk_operation(by(ctx, "oz", Role.OPERATOR), made.id)).ended_by == "oz"


async def test_an_abort_leaves_the_rest_alone(ctx: Context) -> None:
    ids = await execute_many(ctx, await create(ctx, WAIT), 200)
    made = await make(ctx, ids=ids)
    async with working_off(ctx.services, still_good, FAST):
        await _started(ctx, made)
        aborted = await operations.abort_bulk_operation(ctx, made.id)
        assert (aborted.status, aborted.ended_by) == (BulkStatus.ABORTED, "ada")
        again = await make(ctx, ids=ids[-1:])  # by now what was in hand has its results
        await over(ctx, again.id)
    after = await operations.get_bulk_operation(ctx, made.id)
    assert after.status is BulkStatus.ABORTED and 0 < after.done < 200
    assert after.completed_at == aborted.completed_at
    told = Counter(item.status for item in await items_of(ctx, made.id))
    assert (told[SUCCEEDED], told[BulkItemStatus.PENDING]) == (after.succeeded, after.left)
    live = [id_ for id_ in ids[:-1] if not (await executions.get_execution(ctx, id_)).status.is_terminal]
    assert len(live) == after.left - 1
    assert await operations.abort_bulk_operation(ctx, made.id) == after
    with pytest.raises(BulkOperationFinished):
        await operations.abort_bulk_operation(ctx, again.id)
    (entry,) = await entries(ctx, "abort_bulk_operation")
    assert (entry.target, entry.details) == (made.id, {"done": aborted.done, "left": aborted.left})
    assert [entry.target for entry in await entries(ctx, "create_bulk_operation")] == [made.id, again.id]


async def _started(ctx: Context, made: BulkOperation) -> None:
    async for operation in operations.bulk_operation_progress(ctx, made.id):
        if operation.done:
            return


async def test_it_is_done_with_no_more_rights_than_its_maker_has_when_it_is_done(ctx: Context) -> None:
    maker = by(ctx, "ada", credential=CredentialKind.API_KEY, key_id="key_1", proof="digest")
    execution = await execute(ctx, await create(ctx, WAIT))

    async def revoked(credential: Credential) -> Viewer | None:
        assert credential == Credential(CredentialKind.API_KEY, "ada", "key_1", "digest")
        raise Unauthenticated("This API key was revoked")

    async def narrowed(_credential: Credential) -> Viewer | None:
        return Viewer("ada", "default", Role.VIEWER)

    for recall, told in ((revoked, "was revoked"), (narrowed, "execution:cancel")):
        ended = await worked_off(ctx, (await make(maker, ids=[execution.id])).id, recall)
        assert (ended.status, ended.left, ended.ended_by) == (BulkStatus.ABORTED, 1, None)
        assert told in (ended.refusal or "")
    assert not (await executions.get_execution(ctx, execution.id)).status.is_terminal


async def test_a_long_operation_holds_up_no_short_one(ctx: Context) -> None:
    workflow_id = await create(ctx, WAIT)
    ids = await execute_many(ctx, workflow_id, 200)
    long = await make(ctx, ids=ids)
    elsewhere = by(ctx, "eve", tenant="elsewhere")
    execution = await execute(elsewhere, await create(elsewhere, WAIT))
    short = await make(elsewhere, ids=[execution.id])
    async with working_off(ctx.services, still_good, FAST):
        ended = await over(elsewhere, short.id)
        await over(ctx, long.id)
    before = [item for item in await items_of(ctx, long.id) if item.at and ended.completed_at > item.at]
    assert len(before) <= 2 * FAST.portion


async def test_what_is_over_for_a_month_is_forgotten_and_what_goes_on_is_not(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "FORGOTTEN_AT_ONCE", 3)
    clock = MovableClock()
    async with running_services(settings, clock=clock) as services:
        ctx = Context(ADA, services)
        old = await worked_off(ctx, (await make(ctx, ids=[f"exec_{number}" for number in range(10)])).id)
        clock.put_forward(KEPT.total_seconds() / 2)
        newer = await worked_off(ctx, (await make(ctx, ids=["exec_1"])).id)
        clock.put_forward(KEPT.total_seconds() / 2 + 1)
        await worked_off(ctx, (await make(ctx, ids=["exec_1"])).id)
        async with working_off(services, still_good, FAST), asyncio.timeout(PATIENCE_SECONDS):
            while old.id in await operations.bulk_operations_by_id(ctx, [old.id]):
                continue
        assert [item.execution_id for item in await items_of(ctx, newer.id)] == ["exec_1"]
        left = await services.database.read(lambda connection: connection.execute(select(rows.ITEMS)).all())
        assert len(left) == 2


async def test_what_is_done_by_hand_to_one_is_done_to_many(ctx: Context) -> None:
    workflow_id = await create(ctx, WAIT)
    ids = await execute_many(ctx, workflow_id, 20)
    found = {"filter": {"workflow_id": [workflow_id]}, "expected_count": 20, "reason": "a repair"}
    for kind, status in (("pause", "paused"), ("resume", "running"), ("terminate", "cancelled")):
        ended = await worked_off(ctx, (await make(ctx, kind=kind, **found)).id)
        assert (kind, ended.succeeded, ended.left) == (kind, 20, 0)
        assert {(await executions.get_execution(ctx, id_)).status.value for id_ in ids} == {status}
        assert (await make(ctx, kind=kind, filter=found["filter"])).total == 0  # what is so already is not found
    again = await worked_off(ctx, (await make(ctx, kind="terminate", ids=[*ids, "exec_none"])).id)
    assert (again.succeeded, again.failed) == (20, 1)  # by then they are cancelled, which is what was asked for
    skipped = await worked_off(ctx, (await make(ctx, kind="pause", ids=ids)).id)
    assert outcomes(await items_of(ctx, skipped.id)) == {(SKIPPED, "EXECUTION_FINISHED"): 20}
    live = await execute(ctx, workflow_id)
    deleted = await worked_off(ctx, (await make(ctx, kind="delete", ids=[*ids, live.id])).id)
    assert (deleted.succeeded, deleted.skipped) == (20, 1)
    for id_ in ids:
        with pytest.raises(ExecutionNotFound):
            await executions.get_execution(ctx, id_)
    gone = await worked_off(ctx, (await make(ctx, kind="delete", ids=ids)).id)
    assert outcomes(await items_of(ctx, gone.id)) == {(SUCCEEDED, "EXECUTION_NOT_FOUND"): 20}


async def test_a_list_has_the_newest_first_and_is_filtered(ctx: Context) -> None:
    made = [await make(ctx, ids=[f"exec_{number}"]) for number in range(3)]
    await operations.abort_bulk_operation(ctx, made[1].id)
    await make(by(ctx, "eve", tenant="elsewhere"), ids=["exec_1"])
    everything = await operations.slice_bulk_operations(ctx, BulkOperationFilter(), Window(first=2))
    assert [edge.node.id for edge in everything.edges] == [made[2].id, made[1].id] and everything.has_next
    aborted = BulkOperationFilter.model_validate({"status": ["aborted"], "kind": ["cancel"]})
    found = await operations.slice_bulk_operations(ctx, aborted, Window())
    assert [edge.node.id for edge in found.edges] == [made[1].id]
    assert await operations.count_bulk_operations(ctx, aborted) == 1
    by_id = await operations.bulk_operations_by_id(ctx, [made[0].id, "bulk_none"])
    assert list(by_id) == [made[0].id]


async def test_one_that_stops_with_a_clean_up_is_cancelled_when_that_is_over(ctx: Context) -> None:
    workflow_id = await create(ctx, WAIT, on_exit=[notify("bye")])
    execution = await execute(ctx, workflow_id)
    ended = await worked_off(ctx, (await make(ctx, ids=[execution.id])).id)
    assert ended.succeeded == 1
    assert kinds(await journal(ctx, execution.id))[-1] == "execution_cancelled"


async def test_an_operation_takes_others_for_at_work_and_not_itself(ctx: Context) -> None:
    at_work = ctx.services.journal
    ended = await execute(ctx, await create(ctx, notify("a")), async_execution=False)
    wrote_at = at_work.appended_at
    assert wrote_at > 0
    made = await make(ctx, kind="label", ids=[ended.id], labels={"set": {"team": "a"}})
    assert (await worked_off(ctx, made.id)).succeeded == 1
    assert at_work.appended_at == wrote_at
    await execute(ctx, await create(ctx, notify("a"), name="other"), async_execution=False)
    assert at_work.appended_at > wrote_at
