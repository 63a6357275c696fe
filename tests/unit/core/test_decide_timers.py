"""What `decide` makes of deadlines, timers, and attempts that were cut off."""

from datetime import datetime, timedelta

import msgspec
import pytest

from engine.core.decide import (
    Finish,
    decide,
    timed_out,
    wake_at,
)
from engine.core.plan import Plan
from engine.core.state import ActionState, ExecutionState, Timer
from models.words import ExecutionStatus, WaitReason
from tests.support.core.decisions import (
    COMPLETE,
    LATER,
    NOW,
    at_work,
    brief,
    definition,
    failed,
    failure_of,
    next_of,
    pending,
    plan_of,
    running,
    success,
)

TIMED_OUT = (ExecutionStatus.FAILED, timed_out(ExecutionState(status=ExecutionStatus.RUNNING)))


# --- time-outs (E5) ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deadline", "is_over"),
    [
        (None, False),
        (NOW + timedelta(microseconds=1), False),
        (NOW, True),
        (NOW - timedelta(days=1), True),
    ],
)
def test_an_execution_at_its_deadline_fails_and_starts_nothing(deadline: datetime | None, is_over: bool) -> None:
    expected = [TIMED_OUT] if is_over else [("a", 1)]
    assert next_of(plan_of(definition("a")), at_work(), deadline) == expected


def test_a_time_out_does_not_wait_for_running_actions() -> None:
    plan = plan_of(definition("a"), definition("b"))
    assert next_of(plan, at_work(a=running()), NOW) == [TIMED_OUT]
    assert next_of(plan, at_work(a=running(), b=failed("b")), NOW) == [TIMED_OUT]


def test_a_time_out_is_a_failure_with_the_code_timeout() -> None:
    for status in (ExecutionStatus.QUEUED, ExecutionStatus.RUNNING):
        error = timed_out(ExecutionState(status=status))
        assert (error["code"], error["action_id"]) == ("TIMEOUT", None)


def test_an_execution_that_was_queued_for_too_long_fails() -> None:
    plan = plan_of(definition("a"))
    assert next_of(plan, ExecutionState(), LATER) == ["begin"]
    assert next_of(plan, ExecutionState(), NOW) == [(ExecutionStatus.FAILED, timed_out(ExecutionState()))]


def test_an_execution_without_actions_may_be_queued_for_too_long_as_well() -> None:
    assert decide(plan_of(), ExecutionState(), NOW, NOW) == [
        Finish(ExecutionStatus.FAILED, timed_out(ExecutionState()))
    ]


def test_what_was_complete_at_its_deadline_is_complete() -> None:
    assert next_of(plan_of(definition("a")), at_work(a=success()), NOW) == [COMPLETE]


# --- timers and gates ----------------------------------------------------------------------------


def timed(due_at: datetime, **actions: ActionState) -> ExecutionState:
    timers = {name: Timer(due_at, WaitReason.RETRY_BACKOFF) for name in actions}
    return msgspec.structs.replace(at_work(**actions), timers=timers)


def test_an_action_is_not_started_before_its_timer_is_due() -> None:
    plan = plan_of(definition("a"))
    assert next_of(plan, timed(LATER, a=pending())) == []
    assert next_of(plan, timed(NOW, a=pending())) == [("a", 2)]


def test_an_action_that_was_deferred_before_its_first_attempt_starts_when_due() -> None:
    state = msgspec.structs.replace(at_work(), timers={"a": Timer(NOW, WaitReason.CIRCUIT_OPEN)})
    assert next_of(plan_of(definition("a")), state) == [("a", 1)]


def test_other_actions_go_on_while_one_waits_for_its_timer() -> None:
    plan = plan_of(definition("a"), definition("b"), definition("c", ["a"]))
    assert next_of(plan, timed(LATER, a=pending())) == [("b", 1)]


def test_a_failure_ends_the_execution_whatever_waits_for_a_timer() -> None:
    plan = plan_of(definition("a"), definition("b"))
    state = msgspec.structs.replace(timed(LATER, a=pending()), actions={"a": pending(), "b": failed("b")})
    assert next_of(plan, state) == [failure_of("b")]


def test_an_action_at_a_gate_is_neither_started_again_nor_taken_for_done() -> None:
    plan = plan_of(definition("a"), definition("b"))
    assert brief(decide(plan, at_work(b=success()), None, NOW, held={"a"})) == []


def test_an_execution_that_nothing_can_move_fails_and_says_so() -> None:
    plan = Plan(
        tuple(
            msgspec.structs.replace(action, depends_on=frozenset({"ghost"}))
            for action in plan_of(definition("a")).actions
        ),
        (),
    )
    [(status, error)] = next_of(plan, at_work())
    assert (status, error["code"]) == (ExecutionStatus.FAILED, "STUCK")
    assert "a" in error["message"]


@pytest.mark.parametrize(
    ("state", "deadline", "expected"),
    [
        (ExecutionState(), None, None),
        (ExecutionState(), LATER, LATER),
        (at_work(), LATER, None),
        (timed(LATER, a=pending()), None, LATER),
        (timed(LATER, a=pending()), LATER + timedelta(days=1), LATER),
        (timed(LATER, a=pending()), NOW, NOW),
        (msgspec.structs.replace(timed(LATER, a=pending()), actions={"a": pending(), "b": running()}), None, None),
    ],
)
def test_a_timer_is_set_while_nothing_can_happen_before_it(
    state: ExecutionState, deadline: datetime | None, expected: datetime | None
) -> None:
    plan = plan_of(definition("a"), definition("b", ["a"]))
    assert wake_at(plan, state, deadline) == expected


def test_no_timer_is_set_while_another_action_could_start() -> None:
    assert wake_at(plan_of(definition("a"), definition("b")), timed(LATER, a=pending()), None) is None


# --- resuming ------------------------------------------------------------------------------------


@pytest.mark.parametrize("attempt", [1, 2, 7])
def test_a_pending_action_starts_with_the_next_attempt(attempt: int) -> None:
    assert next_of(plan_of(definition("a")), at_work(a=pending(attempt))) == [("a", attempt + 1)]


def test_pending_and_fresh_actions_start_together() -> None:
    plan = plan_of(definition("a"), definition("b"), definition("c", ["a"]))
    assert next_of(plan, at_work(a=pending())) == [("a", 2), ("b", 1)]


def test_a_pending_dependency_blocks() -> None:
    plan = plan_of(definition("a"), definition("b", ["a"]))
    assert next_of(plan, at_work(a=pending())) == [("a", 2)]
