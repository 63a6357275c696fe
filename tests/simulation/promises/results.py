"""Which entries of a journal hold the result of an action, or of an item of one: its own, or one that is reused."""

from models.entities.executions import Event
from models.words import ActionStatus, EventType

OWN = (EventType.ACTION_SUCCEEDED, EventType.ACTION_FAILED, EventType.ACTION_SKIPPED, EventType.ACTION_CANCELLED)


def has_result(event: Event) -> bool:
    """Whether nothing comes after it of what it tells of."""
    return event.type in OWN or (event.type == EventType.ACTION_REUSED and "status" in event.data)


def has_succeeded(event: Event) -> bool:
    """Whether what it tells of succeeded."""
    is_reused = event.type == EventType.ACTION_REUSED and event.data.get("status") == ActionStatus.SUCCESS
    return event.type == EventType.ACTION_SUCCEEDED or is_reused
