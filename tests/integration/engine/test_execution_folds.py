"""Who looks at an execution again reads only what is new, and what is kept for that is bounded."""

import asyncio
from datetime import UTC, datetime

import msgspec
import pytest
from sqlalchemy import Connection

from engine.core.state import ExecutionState
from engine.journal.journal import read_events_after
from models.entities.executions import Event, ExecutionDetail
from models.words import ExecutionStatus
from resolvers.context import Context
from resolvers.executions import executions
from resolvers.executions import folds as execution_folds
from resolvers.executions.folds import Folded, Folds
from resolvers.executions.streams import execution_snapshots
from tests.support.calls import PATIENCE_SECONDS, answer, call, held, soon
from tests.support.engine_calls import create, execute, journal
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

ITEMS = 40


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sequences of the events that were read for the state of executions."""
    sequences: list[int] = []

    def noted(connection: Connection, execution_id: str, after: int) -> tuple[list[Event], int]:
        events, size = read_events_after(connection, execution_id, after)
        sequences.extend(event.sequence for event in events)
        return events, size

    monkeypatch.setattr(execution_folds, "read_events_after", noted)
    return sequences


async def watched(ctx: Context, execution_id: str) -> list[ExecutionDetail]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        return [snapshot async for snapshot in execution_snapshots(ctx, execution_id)]


async def test_snapshots_read_each_event_once_and_tell_what_the_journal_tells(
    ctx: Context, scripted: ScriptedService, read: list[int]
) -> None:
    scripted.answers["/item"] = answer({"n": 1})
    workflow_id = await create(ctx, call("each", "/item", for_each={"in": list(range(ITEMS)), "max_concurrency": 1}))
    execution = await execute(ctx, workflow_id)
    snapshots = await watched(ctx, execution.id)
    events = await journal(ctx, execution.id)
    assert len(snapshots) > 5
    assert read == [event.sequence for event in events]
    whole = await executions.get_execution(ctx, execution.id)
    assert (snapshots[-1].status, list(snapshots[-1].events)) == (ExecutionStatus.COMPLETED, events)
    [last], [again] = snapshots[-1].actions, whole.actions
    assert list(last.items) == list(again.items)
    assert [item.index for item in last.items] == list(range(ITEMS))
    for snapshot in snapshots:
        assert [event.sequence for event in snapshot.events] == list(range(1, snapshot.last_sequence + 1))


async def test_who_asks_again_and_again_reads_what_is_new(
    ctx: Context, scripted: ScriptedService, read: list[int]
) -> None:
    scripted.answers["/held"] = held
    execution = await execute(ctx, await create(ctx, call("slow", "/held")))
    await soon(scripted.arrived)
    first = await executions.get_execution(ctx, execution.id)
    known = len(read)
    for _ in range(5):
        assert await executions.get_execution(ctx, execution.id) == first
    assert len(read) == known
    cancelled = await executions.cancel_execution(ctx, execution.id)
    assert cancelled.status is ExecutionStatus.CANCELLED
    assert len(read) == known + 1
    assert await executions.get_execution(ctx, execution.id) == cancelled
    assert len(read) == known + 1  # of what has ended, too, each event is read once


def fold(sequence: int, size: int = 10) -> Folded:
    event = Event(sequence, "execution_started", datetime(2026, 1, 1, tzinfo=UTC), None, {})
    state = msgspec.structs.replace(ExecutionState(), sequence=sequence)
    return Folded((event,), state, size)


async def test_what_is_kept_is_bounded_and_never_goes_back() -> None:
    folds = Folds(max_bytes=100)
    for number in range(50):
        folds.keep(f"exec_{number}", fold(1, size=25))
        assert folds.size <= 100
    assert folds.of("exec_49") == fold(1, size=25)
    assert folds.of("exec_45") == Folded()
    folds.keep("exec_49", fold(3))
    folds.keep("exec_49", fold(2))
    assert folds.of("exec_49") == fold(3)
    folds.keep("exec_49", fold(4, size=51))  # too large to push out others
    assert (folds.of("exec_49"), folds.size) == (Folded(), 75)
