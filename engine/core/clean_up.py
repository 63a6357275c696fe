"""Decides what is cleaned up once the main part of an execution is over; a part of `decide`, and pure like it.

First the compensations of what succeeded, one after the other and the last that ended first; then `on_failure`, where
the execution fails; then `on_exit`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from engine.core.plan import Plan, PlannedAction
from engine.core.state import ExecutionState
from models.words import ActionStatus, ExecutionStatus


class Stop(msgspec.Struct, frozen=True):
    """End the main part; when the clean-up is over the execution ends with `status`, and with `error` if it failed."""

    status: ExecutionStatus
    error: Mapping[str, Any] | None = None


def cleans_up(plan: Plan, status: ExecutionStatus) -> bool:
    """Whether something is declared to be done before an execution ends with `status`."""
    match status:
        case ExecutionStatus.FAILED:
            return bool(plan.compensations or plan.on_failure or plan.on_exit)
        case ExecutionStatus.CANCELLED:
            return bool(plan.compensations or plan.on_exit)
    return bool(plan.on_exit)


def present_phase(plan: Plan, state: ExecutionState) -> Sequence[PlannedAction]:
    """The actions that it is the turn of: those of the main part, then of each phase that has not ended; none at last.

    A compensation is a phase of its own, and so none runs beside another.
    """
    if state.stopping is None:
        return plan.actions
    for phase in _phases(plan, state, state.stopping.status):
        if not all(_is_over(action.action_id, state) for action in phase):
            return phase
    return ()


def _phases(plan: Plan, state: ExecutionState, status: ExecutionStatus) -> Iterator[Sequence[PlannedAction]]:
    if status is not ExecutionStatus.COMPLETED:
        for action_id in compensated(plan, state):
            yield (plan.compensations[action_id],)
    if status is ExecutionStatus.FAILED:
        yield plan.on_failure
    yield plan.on_exit


def compensated(plan: Plan, state: ExecutionState) -> list[str]:
    """The actions that succeeded and have a compensation, the last that ended first."""
    ended = [
        action_id
        for action_id, action in state.actions.items()
        if action_id in plan.compensations and action.status is ActionStatus.SUCCESS
    ]
    return ended[::-1]


def final_error(plan: Plan, state: ExecutionState) -> Mapping[str, Any] | None:
    """The error with which an execution ends that was cleaned up: it names what could not be compensated."""
    error = None if state.stopping is None else state.stopping.error
    left = not_compensated(plan, state)
    return {**error, "compensation_failed": left} if error and left else error


def not_compensated(plan: Plan, state: ExecutionState) -> list[str]:
    """The actions whose compensation was due and did not succeed, in the order in which they were to be undone."""
    if state.stopping is None or state.stopping.status is ExecutionStatus.COMPLETED:
        return []
    return [
        action_id
        for action_id in compensated(plan, state)
        if (undone := state.actions.get(plan.compensations[action_id].action_id)) is None
        or undone.status is not ActionStatus.SUCCESS
    ]


def _is_over(action_id: str, state: ExecutionState) -> bool:
    action = state.actions.get(action_id)
    return action is not None and action.completed_at is not None
