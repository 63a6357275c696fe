"""Keeps what the journals of executions have folded to, so that who looks again reads only what is new."""

from collections import OrderedDict
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from engine.core.state import ExecutionState, fold_as_far_as_known
from engine.journal.journal import read_events_after
from models.entities.executions import Event
from models.errors import Unreadable

MAX_BYTES = 33_554_432
LARGEST = 2
"""One takes no more than such a part of it, so that it does not push out all others."""

EVENT_BYTES = 500
"""What an event takes in memory beside its data."""


class Folded(msgspec.Struct, frozen=True):
    """The events of an execution up to some sequence, the state that they add up to, and about how large they are.

    With a `fault` the state is that before the first event which this version cannot read.
    """

    events: tuple[Event, ...] = ()
    state: ExecutionState = ExecutionState()
    size: int = 0
    fault: Unreadable | None = None


NOTHING = Folded()


class Folds:
    """The folds that were asked for last, `max_bytes` in all: who opens an execution looks at it several times."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._size = 0
        self._kept: OrderedDict[str, Folded] = OrderedDict()

    @property
    def size(self) -> int:
        """About how many bytes are kept."""
        return self._size

    def of(self, execution_id: str) -> Folded:
        """What is known of an execution: the place from which to read on."""
        return self._kept.get(execution_id, NOTHING)

    def keep(self, execution_id: str, folded: Folded) -> None:
        """Remember what an execution has folded to, unless more is known already."""
        before = self._kept.get(execution_id, NOTHING)
        if before.state.sequence > folded.state.sequence:
            return
        self._drop(execution_id)
        if folded.fault is not None or folded.size > self._max_bytes // LARGEST:
            return
        self._kept[execution_id] = folded
        self._size += folded.size
        while self._size > self._max_bytes:
            self._drop(next(iter(self._kept)))

    def _drop(self, execution_id: str) -> None:
        self._size -= self._kept.pop(execution_id, NOTHING).size


def folded(events: Sequence[Event]) -> Folded:
    """The fold of a whole journal, which is not to be kept."""
    state, fault = fold_as_far_as_known(events)
    return Folded(tuple(events), state, fault=fault)


def read_on(connection: Connection, execution_id: str, before: Folded) -> Folded:
    """The fold of an execution by now, from what it was before and the events since then."""
    events, size = read_events_after(connection, execution_id, before.state.sequence)
    if not events:
        return before
    state, fault = fold_as_far_as_known(events, before.state)
    return Folded((*before.events, *events), state, before.size + size + EVENT_BYTES * len(events), fault)
