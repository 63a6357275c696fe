"""What people do to an execution that goes on: the events by which it is paused and goes on again; pure.

Whoever carries it out is not replaced by them: it reads them, and goes on with what it has under way.
"""

from datetime import datetime
from typing import Any

from engine.core.state import ExecutionState
from models.entities.executions import Event
from models.errors import ExecutionFinished
from models.words import EventType

PAUSES = frozenset({EventType.EXECUTION_PAUSED, EventType.EXECUTION_UNPAUSED})


def is_by_hand(event: Event) -> bool:
    """Whether it is one of those that leave the owner of the execution its owner."""
    return event.type in PAUSES


def paused(state: ExecutionState, at: datetime, user_id: str, reason: str | None) -> Event | None:
    """The event that pauses an execution; None where it is paused. Raises `ExecutionFinished`."""
    if state.status.is_terminal:
        raise ExecutionFinished(state.status)
    if state.pause is not None:
        return None
    return _told(state, EventType.EXECUTION_PAUSED, at, user_id, reason)


def unpaused(state: ExecutionState, at: datetime, user_id: str, reason: str | None) -> Event | None:
    """The event after which a paused execution goes on; None where it is not paused. Raises `ExecutionFinished`."""
    if state.status.is_terminal:
        raise ExecutionFinished(state.status)
    if state.pause is None:
        return None
    return _told(state, EventType.EXECUTION_UNPAUSED, at, user_id, reason)


def _told(state: ExecutionState, kind: EventType, at: datetime, user_id: str, reason: str | None) -> Event:
    data: dict[str, Any] = {"user_id": user_id}
    if reason is not None:
        data["reason"] = reason
    return Event(state.sequence + 1, kind, at, None, data)
