"""Says for every action that is not running what it waits for, by the predicates that the scheduler itself asks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.actions.wait import SIGNAL_PREFIX
from engine.core.clean_up import present_phase
from engine.core.decide import blockers, first_failure, has_ended
from engine.core.plan import Plan, PlannedAction
from engine.core.run import child_of
from engine.core.state import ExecutionState, Expected, Items, slot
from engine.services.gates import Blocked
from models.entities.executions import WaitingAction
from models.words import ActionStatus, WaitReason


def waiting_actions(
    plan: Plan, state: ExecutionState, held: Mapping[str, Blocked], now: datetime, *, has_room: bool = True
) -> tuple[WaitingAction, ...]:
    """The actions that are still to run, in the order of the definition; `held` are those at a service's gate.

    `has_room` says whether a queued execution may begin, as far as the limit of its workflow goes. While an execution
    is cleaned up those of the present phase; while it is paused what else keeps them is told first.

    None where the execution has ended or is about to: what will never start waits for nothing.
    """
    if state.status.is_terminal or (state.stopping is None and first_failure(plan.actions, state) is not None):
        return ()
    idle = WaitReason.WORKER if has_room else WaitReason.WORKFLOW_LIMIT
    if state.pause is not None:
        idle = WaitReason.PAUSED
    phase = present_phase(plan, state)
    return tuple(_waiting(action, state, held, now, idle) for action in phase if _is_idle(action, state))


def _is_idle(action: PlannedAction, state: ExecutionState) -> bool:
    present = state.actions.get(action.action_id)
    return present is None or not (has_ended(present) or present.is_under_way)


def _waiting(
    action: PlannedAction, state: ExecutionState, held: Mapping[str, Blocked], now: datetime, idle: WaitReason
) -> WaitingAction:
    name = action.action_id
    present = state.actions.get(name)
    if present is not None and present.status is ActionStatus.WAITING and present.wait is not None:
        due = state.timers.get(name)
        return _outside(name, present.wait, None if due is None else due.due_at)
    if present is not None and present.items is not None:
        return _waiting_items(action, present.items, state, held, now, idle)
    if before := blockers(action, state):
        return WaitingAction(action_id=name, reason=WaitReason.DEPENDENCIES, depends_on=tuple(before))
    timer = state.timers.get(name)
    if timer is not None and timer.due_at > now:
        return WaitingAction(action_id=name, reason=timer.reason, until=timer.due_at)
    if name in held:
        return _at_gate(name, held[name])
    return WaitingAction(action_id=name, reason=idle)


def _waiting_items(
    action: PlannedAction,
    items: Items,
    state: ExecutionState,
    held: Mapping[str, Blocked],
    now: datetime,
    idle: WaitReason,
) -> WaitingAction:
    """Why none of the items that have begun runs, as the first of them says it."""
    name = action.action_id
    for item, live in sorted(items.live.items()):
        timer = state.timers.get(slot(name, item))
        if live.status is ActionStatus.WAITING and live.wait is not None:
            return _outside(name, live.wait, None if timer is None else timer.due_at)
        if timer is not None and timer.due_at > now:
            return WaitingAction(action_id=name, reason=timer.reason, until=timer.due_at)
    blocked = next((held[key] for key in held if key.startswith(f"{name}[")), None)
    if blocked is not None:
        return _at_gate(name, blocked)
    return WaitingAction(action_id=name, reason=idle)


def _at_gate(name: str, blocked: Blocked) -> WaitingAction:
    place = None if blocked.place is None else blocked.place()
    return WaitingAction(action_id=name, reason=blocked.reason, until=blocked.until, position=place)


def _outside(name: str, wait: Expected, until: datetime | None) -> WaitingAction:
    """What is waited for from the outside, as its address and the notes of its action type say it."""
    told: dict[str, Any] = {}
    match wait.reason:
        case WaitReason.SIGNAL if wait.address is not None:
            told["signal"] = wait.address.removeprefix(SIGNAL_PREFIX)
        case WaitReason.EXECUTION if wait.address is not None:
            told["child_id"] = child_of(wait.address)
        case WaitReason.APPROVAL:
            told["quorum"], told["approvers"] = wait.notes.get("quorum"), tuple(wait.notes.get("approvers", ()))
    return WaitingAction(action_id=name, reason=wait.reason, until=until, **told)
