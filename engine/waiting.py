"""Says for every action that is not running what it waits for, by the predicates that the scheduler itself asks."""

from collections.abc import Mapping
from datetime import datetime

from engine.clean_up import present_phase
from engine.dag import Plan, PlannedAction
from engine.decide import blockers, first_failure, has_ended
from engine.service_gates import Blocked
from engine.state import ExecutionState
from models.entities import WaitingAction
from models.words import ActionStatus, WaitReason


def waiting_actions(
    plan: Plan, state: ExecutionState, held: Mapping[str, Blocked], now: datetime
) -> tuple[WaitingAction, ...]:
    """The actions that are still to run, in the order of the definition; `held` are those at a service's gate.

    While an execution is cleaned up those of the present phase.

    None where the execution has ended or is about to: what will never start waits for nothing.
    """
    if state.status.is_terminal or (state.stopping is None and first_failure(plan, state) is not None):
        return ()
    phase = present_phase(plan, state)
    return tuple(_waiting(action, state, held, now) for action in phase if _is_idle(action, state))


def _is_idle(action: PlannedAction, state: ExecutionState) -> bool:
    present = state.actions.get(action.action_id)
    return present is None or not (has_ended(present) or present.status is ActionStatus.RUNNING)


def _waiting(action: PlannedAction, state: ExecutionState, held: Mapping[str, Blocked], now: datetime) -> WaitingAction:
    name = action.action_id
    if before := blockers(action, state):
        return WaitingAction(action_id=name, reason=WaitReason.DEPENDENCIES, depends_on=tuple(before))
    timer = state.timers.get(name)
    if timer is not None and timer.due_at > now:
        return WaitingAction(action_id=name, reason=timer.reason, until=timer.due_at)
    if name in held:
        return WaitingAction(action_id=name, reason=held[name].reason, until=held[name].until)
    return WaitingAction(action_id=name, reason=WaitReason.WORKER)
