"""What people do by hand has nothing begin that is to wait, and nothing repeated that is under way."""

from collections.abc import Iterator, Sequence

from engine.core.state import slot
from models.entities.executions import Event
from models.event_types import Step, facts_of
from models.words import EventType

BEGINS = (EventType.EXECUTION_STARTED, EventType.ACTION_STARTED)
KEEPS = (Step.BEGINS, Step.DEFERS)


def pause_faults(events: Sequence[Event]) -> Iterator[str]:
    """While it is paused nothing begins; and nothing begins twice unless its process was lost in between."""
    is_paused = False
    under_way: set[str] = set()
    for event in events:
        if event.type == EventType.EXECUTION_PAUSED:
            is_paused = True
        elif event.type == EventType.EXECUTION_UNPAUSED:
            is_paused = False
        elif event.type == EventType.EXECUTION_RESUMED:
            under_way.clear()
        elif is_paused and event.type in BEGINS:
            yield f"event {event.sequence} begins something while it is paused"
        if event.action_id is None or "items" in event.data:
            continue
        name = slot(event.action_id, event.data.get("item"))
        if event.type == EventType.ACTION_STARTED and name in under_way:
            yield f"{name} began while it was under way"
        if event.type == EventType.ACTION_STARTED:
            under_way.add(name)
        elif facts_of(event.type).step not in KEEPS:
            under_way.discard(name)
