"""The attempts of an execution's actions, derived from its events."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

import msgspec

from models.entities.executions import Event
from models.event_types import Step, facts_of


class Attempt(msgspec.Struct, frozen=True):
    """One attempt of one action, counted from 1. An attempt that a crash cut off was never completed."""

    number: int
    started_at: datetime
    completed_at: datetime | None = None
    error: Mapping[str, Any] | None = None
    next_attempt_at: datetime | None = None
    reused_from: str | None = None
    """The execution that made it, where that was another one."""


Slot: TypeAlias = tuple[str, int | None]
"""An action as a whole, or one of the items for which it runs."""


def attempts_of(events: Iterable[Event]) -> dict[Slot, list[Attempt]]:
    """Every attempt by what it was one of, in the order in which they were made."""
    attempts: dict[Slot, list[Attempt]] = {}
    for event in events:
        if event.action_id is None:
            continue
        made = attempts.setdefault((event.action_id, event.data.get("item")), [])
        step = facts_of(event.type).step
        if step is Step.BEGINS:
            made.append(Attempt(event.data.get("attempt", len(made) + 1), event.at))
        elif "resolved_by" in event.data and made and made[-1].completed_at is not None:
            continue  # what people make of an action is no part of an attempt that had ended
        elif step is Step.REUSES:
            made[:] = _reused(event)
        elif step in (Step.PAUSES, Step.ENDS) and made:
            due_at = event.data.get("due_at")
            made[-1] = msgspec.structs.replace(
                made[-1],
                completed_at=event.at,
                error=event.data.get("error"),
                next_attempt_at=datetime.fromisoformat(due_at) if due_at else None,
            )
    return attempts


def _reused(event: Event) -> list[Attempt]:
    """The last attempt of another execution whose result counts here; or the one for a list of whose items some do."""
    data = event.data
    if "items" in data:
        return [Attempt(1, event.at)]
    if "from" not in data or data["attempt"] == 0:
        return []
    times = datetime.fromisoformat(data["started_at"]), datetime.fromisoformat(data["completed_at"])
    return [Attempt(data["attempt"], *times, data.get("error"), reused_from=data["from"])]
