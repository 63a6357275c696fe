"""Says when a failed attempt is due again: a pure function of the policy, the failure and the time."""

from datetime import datetime, timedelta

from engine.core.failure import ActionFailed
from models.commands.retry_policy import RetryPolicy
from models.words import Backoff

DEFAULT_POLICY = RetryPolicy()
"""For actions that state none: it repeats only what can do no harm."""

MAX_RETRY_AFTER_SECONDS = 3_600.0
MAX_DOUBLINGS = 1_000
"""Far above any cap on delays, and below what a float can hold."""


def retry_due_at(
    policy: RetryPolicy | None,
    failure: ActionFailed,
    *,
    failures: int,
    first_started_at: datetime,
    deadline: datetime | None,
    now: datetime,
    chance: float,
    wanted: bool | None = None,
) -> datetime | None:
    """When the next attempt is due, or None where this failure is the last word.

    `failures` counts the failed attempts, this one among them; `chance` in [0, 1) spreads the delays; `wanted` is what
    the policy's `when` says, if it has one. An attempt that would be due after the execution's `deadline` or the
    policy's `max_total_seconds` is not waited for.
    """
    if not _is_worth_repeating(policy, failure, wanted):
        return None
    policy = policy or DEFAULT_POLICY
    if failures >= policy.max_attempts:
        return None
    due = now + timedelta(seconds=delay_seconds(policy, failure, failures, chance))
    limits = [deadline] if deadline is not None else []
    if policy.max_total_seconds is not None:
        limits.append(first_started_at + timedelta(seconds=policy.max_total_seconds))
    return None if any(due >= limit for limit in limits) else due


def delay_seconds(policy: RetryPolicy, failure: ActionFailed, failures: int, chance: float) -> float:
    """How long to wait after the failure numbered `failures`, from 1. What the service asked for is the least."""
    match policy.backoff:
        case Backoff.FIXED:
            factor = 1.0
        case Backoff.LINEAR:
            factor = float(failures)
        case Backoff.EXPONENTIAL:
            factor = policy.backoff_rate ** min(failures - 1, _steps_to_cap(policy))
    delay = min(policy.initial_delay_seconds * factor, policy.max_delay_seconds)
    # Between half and all of it: attempts that failed together come back apart, and none comes back at once.
    spread = delay * (0.5 + chance / 2) if policy.jitter else delay
    if failure.retry_after is None or not policy.respect_retry_after:
        return spread
    asked = min(failure.retry_after, MAX_RETRY_AFTER_SECONDS)
    return max(spread, asked + (delay * chance / 2 if policy.jitter else 0.0))


def _steps_to_cap(policy: RetryPolicy) -> int:
    """After so many steps every delay is at its cap, and the power need not grow, and overflow, any further."""
    return 64 if policy.backoff_rate >= 2 else MAX_DOUBLINGS


def _is_worth_repeating(policy: RetryPolicy | None, failure: ActionFailed, wanted: bool | None) -> bool:
    if policy is None:
        return failure.retryable and failure.repeatable
    if wanted is False or _is_among(failure, policy.never_retry_on):
        return False
    if policy.retry_on is not None:
        return _is_among(failure, policy.retry_on)
    return failure.retryable if wanted is None else wanted


def _is_among(failure: ActionFailed, words: list[str]) -> bool:
    status = str(failure.http_status)
    return any(word in (failure.code, status, f"{status[0]}xx") for word in words)
