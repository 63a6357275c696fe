"""An execution in one sentence: what it waits for, or why it failed."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from engine.core.state import ExecutionState
from models.entities.executions import ExecutionSummary, WaitingAction
from models.words import WaitReason
from resolvers.executions.payload import HIDDEN

MAX_LENGTH = 200

STRONGEST_FIRST = (
    WaitReason.APPROVAL,
    WaitReason.SIGNAL,
    WaitReason.CIRCUIT_OPEN,
    WaitReason.WORKFLOW_LIMIT,
    WaitReason.RATE_LIMIT,
    WaitReason.CONCURRENCY,
    WaitReason.RETRY_BACKOFF,
    WaitReason.EXECUTION,
    WaitReason.REPEAT_DELAY,
    WaitReason.TIMER,
    WaitReason.WORKER,
)
"""Of several waits the first of these is told. What waits for other actions, or for the end of a pause, is not."""


def reason(
    execution: ExecutionSummary, state: ExecutionState | None, waiting: Sequence[WaitingAction], now: datetime
) -> str | None:
    """The sentence, of an execution as its reader may see it; None where there is nothing to say."""
    if execution.error is not None:
        return _cut(_failed(execution.error))
    if execution.status.is_terminal:
        return None
    if execution.fault is not None:
        return _cut(f"it is set aside: {execution.fault.message}")
    if state is not None and state.pause is not None:
        why = "" if state.pause.reason is None else f": {state.pause.reason}"
        return _cut(f"paused by {state.pause.user_id}{why}")
    told = [action for action in waiting if action.reason in STRONGEST_FIRST]
    if not told:
        return None
    first = min(told, key=lambda action: STRONGEST_FIRST.index(action.reason))
    return _cut(f"{first.action_id}: {_waits(first, now)}")


def _failed(error: Mapping[str, Any]) -> str:
    parts = [error.get("action_id"), error.get("code"), error.get("message")]
    if error.get("http_status") is not None:
        parts[1] = f"{error.get('code')} {error['http_status']}"
    if error.get("own_code") is not None:
        parts[1] = error["own_code"]
    return ": ".join(str(part) for part in parts if part is not None and part != HIDDEN)


def _waits(action: WaitingAction, now: datetime) -> str:
    until = "" if action.until is None else f" until {_moment(action.until, now)}"
    at = "soon" if action.until is None else f"at {_moment(action.until, now)}"
    service = action.service or "its service"
    match action.reason:
        case WaitReason.APPROVAL:
            return f"somebody has to decide{until}"
        case WaitReason.SIGNAL:
            return (
                f"it waits for the signal {action.signal}{until}" if action.signal else f"it waits for a signal{until}"
            )
        case WaitReason.CIRCUIT_OPEN:
            return f"the circuit of {service} is open{until}"
        case WaitReason.WORKFLOW_LIMIT:
            return "as many executions of its workflow run as may"
        case WaitReason.RATE_LIMIT:
            return f"the rate limit of {service} is reached{until}"
        case WaitReason.CONCURRENCY:
            return f"{service} is called as often at once as it may be"
        case WaitReason.RETRY_BACKOFF:
            return f"its last attempt failed, and the next one is {at}"
        case WaitReason.EXECUTION:
            return f"it waits for the execution {action.child_id}{until}"
        case WaitReason.REPEAT_DELAY:
            return f"it is repeated {at}"
        case WaitReason.TIMER:
            return f"it waits{until}"
    return "no node has taken it up yet"


def _moment(moment: datetime, now: datetime) -> str:
    """In UTC: the time, and of another day that too."""
    moment = moment.astimezone(UTC)
    if moment.date() == now.astimezone(UTC).date():
        return f"{moment:%H:%M:%S}"
    return f"{moment:%Y-%m-%d %H:%M}"


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_LENGTH else line[: MAX_LENGTH - 1] + "…"
