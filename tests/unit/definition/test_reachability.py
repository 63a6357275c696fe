"""Actions that can never run: each is told with its reason, and none that may run is."""

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.decide import first_failure, is_ready, runs
from engine.core.plan import Plan
from engine.core.state import ActionState, ExecutionState
from engine.definition.compiling import compile_plan
from engine.definition.reachability import is_false, unreachable_warnings
from models.commands.workflows import ActionDefinition
from models.words import ActionStatus, ErrorPolicy, RunIf


def action(action_id: str, depends_on: str = "", **fields: Any) -> ActionDefinition:
    return ActionDefinition(action_id=action_id, action_type="transform", depends_on=depends_on.split(), **fields)


def told(*actions: ActionDefinition) -> dict[tuple[Any, ...], str]:
    return {warning.path: warning.message for warning in unreachable_warnings(actions)}


@pytest.mark.parametrize("when", [False, "{{false and p}}", "{{not (true or p)}}", "{{1 > 2 and p}}"])
def test_a_condition_that_is_always_false_is_told(when: bool | str) -> None:
    assert told(action("a", when=when)) == {
        ("actions", 0, "when"): "action 'a' can never run: its 'when' is always false: give it another condition, or "
        "remove the action"
    }


@pytest.mark.parametrize(
    "when",
    [None, True, "{{p}}", "{{true or p}}", "{{p and false}}", "{{p | default(false)}}", "{{p == p}}", "{{1 / 0 > p}}",
     "{{'x' | default(secrets.a)}}"],
)  # fmt: skip
def test_a_condition_that_may_be_true_or_fail_is_not_told(when: bool | str | None) -> None:
    assert not is_false(when)
    assert told(action("a", when=when)) == {}


def test_what_waits_for_the_success_of_what_never_runs_is_told_all_the_way() -> None:
    found = told(
        action("a", when=False),
        action("b", "a", run_if="any_success"),
        action("c", "b", run_if="any_success"),
        action("d", "a b"),
        action("e", "b d", run_if="any_success"),
    )
    assert list(found) == [("actions", 0, "when"), ("actions", 1, "run_if"), ("actions", 2, "run_if")]
    assert found["actions", 1, "run_if"] == (
        "action 'b' can never run: run_if any_success never holds: 'a' can never run either, so none succeeds: depend "
        "on an action that does"
    )


def test_what_waits_for_a_failure_that_ends_the_execution_is_told() -> None:
    go_on = {"on_error": "continue"}
    found = told(
        action("ends"),
        action("goes_on", **go_on),
        action("never", when=False, **go_on),
        action("any_1", "ends never", run_if="any_failed"),
        action("any_2", "ends goes_on", run_if="any_failed"),
        action("all_1", "ends goes_on", run_if="all_failed"),
        action("all_2", "goes_on", run_if="all_failed"),
        action("done", "ends never", run_if="all_done"),
        action("success", "never", run_if="all_success"),
    )
    assert list(found) == [("actions", 2, "when"), ("actions", 3, "run_if"), ("actions", 5, "run_if")]
    assert found["actions", 3, "run_if"] == (
        "action 'any_1' can never run: run_if any_failed never holds: a failure of 'ends' ends the execution and "
        "'never' can never run: set on_error to continue where a failure is to be gone on from"
    )


def test_what_an_action_uses_counts_as_what_it_depends_on() -> None:
    uses = action("c", "b", run_if="any_failed", config={"output": "{{a.error.code}}"})
    assert told(action("a", on_error="continue"), action("b"), uses) == {}
    assert list(told(action("a"), action("b"), uses)) == [("actions", 2, "run_if")]


def test_a_graph_that_is_not_sound_is_not_judged() -> None:
    assert told(action("a", "b", when=False), action("b", "a")) == {}
    assert told(action("a", "gone", run_if="any_failed")) == {}


# --- against what really happens -----------------------------------------------------------------


ENDS = (ActionStatus.SUCCESS, ActionStatus.FAILED, ActionStatus.SKIPPED)


@st.composite
def workflows(draw: st.DrawFn) -> list[ActionDefinition]:
    """Three actions, each of which may depend on those before it."""
    actions: list[ActionDefinition] = []
    for name in "abc":
        before = draw(st.sets(st.sampled_from([one.action_id for one in actions]))) if actions else set()
        run_if = draw(st.sampled_from([None, *RunIf])) if before else None
        when = draw(st.sampled_from([None, False, "{{p}}"]))
        on_error = draw(st.sampled_from(ErrorPolicy))
        actions.append(action(name, " ".join(sorted(before)), run_if=run_if, when=when, on_error=on_error))
    return actions


def ever_run(plan: Plan, false: set[str]) -> set[str]:
    """The actions that run in at least one of all possible courses, as the engine's own functions decide."""
    ran: set[str] = set()
    moment = datetime(2026, 1, 15, tzinfo=UTC)
    for course in itertools.product(ENDS, repeat=len(plan.actions)):
        ends: dict[str, ActionState] = {}
        state = ExecutionState(actions=ends)
        while first_failure(plan.actions, state) is None and (
            next_one := next((action for action in plan.actions if is_ready(action, state, moment)), None)
        ):
            name = next_one.action_id
            end = course[next_one.position]
            if not runs(next_one, state) or name in false:
                end = ActionStatus.SKIPPED
            elif end is not ActionStatus.SKIPPED:
                ran.add(name)
            ends[name] = ActionState(status=end, attempt=1, started_at=moment, completed_at=moment, error={})
    return ran


@given(actions=workflows())
def test_what_is_told_runs_in_no_course_of_events(actions: list[ActionDefinition]) -> None:
    plan = compile_plan([], [definition.model_dump() for definition in actions])
    false = {one.action_id for one in actions if one.when is False}
    never = {actions[loc[1]].action_id for loc in told(*actions)}
    assert never & ever_run(plan, false) == set()
    assert false <= never
