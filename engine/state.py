"""Folds an execution's events into its state: `apply(state, event) -> state`, a pure function."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from models.entities import Event
from models.words import ActionStatus, EventType, ExecutionStatus


class ActionState(msgspec.Struct, frozen=True):
    """What became of one action so far. Times in UTC; `response` is any JSON value."""

    status: ActionStatus
    attempt: int
    started_at: datetime
    completed_at: datetime | None = None
    response: Any = None
    error: Mapping[str, Any] | None = None


class ExecutionState(msgspec.Struct, frozen=True):
    """What an execution's journal adds up to; `sequence` is that of the last event folded in."""

    sequence: int = 0
    status: ExecutionStatus = ExecutionStatus.QUEUED
    actions: Mapping[str, ActionState] = msgspec.field(default_factory=dict)
    started_at: datetime | None = None
    completed_at: datetime | None = None
    error: Mapping[str, Any] | None = None


TERMINAL_EVENTS = {
    EventType.EXECUTION_COMPLETED: ExecutionStatus.COMPLETED,
    EventType.EXECUTION_FAILED: ExecutionStatus.FAILED,
    EventType.EXECUTION_CANCELLED: ExecutionStatus.CANCELLED,
}


def apply(state: ExecutionState, event: Event) -> ExecutionState:
    """Return the state after `event`."""
    kind = EventType(event.type)
    if kind in TERMINAL_EVENTS:
        return _ended(state, event, TERMINAL_EVENTS[kind])
    if event.action_id is not None:
        return _with_action(state, event, kind, event.action_id)
    if kind is EventType.EXECUTION_STARTED:
        return _with(state, event, status=ExecutionStatus.RUNNING, started_at=event.at)
    if kind is EventType.EXECUTION_RESUMED:
        return _with(state, event, actions=_relabel(state.actions, ActionStatus.PENDING))
    return _with(state, event)


def fold(events: Iterable[Event]) -> ExecutionState:
    """Return the state that all `events`, in the order of their sequence, add up to."""
    state = ExecutionState()
    for event in events:
        state = apply(state, event)
    return state


def _with_action(state: ExecutionState, event: Event, kind: EventType, action_id: str) -> ExecutionState:
    if kind is EventType.ACTION_STARTED:
        action = ActionState(ActionStatus.RUNNING, event.data["attempt"], event.at)
    else:
        before = state.actions[action_id]
        succeeded = kind is EventType.ACTION_SUCCEEDED
        action = ActionState(
            status=ActionStatus.SUCCESS if succeeded else ActionStatus.FAILED,
            attempt=before.attempt,
            started_at=before.started_at,
            completed_at=event.at,
            response=event.data.get("response"),
            error=event.data.get("error"),
        )
    return _with(state, event, actions={**state.actions, action_id: action})


def _ended(state: ExecutionState, event: Event, status: ExecutionStatus) -> ExecutionState:
    return _with(
        state,
        event,
        status=status,
        completed_at=event.at,
        error=event.data.get("error"),
        actions=_relabel(state.actions, ActionStatus.CANCELLED, at=event.at),
    )


def _relabel(
    actions: Mapping[str, ActionState], status: ActionStatus, at: datetime | None = None
) -> Mapping[str, ActionState]:
    """Give every action that was under way, or cut off, another status."""
    under_way = (ActionStatus.RUNNING, ActionStatus.PENDING)
    if not any(action.status in under_way for action in actions.values()):
        return actions
    return {
        action_id: msgspec.structs.replace(action, status=status, completed_at=at)
        if action.status in under_way
        else action
        for action_id, action in actions.items()
    }


def _with(state: ExecutionState, event: Event, **changes: Any) -> ExecutionState:
    return msgspec.structs.replace(state, sequence=event.sequence, **changes)
