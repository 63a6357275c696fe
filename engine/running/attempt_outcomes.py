"""What the journal tells of the end of an attempt: a result, a wait, an iteration, another attempt, or a failure."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from engine.actions.protocol import Suspended
from engine.core.bounds import MAX_JOURNAL_BYTES
from engine.core.failure import ActionFailed, error_object
from engine.core.state import size_of
from engine.expressions.budget import Budget
from engine.running.attempt import Ended, PreparedAttempt
from engine.running.filling_in import is_enough, reshaped
from models.moments import spelled
from models.words import ActionErrorCode, EventType, WaitReason

NewEvent = tuple[EventType, dict[str, Any]]
"""The type of a journal entry, and its data."""


async def entry_of_attempt(
    ended: Ended,
    now: datetime,
    retry_due_at: Callable[[ActionFailed], datetime | None],
    rendered: Callable[[Callable[[Budget], NewEvent]], Awaitable[NewEvent]],
    room: int,
) -> NewEvent:
    """The entry for an attempt that has ended, or waits.

    `retry_due_at` says when a failure is worth another one, and `rendered` gives what needs a budget what it needs.
    `room` are the bytes that the journal has left: what does not fit is left out, and is why the action fails.
    """
    entry = await _whole_entry(ended, now, retry_due_at, rendered)
    return entry if size_of(entry[1]) <= room else _failure(ended.attempt, too_large(room), None)


def too_large(room: int) -> ActionFailed:
    """Why there is no place for what an action or a workflow gave, where there are `room` bytes left."""
    message = (
        f"the execution may keep {MAX_JOURNAL_BYTES:,} bytes of what its actions give, and this is more than the "
        f"{max(room, 0):,} that are left: keep less by `output`, or split the work among several executions"
    )
    return ActionFailed(ActionErrorCode.EXECUTION_TOO_LARGE, message)


async def _whole_entry(
    ended: Ended,
    now: datetime,
    retry_due_at: Callable[[ActionFailed], datetime | None],
    rendered: Callable[[Callable[[Budget], NewEvent]], Awaitable[NewEvent]],
) -> NewEvent:
    if ended.suspended is not None:
        return EventType.ACTION_WAITING, _wait(ended.suspended)
    failure = ended.failure
    if failure is None:
        try:
            return await rendered(partial(_success, ended, now))
        except ActionFailed as late_failure:
            failure = late_failure
    return _failure(ended.attempt, failure, retry_due_at(failure))


def _wait(suspended: Suspended) -> dict[str, Any]:
    data: dict[str, Any] = {"reason": suspended.reason.value, "notes": suspended.notes}
    if suspended.address is not None:
        data["address"] = suspended.address
    if suspended.until is not None:
        data["due_at"] = spelled(suspended.until)
    return data


def _success(ended: Ended, now: datetime, budget: Budget) -> NewEvent:
    """It is the result, or one iteration of several. Raises `ActionFailed`."""
    attempt, response = ended.attempt, ended.response
    if is_enough(attempt.planned, attempt.scope, response, budget):
        return EventType.ACTION_SUCCEEDED, {"response": reshaped(attempt.planned, attempt.scope, response, budget)}
    repeat, call = attempt.planned.repeat, attempt.call
    if repeat is None or call.iteration >= repeat.max_iterations:
        message = f"until was not true after {call.iteration} iterations"
        raise ActionFailed(ActionErrorCode.REPEAT_EXHAUSTED, message, response=response)
    return EventType.ACTION_REPEAT_SCHEDULED, {
        "attempt": call.attempt,
        "iteration": call.iteration,
        "response": response,
        "reason": WaitReason.REPEAT_DELAY.value,
        "due_at": spelled(now + timedelta(seconds=repeat.delay_seconds)),
    }


def _failure(attempt: PreparedAttempt, failure: ActionFailed, due_at: datetime | None) -> NewEvent:
    number = attempt.call.attempt
    error = error_object(failure, attempt.planned.action_id, number)
    if due_at is None:
        return EventType.ACTION_FAILED, {"response": failure.response, "error": error}
    return EventType.ACTION_RETRY_SCHEDULED, {
        "attempt": number,
        "error": error,
        "reason": WaitReason.RETRY_BACKOFF.value,
        "due_at": spelled(due_at),
    }
