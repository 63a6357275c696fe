"""What the journal tells of the end of an attempt: a result, a wait, an iteration, another attempt, or a failure."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol, TypeVar

from engine.actions.protocol import Suspended
from engine.core.bounds import MAX_JOURNAL_BYTES
from engine.core.failure import ActionFailed, error_object
from engine.core.state import size_of
from engine.expressions.budget import Budget
from engine.expressions.local_names import COLLECTED
from engine.expressions.templates import Template
from engine.running.attempt import Ended, PreparedAttempt
from engine.running.filling_in import answer_scope, collected, is_enough, is_success, is_worth_retrying, reshaped
from models.moments import spelled
from models.words import ActionErrorCode, EventType, WaitReason

NewEvent = tuple[EventType, dict[str, Any]]
"""The type of a journal entry, and its data."""

T = TypeVar("T")


class Rendered(Protocol):
    """Gives what needs a budget what it needs."""

    async def __call__(self, compute: Callable[[Budget], T]) -> T:
        """What `compute` makes. Raises `ActionFailed`."""
        ...


RetryDueAt = Callable[[ActionFailed, bool | None], datetime | None]
"""When a failure is worth another attempt, by what `retry.when` says of it, where there is one."""


async def entry_of_attempt(
    ended: Ended,
    now: datetime,
    retry_due_at: RetryDueAt,
    rendered: Rendered,
    room: int,
) -> NewEvent:
    """The entry for an attempt that has ended, or waits.

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
    retry_due_at: RetryDueAt,
    rendered: Rendered,
) -> NewEvent:
    if ended.suspended is not None:
        return EventType.ACTION_WAITING, _wait(ended.suspended)
    planned, failure = ended.attempt.planned, ended.failure
    if failure is None or planned.success_when is not None:
        try:
            return await rendered(partial(_success, ended, now))
        except ActionFailed as late_failure:
            failure = late_failure
    wanted = None if planned.retry_when is None else await _is_wanted(ended, failure, planned.retry_when, rendered)
    return _failure(ended.attempt, failure, retry_due_at(failure, wanted))


async def _is_wanted(ended: Ended, failure: ActionFailed, retry_when: Template, rendered: Rendered) -> bool:
    """What `retry.when` says of a failure; where it has no value, the failure tells that too."""
    scope = answer_scope(ended.attempt.scope, failure.response, failure.http)
    try:
        return await rendered(partial(is_worth_retrying, retry_when, scope, failure))
    except ActionFailed as fault:
        failure.message = f"{failure.message}; {fault.message}"
        return False


def _wait(suspended: Suspended) -> dict[str, Any]:
    data: dict[str, Any] = {"reason": suspended.reason.value, "notes": suspended.notes}
    if suspended.address is not None:
        data["address"] = suspended.address
    if suspended.until is not None:
        data["due_at"] = spelled(suspended.until)
    return data


def _success(ended: Ended, now: datetime, budget: Budget) -> NewEvent:
    """It is the result, or one iteration of several. Raises `ActionFailed`."""
    attempt, failure = ended.attempt, ended.failure
    response = ended.response if failure is None else failure.response
    scope = answer_scope(attempt.scope, response, ended.http)
    _check_success(ended, response, scope, budget)
    repeat, call = attempt.planned.repeat, attempt.call
    kept: dict[str, Any] = {}
    if repeat is not None and repeat.collect is not None:
        kept["collected"] = collected(repeat.collect, scope, budget)
    if is_enough(attempt.planned, scope, budget):
        if kept:
            response = [*scope[COLLECTED], kept["collected"]]
            scope = answer_scope(attempt.scope, response, ended.http)
        data = {"response": reshaped(attempt.planned, scope, response, budget)}
        return EventType.ACTION_SUCCEEDED, data | _http(ended.http)
    if repeat is None or call.iteration >= repeat.max_iterations:
        message = f"until was not true after {call.iteration} iterations"
        raise ActionFailed(ActionErrorCode.REPEAT_EXHAUSTED, message, response=response)
    return EventType.ACTION_REPEAT_SCHEDULED, {
        "attempt": call.attempt,
        "iteration": call.iteration,
        "response": response,
        **kept,
        "reason": WaitReason.REPEAT_DELAY.value,
        "due_at": spelled(now + timedelta(seconds=repeat.delay_seconds)),
    }


def _check_success(ended: Ended, response: Any, scope: Mapping[str, Any], budget: Budget) -> None:
    """Raises `ActionFailed` where an attempt did not succeed.

    What `success_when` says of an answer goes over its status; what came to none has failed.
    """
    success_when, failure = ended.attempt.planned.success_when, ended.failure
    if success_when is None or (failure is not None and failure.code is not ActionErrorCode.HTTP_ERROR):
        if failure is not None:
            raise failure
        return
    if is_success(success_when, scope, budget):
        return
    if failure is not None:
        raise failure
    http = ended.http or {}
    raise ActionFailed(
        ActionErrorCode.UNSUCCESSFUL,
        "success_when did not hold of what came back",
        http_status=http.get("status"),
        http_headers=http.get("headers"),
        response=response,
    )


def _http(http: Mapping[str, Any] | None) -> dict[str, Any]:
    return {} if http is None else {"http": http}


def _failure(attempt: PreparedAttempt, failure: ActionFailed, due_at: datetime | None) -> NewEvent:
    number = attempt.call.attempt
    error = error_object(failure, attempt.planned.action_id, number)
    if due_at is None:
        return EventType.ACTION_FAILED, {"response": failure.response, "error": error} | _http(failure.http)
    return EventType.ACTION_RETRY_SCHEDULED, {
        "attempt": number,
        "error": error,
        "reason": WaitReason.RETRY_BACKOFF.value,
        "due_at": spelled(due_at),
    }
