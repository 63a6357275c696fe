"""An owner goes on from a journal that people changed by hand, and stops where another owner did."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from engine.core.run import Run
from engine.core.state import ExecutionState, fold
from engine.journal.refusals import Fenced
from engine.journal.stream import Stream
from models.entities.executions import Event
from models.words import EventType, ExecutionStatus
from tests.support.core.decisions import NOW, definition, plan_of

pytestmark = pytest.mark.asyncio

RUN = Run(
    execution_id="exec_1",
    tenant="default",
    workflow_id="wf_1",
    revision=0,
    created_by="ada",
    created_at=NOW,
    parameters={},
    timeout_seconds=60,
    plan=plan_of(definition("a")),
)


class Journal:
    """What is on disk, each entry with its hold; who appends at a taken place is refused."""

    def __init__(self) -> None:
        self.disk: list[tuple[Event, str]] = []
        self.names = 0

    def write(self, kind: EventType, owner: str, **data: Any) -> None:
        """What somebody else appends."""
        self.disk.append((Event(len(self.disk) + 1, kind, NOW, None, data), owner))

    def append(self, stream: Stream, events: Sequence[Event], *_: Any) -> "asyncio.Future[None]":
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if events[0].sequence == len(self.disk) + 1:
            self.disk += [(event, stream.owner) for event in events]
            done.set_result(None)
        else:
            stream.failure = Fenced(stream.run.execution_id)
            done.set_exception(stream.failure)
        return done

    async def read_on(self, _execution_id: str, after: int) -> list[tuple[Event, str]]:
        return self.disk[after:]

    def new_owner(self) -> str:
        self.names += 1
        return f"owner_{self.names}"


async def begun() -> tuple[Journal, Stream]:
    """A stream of which two entries are on disk."""
    journal = Journal()
    stream = Stream(journal, RUN, ExecutionState(), journal.new_owner())
    stream.record(EventType.EXECUTION_QUEUED, NOW, None, {})
    stream.record(EventType.EXECUTION_STARTED, NOW, None, {})
    await stream.durable()
    return journal, stream


async def test_it_goes_on_behind_what_was_changed_and_forgets_what_was_refused() -> None:
    journal, stream = await begun()
    journal.write(EventType.EXECUTION_PAUSED, "somebody", user_id="ada")
    stream.record(EventType.ACTION_STARTED, NOW, "a", {"attempt": 1})
    assert not stream.is_on_disk
    with pytest.raises(Fenced):
        await stream.durable()
    await stream.adopt()
    assert (stream.state.status, stream.state.actions) == (ExecutionStatus.PAUSED, {})
    assert stream.is_on_disk
    await stream.durable()  # nothing is left of the refusal
    stream.record(EventType.EXECUTION_UNPAUSED, NOW, None, {"user_id": "ada"})
    await stream.durable()
    assert [event.sequence for event, _ in journal.disk] == [1, 2, 3, 4]
    assert stream.state == fold(stream.events)


async def test_what_nobody_changed_stays_as_it_is() -> None:
    _, stream = await begun()
    before = stream.state
    await stream.adopt()
    assert (stream.state, stream.failure) == (before, None)


async def test_it_stops_where_another_owner_has_gone_on() -> None:
    journal, stream = await begun()
    journal.write(EventType.EXECUTION_PAUSED, "somebody", user_id="ada")
    journal.write(EventType.EXECUTION_RESUMED, "another owner")
    with pytest.raises(Fenced):
        await stream.adopt()
    with pytest.raises(Fenced):
        stream.record(EventType.ACTION_STARTED, NOW, "a", {"attempt": 1})
        await stream.durable()
