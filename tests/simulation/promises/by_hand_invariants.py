"""What people do by hand has nothing begin that is to wait, nothing repeated that is under way, no result changed."""

from collections.abc import Iterable, Iterator, Sequence

from engine.core.state import slot
from models.entities.executions import Event
from models.event_types import Step, facts_of
from models.words import EventType
from tests.simulation.promises.results import has_result

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


def result_faults(events: Sequence[Event]) -> Iterator[str]:
    """Each result is journaled once; by hand one that failed gets another one, or is tried again."""
    results: dict[str, str] = {}
    for event in events:
        if event.action_id is None:
            continue
        name = slot(event.action_id, event.data.get("item"))
        if event.type == EventType.ACTION_REOPENED:
            if results.get(name, EventType.ACTION_FAILED) != EventType.ACTION_FAILED:
                yield f"{name} was tried again after {results[name]}"
            for other in reopened(name, list(results)):
                if results[other] == EventType.ACTION_FAILED:
                    del results[other]
        elif has_result(event):
            by_hand_of = EventType.ACTION_FAILED if "resolved_by" in event.data else None
            if name in results and results[name] != by_hand_of:
                yield f"the result of {name} was journaled twice: {results[name]}, {event.type}"
            results[name] = event.type


def reopened(name: str, known: Iterable[str]) -> set[str]:
    """The slots that are tried again with one: itself, and its items."""
    return {other for other in known if other == name or other.startswith(f"{name}[")}
