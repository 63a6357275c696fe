"""The log that a person reads is derived from the events, in the documented words (decision E9)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.entities.executions import Event
from models.entities.logs import LogLine, log_lines
from models.words import EventType

START = datetime(2026, 1, 1, tzinfo=UTC)
DUE_AT = "2026-01-01T01:00:00Z"
ERROR = {"code": "HTTP_ERROR", "message": "the service answered 500"}


def event(kind: EventType, action_id: str | None = None, sequence: int = 1, **data: Any) -> Event:
    return Event(sequence, kind.value, START + timedelta(seconds=sequence), action_id, data)


@pytest.mark.parametrize(
    ("entry", "level", "message"),
    [
        (event(EventType.EXECUTION_QUEUED), "INFO", "Workflow execution queued"),
        (event(EventType.EXECUTION_STARTED), "INFO", "Starting workflow execution"),
        (event(EventType.EXECUTION_RESUMED), "INFO", "Resuming workflow execution after an interruption"),
        (event(EventType.EXECUTION_COMPLETED), "INFO", "Workflow execution completed"),
        (event(EventType.EXECUTION_CANCELLED), "INFO", "Workflow execution cancelled"),
        (
            event(EventType.EXECUTION_CANCELLED, error=ERROR),
            "WARNING",
            "Workflow execution cancelled: HTTP_ERROR: the service answered 500",
        ),
        (
            event(EventType.EXECUTION_FAILED, error=ERROR),
            "ERROR",
            "Workflow execution failed: HTTP_ERROR: the service answered 500",
        ),
        (
            event(EventType.EXECUTION_STOPPING, outcome="completed"),
            "INFO",
            "All actions have ended, the clean-up begins",
        ),
        (
            event(EventType.EXECUTION_STOPPING, outcome="cancelled", user_id="ada"),
            "INFO",
            "Workflow execution is being cancelled, the clean-up begins",
        ),
        (
            event(EventType.EXECUTION_STOPPING, outcome="failed", error=ERROR),
            "WARNING",
            "Workflow execution is failing, the clean-up begins: HTTP_ERROR: the service answered 500",
        ),
        (event(EventType.ACTION_STARTED, "fetch", attempt=1), "INFO", "Started action: fetch"),
        (event(EventType.ACTION_STARTED, "fetch", attempt=2), "INFO", "Started action: fetch (attempt 2)"),
        (event(EventType.ACTION_SUCCEEDED, "fetch", response=None), "INFO", "Completed action: fetch"),
        (
            event(EventType.ACTION_FAILED, "fetch", response=None, error=ERROR),
            "ERROR",
            "Failed action: fetch: HTTP_ERROR: the service answered 500",
        ),
        (
            event(EventType.ACTION_RETRY_SCHEDULED, "fetch", attempt=2, error=ERROR, due_at=DUE_AT),
            "WARNING",
            f"Attempt 2 of action fetch failed, next at {DUE_AT}: HTTP_ERROR: the service answered 500",
        ),
        (
            event(EventType.ACTION_DEFERRED, "fetch", reason="circuit_open", due_at=DUE_AT),
            "INFO",
            f"Deferred action: fetch: circuit_open until {DUE_AT}",
        ),
        (
            event(EventType.ACTION_REPEAT_SCHEDULED, "fetch", attempt=3, iteration=2, due_at=DUE_AT),
            "INFO",
            f"Iteration 2 of action fetch ended, next at {DUE_AT}",
        ),
        (event(EventType.ACTION_STARTED, "fetch", attempt=1, items=9), "INFO", "Started action: fetch for 9 items"),
        (event(EventType.ACTION_SUCCEEDED, "fetch", item=4), "INFO", "Completed action: fetch[4]"),
    ],
)
def test_each_event_is_one_line(entry: Event, level: str, message: str) -> None:
    assert list(log_lines([entry])) == [LogLine(entry.at, level, message, entry.action_id)]


@pytest.mark.parametrize("kind", list(EventType))
def test_every_type_of_event_has_a_line(kind: EventType) -> None:
    action_id = "fetch" if kind.value.startswith("action") else None
    reason = "when" if kind is EventType.ACTION_SKIPPED else "retry_backoff"
    data = {"attempt": 1, "iteration": 1, "error": ERROR, "reason": reason, "due_at": DUE_AT, "outcome": "failed"}
    entry = event(kind, action_id, **data)
    assert len(list(log_lines([entry]))) == 1


def test_warnings_follow_the_line_of_their_event() -> None:
    entry = event(EventType.EXECUTION_QUEUED, warnings=["Unknown parameter: x", "Unknown parameter: y"])
    assert [(line.level, line.message, line.timestamp) for line in log_lines([entry])] == [
        ("INFO", "Workflow execution queued", entry.at),
        ("WARNING", "Unknown parameter: x", entry.at),
        ("WARNING", "Unknown parameter: y", entry.at),
    ]


def test_lines_keep_the_order_and_the_times_of_the_events() -> None:
    events = [
        event(EventType.EXECUTION_QUEUED, sequence=1),
        event(EventType.EXECUTION_STARTED, sequence=2),
        event(EventType.ACTION_STARTED, "a", 3, attempt=1),
        event(EventType.ACTION_SUCCEEDED, "a", 4),
        event(EventType.EXECUTION_COMPLETED, sequence=5),
    ]
    assert [(line.timestamp, line.action_id) for line in log_lines(events)] == [
        (START + timedelta(seconds=second), action_id)
        for second, action_id in [(1, None), (2, None), (3, "a"), (4, "a"), (5, None)]
    ]


def test_no_event_is_no_line() -> None:
    assert list(log_lines([])) == []
