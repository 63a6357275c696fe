"""What the journal tells of the end of an execution, or of its main part: outputs, error, what is not undone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.core.by_hand import unpaused
from engine.core.clean_up import Stop, compensated, not_compensated
from engine.core.decide import Finish, ending, finished_by
from engine.core.failure import ActionFailed, run_error
from engine.core.run import Run
from engine.core.state import ActionState, ExecutionState, size_of
from engine.expressions.budget import Budget
from engine.running.attempt_outcomes import NewEvent, too_large
from engine.running.filling_in import outputs_of
from models.entities.executions import Event
from models.event_types import TERMINAL_EVENTS
from models.words import EventType, ExecutionStatus

FINAL_EVENTS = {status: kind for kind, status in TERMINAL_EVENTS.items()}


def entry_of_end(run: Run, state: ExecutionState, command: Stop | Finish, budget: Budget) -> NewEvent:
    """The entry for an end that was decided; where an output has no value the execution fails instead."""
    finisher = finished_by(run.plan, state)
    gives_none = not run.plan.outputs and finisher is None
    if gives_none or state.stopping is not None or command.status is not ExecutionStatus.COMPLETED:
        return entry_without_outputs(run, state, command)
    try:
        if finisher is None:
            outputs = outputs_of(run.plan, run.scope(None, state), budget)
        else:
            outputs = _given_by(state.actions[finisher.action_id])
        if size_of(outputs) > state.room:
            raise too_large(state.room)
    except ActionFailed as failure:
        error = run_error(failure.code, failure.message)
        return entry_without_outputs(run, state, ending(run.plan, state, ExecutionStatus.FAILED, error))
    kind, data = entry_without_outputs(run, state, command)
    return kind, {**data, "outputs": outputs}


def _given_by(finisher: ActionState) -> dict[str, Any]:
    """The outputs that an action ends the execution with; what somebody said in its place may be none."""
    return finisher.response if isinstance(finisher.response, dict) else {}


def cancellation(
    run: Run, state: ExecutionState, at: datetime, told: Mapping[str, Any], error: Mapping[str, Any] | None = None
) -> list[Event]:
    """The events by which an execution is cancelled from outside; none where it has ended.

    `told`, with the `user_id` of who asked for it, goes with them, and `error` where there is more to say than that
    somebody did. What is paused goes on, so that its clean-up is done; where that has begun, it is all that happens.
    """
    if state.status.is_terminal:
        return []
    if state.stopping is not None:
        goes_on = unpaused(state, at, told["user_id"], told.get("reason"))
        return [] if goes_on is None else [goes_on]
    kind, data = entry_without_outputs(run, state, ending(run.plan, state, ExecutionStatus.CANCELLED, error))
    before = unpaused(state, at, told["user_id"], told.get("reason")) if kind is EventType.EXECUTION_STOPPING else None
    events = [] if before is None else [before]
    return [*events, Event(state.sequence + 1 + len(events), kind, at, None, {**data, **told})]


def termination(run: Run, state: ExecutionState, at: datetime, user_id: str, reason: str) -> Event:
    """The event by which an execution ends at once, whatever is left of its clean-up: what that was is in the log."""
    done = state.actions
    left = [
        run.plan.compensations[action_id].action_id
        for action_id in compensated(run.plan, state)
        if (undone := done.get(run.plan.compensations[action_id].action_id)) is None or undone.completed_at is None
    ]
    warnings = [f"{action_id} was not carried out" for action_id in left]
    data: dict[str, Any] = {"user_id": user_id, "reason": reason, "is_terminated": True}
    if warnings:
        data["warnings"] = warnings
    return Event(state.sequence + 1, EventType.EXECUTION_CANCELLED, at, None, data)


def entry_without_outputs(run: Run, state: ExecutionState, command: Stop | Finish) -> NewEvent:
    """The entry for an end that gives no outputs: all but a completion."""
    told: Mapping[str, Any] = {"error": command.error} if command.error else {}
    if isinstance(command, Stop):
        return EventType.EXECUTION_STOPPING, {"outcome": command.status.value, **told}
    return FINAL_EVENTS[command.status], {**told, **_after_clean_up(run, state)}


def _after_clean_up(run: Run, state: ExecutionState) -> dict[str, Any]:
    """What was known when the clean-up began; each compensation that did not succeed is a warning in the log."""
    stopping = state.stopping
    data: dict[str, Any] = {}
    if stopping is None:
        return data
    if stopping.user_id is not None:
        data["user_id"] = stopping.user_id
    if stopping.outputs is not None:
        data["outputs"] = stopping.outputs
    if left := not_compensated(run.plan, state):
        data["warnings"] = [_warning(run.plan.compensations[action_id].action_id, state) for action_id in left]
    return data


def _warning(compensation_id: str, state: ExecutionState) -> str:
    action = state.actions.get(compensation_id)
    if action is None or action.error is None:
        return f"{compensation_id} did not come to its end"
    return f"{compensation_id} failed: {action.error.get('code')}: {action.error.get('message')}"
