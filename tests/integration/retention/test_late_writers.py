"""Who writes for an execution that is being deleted writes nothing: PostgreSQL has no foreign key that would say so."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import asyncpg
import msgspec
import pytest

from engine.core.run import Run
from engine.core.state import ExecutionState
from engine.journal.refusals import Fenced
from engine.retention.deleting import Deletion, delete_ended
from engine.retention.dependents import dependents
from engine.retention.keeper import Retention
from models.commands.labels import LabelChanges
from models.commands.messages import DecideApproval, SendSignal
from models.entities.approval_links import CreateApprovalLink
from models.errors import ExecutionNotFound
from models.words import EventType, ExecutionStatus
from resolvers.access.approval_links import create_approval_link
from resolvers.approvals import decide_approval
from resolvers.context import Context
from resolvers.executions.executions import cancel_execution
from resolvers.executions.labels import label_execution
from resolvers.signals import send_signal
from tests.integration.retention.conftest import DAY
from tests.support.calls import PATIENCE_SECONDS, notify
from tests.support.edges.approvals import ask
from tests.support.engine_calls import create, execute
from tests.support.timers import MovableClock
from tests.support.trees import until, waiting

pytestmark = pytest.mark.asyncio

WAITS_FOR_A_ROW = "SELECT count(*) FROM pg_locks WHERE NOT granted"

LABEL = """
INSERT INTO execution_label (execution_id, key, value, tenant, created_at)
SELECT id, 'late', 'yes', tenant, created_at FROM execution WHERE id = $1
"""


async def append(ctx: Context, execution_id: str) -> None:
    await append_to(ctx, *await ctx.services.store.load(execution_id))


async def append_to(ctx: Context, run: Run, state: ExecutionState) -> None:
    """Write to a journal as an owner would that knows it up to `state`."""
    stream = ctx.services.journal.open(run, state)
    stream.record(EventType.EXECUTION_RESUMED, ctx.services.clock.now(), None, {})
    await stream.durable()


async def test_an_owner_that_slept_through_the_deletion_is_fenced_and_harms_no_neighbour(ctx: Context) -> None:
    workflow_id = await create(ctx, notify("a"))
    execution = await execute(ctx, workflow_id, async_execution=False)
    run, state = await ctx.services.store.load(execution.id)
    now = ctx.services.clock.now()
    done = await ctx.services.database.transaction(lambda connection: delete_ended(connection, [execution.id], now))
    assert done == {execution.id: Deletion.DELETED}
    late = [append_to(ctx, run, msgspec.structs.replace(state, sequence=place)) for place in (1, 7)]
    neighbours = [execute(ctx, workflow_id, async_execution=False) for _ in range(3)]
    *fenced, one, two, three = await asyncio.gather(*late, *neighbours, return_exceptions=True)
    assert [type(refusal) for refusal in fenced] == [Fenced, Fenced]
    for neighbour in (one, two, three):
        assert not isinstance(neighbour, BaseException) and neighbour.status is ExecutionStatus.COMPLETED


def label(ctx: Context, execution_id: str) -> Awaitable[Any]:
    return label_execution(ctx, execution_id, LabelChanges(set={"late": "yes"}))


def signal(ctx: Context, execution_id: str) -> Awaitable[Any]:
    return send_signal(ctx, SendSignal(execution_id=execution_id, name="late"))


def decide(ctx: Context, execution_id: str) -> Awaitable[Any]:
    return decide_approval(ctx, DecideApproval(execution_id=execution_id, action_id="ask", approved=True))


def link(ctx: Context, execution_id: str) -> Awaitable[Any]:
    return create_approval_link(ctx, CreateApprovalLink(execution_id=execution_id, action_id="ask"))


WRITERS: dict[Callable[[Context, str], Awaitable[Any]], type[Exception]] = {
    label: ExecutionNotFound,
    signal: ExecutionNotFound,
    decide: ExecutionNotFound,
    link: ExecutionNotFound,
    cancel_execution: ExecutionNotFound,
    append: Fenced,
}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("write", WRITERS)
async def test_who_waits_for_the_row_while_it_is_deleted_finds_nothing(
    ctx: Context, database_url: str, write: Callable[[Context, str], Coroutine[Any, Any, Any]]
) -> None:
    execution = await execute(ctx, await create(ctx, ask("ask")))
    await until(ctx, execution.id, waiting(1))
    deleter = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    async with asyncio.timeout(PATIENCE_SECONDS):
        async with deleter.transaction():
            await deleter.execute("SELECT id FROM execution WHERE id = $1 FOR UPDATE", execution.id)
            writing = asyncio.create_task(write(ctx, execution.id))
            while not await deleter.fetchval(WAITS_FOR_A_ROW):
                assert not writing.done()
            for dependent in dependents():
                column = "id" if dependent.table.name == "execution" else "execution_id"
                if column in dependent.table.c:
                    await deleter.execute(
                        f"DELETE FROM {dependent.table.name} WHERE {column} = $1",  # noqa: S608 - a name of ours
                        execution.id,
                    )
        with pytest.raises(WRITERS[write]):
            await writing
    await deleter.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_what_was_written_while_deletion_waited_for_the_row_is_deleted_too(
    ctx: Context, database_url: str, retention: Retention, clock: MovableClock
) -> None:
    workflow_id = await create(ctx, notify("a"))
    execution = await execute(ctx, workflow_id, async_execution=False)
    clock.put_forward(31 * DAY)
    writer = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    async with asyncio.timeout(PATIENCE_SECONDS):
        async with writer.transaction():
            await writer.execute("SELECT id FROM execution WHERE id = $1 FOR NO KEY UPDATE", execution.id)
            turn = asyncio.create_task(retention.turn())
            while not await writer.fetchval(WAITS_FOR_A_ROW):
                assert not turn.done()
            await writer.execute(LABEL, execution.id)
        await turn
        assert await writer.fetchval("SELECT count(*) FROM execution_label") == 0
    assert retention.deleted["executions"] == 1
    await writer.close()
