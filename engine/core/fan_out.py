"""Decides what happens next to the items of a `for_each`; a part of `decide`, and pure like it."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

import msgspec

from engine.core.failure import ActionFailed
from engine.core.plan import PlannedAction, PlannedForEach
from engine.core.state import ActionState, Items, Timer, slot
from models.words import ActionErrorCode, ActionStatus


class Expand(msgspec.Struct, frozen=True):
    """Find out for which items an action runs."""

    action: PlannedAction


class StartItem(msgspec.Struct, frozen=True):
    """Start an attempt, counted from 1, of an action for one of its items."""

    action: PlannedAction
    attempt: int
    item: int


class Wake(msgspec.Struct, frozen=True):
    """Go on with an attempt whose moment has come, of an action or of one item of it."""

    action: PlannedAction
    item: int | None = None


class Conclude(msgspec.Struct, frozen=True):
    """End an action all of whose items have ended, or of which too many have failed."""

    action: PlannedAction


def next_of_items(
    action: PlannedAction, parent: ActionState, timers: Mapping[str, Timer], now: datetime, held: Collection[str]
) -> Iterator[StartItem | Wake | Conclude]:
    """Yield what to do now about an action that was expanded: retries first, then new items while there is room."""
    items, limits = parent.items, action.for_each
    if items is None or limits is None:
        return
    if is_lost(limits, items):
        if not parent.is_under_way:
            yield Conclude(action)
        return
    if len(items.ended) == items.total:
        yield Conclude(action)
        return
    for item, state in items.live.items():
        name = slot(action.action_id, item)
        if state.status is ActionStatus.WAITING:
            if name in timers and timers[name].due_at <= now:
                yield Wake(action, item)
        elif state.status is ActionStatus.PENDING and name not in held and is_due(name, timers, now):
            yield StartItem(action, state.attempt + 1, item)
    yield from _new_items(action, items, limits.max_concurrency - len(items.live), held)


def is_due(name: str, timers: Mapping[str, Timer], now: datetime) -> bool:
    """Whether no timer keeps an action, or an item, from going on."""
    return name not in timers or timers[name].due_at <= now


def _new_items(action: PlannedAction, items: Items, room: int, held: Collection[str]) -> Iterator[StartItem]:
    item = items.first_new
    while room > 0 and item < items.total:
        if item not in items.live and item not in items.ended:
            room -= 1
            if slot(action.action_id, item) not in held:
                yield StartItem(action, 1, item)
        item += 1


def is_lost(limits: PlannedForEach, items: Items) -> bool:
    """Whether more items have failed than the action tolerates."""
    return items.failed * 100 > limits.tolerated_failure_percentage * items.total


def lost_items(action: PlannedAction, parent: ActionState) -> ActionFailed | None:
    """Why an action whose items have ended fails, if it does: it names the first of them that failed."""
    items, limits = parent.items, action.for_each
    if items is None or limits is None or not is_lost(limits, items):
        return None
    first = min(item for item, state in items.ended.items() if state.status is ActionStatus.FAILED)
    error = items.ended[first].error or {}
    message = (
        f"{items.failed} of {items.total} items failed, {limits.tolerated_failure_percentage:g} % may: "
        f"item {first} by {error.get('code')}: {error.get('message')}"
    )
    return ActionFailed(ActionErrorCode.ITEMS_FAILED, message)
