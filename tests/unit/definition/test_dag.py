"""The graph of a workflow's actions: every fault is named, a cycle is spelled out, implicit edges count (W3, W4)."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.plan import Plan
from engine.definition.compiling import compile_plan
from engine.definition.dependencies import referenced_action, used_secrets
from engine.definition.graph import graph_faults, parameter_faults
from engine.definition.reference_warnings import reference_warnings
from engine.expressions import templates
from engine.expressions.budget import Budget
from models.commands.workflows import MAX_ACTIONS, ActionDefinition
from models.faults import Fault
from models.words import ErrorPolicy, RunIf


def action(action_id: str, depends_on: Iterable[str] = (), **config: Any) -> ActionDefinition:
    return ActionDefinition(
        action_id=action_id, action_type="notification", depends_on=list(depends_on), config=dict(config)
    )


def faults(*actions: ActionDefinition, parameters: Iterable[str] = ()) -> list[Fault]:
    names = list(parameters)
    return [*parameter_faults(names, ("body",)), *graph_faults(names, actions, ("body",))]


def warnings(*actions: ActionDefinition, parameters: Iterable[str] = ()) -> list[str]:
    return [warning.message for warning in reference_warnings(list(parameters), actions)]


def plan_of(*actions: ActionDefinition) -> Plan:
    return compile_plan([], [definition.model_dump() for definition in actions])


def dependencies(*actions: ActionDefinition) -> dict[str, set[str]]:
    return {planned.action_id: set(planned.depends_on) for planned in plan_of(*actions).actions}


def spelled_cycle(fault: Fault) -> list[str]:
    assert fault.type == "value_error.cycle"
    return fault.msg.removeprefix("cycle: ").split(" -> ")


# --- a sound graph -------------------------------------------------------------------------------


def test_a_workflow_without_actions_is_sound() -> None:
    assert faults() == []
    assert plan_of().total_actions == 0


def test_a_diamond_is_sound_in_any_order_of_definition() -> None:
    diamond = [action("d", ["b", "c"]), action("b", ["a"]), action("c", ["a"]), action("a")]
    assert faults(*diamond) == []
    assert faults(*reversed(diamond)) == []


def test_an_edge_may_be_named_twice() -> None:
    twice = [action("a"), action("b", ["a", "a"], message="{{a.response}}")]
    assert faults(*twice) == []
    assert dependencies(*twice) == {"a": set(), "b": {"a"}}


# --- cycles --------------------------------------------------------------------------------------


def test_a_cycle_of_two_is_spelled_out() -> None:
    [fault] = faults(action("a", ["b"]), action("b", ["a"]))
    assert fault.msg in ("cycle: a -> b -> a", "cycle: b -> a -> b")
    assert fault.loc == ("body", "actions")


def test_the_arrows_of_a_cycle_lead_from_an_action_to_its_dependency() -> None:
    [fault] = faults(action("a", ["c"]), action("b", ["a"]), action("c", ["b"]))
    walk = spelled_cycle(fault)
    assert walk[0] == walk[-1]
    assert set(pairwise(walk)) == {("a", "c"), ("c", "b"), ("b", "a")}


def test_a_cycle_names_only_the_actions_on_it() -> None:
    [fault] = faults(action("first"), action("a", ["b", "first"]), action("b", ["a"]), action("last", ["a"]))
    assert set(spelled_cycle(fault)) == {"a", "b"}


def test_a_cycle_through_templates_is_a_cycle() -> None:
    [fault] = faults(action("a", message="{{b.response}}"), action("b", message="{{actions.a.response}}"))
    assert set(spelled_cycle(fault)) == {"a", "b"}


def test_a_cycle_of_an_explicit_and_an_implicit_edge_is_a_cycle() -> None:
    [fault] = faults(action("a", ["b"]), action("b", message="after {{a.response}}"))
    assert set(spelled_cycle(fault)) == {"a", "b"}


def test_an_action_that_depends_on_itself_is_named_at_its_edge() -> None:
    assert faults(action("x"), action("a", ["x", "a"])) == [
        Fault(
            ("body", "actions", 1, "depends_on", 1),
            "cycle: a -> a (an action cannot depend on itself)",
            "value_error.cycle",
        )
    ]


@pytest.mark.parametrize("message", ["{{a}}", "{{a.response}}", "<{{ actions.a.response.x }}>"])
def test_an_action_that_uses_its_own_result_is_named_at_its_config(message: str) -> None:
    assert faults(action("a", message=message)) == [
        Fault(
            ("body", "actions", 0, "config"),
            "cycle: a -> a (an action cannot use its own result)",
            "value_error.cycle",
        )
    ]


@given(order=st.permutations(range(6)))
def test_a_cycle_is_found_in_any_order_of_definition(order: list[int]) -> None:
    ring = [action(f"a{number}", [f"a{(number + 1) % 6}"]) for number in order]
    [fault] = faults(*ring)
    walk = spelled_cycle(fault)
    assert len(walk) == 7
    assert all(int(there[1:]) == (int(here[1:]) + 1) % 6 for here, there in pairwise(walk))


# --- names ---------------------------------------------------------------------------------------


def test_an_unknown_dependency_is_named_at_its_edge() -> None:
    assert faults(action("a"), action("b", ["a", "gone"])) == [
        Fault(
            ("body", "actions", 1, "depends_on", 1),
            "action 'b' depends on 'gone', which is no action of this workflow",
            "value_error.unknown_dependency",
        )
    ]


def test_a_parameter_is_no_dependency() -> None:
    [fault] = faults(action("a", ["p"]), parameters=["p"])
    assert fault.type == "value_error.unknown_dependency"


def test_an_action_id_that_is_used_twice_is_named_at_its_second_use() -> None:
    assert faults(action("a"), action("b"), action("a")) == [
        Fault(("body", "actions", 2, "action_id"), "action_id 'a' is used twice", "value_error.duplicate")
    ]


def test_a_parameter_that_is_defined_twice_is_named_at_its_second_definition() -> None:
    assert faults(parameters=["p", "q", "p"]) == [
        Fault(("body", "parameters", 2, "name"), "parameter 'p' is defined twice", "value_error.duplicate")
    ]


def test_an_action_must_not_be_named_as_a_parameter() -> None:
    assert faults(action("url"), parameters=["url"]) == [
        Fault(
            ("body", "actions", 0, "action_id"),
            "action_id 'url' is also a parameter: templates could not tell them apart",
            "value_error.duplicate",
        )
    ]


def test_all_faults_are_listed_at_once() -> None:
    found = faults(action("a", ["gone", "a"]), action("p"), action("p"), action("x", ["y"]), action("y", ["x"]),
                   parameters=["p"])  # fmt: skip
    assert {(fault.loc[1:], fault.type) for fault in found} == {
        (("actions", 0, "depends_on", 0), "value_error.unknown_dependency"),
        (("actions", 0, "depends_on", 1), "value_error.cycle"),
        (("actions", 1, "action_id"), "value_error.duplicate"),
        (("actions", 2, "action_id"), "value_error.duplicate"),
        (("actions",), "value_error.cycle"),
    }


# --- implicit dependencies -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "config",
    [
        {"message": "{{a}}"},
        {"message": "{{a.response.x}}"},
        {"message": "before {{ a.response }} after"},
        {"message": "{{actions.a.response}}"},
        {"message": '{{actions["a"].response}}'},
        {"data": {"deep": [[{"er": "{{a.status}}"}]]}},
        {"message": "{{b2}} {{a.error}}"},
    ],
)
def test_a_reference_to_an_action_is_a_dependency_on_it(config: dict[str, Any]) -> None:
    assert dependencies(action("a"), action("b", **config))["b"] == {"a"}


@pytest.mark.parametrize(
    "message",
    ["a", "{{parameters.a}}", "{{execution.a}}", "{{x.a}}", "{{actions}}", "{{actions.x.a}}", "{{7*7}}", "{a}"],
)
def test_what_is_no_reference_to_an_action_is_no_dependency(message: str) -> None:
    assert dependencies(action("a"), action("b", message=message))["b"] == set()


def test_explicit_and_implicit_dependencies_are_united() -> None:
    found = dependencies(action("a"), action("b"), action("c", ["a"], message="{{b.response}}"))
    assert found["c"] == {"a", "b"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{x}}", "x"),
        ("{{x.response}}", "x"),
        ("{{actions.x.response}}", "x"),
        ("{{actions}}", None),
        ("{{parameters.x}}", "parameters"),
    ],
)
def test_the_action_that_a_reference_would_mean(text: str, expected: str | None) -> None:
    (reference,) = templates.references(templates.parse(text))
    assert referenced_action(reference) == expected


# --- the plan ------------------------------------------------------------------------------------


def test_a_plan_keeps_the_order_of_the_definition() -> None:
    plan = plan_of(action("z", ["a"]), action("a"), action("m"))
    assert plan.action_ids == ["z", "a", "m"]
    assert [planned.position for planned in plan.actions] == [0, 1, 2]
    assert plan.total_actions == 3


def test_a_plan_carries_what_the_definition_says_of_an_action() -> None:
    definition = {
        "action_id": "a",
        "action_type": "service_call",
        "config": {"n": "{{p}}"},
        "timeout_seconds": 7,
        "on_error": "continue",
    }
    [planned] = compile_plan([], [definition]).actions
    assert (planned.action_type, planned.timeout_seconds, planned.on_error) == (
        "service_call",
        7,
        ErrorPolicy.CONTINUE,
    )
    assert templates.render(planned.config, {"p": 1}, Budget()) == {"n": 1}


def test_a_plan_carries_the_parameters() -> None:
    [parameter] = compile_plan([{"name": "p", "type": "string", "required": True}], []).parameters
    assert (parameter.name, parameter.required) == ("p", True)


def test_a_plan_knows_the_secrets_of_each_action_and_of_all() -> None:
    plan = plan_of(
        action("a", message="{{secrets.one}} {{ secrets.two }}", data=['{{secrets["one"]}}']),
        action("b", message="{{secrets.three.part}}"),
        action("c", message="{{secrets}} {{p.secrets}} secrets.four"),
    )
    assert [planned.secrets for planned in plan.actions] == [{"one", "two"}, {"three"}, set()]
    assert plan.secrets == {"one", "two", "three"}
    assert used_secrets([action("a", message="{{secrets.one}}"), action("b")]) == {"one"}


# --- warnings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "message",
    [
        "plain",
        "{{p}}",
        "{{p.deep.er}}",
        "{{parameters.p}}",
        "{{a.response}}",
        "{{actions.a.response}}",
        "{{execution.id}}",
    ],
)
def test_a_known_reference_gives_no_warning(message: str) -> None:
    assert warnings(action("a"), action("b", message=message), parameters=["p"]) == []


@pytest.mark.parametrize(
    ("message", "source"),
    [
        ("{{gone}}", "gone"),
        ("x {{ gone.response }}", "gone.response"),
        ("{{parameters.gone}}", "parameters.gone"),
        ("{{parameters.a}}", "parameters.a"),
        ("{{actions.gone.response}}", "actions.gone.response"),
        ("{{count + gone}}", "gone"),
    ],
)
def test_a_reference_to_nothing_gives_a_warning_that_names_it(message: str, source: str) -> None:
    [warning] = warnings(action("a"), action("b", message=message), parameters=["p", "count"])
    assert warning == (
        f"action 'b': '{{{{{source}}}}}' names no parameter "
        "and no action of this workflow, so the action will fail with EXPRESSION_ERROR"
    )


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (
            "{{7*7}}",
            "'{{7*7}}' cannot be read: nothing is referred to: write the value itself, without braces, at character 1",
        ),
        ("{{}}", "'{{}}' cannot be read: a value is missing at character 1"),
        ("{{p |}}", "'{{p |}}' cannot be read: the name of a filter is missing at character 4"),
    ],
)
def test_what_cannot_be_read_gives_a_warning_that_points_at_the_character(message: str, reason: str) -> None:
    [warning] = warnings(action("b", message=message), parameters=["p"])
    assert warning == f"action 'b': {reason}, so the action will fail with EXPRESSION_ERROR"


@pytest.mark.parametrize(
    ("message", "hint"),
    [("{{paramter}}", "parameter"), ("{{actions.ftech.status}}", "fetch"), ("{{ftech.response | length}}", "fetch")],
)
def test_a_name_that_is_nearly_right_is_hinted_at(message: str, hint: str) -> None:
    [warning] = warnings(action("fetch"), action("b", message=message), parameters=["parameter"])
    assert f"(did you mean '{hint}'?)" in warning


# --- conditions ----------------------------------------------------------------------------------


def conditional(when: Any, depends_on: Iterable[str] = (), run_if: RunIf | None = None) -> ActionDefinition:
    return ActionDefinition(
        action_id="b", action_type="notification", depends_on=list(depends_on), when=when, run_if=run_if
    )


def test_a_condition_that_uses_an_action_depends_on_it() -> None:
    assert dependencies(action("a"), conditional("{{a.response.score > 0.5}}"))["b"] == {"a"}


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ("{{a.response >}}", "'{{a.response >}}' cannot be read: a value is missing at character 13"),
        ("always", "must be true, false or one whole expression such as {{check.response.score > 0.5}}"),
        ("{{p}} {{p}}", "must be true, false or one whole expression such as {{check.response.score > 0.5}}"),
        ("{{secrets.x}}", "must not use secrets: they are known to the call alone, at its moment"),
    ],
)
def test_a_condition_that_is_none_is_a_fault(when: str, message: str) -> None:
    [fault] = faults(action("a"), conditional(when), parameters=["p"])
    assert (fault.loc, fault.msg) == (("body", "actions", 1, "when"), message)
    assert fault.character == (14 if "cannot be read" in message else None)


def test_run_if_needs_something_to_look_at() -> None:
    [fault] = faults(action("a"), conditional(None, run_if=RunIf.ANY_FAILED))
    assert fault.loc == ("body", "actions", 1, "run_if")
    assert faults(action("a"), conditional(True, ["a"], RunIf.ANY_FAILED)) == []


# --- size ----------------------------------------------------------------------------------------

CHAIN = [action(f"a{n}", [f"a{n - 1}"] if n else [], message=f"{{{{a{max(n - 1, 0)}.response}}}}" if n else "x")
         for n in range(MAX_ACTIONS)]  # fmt: skip
FAN_OUT = [action("a0"), *(action(f"a{n}", ["a0"]) for n in range(1, MAX_ACTIONS))]
FAN_IN = [action(f"a{n}") for n in range(MAX_ACTIONS - 1)] + [action("end", [f"a{n}" for n in range(MAX_ACTIONS - 1)])]


@pytest.mark.parametrize("actions", [CHAIN, CHAIN[::-1], FAN_OUT, FAN_IN], ids=["chain", "reversed", "out", "in"])
def test_the_largest_workflow_of_any_shape_is_sound_and_compiles(actions: list[ActionDefinition]) -> None:
    assert faults(*actions) == []
    assert warnings(*actions) == []
    assert plan_of(*actions).total_actions == MAX_ACTIONS


def test_a_cycle_of_500_actions_is_spelled_out_in_full() -> None:
    [fault] = faults(action("a0", [f"a{MAX_ACTIONS - 1}"]), *CHAIN[1:])
    walk = spelled_cycle(fault)
    assert len(walk) == MAX_ACTIONS + 1
    assert len(set(walk)) == MAX_ACTIONS
