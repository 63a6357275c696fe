"""What an action waits for is told by the predicates of the scheduler itself."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from engine.core.plan import Plan
from engine.core.state import ActionState, ExecutionState, Timer
from engine.definition.compiling import compile_plan
from engine.running.waiting import waiting_actions
from engine.services.gates import Blocked
from models.entities.executions import WaitingAction
from models.words import ActionStatus, ExecutionStatus, WaitReason

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def definition(action_id: str, *depends_on: str) -> dict[str, Any]:
    return {"action_id": action_id, "action_type": "notification", "depends_on": list(depends_on)}


PLAN: Plan = compile_plan([], [definition("a"), definition("b", "a"), definition("c", "a", "b")])
RUNNING = ExecutionState(status=ExecutionStatus.RUNNING, started_at=NOW)


def done(status: ActionStatus) -> ActionState:
    return ActionState(status, 1, NOW, NOW, error={"code": "X"} if status is ActionStatus.FAILED else None)


def reasons(state: ExecutionState, held: dict[str, Blocked] | None = None) -> dict[str, WaitReason]:
    return {action.action_id: action.reason for action in waiting_actions(PLAN, state, held or {}, NOW)}


def test_a_queued_execution_waits_for_a_worker_and_its_actions_for_each_other() -> None:
    assert waiting_actions(PLAN, ExecutionState(), {}, NOW) == (
        WaitingAction(action_id="a", reason=WaitReason.WORKER),
        WaitingAction(action_id="b", reason=WaitReason.DEPENDENCIES, depends_on=("a",)),
        WaitingAction(action_id="c", reason=WaitReason.DEPENDENCIES, depends_on=("a", "b")),
    )


def test_a_queued_execution_without_room_waits_for_the_limit_of_its_workflow() -> None:
    waiting = waiting_actions(PLAN, ExecutionState(), {}, NOW, has_room=False)
    assert [action.reason for action in waiting] == [WaitReason.WORKFLOW_LIMIT, *2 * [WaitReason.DEPENDENCIES]]


def test_a_running_action_waits_for_nothing() -> None:
    state = msgspec.structs.replace(RUNNING, actions={"a": ActionState(ActionStatus.RUNNING, 1, NOW)})
    assert reasons(state) == {"b": WaitReason.DEPENDENCIES, "c": WaitReason.DEPENDENCIES}


def test_a_timer_says_until_when() -> None:
    pending = ActionState(ActionStatus.PENDING, 1, NOW)
    timers = {"a": Timer(LATER, WaitReason.RETRY_BACKOFF)}
    first, *_ = waiting_actions(PLAN, msgspec.structs.replace(RUNNING, actions={"a": pending}, timers=timers), {}, NOW)
    assert first == WaitingAction(action_id="a", reason=WaitReason.RETRY_BACKOFF, until=LATER)


def test_a_timer_that_is_due_leaves_it_to_the_worker() -> None:
    state = msgspec.structs.replace(RUNNING, timers={"a": Timer(NOW, WaitReason.CIRCUIT_OPEN)})
    assert reasons(state)["a"] is WaitReason.WORKER


def test_a_gate_says_what_it_waits_for() -> None:
    assert reasons(RUNNING, {"a": Blocked(WaitReason.CONCURRENCY, None)})["a"] is WaitReason.CONCURRENCY


def test_what_will_never_start_waits_for_nothing() -> None:
    assert reasons(msgspec.structs.replace(RUNNING, actions={"a": done(ActionStatus.FAILED)})) == {}
    assert reasons(ExecutionState(status=ExecutionStatus.CANCELLED)) == {}
    assert reasons(msgspec.structs.replace(RUNNING, actions={"a": done(ActionStatus.SUCCESS)})) == {
        "b": WaitReason.WORKER,
        "c": WaitReason.DEPENDENCIES,
    }
