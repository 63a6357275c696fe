"""The attempts of an execution's actions, derived from its events."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from models.entities import Event
from models.words import EventType


class Attempt(msgspec.Struct, frozen=True):
    """One attempt of one action, counted from 1. An attempt that a crash cut off was never completed."""

    number: int
    started_at: datetime
    completed_at: datetime | None = None
    error: Mapping[str, Any] | None = None
    next_attempt_at: datetime | None = None


ENDS = (
    EventType.ACTION_SUCCEEDED,
    EventType.ACTION_FAILED,
    EventType.ACTION_RETRY_SCHEDULED,
    EventType.ACTION_REPEAT_SCHEDULED,
)


def attempts_of(events: Iterable[Event]) -> dict[str, list[Attempt]]:
    """Every attempt by its action, in the order in which they were made; those of single items are not among them."""
    attempts: dict[str, list[Attempt]] = {}
    for event in events:
        if event.action_id is None or "item" in event.data:
            continue
        made = attempts.setdefault(event.action_id, [])
        if event.type == EventType.ACTION_STARTED:
            made.append(Attempt(event.data.get("attempt", len(made) + 1), event.at))
        elif event.type in ENDS and made:
            due_at = event.data.get("due_at")
            made[-1] = msgspec.structs.replace(
                made[-1],
                completed_at=event.at,
                error=event.data.get("error"),
                next_attempt_at=datetime.fromisoformat(due_at) if due_at else None,
            )
    return attempts
