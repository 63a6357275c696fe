"""Events that others than the owner append, alone and many at once: committed in batches, each judged for itself."""

import asyncio
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert

from engine.core.run import Run
from engine.core.state import ExecutionState
from engine.journal.interventions import Intervention
from engine.journal.journal import EVENTS
from engine.running.endings import cancellation
from models.errors import ExecutionFinished, ExecutionNotFound, Unreadable
from models.words import EventType, ExecutionStatus
from resolvers.context import Context
from resolvers.executions import executions
from resolvers.workflows import workflows
from tests.support.calls import call, held, notify, soon
from tests.support.engine_calls import assert_gap_free, create, execute, execute_many, journal, journals, kinds
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

WAIT = {"action_id": "wait", "action_type": "wait", "config": {"signal": "go"}}


def cancel(ctx: Context, run: Run, state: ExecutionState) -> Intervention | None:
    if state.status.is_terminal:
        raise ExecutionFinished(state.status)
    events = cancellation(run, state, ctx.services.clock.now(), {"user_id": "ada"})
    return Intervention(events, ctx.audit_note("cancel_execution", run.execution_id)) if events else None


async def test_deleting_a_workflow_cancels_what_is_live_in_a_few_transactions(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow_id = await create(ctx, WAIT)
    ids = await execute_many(ctx, workflow_id, 250)
    transaction, count = ctx.services.database.transaction, 0

    async def counted(work: Any) -> Any:
        nonlocal count
        count += 1
        return await transaction(work)

    monkeypatch.setattr(ctx.services.database, "transaction", counted)
    await workflows.delete_workflow(ctx, workflow_id, cancel_running=True)
    assert count < 50
    for events in await journals(ctx, ids):
        assert_gap_free(events)
        assert kinds(events)[-1] == "execution_cancelled"


async def test_of_many_each_is_judged_for_itself(ctx: Context) -> None:
    workflow_id = await create(ctx, WAIT)
    over, good, bad, also_good = await execute_many(ctx, workflow_id, 4)
    await executions.cancel_execution(ctx, over)
    now = ctx.services.clock.now()
    unreadable = {"execution_id": bad, "sequence": 99, "owner": "own_1", "type": "unheard_of", "at": now, "data": {}}
    await ctx.services.database.transaction(lambda connection: connection.execute(insert(EVENTS), unreadable).rowcount)
    ids = [over, good, bad, "exec_none", also_good]
    answers = await ctx.services.journal.intervene_many(ids, partial(cancel, ctx))
    assert list(answers) == ids
    assert isinstance(answers[over], ExecutionFinished)
    assert isinstance(answers[bad], Unreadable)
    assert isinstance(answers["exec_none"], ExecutionNotFound)
    for execution_id in (good, also_good):
        after = answers[execution_id]
        assert isinstance(after, ExecutionState)
        assert after.status is ExecutionStatus.CANCELLED
        assert kinds(await journal(ctx, execution_id))[-1] == "execution_cancelled"


async def test_two_who_cancel_the_same_at_once_leave_one_end(ctx: Context) -> None:
    execution = await execute(ctx, await create(ctx, WAIT))
    answers = await asyncio.gather(*(executions.cancel_execution(ctx, execution.id) for _ in range(5)))
    assert {answer.status for answer in answers} == {ExecutionStatus.CANCELLED}
    assert kinds(await journal(ctx, execution.id)).count("execution_cancelled") == 1


async def test_a_cancel_in_the_batch_of_the_owner_follows_what_the_owner_wrote(
    ctx: Context, scripted: ScriptedService
) -> None:
    scripted.answers["/held"] = held
    execution = await execute(ctx, await create(ctx, call("slow", "/held"), notify("after")))
    await soon(scripted.arrived)
    run, state = await ctx.services.store.load(execution.id)
    owner = ctx.services.journal.open(run, state)
    owner.record(EventType.EXECUTION_RESUMED, ctx.services.clock.now(), None, {})
    owner.commit()
    cancelled = await executions.cancel_execution(ctx, execution.id)
    await owner.durable()
    assert cancelled.status is ExecutionStatus.CANCELLED
    assert kinds(await journal(ctx, execution.id))[-2:] == ["execution_resumed", "execution_cancelled"]
