"""Decides what happens next: `decide(plan, state, deadline, now) -> commands`, a pure function."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from engine.dag import Plan, PlannedAction
from engine.state import ActionState, ExecutionState
from models.words import ActionErrorCode, ActionStatus, ErrorPolicy, ExecutionStatus


class Begin(msgspec.Struct, frozen=True):
    """Leave the queue."""


class Start(msgspec.Struct, frozen=True):
    """Start an attempt of an action, counted from 1."""

    action: PlannedAction
    attempt: int


class Finish(msgspec.Struct, frozen=True):
    """End the execution; `error` says why where it failed."""

    status: ExecutionStatus
    error: Mapping[str, Any] | None = None


Command = Begin | Start | Finish

DONE = (ActionStatus.SUCCESS, ActionStatus.SKIPPED)


def decide(plan: Plan, state: ExecutionState, deadline: datetime | None, now: datetime) -> list[Command]:
    """Return what to do now; nothing where a running action must end first."""
    if state.status.is_terminal:
        return []
    if state.status is ExecutionStatus.QUEUED:
        return [Begin()]
    if deadline is not None and now >= deadline:
        return [Finish(ExecutionStatus.FAILED, timed_out())]
    running = any(action.status is ActionStatus.RUNNING for action in state.actions.values())
    failure = first_failure(plan, state)
    if failure is not None:
        return [] if running else [Finish(ExecutionStatus.FAILED, failure)]
    starts: list[Command] = [Start(action, attempt(action, state)) for action in ready(plan, state)]
    if starts or running:
        return starts
    return [Finish(ExecutionStatus.COMPLETED)]


def ready(plan: Plan, state: ExecutionState) -> Iterator[PlannedAction]:
    """Yield the actions that wait for nothing, in the order of the definition."""
    for action in plan.actions:
        before = state.actions.get(action.action_id)
        if (before is None or before.status is ActionStatus.PENDING) and not blockers(action, state):
            yield action


def blockers(action: PlannedAction, state: ExecutionState) -> list[str]:
    """The dependencies that an action still waits for; one that failed under `continue` blocks no more."""
    return sorted(name for name in action.depends_on if not has_ended(state.actions.get(name)))


def has_ended(action: ActionState | None) -> bool:
    """Whether an action has reached its last status."""
    return action is not None and action.status not in (ActionStatus.RUNNING, ActionStatus.PENDING)


def attempt(action: PlannedAction, state: ExecutionState) -> int:
    """The number of the next attempt."""
    before = state.actions.get(action.action_id)
    return 1 if before is None else before.attempt + 1


def first_failure(plan: Plan, state: ExecutionState) -> Mapping[str, Any] | None:
    """The error of the failed action that ends this execution (decision E11), or None."""
    failed = [
        (ended.completed_at, action.position, ended.error)
        for action in plan.actions
        if action.on_error is ErrorPolicy.FAIL
        and (ended := state.actions.get(action.action_id)) is not None
        and ended.status is ActionStatus.FAILED
    ]
    return min(failed, key=lambda entry: entry[:2])[2] if failed else None


def timed_out() -> dict[str, Any]:
    """The error of an execution that ran past its deadline (decision E5)."""
    return {
        "code": ActionErrorCode.TIMEOUT,
        "message": "The execution ran past its timeout_seconds",
        "action_id": None,
        "retryable": False,
    }


def completed_actions(state: ExecutionState) -> int:
    """How many actions count as done in the progress (decision E7)."""
    return sum(action.status in DONE for action in state.actions.values())


def current_action(state: ExecutionState) -> str | None:
    """The running action that started first (decision E7)."""
    running = [
        (action.started_at, action_id)
        for action_id, action in state.actions.items()
        if action.status is ActionStatus.RUNNING
    ]
    return min(running)[1] if running else None
