"""What happens next is decided by a table over plan, state and time; any run of it ends, and ends once."""

from datetime import datetime
from itertools import combinations_with_replacement
from typing import Any

import pytest

from engine.core.decide import (
    Skip,
    Start,
    blockers,
    completed_actions,
    current_action,
    decide,
    first_failure,
    is_ready,
)
from engine.core.state import ActionState, ExecutionState
from models.words import ActionStatus, ExecutionStatus
from tests.support.core.decisions import (
    COMPLETE,
    LATER,
    NOW,
    at_work,
    definition,
    error_of,
    failed,
    failure_of,
    next_of,
    pending,
    plan_of,
    running,
    success,
)

# --- begin and end -------------------------------------------------------------------------------


def test_a_queued_execution_begins_and_does_nothing_else() -> None:
    assert next_of(plan_of(definition("a")), ExecutionState()) == ["begin"]


def test_a_workflow_without_actions_completes_at_once() -> None:
    assert next_of(plan_of(), at_work()) == [COMPLETE]


def test_an_execution_completes_when_all_actions_succeeded() -> None:
    assert next_of(plan_of(definition("a"), definition("b")), at_work(a=success(), b=success())) == [COMPLETE]


@pytest.mark.parametrize("status", [status for status in ExecutionStatus if status.is_terminal])
@pytest.mark.parametrize("deadline", [None, NOW, LATER])
def test_nothing_follows_on_a_terminal_status(status: ExecutionStatus, deadline: datetime | None) -> None:
    plan = plan_of(definition("a"), definition("b"))
    assert next_of(plan, ExecutionState(status=status, actions={"a": running()}), deadline) == []


# --- starts --------------------------------------------------------------------------------------


def test_all_actions_that_wait_for_nothing_start_together_in_the_order_of_the_definition() -> None:
    plan = plan_of(definition("c"), definition("a"), definition("late", ["a"]), definition("b"))
    assert next_of(plan, at_work()) == [("c", 1), ("a", 1), ("b", 1)]


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ({}, [("a", 1), ("b", 1)]),
        ({"a": running(), "b": running()}, []),
        ({"a": success(), "b": running()}, []),
        ({"a": running(), "b": success()}, []),
        ({"a": success(), "b": success()}, [("join", 1)]),
        ({"a": success(), "b": success(), "join": running()}, []),
        ({"a": success(), "b": success(), "join": success()}, [COMPLETE]),
    ],
)
def test_a_dependant_waits_for_all_of_its_dependencies(actions: dict[str, ActionState], expected: list[Any]) -> None:
    plan = plan_of(definition("join", ["a", "b"]), definition("a"), definition("b"))
    assert next_of(plan, at_work(**actions)) == expected


def test_a_ready_action_starts_while_others_run() -> None:
    plan = plan_of(definition("a"), definition("b"), definition("after_a", ["a"]))
    assert next_of(plan, at_work(a=success(), b=running())) == [("after_a", 1)]


def test_what_was_not_started_beside_running_ones_starts() -> None:
    assert next_of(plan_of(definition("a"), definition("b")), at_work(a=running())) == [("b", 1)]


def test_an_ended_action_never_starts_again() -> None:
    plan = plan_of(definition("a"), definition("b", on_error="continue"), definition("c"))
    assert next_of(plan, at_work(a=success(), b=failed("b"), c=running())) == []


# --- failures (E11) ------------------------------------------------------------------------------


def test_a_failed_action_fails_the_execution_with_its_error() -> None:
    assert next_of(plan_of(definition("a")), at_work(a=failed("a"))) == [failure_of("a")]


def test_after_a_failure_no_new_action_starts() -> None:
    plan = plan_of(definition("a"), definition("after", ["a"]), definition("free"))
    assert next_of(plan, at_work(a=failed("a"))) == [failure_of("a")]


def test_after_a_failure_running_siblings_finish_first() -> None:
    plan = plan_of(definition("a"), definition("b"), definition("free"))
    assert next_of(plan, at_work(a=failed("a"), b=running())) == []
    assert next_of(plan, at_work(a=failed("a"), b=success())) == [failure_of("a")]


def test_after_a_failure_an_action_that_a_crash_cut_off_does_not_start_again() -> None:
    plan = plan_of(definition("a"), definition("b"))
    assert next_of(plan, at_work(a=failed("a"), b=pending())) == [failure_of("a")]


def test_the_failure_that_came_first_is_the_reason() -> None:
    plan = plan_of(definition("a"), definition("b"), definition("c"))
    state = at_work(a=failed("a", ended=2), b=failed("b", ended=1), c=success())
    assert next_of(plan, state) == [failure_of("b")]


def test_of_failures_at_the_same_moment_the_first_in_the_definition_is_the_reason() -> None:
    plan = plan_of(definition("b"), definition("a"))
    assert first_failure(plan.actions, at_work(a=failed("a"), b=failed("b"))) == error_of("b")


def test_a_failure_that_may_be_ignored_lets_its_dependants_start() -> None:
    plan = plan_of(definition("a", on_error="continue"), definition("b", ["a"]))
    assert next_of(plan, at_work(a=failed("a"))) == [("b", 1)]
    assert next_of(plan, at_work(a=failed("a"), b=success())) == [COMPLETE]


GOOD = ActionStatus.SUCCESS
BAD = ActionStatus.FAILED
PASSED_BY = ActionStatus.SKIPPED


@pytest.mark.parametrize(
    ("run_if", "runs_after"),
    [
        ("all_success", [(GOOD, GOOD), (GOOD, PASSED_BY), (PASSED_BY, PASSED_BY)]),
        (
            "all_done",
            [(GOOD, GOOD), (GOOD, PASSED_BY), (PASSED_BY, PASSED_BY), (GOOD, BAD), (PASSED_BY, BAD), (BAD, BAD)],
        ),
        ("any_success", [(GOOD, GOOD), (GOOD, PASSED_BY), (GOOD, BAD)]),
        ("any_failed", [(GOOD, BAD), (PASSED_BY, BAD), (BAD, BAD)]),
        ("all_failed", [(BAD, BAD)]),
    ],
)
def test_an_action_is_skipped_unless_what_came_before_is_what_its_run_if_says(
    run_if: str, runs_after: list[tuple[ActionStatus, ActionStatus]]
) -> None:
    before = [definition("a", on_error="continue"), definition("b", on_error="continue")]
    plan = plan_of(*before, {**definition("c", ["a", "b"]), "run_if": run_if})
    for pair in combinations_with_replacement((GOOD, PASSED_BY, BAD), 2):
        first, second = (ActionState(status, 1, NOW, NOW) for status in pair)
        (command,) = decide(plan, at_work(a=first, b=second), None, NOW)
        assert isinstance(command, Start if pair in runs_after else Skip), pair


def test_a_failure_that_may_be_ignored_is_no_reason() -> None:
    plan = plan_of(definition("a", on_error="continue"), definition("b"))
    assert first_failure(plan.actions, at_work(a=failed("a"), b=success())) is None
    assert next_of(plan, at_work(a=failed("a", ended=0), b=failed("b", ended=1))) == [failure_of("b")]


# --- the predicates ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "blocks"),
    [
        (None, True),
        (ActionStatus.PENDING, True),
        (ActionStatus.RUNNING, True),
        (ActionStatus.SUCCESS, False),
        (ActionStatus.FAILED, False),
        (ActionStatus.SKIPPED, False),
        (ActionStatus.CANCELLED, False),
    ],
)
def test_a_dependency_blocks_until_it_has_ended(status: ActionStatus | None, blocks: bool) -> None:
    plan = plan_of(definition("a"), definition("b", ["a"]))
    actions = {} if status is None else {"a": ActionState(status, 1, NOW)}
    assert blockers(plan.actions[1], at_work(**actions)) == (["a"] if blocks else [])


def test_the_blockers_are_named_in_order() -> None:
    plan = plan_of(definition("z"), definition("a"), definition("m"), definition("join", ["z", "m", "a"]))
    assert blockers(plan.actions[3], at_work(m=success(), z=running())) == ["a", "z"]


def test_ready_are_the_actions_that_wait_for_nothing() -> None:
    plan = plan_of(definition("a"), definition("b", ["a"]), definition("c"), definition("d", ["c"]))
    state = at_work(a=success(), c=running())
    assert [action.action_id for action in plan.actions if is_ready(action, state, NOW)] == ["b"]


def test_success_and_skipped_count_as_done() -> None:
    actions = {status.value: ActionState(status, 1, NOW) for status in ActionStatus}
    plan = plan_of(definition("a"), definition("b"))
    assert completed_actions(plan, at_work(**actions)) == 2
    assert completed_actions(plan, at_work(a=success(), b=failed("b"))) == 1
    assert completed_actions(plan, at_work()) == 0


def test_the_current_action_is_the_running_one_that_started_first() -> None:
    assert current_action(at_work(a=running(3), b=running(1), c=success(), d=pending())) == "b"


def test_without_a_running_action_there_is_no_current_one() -> None:
    assert current_action(at_work()) is None
    assert current_action(at_work(a=success(), b=pending(), c=failed("c"))) is None


def test_deciding_changes_nothing_and_gives_the_same_again() -> None:
    plan = plan_of(definition("a"), definition("b", ["a"]), definition("c"))
    state = at_work(a=success(), c=pending())
    first = decide(plan, state, LATER, NOW)
    assert state == at_work(a=success(), c=pending())
    assert decide(plan, state, LATER, NOW) == first
