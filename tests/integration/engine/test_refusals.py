"""What is refused in the group commit, in whatever way, costs its neighbours neither transactions nor answers."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection

from engine.journal import group_commit
from engine.journal.batch_writing import BatchOutcome, write_batch
from engine.journal.refusals import Candidate, Fenced
from models.errors import ConcurrencyLimitReached
from models.words import EventType, ExecutionStatus
from resolvers.context import Context
from resolvers.executions import executions
from tests.support.calls import notify
from tests.support.engine_calls import create, execute

pytestmark = pytest.mark.asyncio

ROUNDS = 20
NEIGHBOURS = 10
WAIT = {"action_id": "wait", "action_type": "wait", "config": {"signal": "go"}}


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many entries each transaction of the group commit was to write."""
    sizes: list[int] = []

    def counted(connection: Connection, candidates: Sequence[Candidate], *rest: Any, **more: Any) -> BatchOutcome:
        sizes.append(len(candidates))
        return write_batch(connection, candidates, *rest, **more)

    monkeypatch.setattr(group_commit, "write_batch", counted)
    return sizes


async def neighbours(ctx: Context, workflow_id: str) -> None:
    """Executions of others, which complete."""
    done = await asyncio.gather(*(execute(ctx, workflow_id, async_execution=False) for _ in range(NEIGHBOURS)))
    assert {execution.status for execution in done} == {ExecutionStatus.COMPLETED}


async def one_key(ctx: Context, workflow_id: str, number: int) -> None:
    """One request, sent several times at once."""
    options = {"idempotency_key": f"key {number}", "async_execution": False}
    answers = await asyncio.gather(*(execute(ctx, workflow_id, **options) for _ in range(4)))
    assert len({answer.id for answer in answers}) == 1


async def stale(ctx: Context, parked: str) -> None:
    """An owner that others have overtaken."""
    run, state = await ctx.services.store.load(parked)
    stream = ctx.services.journal.open(run, msgspec.structs.replace(state, sequence=1))
    stream.record(EventType.EXECUTION_RESUMED, ctx.services.clock.now(), None, {})
    with pytest.raises(Fenced):
        await stream.durable()


async def no_room(ctx: Context, full: str) -> None:
    """One more than there may be."""
    with pytest.raises(ConcurrencyLimitReached):
        await execute(ctx, full)


async def cancelled(ctx: Context, workflow_id: str) -> None:
    """An execution that somebody cancels at once."""
    execution = await execute(ctx, workflow_id)
    assert (await executions.cancel_execution(ctx, execution.id)).status is ExecutionStatus.CANCELLED


async def test_a_storm_of_refusals_costs_the_neighbours_few_transactions(ctx: Context, batches: list[int]) -> None:
    workflow_id, waiting = await create(ctx, notify("note")), await create(ctx, WAIT, name="waits")
    full = await create(ctx, WAIT, name="full", concurrency={"limit": 1, "on_limit": "fail"})
    parked = (await execute(ctx, waiting)).id
    await execute(ctx, full)
    batches.clear()
    for number in range(ROUNDS):
        await asyncio.gather(
            neighbours(ctx, workflow_id),
            one_key(ctx, workflow_id, number),
            stale(ctx, parked),
            no_room(ctx, full),
            cancelled(ctx, waiting),
        )
    # Written one by one, they would be hundreds.
    assert len(batches) <= 6 * ROUNDS


async def test_a_storm_with_one_key_writes_no_more_than_one_request(ctx: Context, batches: list[int]) -> None:
    workflow_id = await create(ctx, notify("note"))
    batches.clear()
    await execute(ctx, workflow_id, idempotency_key="alone", async_execution=False)
    alone = sum(batches)
    batches.clear()
    await one_key(ctx, workflow_id, 1)
    assert sum(batches) == alone


async def test_who_repeats_a_request_that_waits_for_its_end_is_told_how_it_stands(ctx: Context) -> None:
    request = {"idempotency_key": "key", "async_execution": False}
    workflow_id = await create(ctx, WAIT)
    first = asyncio.create_task(execute(ctx, workflow_id, **request))
    await asyncio.sleep(0)
    second = await execute(ctx, workflow_id, **request)
    assert not second.status.is_terminal
    assert not first.done()
    await executions.cancel_execution(ctx, second.id)
    assert ((await first).id, (await first).status) == (second.id, ExecutionStatus.CANCELLED)
