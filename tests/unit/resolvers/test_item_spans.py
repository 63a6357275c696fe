"""What is done for each item of a list, as spans of time: told by events of its own, of its action, and of all."""

from datetime import UTC, datetime, timedelta
from typing import Any

from models.entities.executions import Event
from models.words import EventType
from resolvers.executions.timeline import item_spans

START = datetime(2026, 3, 1, tzinfo=UTC)


def told(*events: tuple[EventType, dict[str, Any] | None]) -> list[Event]:
    """One event a second; those without data are about the execution, the others about the action `each`."""
    return [
        Event(number, kind, START + timedelta(seconds=number), None if data is None else "each", data or {})
        for number, (kind, data) in enumerate(events)
    ]


def shape(events: list[Event]) -> dict[int, list[tuple[str, int, int | None]]]:
    """Of each item its spans: the kind, and from which second to which."""

    def second(at: datetime | None) -> int | None:
        return None if at is None else round((at - START).total_seconds())

    return {
        item: [(span.kind.value, second(span.started_at) or 0, second(span.ended_at)) for span in spans]
        for item, spans in item_spans(events)["each"].items()
    }


def test_an_item_is_queued_from_the_start_of_its_action_and_ends_by_itself() -> None:
    events = told(
        (EventType.ACTION_STARTED, {"attempt": 1, "items": 3}),
        (EventType.ACTION_STARTED, {"attempt": 1, "item": 0}),
        (EventType.ACTION_SUCCEEDED, {"item": 0}),
        (EventType.ACTION_STARTED, {"attempt": 1, "item": 1}),
        (EventType.ACTION_RETRY_SCHEDULED, {"attempt": 1, "item": 1, "reason": "retry_backoff"}),
        (EventType.ACTION_STARTED, {"attempt": 2, "item": 1}),
    )
    assert shape(events) == {
        0: [("queued", 0, 1), ("running", 1, 2)],
        1: [("queued", 0, 3), ("running", 3, 4), ("waiting", 4, 5), ("running", 5, None)],
    }


def test_what_befalls_the_action_or_the_execution_befalls_what_is_under_way() -> None:
    begun = [
        (EventType.ACTION_STARTED, {"attempt": 1, "items": 3}),
        (EventType.ACTION_STARTED, {"attempt": 1, "item": 0}),
        (EventType.ACTION_STARTED, {"attempt": 1, "item": 1}),
        (EventType.ACTION_SUCCEEDED, {"item": 0}),
    ]
    interrupted = told(
        *begun, (EventType.EXECUTION_RESUMED, None), (EventType.ACTION_STARTED, {"attempt": 2, "item": 1})
    )
    assert shape(interrupted)[1] == [("queued", 0, 2), ("running", 2, 4), ("queued", 4, 5), ("running", 5, None)]
    for end in (
        (EventType.ACTION_FAILED, {}),
        (EventType.EXECUTION_STOPPING, None),
        (EventType.EXECUTION_CANCELLED, None),
    ):
        assert shape(told(*begun, end)) == {
            0: [("queued", 0, 1), ("running", 1, 3)],
            1: [("queued", 0, 2), ("running", 2, 4)],
        }


def test_what_is_reused_took_no_time() -> None:
    events = told(
        (EventType.ACTION_REUSED, {"items": 2, "attempt": 1, "from": "exec_1"}),
        (EventType.ACTION_REUSED, {"item": 0, "status": "success", "attempt": 1, "from": "exec_1"}),
        (EventType.ACTION_STARTED, {"attempt": 1, "item": 1}),
    )
    assert shape(events) == {0: [], 1: [("queued", 0, 2), ("running", 2, None)]}
