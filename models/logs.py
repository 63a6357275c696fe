"""The log of an execution as a person reads it, derived from its events (decision E9)."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from models.entities import Event
from models.words import EventType, SkipReason

MESSAGES = {
    EventType.EXECUTION_QUEUED: "Workflow execution queued",
    EventType.EXECUTION_STARTED: "Starting workflow execution",
    EventType.EXECUTION_RESUMED: "Resuming workflow execution after an interruption",
    EventType.EXECUTION_COMPLETED: "Workflow execution completed",
    EventType.EXECUTION_CANCELLED: "Workflow execution cancelled",
}


SKIPPED = {
    SkipReason.WHEN: "its condition is false",
    SkipReason.RUN_IF: "what it depends on did not end as its run_if says",
}


class LogLine(msgspec.Struct, frozen=True):
    """One line that a person reads."""

    timestamp: datetime
    level: str
    message: str
    action_id: str | None


def log_lines(events: Iterable[Event]) -> Iterator[LogLine]:
    """Yield the log, oldest first."""
    for event in events:
        level, message = _line(event)
        yield LogLine(event.at, level, message, event.action_id)
        for warning in event.data.get("warnings", ()):
            yield LogLine(event.at, "WARNING", warning, event.action_id)


def _line(event: Event) -> tuple[str, str]:
    error = event.data.get("error") or {}
    reason = f"{error.get('code')}: {error.get('message')}"
    match event.type:
        case EventType.ACTION_STARTED:
            again = f" (attempt {event.data['attempt']})" if event.data["attempt"] > 1 else ""
            return "INFO", f"Started action: {event.action_id}{again}"
        case EventType.ACTION_SUCCEEDED:
            return "INFO", f"Completed action: {event.action_id}"
        case EventType.ACTION_SKIPPED:
            return "INFO", f"Skipped action: {event.action_id}: {SKIPPED[event.data['reason']]}"
        case EventType.ACTION_FAILED:
            return "ERROR", f"Failed action: {event.action_id}: {reason}"
        case EventType.ACTION_RETRY_SCHEDULED:
            number, due_at = event.data["attempt"], event.data["due_at"]
            return "WARNING", f"Attempt {number} of action {event.action_id} failed, next at {due_at}: {reason}"
        case EventType.ACTION_DEFERRED:
            return "INFO", f"Deferred action: {event.action_id}: {event.data['reason']} until {event.data['due_at']}"
        case EventType.EXECUTION_FAILED:
            return "ERROR", f"Workflow execution failed: {reason}"
        case EventType.EXECUTION_CANCELLED if error:
            return "WARNING", f"Workflow execution cancelled: {reason}"
        case _:
            return "INFO", MESSAGES[EventType(event.type)]
