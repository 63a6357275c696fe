"""Decides what happens next: `decide(plan, state, deadline, now) -> commands`, a pure function."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from engine.core.clean_up import Stop, cleans_up, final_error, present_phase
from engine.core.failure import run_error
from engine.core.fan_out import Conclude, Expand, StartItem, Wake, next_of_items
from engine.core.plan import Plan, PlannedAction
from engine.core.state import DONE, ActionState, ExecutionState
from models.words import ActionErrorCode, ActionStatus, ErrorPolicy, ExecutionStatus, RunIf


class Begin(msgspec.Struct, frozen=True):
    """Leave the queue."""


class Start(msgspec.Struct, frozen=True):
    """Start an attempt of an action, counted from 1."""

    action: PlannedAction
    attempt: int


class Skip(msgspec.Struct, frozen=True):
    """Pass an action by, because of what came of those that it depends on."""

    action: PlannedAction


class Cancel(msgspec.Struct, frozen=True):
    """Cancel an action that has lost the race of those that the action `lost_to` depends on."""

    action_id: str
    lost_to: str


class Finish(msgspec.Struct, frozen=True):
    """End the execution; `error` says why where it failed."""

    status: ExecutionStatus
    error: Mapping[str, Any] | None = None


Command = Begin | Start | Wake | Skip | Cancel | Expand | StartItem | Conclude | Stop | Finish

OPEN = (ActionStatus.PENDING, ActionStatus.RUNNING, ActionStatus.WAITING)

START_OF_TIME = datetime.min.replace(tzinfo=UTC)


def decide(
    plan: Plan,
    state: ExecutionState,
    deadline: datetime | None,
    now: datetime,
    held: Collection[str] = (),
    actions: Sequence[PlannedAction] | None = None,
) -> list[Command]:
    """Return what to do now; nothing where something must happen first: an action's end, a timer, a gate.

    `held` are the actions, and items of them, that stand at a service's gate already. `actions` are those that matter,
    where that is known (`Agenda`): all others are blocked, or have ended and did not fail.
    """
    actions = plan.actions if actions is None else actions
    if state.status.is_terminal or state.pause is not None:
        return []
    if state.stopping is not None:
        return next_of_clean_up(plan, state, deadline, now, held)
    is_late = deadline is not None and now >= deadline
    if is_late and (state.status is ExecutionStatus.QUEUED or unfinished(plan, state)):
        return [ending(plan, state, ExecutionStatus.FAILED, timed_out(state))]
    if state.status is ExecutionStatus.QUEUED:
        return [Begin()]
    if finished_by(plan, state) is not None:
        return [ending(plan, state, ExecutionStatus.COMPLETED)]
    begun = [state.actions[action.action_id] for action in actions if action.action_id in state.actions]
    running = any(action.is_under_way for action in begun)
    failure = first_failure(actions, state)
    if failure is not None:
        return [] if running else [ending(plan, state, ExecutionStatus.FAILED, failure)]
    moves = list(next_moves(actions, state, now, held))
    if any(_may_end(move) for move in moves):
        moves = [move for move in moves if isinstance(move, Cancel) or _may_end(move)]
    if moves or running or held or state.timers or is_waiting(state):
        return moves
    if left := unfinished(plan, state):
        return [ending(plan, state, ExecutionStatus.FAILED, stuck(left))]
    return [ending(plan, state, ExecutionStatus.COMPLETED)]


def _may_end(move: Command) -> bool:
    return isinstance(move, Start) and move.action.ends


def ending(
    plan: Plan, state: ExecutionState, status: ExecutionStatus, error: Mapping[str, Any] | None = None
) -> Stop | Finish:
    """How the main part ends: by its clean-up, where there is one; what never left the queue has nothing to clean."""
    if state.has_begun and cleans_up(plan, status):
        return Stop(status, error)
    return Finish(status, error)


def next_of_clean_up(
    plan: Plan, state: ExecutionState, deadline: datetime | None, now: datetime, held: Collection[str]
) -> list[Command]:
    """Return what to do now about an execution whose main part is over; whatever happens, it ends as it was to end."""
    is_late = deadline is not None and now >= deadline
    moves = [] if is_late else list(next_moves(present_phase(plan, state), state, now, held))
    running = any(action.is_under_way for action in _begun(state))
    if state.stopping is None or moves or (not is_late and (running or held or state.timers or is_waiting(state))):
        return moves
    return [Finish(state.stopping.status, final_error(plan, state))]


def next_moves(
    actions: Iterable[PlannedAction], state: ExecutionState, now: datetime, held: Collection[str] = ()
) -> Iterator[Command]:
    """Yield what can be done now about some actions, in their order; nothing is done about one that is cancelled."""
    lost: set[str] = set()
    for action in actions:
        if action.cancels_losers and action.action_id not in held and is_ready(action, state, now):
            losers = [name for name in sorted(action.depends_on - lost) if not has_ended(state.actions.get(name))]
            lost.update(losers)
            yield from (Cancel(name, action.action_id) for name in losers)
    for action in actions:
        if action.action_id in lost:
            continue
        before = state.actions.get(action.action_id)
        if before is not None and before.items is not None and not has_ended(before):
            yield from next_of_items(action, before, state.timers, now, held)
        elif before is not None and before.status is ActionStatus.WAITING:
            if action.action_id in state.timers and state.timers[action.action_id].due_at <= now:
                yield Wake(action)
        elif is_ready(action, state, now) and action.action_id not in held:
            if not runs(action, state):
                yield Skip(action)
            elif action.for_each is not None:
                yield Expand(action)
            else:
                yield Start(action, 1 if before is None else before.attempt + 1)


def is_ready(action: PlannedAction, state: ExecutionState, now: datetime) -> bool:
    """Whether an action waits for nothing any more."""
    before = state.actions.get(action.action_id)
    if before is not None and before.status is not ActionStatus.PENDING:
        return False
    timer = state.timers.get(action.action_id)
    return (timer is None or timer.due_at <= now) and not blockers(action, state)


def runs(action: PlannedAction, state: ExecutionState) -> bool:
    """Whether what came of the actions that an action depends on is what its `run_if` says."""
    came = [state.actions[name].status for name in action.depends_on if name in state.actions]
    match action.run_if:
        case RunIf.ALL_SUCCESS:
            return all(status in DONE for status in came)
        case RunIf.ANY_SUCCESS | RunIf.FIRST_SUCCESS:
            return ActionStatus.SUCCESS in came
        case RunIf.ANY_FAILED:
            return ActionStatus.FAILED in came
        case RunIf.ALL_FAILED:
            return all(status is ActionStatus.FAILED for status in came)
    return True


def wake_at(plan: Plan, state: ExecutionState, deadline: datetime | None) -> datetime | None:
    """The moment before which nothing can happen by itself; None where something is under way or could be, and while it
    is paused.
    """
    if state.pause is not None:
        return None
    if state.status is ExecutionStatus.QUEUED:
        return deadline
    if any(action.is_under_way for action in _begun(state)):
        return None
    if not state.timers and not is_waiting(state):
        return None
    if any(True for _ in next_moves(present_phase(plan, state), state, START_OF_TIME)):
        return None
    moments = [timer.due_at for timer in state.timers.values()]
    return min(moments if deadline is None else [*moments, deadline], default=None)


def is_waiting(state: ExecutionState) -> bool:
    """Whether an action, or an item of one, waits for the outside."""
    return any(action.is_waiting for action in _begun(state))


def _begun(state: ExecutionState) -> list[ActionState]:
    """What has begun and not ended: few, where there may be hundreds that have."""
    return [action for action in state.actions.values() if action.completed_at is None]


def unfinished(plan: Plan, state: ExecutionState) -> list[str]:
    """The actions that have not reached their last status, in the order of the definition."""
    return [action.action_id for action in plan.actions if not has_ended(state.actions.get(action.action_id))]


def blockers(action: PlannedAction, state: ExecutionState) -> list[str]:
    """The dependencies that an action still waits for; one that failed under `continue` blocks no more.

    Where the first success is enough, none does once there is one.
    """
    if action.run_if is RunIf.FIRST_SUCCESS and any(_has_succeeded(state.actions.get(n)) for n in action.depends_on):
        return []
    return sorted(name for name in action.depends_on if not has_ended(state.actions.get(name)))


def has_ended(action: ActionState | None) -> bool:
    """Whether an action has reached its last status."""
    return action is not None and action.status not in OPEN


def first_failure(actions: Iterable[PlannedAction], state: ExecutionState) -> Mapping[str, Any] | None:
    """The error of the failed action that ends an execution with these actions (decision E11), or None."""
    failed = [
        (ended.completed_at, action.position, ended.error)
        for action in actions
        if action.on_error is ErrorPolicy.FAIL
        and (ended := state.actions.get(action.action_id)) is not None
        and ended.status is ActionStatus.FAILED
    ]
    return min(failed, key=lambda entry: entry[:2])[2] if failed else None


def finished_by(plan: Plan, state: ExecutionState) -> PlannedAction | None:
    """The action by which an execution has completed before all others have ended, if there is one."""
    return next((action for action in plan.ending if _has_succeeded(state.actions.get(action.action_id))), None)


def _has_succeeded(action: ActionState | None) -> bool:
    return action is not None and action.status is ActionStatus.SUCCESS


def timed_out(state: ExecutionState) -> dict[str, Any]:
    """The error of an execution that ran, or was queued, past its deadline (decision E5)."""
    if state.status is ExecutionStatus.QUEUED:
        return run_error(ActionErrorCode.TIMEOUT, "The execution was queued for longer than its queue_timeout_seconds")
    return run_error(ActionErrorCode.TIMEOUT, "The execution ran past its timeout_seconds")


def worker_lost(lives: int) -> dict[str, Any]:
    """The error of an execution under which one owner after the other was lost."""
    message = f"The process that ran this execution was lost {lives} times in a row before an action ended"
    return run_error(ActionErrorCode.WORKER_LOST, message)


def giving_up(plan: Plan, state: ExecutionState, lives: int) -> Stop | Finish:
    """How an execution ends whose work takes its process with it each time; if it was in its clean-up, without that."""
    if state.stopping is not None:
        return Finish(state.stopping.status, final_error(plan, state))
    return ending(plan, state, ExecutionStatus.FAILED, worker_lost(lives))


def stuck(left: list[str]) -> dict[str, Any]:
    """The error of an execution that nothing could ever move again."""
    return run_error(ActionErrorCode.STUCK, f"Nothing is running, and nothing can start: {', '.join(left)}")


def completed_actions(plan: Plan, state: ExecutionState) -> int:
    """How many actions of the main part are done in the progress (decision E7): all, where one finished it early."""
    status = state.status if state.stopping is None else state.stopping.status
    if status is ExecutionStatus.COMPLETED and finished_by(plan, state) is not None:
        return plan.total_actions
    if state.stopping is not None:
        return state.stopping.completed_actions
    return sum(action.status in DONE for action in state.actions.values())


def current_action(state: ExecutionState) -> str | None:
    """The running action that started first (decision E7); what is queued runs none, whatever it has from another."""
    if state.started_at is None:
        return None
    running = [
        (action.started_at, action_id)
        for action_id, action in state.actions.items()
        if action.status is ActionStatus.RUNNING
    ]
    return min(running)[1] if running else None
