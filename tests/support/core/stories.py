"""Journals in short: entries by what happened, and whole stories made of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from engine.core.state import (
    ExecutionState,
    fold,
)
from models.entities.executions import Event
from models.words import EventType

START = datetime(2026, 1, 1, tzinfo=UTC)
DUE_AT = START + timedelta(hours=1)
ERROR = {"code": "HTTP_ERROR", "message": "no"}

Entry = tuple[EventType, str | None, dict[str, Any]]

QUEUED: Entry = (EventType.EXECUTION_QUEUED, None, {})
STARTED: Entry = (EventType.EXECUTION_STARTED, None, {})
RESUMED: Entry = (EventType.EXECUTION_RESUMED, None, {})
COMPLETED: Entry = (EventType.EXECUTION_COMPLETED, None, {})
FAILED: Entry = (EventType.EXECUTION_FAILED, None, {"error": ERROR})
PAUSED: Entry = (EventType.EXECUTION_PAUSED, None, {"user_id": "ada", "reason": "to be looked at"})
UNPAUSED: Entry = (EventType.EXECUTION_UNPAUSED, None, {"user_id": "eve"})
RESOLVED = {"resolved_by": {"user_id": "ada", "reason": "it hangs"}}
REOPENED: Entry = (EventType.ACTION_REOPENED, "a", RESOLVED)
BY_HAND: Entry = (EventType.ACTION_SUCCEEDED, "a", {"response": 1, **RESOLVED})
CANCELLED: Entry = (EventType.EXECUTION_CANCELLED, None, {})


def stopping(outcome: str, **data: Any) -> Entry:
    return EventType.EXECUTION_STOPPING, None, {"outcome": outcome, **data}


def begun(action_id: str, attempt: int = 1) -> Entry:
    return EventType.ACTION_STARTED, action_id, {"attempt": attempt}


def succeeded(action_id: str, response: Any = None) -> Entry:
    return EventType.ACTION_SUCCEEDED, action_id, {"response": response}


def broken(action_id: str, response: Any = None) -> Entry:
    return EventType.ACTION_FAILED, action_id, {"response": response, "error": ERROR}


def to_be_repeated(action_id: str, attempt: int = 1) -> Entry:
    data = {"attempt": attempt, "error": ERROR, "reason": "retry_backoff", "due_at": DUE_AT.isoformat()}
    return EventType.ACTION_RETRY_SCHEDULED, action_id, data


def deferred(action_id: str) -> Entry:
    return EventType.ACTION_DEFERRED, action_id, {"reason": "circuit_open", "due_at": DUE_AT.isoformat()}


def iterated(action_id: str, iteration: int = 1, response: Any = None) -> Entry:
    data = {"attempt": 1, "iteration": iteration, "response": response, "reason": "repeat_delay"}
    return EventType.ACTION_REPEAT_SCHEDULED, action_id, {**data, "due_at": DUE_AT.isoformat()}


def waiting(action_id: str, due_at: datetime | None = None) -> Entry:
    data = {"reason": "signal", "address": "signal:go", "notes": {"seen": 1}}
    return EventType.ACTION_WAITING, action_id, data | ({} if due_at is None else {"due_at": due_at.isoformat()})


def expanded(action_id: str, total: int) -> Entry:
    return EventType.ACTION_STARTED, action_id, {"attempt": 1, "items": total}


def of_item(item: int, entry: Entry) -> Entry:
    kind, action_id, data = entry
    return kind, action_id, {**data, "item": item}


def outrun(action_id: str, by: str) -> Entry:
    return EventType.ACTION_CANCELLED, action_id, {"lost_to": by}


def skipped(action_id: str) -> Entry:
    return EventType.ACTION_SKIPPED, action_id, {"reason": "when"}


def at(sequence: int) -> datetime:
    return START + timedelta(seconds=sequence)


def events(*entries: Entry) -> list[Event]:
    return [
        Event(sequence, kind.value, at(sequence), action_id, data)
        for sequence, (kind, action_id, data) in enumerate(entries, start=1)
    ]


def state_after(*entries: Entry) -> ExecutionState:
    return fold(events(*entries))


def reused(action_id: str, response: Any = None, **more: Any) -> Entry:
    times = {"started_at": "2025-12-31T00:00:00Z", "completed_at": "2025-12-31T00:00:01Z"}
    data = {"status": "success", "attempt": 2, "from": "exec_before", "response": response, **times, **more}
    return EventType.ACTION_REUSED, action_id, data


def reused_in_part(action_id: str, total: int) -> Entry:
    return EventType.ACTION_REUSED, action_id, {"items": total, "attempt": 1, "from": "exec_before"}


DOES_OVER: Entry = (
    EventType.EXECUTION_QUEUED,
    None,
    {
        "rerun": {
            "of": "exec_before",
            "children": {"s": "exec_child"},
            "keeps_versions": True,
            "reuses_approvals": False,
        }
    },
)

STORIES = [
    [
        DOES_OVER,
        reused("a", {"x": [1]}),
        reused_in_part("b", 3),
        of_item(1, reused("b", "y")),
        STARTED,
        of_item(0, begun("b")),
        of_item(0, succeeded("b", "x")),
        RESUMED,
        of_item(2, begun("b")),
        of_item(2, succeeded("b", "z")),
        succeeded("b"),
        COMPLETED,
    ],
    [QUEUED, STARTED, begun("a"), begun("b"), succeeded("a", {"x": [1]}), broken("b"), FAILED],
    [QUEUED, STARTED, begun("a"), RESUMED, begun("a", 2), succeeded("a"), begun("b"), succeeded("b"), COMPLETED],
    [QUEUED, RESUMED, STARTED, begun("a"), begun("b"), RESUMED, RESUMED, begun("a", 2), CANCELLED],
    [QUEUED, STARTED, begun("a"), succeeded("a"), skipped("b"), COMPLETED],
    [QUEUED, STARTED, begun("a"), begun("b"), succeeded("a"), outrun("b", "c"), begun("c"), succeeded("c"), COMPLETED],
    [
        QUEUED,
        STARTED,
        begun("a"),
        succeeded("a"),
        begun("b"),
        to_be_repeated("b"),
        stopping("cancelled", user_id="ada"),
        begun("a.compensate"),
        RESUMED,
        begun("a.compensate", 2),
        broken("a.compensate"),
        CANCELLED,
    ],
    [QUEUED, CANCELLED],
    [QUEUED, STARTED, begun("a"), broken("a"), REOPENED, begun("a", 2), waiting("a"), BY_HAND, COMPLETED],
    [QUEUED, PAUSED, UNPAUSED, STARTED, begun("a"), PAUSED, succeeded("a"), UNPAUSED, COMPLETED],
    [
        QUEUED,
        STARTED,
        begun("a"),
        PAUSED,
        to_be_repeated("a"),
        UNPAUSED,
        stopping("cancelled", user_id="ada"),
        CANCELLED,
    ],
    [QUEUED, STARTED, begun("a"), iterated("a"), begun("a", 2), broken("a"), FAILED],
    [
        QUEUED,
        STARTED,
        expanded("a", 3),
        of_item(2, deferred("a")),
        of_item(0, begun("a")),
        RESUMED,
        of_item(0, begun("a", 2)),
        of_item(1, begun("a")),
        of_item(1, to_be_repeated("a")),
        of_item(0, succeeded("a", "x")),
        of_item(2, begun("a")),
        of_item(2, broken("a")),
        of_item(1, begun("a", 2)),
        of_item(1, succeeded("a", "y")),
        (EventType.ACTION_SUCCEEDED, "a", {}),
        COMPLETED,
    ],
    [QUEUED, STARTED, begun("a"), waiting("a"), RESUMED, waiting("a", DUE_AT), succeeded("a"), COMPLETED],
    [QUEUED, STARTED, expanded("a", 2), of_item(0, begun("a")), of_item(0, to_be_repeated("a")), broken("a"), FAILED],
    [QUEUED, STARTED, expanded("a", 2), of_item(0, begun("a")), CANCELLED],
    [QUEUED, STARTED, deferred("b"), begun("a"), to_be_repeated("a"), begun("b"), begun("a", 2), broken("a"), FAILED],
]
