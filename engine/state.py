"""Folds an execution's events into its state: `apply(state, event) -> state`, a pure function."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from models.entities import Event
from models.words import ActionStatus, EventType, ExecutionStatus, WaitReason


class ActionState(msgspec.Struct, frozen=True):
    """What became of one action that was started. Times in UTC; `response` is any JSON value.

    `attempt` is the latest one, `failures` are the attempts that failed: one that a crash cut off did not.
    `first_started_at` is None where the first attempt is the latest one.
    """

    status: ActionStatus
    attempt: int
    started_at: datetime
    completed_at: datetime | None = None
    response: Any = None
    error: Mapping[str, Any] | None = None
    failures: int = 0
    first_started_at: datetime | None = None


class Timer(msgspec.Struct, frozen=True):
    """An action is not started before `due_at`, and why."""

    due_at: datetime
    reason: WaitReason


class ExecutionState(msgspec.Struct, frozen=True):
    """What an execution's journal adds up to; `sequence` is that of the last event folded in.

    `takeovers` counts how often an owner was lost since an attempt last ended.
    """

    sequence: int = 0
    status: ExecutionStatus = ExecutionStatus.QUEUED
    actions: Mapping[str, ActionState] = msgspec.field(default_factory=dict)
    timers: Mapping[str, Timer] = msgspec.field(default_factory=dict)
    takeovers: int = 0
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
        actions = _relabel(state.actions, ActionStatus.PENDING)
        return _with(state, event, actions=actions, takeovers=state.takeovers + 1)
    return _with(state, event)


def fold(events: Iterable[Event]) -> ExecutionState:
    """Return the state that all `events`, in the order of their sequence, add up to."""
    state = ExecutionState()
    for event in events:
        state = apply(state, event)
    return state


def _with_action(state: ExecutionState, event: Event, kind: EventType, action_id: str) -> ExecutionState:
    match kind:
        case EventType.ACTION_STARTED:
            action = _started(state.actions.get(action_id), event)
            timers = {name: timer for name, timer in state.timers.items() if name != action_id}
            return _with(state, event, actions={**state.actions, action_id: action}, timers=timers)
        case EventType.ACTION_DEFERRED:
            return _with(state, event, timers={**state.timers, action_id: _timer(event)})
        case EventType.ACTION_RETRY_SCHEDULED:
            action = _attempt_ended(state.actions[action_id], event, ActionStatus.PENDING)
            timers = {**state.timers, action_id: _timer(event)}
            return _with(state, event, actions={**state.actions, action_id: action}, timers=timers, takeovers=0)
        case EventType.ACTION_SKIPPED:
            action = ActionState(ActionStatus.SKIPPED, 0, event.at, event.at)
        case EventType.ACTION_SUCCEEDED:
            action = _attempt_ended(state.actions[action_id], event, ActionStatus.SUCCESS)
        case _:
            action = _attempt_ended(state.actions[action_id], event, ActionStatus.FAILED)
    return _with(state, event, actions={**state.actions, action_id: action}, takeovers=0)


def _started(before: ActionState | None, event: Event) -> ActionState:
    attempt = event.data["attempt"]
    if before is None:
        return ActionState(ActionStatus.RUNNING, attempt, event.at)
    return ActionState(
        ActionStatus.RUNNING,
        attempt,
        event.at,
        error=before.error,
        failures=before.failures,
        first_started_at=before.first_started_at or before.started_at,
    )


def _attempt_ended(before: ActionState, event: Event, status: ActionStatus) -> ActionState:
    return ActionState(
        status=status,
        attempt=before.attempt,
        started_at=before.started_at,
        completed_at=None if status is ActionStatus.PENDING else event.at,
        response=event.data.get("response"),
        error=event.data.get("error"),
        failures=before.failures + (status is not ActionStatus.SUCCESS),
        first_started_at=before.first_started_at,
    )


def _timer(event: Event) -> Timer:
    return Timer(datetime.fromisoformat(event.data["due_at"]), WaitReason(event.data["reason"]))


def _ended(state: ExecutionState, event: Event, status: ExecutionStatus) -> ExecutionState:
    return _with(
        state,
        event,
        status=status,
        completed_at=event.at,
        error=event.data.get("error"),
        actions=_relabel(state.actions, ActionStatus.CANCELLED, at=event.at),
        timers={},
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
