"""The values of an execution are bound to the parameters of its workflow without coercion (decision E3)."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from engine.definition.compiling import compile_plan
from engine.definition.parameters import bind
from engine.definition.parameters_schema import parameters_schema
from engine.definition.pattern_count import pattern_faults
from models.commands.parameters import ParameterDefinition, among, fits
from models.commands.patterns import PatternWork, compiled
from models.commands.workflows import ActionDefinition
from models.errors import InvalidInput
from models.faults import Fault
from models.words import ParameterType

SAMPLES: dict[str, list[Any]] = {
    "string": ["", "text", "1", "true"],
    "integer": [0, -1, 10**30],
    "number": [0, -1, 0.5, 1e300, 10**30],
    "boolean": [True, False],
    "object": [{}, {"a": 1}],
    "array": [[], [1, "a"]],
}
MISFITS: dict[str, list[Any]] = {
    "string": [1, 1.5, True, {}, []],
    "integer": [True, False, 1.0, 1.5, "1", {}, []],
    "number": [True, "1", "0.5", {}, []],
    "boolean": [0, 1, "true", "", {}, []],
    "object": ["{}", 1, True, [], [["a", 1]]],
    "array": ["[]", 1, True, {}],
}


def parameter(name: str = "p", kind: str = "string", **rest: Any) -> ParameterDefinition:
    return ParameterDefinition.model_validate({"name": name, "type": kind, **rest})


def faults_of(definitions: list[ParameterDefinition], values: dict[str, Any]) -> list[Fault]:
    with pytest.raises(InvalidInput) as caught:
        bind(definitions, values)
    return list(caught.value.faults)


def fault(name: str, msg: str, kind: str) -> Fault:
    return Fault(("body", "parameters", name), msg, kind)


# --- types ---------------------------------------------------------------------------------------


def test_every_type_has_its_samples() -> None:
    assert set(SAMPLES) == set(MISFITS) == {kind.value for kind in ParameterType}


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind in SAMPLES for value in SAMPLES[kind]])
def test_a_value_of_the_right_type_is_bound_as_it_is(kind: str, value: Any) -> None:
    bound, warnings = bind([parameter(kind=kind, required=True)], {"p": value})
    assert bound["p"] is value
    assert warnings == []


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind in MISFITS for value in MISFITS[kind]])
@pytest.mark.parametrize("required", [True, False])
def test_a_value_of_another_type_is_refused_and_not_coerced(kind: str, value: Any, required: bool) -> None:
    definition = parameter(kind=kind, required=required)
    assert faults_of([definition], {"p": value}) == [fault("p", f"must be a JSON {kind}", f"type_error.{kind}")]


@pytest.mark.parametrize("kind", SAMPLES)
def test_null_is_no_value_of_a_required_parameter(kind: str) -> None:
    [found] = faults_of([parameter(kind=kind, required=True)], {"p": None})
    assert found.type == f"type_error.{kind}"


@pytest.mark.parametrize("kind", list(ParameterType))
def test_null_fits_no_type(kind: ParameterType) -> None:
    assert not fits(kind, None)


# --- required and default ------------------------------------------------------------------------


def test_a_missing_required_parameter_is_named() -> None:
    definition = parameter("document_url", required=True)
    assert faults_of([definition], {}) == [fault("document_url", "field required", "value_error.missing")]


@pytest.mark.parametrize("given", [{}, {"p": None}])
def test_a_missing_optional_parameter_stays_absent(given: dict[str, Any]) -> None:
    assert bind([parameter()], given) == ({}, [])
    assert bind([parameter(default_value="x")], given) == ({"p": "x"}, [])


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize(
    ("kind", "default"), [("string", "x"), ("string", ""), ("integer", 0), ("boolean", False), ("array", [])]
)
def test_a_default_fills_in_and_satisfies_required(required: bool, kind: str, default: Any) -> None:
    assert bind([parameter(kind=kind, required=required, default_value=default)], {}) == ({"p": default}, [])


def test_a_value_wins_over_the_default() -> None:
    assert bind([parameter(default_value="default")], {"p": "given"}) == ({"p": "given"}, [])


def test_a_default_does_not_excuse_a_wrong_value() -> None:
    [found] = faults_of([parameter(default_value="x")], {"p": 1})
    assert found.type == "type_error.string"


# --- allowed values ------------------------------------------------------------------------------


def test_a_value_that_is_allowed_is_bound() -> None:
    assert bind([parameter(allowed_values=["basic", "detailed"])], {"p": "basic"}) == ({"p": "basic"}, [])


@pytest.mark.parametrize("value", ["", "Basic", "basic ", "other"])
def test_a_value_that_is_not_allowed_is_refused_with_the_choice(value: str) -> None:
    definition = parameter(allowed_values=["basic", "detailed"])
    assert faults_of([definition], {"p": value}) == [fault("p", "must be one of: basic, detailed", "value_error.const")]


def test_nothing_is_allowed_where_the_choice_is_empty() -> None:
    [found] = faults_of([parameter(allowed_values=[])], {"p": "x"})
    assert found.type == "value_error.const"


def test_a_wrong_type_is_one_fault_and_not_two() -> None:
    [found] = faults_of([parameter(kind="integer", allowed_values=[1])], {"p": True})
    assert found.type == "type_error.integer"


@pytest.mark.parametrize(
    ("value", "allowed", "expected"),
    [
        (1, [1, 2], True),
        (1.0, [1], True),
        (3, [1, 2], False),
        (True, [1], False),
        (1, [True], False),
        (False, [0], False),
        (True, [True], True),
        ({"a": [1]}, [{"a": [1]}], True),
        ({"a": [1]}, [{"a": [2]}], False),
        ("1", [1], False),
    ],
)
def test_values_are_compared_as_json(value: Any, allowed: list[Any], expected: bool) -> None:
    assert among(value, allowed) is expected


# --- unknown values and many faults --------------------------------------------------------------


def test_unknown_values_are_kept_with_a_warning_each() -> None:
    assert bind([parameter()], {"p": "x", "extra": 1, "more": None}) == (
        {"p": "x", "extra": 1, "more": None},
        ["Unknown parameter: extra", "Unknown parameter: more"],
    )


def test_all_faults_are_told_at_once_in_the_order_of_the_definition() -> None:
    definitions = [
        parameter("a", required=True),
        parameter("b", "integer"),
        parameter("c", allowed_values=["x"]),
        parameter("d"),
    ]
    assert faults_of(definitions, {"c": "y", "b": True, "d": "fine", "extra": 1}) == [
        fault("a", "field required", "value_error.missing"),
        fault("b", "must be a JSON integer", "type_error.integer"),
        fault("c", "must be one of: x", "value_error.const"),
    ]


def test_binding_leaves_the_given_values_alone() -> None:
    values = {"extra": 1}
    bind([parameter(default_value="x")], values)
    assert values == {"extra": 1}


def test_a_workflow_without_parameters_takes_no_values() -> None:
    assert bind([], {}) == ({}, [])


# --- constraints ---------------------------------------------------------------------------------


def test_every_constraint_that_a_value_does_not_meet_is_told_in_the_same_round() -> None:
    definitions = [
        parameter("a", "integer", minimum=1),
        parameter("b", min_length=2, pattern="^x"),
        parameter("c", required=True),
        parameter("d", allowed_values=["yes"], max_length=3),
        parameter("e", "integer", minimum=1),
    ]
    assert faults_of(definitions, {"a": 0, "b": "y", "d": "maybe", "e": "1"}) == [
        fault("a", "must be at least 1", "value_error.number.not_ge"),
        fault("b", "must have at least 2 characters", "value_error.any_str.min_length"),
        fault("b", "must match the pattern ^x", "value_error.str.regex"),
        fault("c", "field required", "value_error.missing"),
        fault("d", "must be one of: yes", "value_error.const"),
        fault("e", "must be a JSON integer", "type_error.integer"),
    ]


def test_what_is_not_given_is_held_to_nothing() -> None:
    assert bind([parameter(min_length=1, pattern="x")], {"p": None}) == ({}, [])


def test_the_values_of_one_execution_share_what_patterns_may_take() -> None:
    longest = PatternWork().longest("^x*$")
    definitions = [parameter("a", pattern="^x*$"), parameter("b", pattern="^x*$")]
    [found] = faults_of(definitions, {"a": "x" * longest, "b": "x" * 1_000})
    assert (found.loc[-1], found.type) == ("b", "value_error.any_str.max_length")


# --- the schema of the values --------------------------------------------------------------------


def test_a_form_can_be_made_of_the_schema() -> None:
    definitions = [
        parameter("document_url", required=True, format="uri", description="Where it is."),
        parameter("count", "integer", minimum=1, maximum=9, default_value=3, required=True),
        parameter("tags", "array", min_length=1, max_length=5),
        parameter("note", multiline=True, max_length=100, pattern="^[a-z]"),
        parameter("token", secret_hint=True, min_length=8),
        parameter("level", allowed_values=["low", "high"]),
    ]
    schema = parameters_schema(definitions)
    Draft202012Validator.check_schema(schema)
    assert schema == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "document_url": {
                "title": "Document url",
                "description": "Where it is.",
                "type": "string",
                "format": "uri",
            },
            "count": {"title": "Count", "type": "integer", "default": 3, "minimum": 1, "maximum": 9},
            "tags": {"title": "Tags", "type": "array", "minItems": 1, "maxItems": 5},
            "note": {
                "title": "Note",
                "type": "string",
                "maxLength": 100,
                "pattern": "^[a-z]",
                "x-multiline": True,
            },
            "token": {"title": "Token", "type": "string", "minLength": 8, "writeOnly": True},
            "level": {"title": "Level", "type": "string", "enum": ["low", "high"]},
        },
        "required": ["document_url"],
    }


def test_what_schemas_name_has_names_of_its_own_in_the_schema_of_all_values() -> None:
    line = {"type": "object", "properties": {"parts": {"type": "array", "items": {"$ref": "#/$defs/line"}}}}
    one = {
        "$defs": {"line": line},
        "type": "object",
        "title": "An order",
        "properties": {"first": {"$ref": "#/$defs/line"}},
    }
    other = {"$defs": {"line": {"type": "string"}}, "items": {"anyOf": [{"$ref": "#/$defs/line"}]}, "maxItems": 2}
    schema = parameters_schema(
        [
            parameter("order", "object", required=True, schema=one, description="What is ordered."),
            parameter("lines", "array", schema=other),
            parameter("few", "array", schema=other, max_length=3),
        ]
    )
    Draft202012Validator.check_schema(schema)
    assert schema["properties"] == {
        "order": {
            "title": "An order",
            "description": "What is ordered.",
            "type": "object",
            "properties": {"first": {"$ref": "#/$defs/order.line"}},
        },
        "lines": {
            "title": "Lines",
            "type": "array",
            "items": {"anyOf": [{"$ref": "#/$defs/lines.line"}]},
            "maxItems": 2,
        },
        "few": {
            "title": "Few",
            "type": "array",
            "maxItems": 3,
            "allOf": [{"items": {"anyOf": [{"$ref": "#/$defs/few.line"}]}, "maxItems": 2}],
        },
    }
    inner = {"type": "array", "items": {"$ref": "#/$defs/order.line"}}
    assert schema["$defs"] == {
        "order.line": {"type": "object", "properties": {"parts": inner}},
        "lines.line": {"type": "string"},
        "few.line": {"type": "string"},
    }


def test_what_is_in_a_value_is_told_with_the_way_to_it() -> None:
    schema = {"properties": {"lines": {"items": {"required": ["sku"], "properties": {"n": {"minimum": 1}}}}}}
    definitions = [parameter("order", "object", schema=schema), parameter("n", "integer", minimum=1)]
    assert faults_of(definitions, {"order": {"lines": [{"sku": "a"}, {"n": 0}]}, "n": 0}) == [
        Fault(("body", "parameters", "order", "lines", 1, "sku"), "field required", "value_error.missing"),
        Fault(("body", "parameters", "order", "lines", 1, "n"), "must be at least 1", "value_error.number.not_ge"),
        fault("n", "must be at least 1", "value_error.number.not_ge"),
    ]


@pytest.mark.parametrize(
    "values",
    [{}, {"n": 1}, {"n": 0}, {"n": 10}, {"n": "1"}, {"n": 1, "t": "ab"}, {"n": 1, "t": "a"}, {"n": 1, "t": "b" * 9},
     {"n": 1, "l": []}, {"n": 1, "l": [1]}, {"n": 1, "l": [1, 2, 3]}, {"n": 1, "more": 1}, {"n": 1, "t": "xy"}],
)  # fmt: skip
def test_the_schema_takes_what_an_execution_takes(values: dict[str, Any]) -> None:
    definitions = [
        parameter("n", "integer", required=True, minimum=1, maximum=9),
        parameter("t", min_length=2, max_length=5, pattern="^[ab]"),
        parameter("l", "array", min_length=1, max_length=2),
    ]
    try:
        bind(definitions, values)
        is_taken = True
    except InvalidInput:
        is_taken = False
    assert Draft202012Validator(parameters_schema(definitions)).is_valid(values) is is_taken


# --- how many patterns ---------------------------------------------------------------------------


def test_a_definition_has_so_many_patterns_at_most() -> None:
    form = [{"name": f"f{number}", "type": "string", "pattern": "x"} for number in range(50)]
    asking = [
        ActionDefinition(action_id=f"a{number}", action_type="approval", config={"message": "?", "form": form})
        for number in range(4)
    ]
    assert list(pattern_faults([], {"actions": asking}, ("body",))) == []
    [found] = pattern_faults([parameter(pattern="x")], {"actions": asking}, ("body",))
    assert found.msg == "the parameters and forms have 201 patterns, at most 200"


def test_no_pattern_is_compiled_before_a_value_is_held_against_it() -> None:
    stored = [
        {"name": "text", "type": "string", "pattern": "^only_here_1$", "default_value": "only_here_1"},
        {
            "name": "value",
            "type": "object",
            "schema": {"properties": {"x": {"type": "string", "pattern": "^only_here_2$"}}},
        },
    ]
    before = compiled.cache_info().misses
    plan = compile_plan(stored, [])
    assert plan.has_patterns
    assert compiled.cache_info().misses == before
    bind(plan.parameters, {"text": "only_here_1"})
    assert compiled.cache_info().misses == before + 1
