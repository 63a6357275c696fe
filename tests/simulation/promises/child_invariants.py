"""Executions that others have started: each with the event that waits for it, and its end told once and truly."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from engine.core.run import child_address
from models.entities.executions import Event
from models.words import EventType, ExecutionStatus


def child_faults(rows: Mapping[str, Row[Any]], journals: Mapping[str, Sequence[Event]]) -> Iterator[str]:
    """What is wrong between executions and those that they have started; all have ended."""
    waited_for: Counter[tuple[str, str]] = Counter()
    for parent_id, events in journals.items():
        for event in events:
            if event.type == EventType.ACTION_WAITING and event.data["reason"] == "execution":
                waited_for[parent_id, event.data["address"]] += 1
            elif event.type == EventType.ACTION_SUCCEEDED and "execution_id" in (event.data.get("response") or {}):
                child = rows.get(event.data["response"]["execution_id"])
                if child is None or child.status != ExecutionStatus.COMPLETED:
                    yield f"{parent_id}: an action succeeded by {child}"
    started = Counter(
        (row.parent_id, child_address(execution_id)) for execution_id, row in rows.items() if row.parent_id is not None
    )
    if started != waited_for:
        yield f"started are {started - waited_for} too many and {waited_for - started} too few"
