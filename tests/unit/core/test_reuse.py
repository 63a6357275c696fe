"""What of an execution holds for one that does it over, case by case."""

from typing import Any

import msgspec
import pytest

from engine.core.opening import opening
from engine.core.plan import Plan
from engine.core.reuse import Asked, Judgement, Past, judge
from engine.core.run import Run
from engine.core.state import ActionState, ExecutionState, Items, fold
from engine.expressions.budget import Budget
from engine.running.comparison import RenderedComparison
from models.rerun_words import RerunFrom, ReuseReason, ReuseVerdict
from models.words import ActionStatus, ExecutionStatus
from tests.support.core.decisions import NOW, definition, failed, plan_of, success

SKIPPED = ActionState(ActionStatus.SKIPPED, 0, NOW, NOW)
CANCELLED = ActionState(ActionStatus.CANCELLED, 1, NOW, NOW)


def judged(
    before: Plan, actions: dict[str, ActionState], after: Plan | None = None, budget: Budget | None = None, **asked: Any
) -> dict[str, tuple[ReuseVerdict, ReuseReason]]:
    found = judgements(before, actions, after, budget, **asked)
    return {judgement.action_id: (judgement.verdict, judgement.reason) for judgement in found}


def judgements(
    before: Plan, actions: dict[str, ActionState], after: Plan | None = None, budget: Budget | None = None, **asked: Any
) -> tuple[Judgement, ...]:
    state = ExecutionState(status=ExecutionStatus.FAILED, actions=actions, started_at=NOW, completed_at=NOW)
    run = Run(
        execution_id="exec_1",
        tenant="default",
        workflow_id="wf_1",
        revision=0,
        created_by="ada",
        created_at=NOW,
        parameters={"p": 1},
        timeout_seconds=60,
        plan=before,
    )
    parameters = asked.pop("parameters", run.parameters)
    comparison = RenderedComparison(run, state, after or before, parameters, budget or Budget())
    return judge(Past("exec_1", before, state), after or before, Asked(**asked), comparison)


def named(action_id: str, **more: Any) -> dict[str, Any]:
    return {**definition(action_id, more.pop("depends_on", ())), **more}


AGAIN, REUSED, NOT_REACHED = ReuseVerdict.RUNS_AGAIN, ReuseVerdict.REUSED, ReuseVerdict.NOT_REACHED


def test_each_end_has_its_own_reason() -> None:
    plan = plan_of(*(named(name) for name in "abcde"))
    found = judged(plan, {"a": success(), "b": failed("b"), "c": CANCELLED, "d": SKIPPED})
    assert found == {
        "a": (REUSED, ReuseReason.SUCCEEDED),
        "b": (AGAIN, ReuseReason.FAILED),
        "c": (AGAIN, ReuseReason.UNFINISHED),
        "d": (AGAIN, ReuseReason.CONDITION_CHANGED),
        "e": (NOT_REACHED, ReuseReason.NEVER_STARTED),
    }


def test_what_was_skipped_stays_so_where_its_condition_says_so_still() -> None:
    plan = plan_of(named("a", when="{{parameters.p == 2}}"), named("b", depends_on=["a"]))
    actions = {"a": SKIPPED, "b": success()}
    assert judged(plan, actions) == {"a": (REUSED, ReuseReason.SKIPPED), "b": (REUSED, ReuseReason.SUCCEEDED)}
    assert judged(plan, actions, parameters={"p": 2}) == {
        "a": (AGAIN, ReuseReason.CONDITION_CHANGED),
        "b": (AGAIN, ReuseReason.DEPENDENCY),
    }


def test_what_would_be_skipped_now_is_not_reused() -> None:
    plan = plan_of(named("a", when="{{parameters.p == 1}}"))
    assert judged(plan, {"a": success()}, parameters={"p": 2})["a"] == (AGAIN, ReuseReason.CONDITION_CHANGED)


def test_an_item_that_was_passed_by_holds_where_it_would_be_again() -> None:
    def each(condition: str, *items: int) -> Plan:
        form = {"in": list(items), "when": condition}
        return plan_of(named("a", config={"message": "{{item}}"}, for_each=form))

    odd = each("{{item != 2}}", 1, 2)
    items = Items(2).with_state(0, success()).with_state(1, SKIPPED)
    state = msgspec.structs.replace(success(), items=items)
    assert judged(odd, {"a": state})["a"] == (REUSED, ReuseReason.SUCCEEDED)
    for other in (each("{{item != 1}}", 1, 2), each("{{item < 5}}", 1, 2), each("{{item != 2}}", 2, 2)):
        [found] = judgements(odd, {"a": state}, other)
        assert (found.verdict, found.reason) == (AGAIN, ReuseReason.CONFIG_CHANGED)
    assert found.reused_items == ()


def test_what_lost_a_race_stays_so_where_its_winner_holds() -> None:
    def plan(**more: Any) -> Plan:
        race = named("best", depends_on=["a", "b"], run_if="first_success", cancel_losers=True)
        return plan_of(named("a"), named("b", config={"message": "x"} | more), race)

    lost = msgspec.structs.replace(CANCELLED, lost_to="best")
    actions = {"b": success(), "a": lost, "best": success()}
    assert judged(plan(), actions) == {
        "a": (REUSED, ReuseReason.LOST_RACE),
        "b": (REUSED, ReuseReason.SUCCEEDED),
        "best": (REUSED, ReuseReason.SUCCEEDED),
    }
    assert judged(plan(), actions, plan(level="error")) == {
        "a": (AGAIN, ReuseReason.UNFINISHED),
        "b": (AGAIN, ReuseReason.CONFIG_CHANGED),
        "best": (AGAIN, ReuseReason.DEPENDENCY),
    }
    assert judged(plan(), actions, plan_of(named("a"), named("b", config={"message": "x"})))["a"] == (
        AGAIN,
        ReuseReason.UNFINISHED,
    )


def test_another_type_or_output_or_form_is_another_definition() -> None:
    plan = plan_of(named("a", config={"message": "x"}))
    for other in (
        named("a", config={"message": "x"}, action_type="transform"),
        named("a", config={"message": "x"}, output={"x": "{{response}}"}),
        named("a", config={"message": "x"}, for_each={"in": [1]}),
        named("a", config={"message": "x"}, repeat={"until": "{{true}}"}),
    ):
        assert judged(plan, {"a": success()}, plan_of(other))["a"] == (AGAIN, ReuseReason.DEFINITION_CHANGED)


@pytest.mark.parametrize(
    ("config", "is_reused"),
    [
        ({"message": "for {{p}}"}, True),
        ({"message": "for 1"}, True),
        ({"message": "for 2"}, False),
        ({"message": "for {{execution.id}}"}, False),
        ({"message": "for 1", "level": "error"}, False),
        ({"message": "for {{nothing}}"}, False),
    ],
)
def test_the_configuration_counts_as_it_is_filled_in(config: Any, is_reused: bool) -> None:
    plan = plan_of(named("a", config={"message": "for {{p}}"}))
    found = judged(plan, {"a": success()}, plan_of(named("a", config=config)))
    assert found["a"] == ((REUSED, ReuseReason.SUCCEEDED) if is_reused else (AGAIN, ReuseReason.CONFIG_CHANGED))


def test_true_is_not_one_and_a_number_is_no_text() -> None:
    plan = plan_of(named("a", config={"x": "{{p}}"}))
    for value in (True, "1"):
        assert judged(plan, {"a": success()}, parameters={"p": value})["a"][0] is AGAIN


def test_which_execution_it_is_makes_no_difference() -> None:
    plan = plan_of(named("a", config={"x": "{{execution.id}} {{p}}"}))
    assert judged(plan, {"a": success()}, plan_of(named("a", config={"x": "{{execution.id}} 1"})))["a"][0] is REUSED


def test_an_endpoint_that_would_be_another_one_is_another_configuration() -> None:
    before = plan_of(named("a", config={"endpoint": "/{{p}}"}))
    after = plan_of(named("a", config={"endpoint": "/x/{{p}}"}))
    one = judged(before, {"a": success()}, after, parameters={"p": 1})
    assert one["a"] == (AGAIN, ReuseReason.CONFIG_CHANGED)


def test_what_would_cost_too_much_to_compare_runs_again() -> None:
    plan = plan_of(named("a", config={"x": "{{p}}"}))
    assert judged(plan, {"a": success()}, budget=Budget(0))["a"] == (REUSED, ReuseReason.SUCCEEDED)
    found = judged(plan, {"a": success()}, budget=Budget(0), parameters={"p": [2]})
    assert found["a"] == (AGAIN, ReuseReason.NOT_COMPARABLE)


def test_what_sees_all_holds_only_where_all_else_does() -> None:
    plan = plan_of(named("a", config={"x": "{{actions}}"}), named("b"), named("c", depends_on=["a"]))
    actions = {"a": success(), "b": success(), "c": success()}
    assert {verdict for verdict, _ in judged(plan, actions).values()} == {REUSED}
    assert {verdict for verdict, _ in judged(plan, {**actions, "c": failed("c")}).values()} == {REUSED, AGAIN}
    found = judgements(plan, {**actions, "b": failed("b")})
    assert [(each.reason, each.because_of) for each in found] == [
        (ReuseReason.SEES_ALL, ("b",)),
        (ReuseReason.FAILED, ()),
        (ReuseReason.DEPENDENCY, ("a",)),
    ]


def test_what_another_execution_has_undone_is_not_reused_either() -> None:
    plan = plan_of(named("a"))
    assert judged(plan, {"a": success()}, undone={"a"})["a"] == (AGAIN, ReuseReason.COMPENSATED)


def test_from_the_start_nothing_is_reused_and_a_result_by_hand_stands() -> None:
    plan = plan_of(named("a"), named("b"), named("c"))
    found = judged(plan, {"a": success(), "b": success()}, start=RerunFrom.START, given={"b": 1})
    assert found == {
        "a": (AGAIN, ReuseReason.FROM_START),
        "b": (ReuseVerdict.GIVEN, ReuseReason.GIVEN),
        "c": (NOT_REACHED, ReuseReason.NEVER_STARTED),
    }


def test_approvals_are_asked_again_where_they_are_to_be() -> None:
    plan = plan_of(named("a", action_type="approval"), named("b", depends_on=["a"]))
    actions = {"a": success(), "b": success()}
    assert judged(plan, actions, asked_again={"approval"}) == {
        "a": (AGAIN, ReuseReason.APPROVAL),
        "b": (AGAIN, ReuseReason.DEPENDENCY),
    }
    assert judged(plan, actions)["a"] == (REUSED, ReuseReason.SUCCEEDED)


def test_the_journal_begins_with_what_is_reused_in_the_order_in_which_it_came() -> None:
    plan = plan_of(named("a"), named("b"), named("c"))
    state = ExecutionState(actions={"b": success(), "a": success(), "c": failed("c")}, started_at=NOW)
    asked = Asked(given={"c": {"x": 1}})
    found = judgements(plan, dict(state.actions), given=asked.given)
    begin = opening(Past("exec_1", plan, state), found, asked, NOW, keeps_versions=False, told={"reason": "why"})
    after = fold(begin.events(NOW))
    assert list(after.actions) == ["b", "a", "c"]
    assert [(each.reused_from, each.is_given) for each in after.actions.values()] == [
        ("exec_1", False),
        ("exec_1", False),
        (None, True),
    ]
    assert begin.size == after.size
