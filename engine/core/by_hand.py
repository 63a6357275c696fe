"""What people do to an execution that has not ended: the events by which they pause it, or set an action right; pure.

Whoever carries it out is not replaced by them: it reads them, and goes on with what it has under way.
"""

from datetime import datetime
from typing import Any

from engine.core.clean_up import present_phase
from engine.core.plan import Plan, PlannedAction
from engine.core.state import ActionState, ExecutionState, size_of, slot
from models.commands.by_hand import ActionNotResolvable, ResolveAction
from models.entities.executions import Event
from models.errors import ExecutionFinished, InvalidInput
from models.faults import Fault
from models.words import ActionStatus, EventType, Resolution, SkipReason

PAUSES = frozenset({EventType.EXECUTION_PAUSED, EventType.EXECUTION_UNPAUSED})


def is_by_hand(event: Event) -> bool:
    """Whether it is one of those that leave the owner of the execution its owner."""
    return event.type in PAUSES or "resolved_by" in event.data


def paused(state: ExecutionState, at: datetime, user_id: str, reason: str | None) -> Event | None:
    """The event that pauses an execution; None where it is paused. Raises `ExecutionFinished`."""
    if state.status.is_terminal:
        raise ExecutionFinished(state.status)
    if state.pause is not None:
        return None
    return _told(state, EventType.EXECUTION_PAUSED, at, user_id, reason)


def unpaused(state: ExecutionState, at: datetime, user_id: str, reason: str | None) -> Event | None:
    """The event after which a paused execution goes on; None where it is not paused. Raises `ExecutionFinished`."""
    if state.status.is_terminal:
        raise ExecutionFinished(state.status)
    if state.pause is None:
        return None
    return _told(state, EventType.EXECUTION_UNPAUSED, at, user_id, reason)


def resolved(plan: Plan, state: ExecutionState, at: datetime, user_id: str, wanted: ResolveAction) -> Event:
    """The event by which an action, or one item of it, that is not running gets a result, or is tried again.

    Raises `ExecutionFinished`, `InvalidInput` and `ActionNotResolvable`.
    """
    if state.status.is_terminal:
        finished = ExecutionFinished(state.status)
        finished.hint = "what has ended is never changed: run it again"
        raise finished
    _check(plan, state, wanted)
    data: dict[str, Any] = {} if wanted.item is None else {"item": wanted.item}
    data["resolved_by"] = {"user_id": user_id, "reason": wanted.reason}
    match wanted.outcome:
        case Resolution.SUCCEED:
            kind, data["response"] = EventType.ACTION_SUCCEEDED, wanted.output
        case Resolution.SKIP:
            kind, data["reason"] = EventType.ACTION_SKIPPED, SkipReason.BY_HAND.value
        case Resolution.RETRY_NOW:
            kind = EventType.ACTION_REOPENED
    if size_of(data) > state.room:
        message = f"the execution has room for {max(state.room, 0):,} bytes more, and this comes to {size_of(data):,}"
        raise InvalidInput([Fault(("body", "output"), message, "value_error.too_large")])
    return Event(state.sequence + 1, kind, at, wanted.action_id, data)


def _check(plan: Plan, state: ExecutionState, wanted: ResolveAction) -> None:
    known = next((action for action in plan.every_action if action.action_id == wanted.action_id), None)
    if known is None:
        message = f"the workflow has no action '{wanted.action_id}': it has {', '.join(plan.action_ids)}"
        raise InvalidInput([Fault(("body", "action_id"), message, "value_error.const")])
    if wanted.output is not None and wanted.outcome is not Resolution.SUCCEED:
        raise InvalidInput([Fault(("body", "output"), "goes with the outcome succeed alone", "value_error.output")])
    action = state.actions.get(known.action_id)
    present = action if wanted.item is None else _item(known, action, wanted.item)
    name = slot(known.action_id, wanted.item)
    why_not = _why_not(present, is_deferred=name in state.timers) or _out_of_turn(plan, state, known, present, wanted)
    if why_not is not None:
        raise ActionNotResolvable(name, why_not)


def _item(planned: PlannedAction, action: ActionState | None, item: int) -> ActionState | None:
    """What became of an item so far. Raises `InvalidInput` and `ActionNotResolvable`."""
    if planned.for_each is None:
        message = f"'{planned.action_id}' does not run for each item of a list: leave the item out"
        raise InvalidInput([Fault(("body", "item"), message, "value_error.const")])
    if action is None or action.items is None:
        raise ActionNotResolvable(slot(planned.action_id, item), NOT_BEGUN)
    if item >= action.items.total:
        message = f"must be less than {action.items.total}: counted from 0, it has so many items"
        raise InvalidInput([Fault(("body", "item"), message, "value_error.number.not_lt")])
    if action.completed_at is not None:
        raise ActionNotResolvable(slot(planned.action_id, item), "its action has ended: resolve that, without an item")
    return action.items.state(item)


NOT_BEGUN = "has not begun: what fails, waits or backs off can be resolved"


def _why_not(present: ActionState | None, *, is_deferred: bool) -> str | None:
    """What is in the way of a result by hand where that is said by the status alone."""
    if present is None:
        return None if is_deferred else NOT_BEGUN
    if present.is_under_way:
        return "is running: wait for its end, or cancel the execution"
    match present.status:
        case ActionStatus.SUCCESS:
            return "has succeeded: a result is never changed"
        case ActionStatus.SKIPPED:
            return "was skipped: that is never changed"
        case ActionStatus.CANCELLED:
            if present.lost_to is not None:
                return f"has lost the race for {present.lost_to}: that is never changed"
            return "never came to its end, and the part that it is of is over"
    return None


def _out_of_turn(
    plan: Plan, state: ExecutionState, planned: PlannedAction, present: ActionState | None, wanted: ResolveAction
) -> str | None:
    """What is in the way where that is said by what became of others."""
    has_failed = present is not None and present.status is ActionStatus.FAILED
    is_late = state.stopping is not None and planned not in present_phase(plan, state)
    if is_late and not (planned in plan.compensations.values() and wanted.outcome is Resolution.SUCCEED):
        return "is of a part that is over: run the execution again"
    if wanted.item is None and has_failed:
        gone_on = [name for name in _dependants(plan, planned) if name in state.actions or name in state.timers]
        if gone_on:
            return f"has failed, and {', '.join(gone_on)} went on from that: run the execution again"
    is_half_done = present is not None and present.items is not None and not has_failed
    if wanted.item is None and wanted.outcome is Resolution.RETRY_NOW and is_half_done:
        return "has not ended: name the item that is to be tried again"
    return None


def _dependants(plan: Plan, planned: PlannedAction) -> list[str]:
    return [action.action_id for action in plan.every_action if planned.action_id in action.depends_on]


def _told(state: ExecutionState, kind: EventType, at: datetime, user_id: str, reason: str | None) -> Event:
    data: dict[str, Any] = {"user_id": user_id}
    if reason is not None:
        data["reason"] = reason
    return Event(state.sequence + 1, kind, at, None, data)
