"""The log of an execution as a person reads it, derived from its events (decision E9)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, assert_never

import msgspec

from models.commands.filters import JournalFilter, LogFilter
from models.entities.executions import Event
from models.folding import folded
from models.words import EventType, ExecutionStatus, SkipReason

KNOWN = frozenset(EventType)

STOPPING = {
    ExecutionStatus.COMPLETED: "All actions have ended, the clean-up begins",
    ExecutionStatus.CANCELLED: "Workflow execution is being cancelled, the clean-up begins",
}


SKIPPED = {
    SkipReason.WHEN: "its condition is false",
    SkipReason.BY_HAND: "somebody said so",
    SkipReason.RUN_IF: "what it depends on did not end as its run_if says",
}


class LogLine(msgspec.Struct, frozen=True):
    """One line that a person reads."""

    timestamp: datetime
    level: str
    message: str
    action_id: str | None


def is_line_of(line: LogLine, filter_: LogFilter) -> bool:
    """Whether a line is one of those that a filter asks for."""
    return (
        (not filter_.level or line.level in filter_.level)
        and (not filter_.action_id or line.action_id in filter_.action_id)
        and (filter_.text is None or folded(filter_.text) in folded(line.message))
    )


def is_event_of(event: Event, filter_: JournalFilter) -> bool:
    """Whether an event is one of those that a filter asks for; UNKNOWN is what this version does not know."""
    kind = event.type if event.type in KNOWN else EventType.UNKNOWN
    return (not filter_.type or kind in filter_.type) and (
        not filter_.action_id or event.action_id in filter_.action_id
    )


def log_lines(events: Iterable[Event]) -> Iterator[LogLine]:
    """Yield the log, oldest first."""
    for event in events:
        try:
            level, message = _line(event)
        except (AttributeError, KeyError, TypeError, ValueError):
            level, message = "WARNING", f"Damaged event {event.sequence}: {event.type[:64]}"
        yield LogLine(event.at, level, message, event.action_id)
        for warning in event.data.get("warnings", ()):
            yield LogLine(event.at, "WARNING", warning, event.action_id)


def _line(event: Event) -> tuple[str, str]:
    error = event.data.get("error") or {}
    reason = f"{error.get('code')}: {error.get('message')}"
    item = event.data.get("item")
    action = event.action_id if item is None else f"{event.action_id}[{item}]"
    kind = EventType(event.type) if event.type in KNOWN else EventType.UNKNOWN
    match kind:
        case EventType.ACTION_STARTED:
            again = f" (attempt {event.data['attempt']})" if event.data["attempt"] > 1 else ""
            of_items = f" for {event.data['items']} items" if "items" in event.data else ""
            return "INFO", f"Started action: {action}{of_items}{again}"
        case EventType.ACTION_REOPENED:
            return "INFO", f"Trying action again: {action}: by hand, {_who_and_why(event.data['resolved_by'])}"
        case EventType.ACTION_SUCCEEDED | EventType.ACTION_SKIPPED if "resolved_by" in event.data:
            what = "Completed" if kind is EventType.ACTION_SUCCEEDED else "Skipped"
            return "INFO", f"{what} action: {action}: by hand, {_who_and_why(event.data['resolved_by'])}"
        case EventType.ACTION_SUCCEEDED:
            return "INFO", f"Completed action: {action}"
        case EventType.ACTION_SKIPPED:
            return "INFO", f"Skipped action: {action}: {SKIPPED[event.data['reason']]}"
        case EventType.ACTION_CANCELLED:
            return (
                "INFO",
                f"Cancelled action: {action}: another one of those that {event.data['lost_to']} waits for was first",
            )
        case EventType.ACTION_REUSED:
            return "INFO", _reused(event, action)
        case EventType.ACTION_FAILED:
            return "ERROR", f"Failed action: {action}: {reason}"
        case EventType.ACTION_RETRY_SCHEDULED:
            number, due_at = event.data["attempt"], event.data["due_at"]
            return "WARNING", f"Attempt {number} of action {action} failed, next at {due_at}: {reason}"
        case EventType.ACTION_REPEAT_SCHEDULED:
            number, due_at = event.data["iteration"], event.data["due_at"]
            return "INFO", f"Iteration {number} of action {action} ended, next at {due_at}"
        case EventType.ACTION_WAITING:
            until = f" until {event.data['due_at']}" if "due_at" in event.data else ""
            return "INFO", f"Waiting action: {action}: {event.data['reason']}{until}"
        case EventType.ACTION_DEFERRED:
            return "INFO", f"Deferred action: {action}: {event.data['reason']} until {event.data['due_at']}"
        case EventType.EXECUTION_STOPPING:
            outcome = ExecutionStatus(event.data["outcome"])
            if outcome is ExecutionStatus.FAILED:
                return "WARNING", f"Workflow execution is failing, the clean-up begins: {reason}"
            return "INFO", STOPPING[outcome]
        case EventType.EXECUTION_FAILED:
            return "ERROR", f"Workflow execution failed: {reason}"
        case EventType.EXECUTION_CANCELLED:
            if error:
                return "WARNING", f"Workflow execution cancelled: {reason}"
            if event.data.get("is_terminated"):
                return "WARNING", f"Workflow execution terminated without a clean-up by {_who_and_why(event.data)}"
            return "INFO", "Workflow execution cancelled"
        case EventType.EXECUTION_QUEUED:
            return "INFO", _queued(event)
        case EventType.EXECUTION_STARTED:
            return "INFO", "Starting workflow execution"
        case EventType.EXECUTION_RESUMED:
            return "INFO", "Resuming workflow execution after an interruption"
        case EventType.EXECUTION_PAUSED:
            return "INFO", f"Workflow execution paused by {_who_and_why(event.data)}"
        case EventType.EXECUTION_UNPAUSED:
            return "INFO", f"Workflow execution goes on after a pause, by {_who_and_why(event.data)}"
        case EventType.EXECUTION_COMPLETED:
            return "INFO", "Workflow execution completed"
        case EventType.UNKNOWN:
            return "WARNING", f"Unknown event {event.sequence}: {event.type[:64]}: a newer version wrote it"
        case _:
            assert_never(kind)


def _who_and_why(told: Mapping[str, Any]) -> str:
    reason = told.get("reason")
    return f"{told['user_id']}: {reason}" if reason else str(told["user_id"])


def _queued(event: Event) -> str:
    if "rerun" not in event.data:
        return "Workflow execution queued"
    why = f": {event.data['reason']}" if event.data.get("reason") else ""
    return f"Workflow execution queued, to do {event.data['rerun']['of']} over{why}"


def _reused(event: Event, action: str | None) -> str:
    data = event.data
    if "items" in data:
        return f"Reused results of action: {action}: of some of its {data['items']} items, from {data['from']}"
    if data.get("given"):
        return f"Given result of action: {action}"
    return f"Reused result of action: {action}: {data['status']} in {data['from']}"
