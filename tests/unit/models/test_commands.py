"""What a caller may ask for: the limits of decision W13, no coercion (F34), read-only keys ignored (W5)."""

from typing import Any

import pytest

from models.commands.filters import ExecutionFilter
from models.commands.parameters import RESERVED_NAMES
from models.commands.validation import Command, parse
from models.commands.workflows import (
    MAX_ACTIONS,
    MAX_PARAMETERS,
    MAX_TAGS,
    MAX_TIMEOUT_SECONDS,
    READ_ONLY_FIELDS,
    CreateWorkflow,
    ExecuteWorkflow,
    PageOf,
    UpdateWorkflow,
)
from models.words import ErrorPolicy, ParameterType, WorkflowStatus
from tests.support.core.faulty_commands import faults


def workflow(**fields: Any) -> dict[str, Any]:
    return {"name": "Report", **fields}


def with_action(**fields: Any) -> dict[str, Any]:
    return workflow(actions=[{"action_id": "a", "action_type": "notification", **fields}])


def with_parameter(**fields: Any) -> dict[str, Any]:
    return workflow(parameters=[{"name": "p", "type": "string", **fields}])


def many(count: int, key: str, **rest: Any) -> list[dict[str, Any]]:
    return [{key: f"x{number}", **rest} for number in range(count)]


# --- limits --------------------------------------------------------------------------------------

AT_THE_LIMIT: list[dict[str, Any]] = [
    workflow(name="a"),
    workflow(name="é" * 200),
    workflow(name=" a "),
    workflow(description=""),
    workflow(description="x" * 4000),
    workflow(description=None),
    workflow(actions=many(MAX_ACTIONS, "action_id", action_type="notification")),
    workflow(parameters=many(MAX_PARAMETERS, "name", type="string")),
    workflow(tags=[str(number) for number in range(MAX_TAGS)]),
    workflow(tags=["x" * 64]),
    workflow(timeout_seconds=1),
    workflow(timeout_seconds=MAX_TIMEOUT_SECONDS),
    workflow(timeout_seconds=None),
    workflow(status="draft"),
    with_action(action_id="_"),
    with_action(action_id="a" * 128),
    with_action(action_id="A-1_b"),
    with_action(timeout_seconds=1),
    with_action(timeout_seconds=MAX_TIMEOUT_SECONDS),
    with_action(on_error="continue"),
]

OVER_THE_LIMIT: list[tuple[dict[str, Any], tuple[str | int, ...], str]] = [
    (workflow(name=""), ("name",), "value_error.any_str.min_length"),
    (workflow(name=" \t"), ("name",), "value_error"),
    (workflow(name="a" * 201), ("name",), "value_error.any_str.max_length"),
    (workflow(description="x" * 4001), ("description",), "value_error.any_str.max_length"),
    (
        workflow(actions=many(MAX_ACTIONS + 1, "action_id", action_type="notification")),
        ("actions",),
        "value_error.list.max_items",
    ),
    (workflow(parameters=many(MAX_PARAMETERS + 1, "name", type="string")), ("parameters",),
     "value_error.list.max_items"),
    (workflow(tags=[str(number) for number in range(MAX_TAGS + 1)]), ("tags",), "value_error.list.max_items"),
    (workflow(tags=["a", "x" * 65]), ("tags", 1), "value_error.any_str.max_length"),
    (workflow(tags=[""]), ("tags", 0), "value_error.any_str.min_length"),
    (workflow(timeout_seconds=0), ("timeout_seconds",), "value_error.number.not_ge"),
    (workflow(timeout_seconds=-1), ("timeout_seconds",), "value_error.number.not_ge"),
    (workflow(timeout_seconds=MAX_TIMEOUT_SECONDS + 1), ("timeout_seconds",), "value_error.number.not_le"),
    (workflow(timeout_seconds=10**30), ("timeout_seconds",), "value_error.number.not_le"),
    (workflow(status="archived"), ("status",), "value_error.const"),
    (with_action(action_id=""), ("actions", 0, "action_id"), "value_error.str.regex"),
    (with_action(action_id="a" * 129), ("actions", 0, "action_id"), "value_error.str.regex"),
    (with_action(action_id="1a"), ("actions", 0, "action_id"), "value_error.str.regex"),
    (with_action(action_id="a.b"), ("actions", 0, "action_id"), "value_error.str.regex"),
    (with_action(action_id="a b"), ("actions", 0, "action_id"), "value_error.str.regex"),
    (with_action(action_id="a\n"), ("actions", 0, "action_id"), "value_error.str.regex"),
    (with_action(action_id="é"), ("actions", 0, "action_id"), "value_error.str.regex"),
    (with_action(action_type=""), ("actions", 0, "action_type"), "value_error.any_str.min_length"),
    (with_action(action_type="x" * 65), ("actions", 0, "action_type"), "value_error.any_str.max_length"),
    (with_action(timeout_seconds=0), ("actions", 0, "timeout_seconds"), "value_error.number.not_ge"),
    (with_action(on_error="retry"), ("actions", 0, "on_error"), "value_error.const"),
    (with_action(depends_on=["a b"]), ("actions", 0, "depends_on", 0), "value_error.str.regex"),
    (with_parameter(name="a.b"), ("parameters", 0, "name"), "value_error.str.regex"),
    (with_parameter(type="date"), ("parameters", 0, "type"), "value_error.const"),
    (with_parameter(description="x" * 4001), ("parameters", 0, "description"), "value_error.any_str.max_length"),
]  # fmt: skip


def test_the_limits_are_the_documented_ones() -> None:
    assert (MAX_ACTIONS, MAX_PARAMETERS, MAX_TAGS, MAX_TIMEOUT_SECONDS) == (500, 100, 50, 604_800)


@pytest.mark.parametrize("raw", AT_THE_LIMIT, ids=range(len(AT_THE_LIMIT)))
def test_a_workflow_at_a_limit_is_taken(raw: dict[str, Any]) -> None:
    command = parse(CreateWorkflow, raw)
    assert command.name == raw["name"]


@pytest.mark.parametrize(("raw", "loc", "word"), OVER_THE_LIMIT, ids=range(len(OVER_THE_LIMIT)))
@pytest.mark.parametrize("command", [CreateWorkflow, UpdateWorkflow])
def test_a_workflow_over_a_limit_is_refused_alike_when_created_and_updated(
    command: type[Command], raw: dict[str, Any], loc: tuple[str | int, ...], word: str
) -> None:
    assert faults(command, raw) == [(loc, word)]


# --- strictness ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("name", 1, "type_error.string"),
        ("name", None, "type_error.string"),
        ("name", ["a"], "type_error.string"),
        ("description", 1, "type_error.string"),
        ("timeout_seconds", True, "type_error.integer"),
        ("timeout_seconds", "300", "type_error.integer"),
        ("timeout_seconds", 300.0, "type_error.integer"),
        ("timeout_seconds", float("nan"), "value_error.number.not_finite"),
        ("timeout_seconds", float("inf"), "value_error.number.not_finite"),
        ("tags", "a,b", "type_error.array"),
        ("tags", None, "type_error.array"),
        ("tags", {}, "type_error.array"),
        ("actions", None, "type_error.array"),
        ("actions", {}, "type_error.array"),
        ("parameters", None, "type_error.array"),
        ("status", None, "value_error.const"),
        ("status", "ACTIVE", "value_error.const"),
        ("status", True, "value_error.const"),
    ],
)
@pytest.mark.parametrize("command", [CreateWorkflow, UpdateWorkflow])
def test_nothing_is_coerced(command: type[Command], field: str, value: Any, word: str) -> None:
    assert faults(command, workflow(**{field: value})) == [((field,), word)]


@pytest.mark.parametrize(
    ("raw", "loc", "word"),
    [
        (with_action(config=None), ("actions", 0, "config"), "type_error.object"),
        (with_action(config=[]), ("actions", 0, "config"), "type_error.object"),
        (with_action(depends_on="a"), ("actions", 0, "depends_on"), "type_error.array"),
        (with_action(depends_on=[1]), ("actions", 0, "depends_on", 0), "type_error.string"),
        (with_action(on_error=None), ("actions", 0, "on_error"), "value_error.const"),
        (with_parameter(required="true"), ("parameters", 0, "required"), "type_error.boolean"),
        (with_parameter(required=1), ("parameters", 0, "required"), "type_error.boolean"),
        (with_parameter(allowed_values="a"), ("parameters", 0, "allowed_values"), "type_error.array"),
        (workflow(actions=["a"]), ("actions", 0), "type_error.object"),
        (workflow(parameters=[None]), ("parameters", 0), "type_error.object"),
    ],
)
def test_nothing_is_coerced_inside_a_definition(raw: dict[str, Any], loc: tuple[str | int, ...], word: str) -> None:
    assert faults(CreateWorkflow, raw) == [(loc, word)]


@pytest.mark.parametrize(
    ("raw", "missing"),
    [
        ({}, ("name",)),
        (workflow(actions=[{"action_id": "a"}]), ("actions", 0, "action_type")),
        (workflow(actions=[{"action_type": "notification"}]), ("actions", 0, "action_id")),
        (workflow(parameters=[{"name": "p"}]), ("parameters", 0, "type")),
        (workflow(parameters=[{"type": "string"}]), ("parameters", 0, "name")),
    ],
)
def test_a_missing_field_is_named(raw: dict[str, Any], missing: tuple[str | int, ...]) -> None:
    assert faults(CreateWorkflow, raw) == [(missing, "value_error.missing")]


@pytest.mark.parametrize(
    ("command", "raw", "loc"),
    [
        (CreateWorkflow, workflow(nmae="x"), ("nmae",)),
        (CreateWorkflow, workflow(expected_version="1.0"), ("expected_version",)),
        (CreateWorkflow, with_action(retries=3), ("actions", 0, "retries")),
        (CreateWorkflow, with_parameter(default=1), ("parameters", 0, "default")),
        (UpdateWorkflow, {"Name": "x"}, ("Name",)),
        (ExecuteWorkflow, {"params": {}}, ("params",)),
        (PageOf, {"limit": 1}, ("limit",)),
        (ExecutionFilter, {"state": "running"}, ("state",)),
    ],
)
def test_an_unknown_field_is_refused(command: type[Command], raw: dict[str, Any], loc: tuple[str | int, ...]) -> None:
    assert faults(command, raw) == [(loc, "value_error.extra")]


def test_all_faults_of_a_workflow_are_told_at_once() -> None:
    raw = {
        "name": "",
        "tags": [1],
        "actions": [{"action_id": "a", "action_type": "x", "timeout_seconds": 0}, {"action_id": "1"}],
        "more": 1,
    }
    assert set(faults(CreateWorkflow, raw)) == {
        (("name",), "value_error.any_str.min_length"),
        (("tags", 0), "type_error.string"),
        (("actions", 0, "timeout_seconds"), "value_error.number.not_ge"),
        (("actions", 1, "action_id"), "value_error.str.regex"),
        (("actions", 1, "action_type"), "value_error.missing"),
        (("more",), "value_error.extra"),
    }


# --- a workflow ----------------------------------------------------------------------------------


def test_a_new_workflow_is_active_and_empty_by_default() -> None:
    command = parse(CreateWorkflow, {"name": "Report"})
    assert (command.status, command.actions, command.parameters, command.tags) == (WorkflowStatus.ACTIVE, [], [], [])
    assert (command.description, command.timeout_seconds) == (None, None)


def test_an_action_fails_its_execution_and_waits_for_nothing_by_default() -> None:
    [action] = parse(CreateWorkflow, with_action()).actions
    assert (action.on_error, action.depends_on, action.config, action.timeout_seconds) == (
        ErrorPolicy.FAIL,
        [],
        {},
        None,
    )


def test_a_tag_that_is_given_twice_counts_once_and_the_order_stays() -> None:
    assert parse(CreateWorkflow, workflow(tags=["b", "a", "b"])).tags == ["b", "a"]


@pytest.mark.parametrize("command", [CreateWorkflow, UpdateWorkflow])
@pytest.mark.parametrize("field", sorted(READ_ONLY_FIELDS))
@pytest.mark.parametrize("value", ["anything", None, 1, {"a": []}])
def test_a_read_only_key_is_ignored_whatever_it_holds(
    command: type[CreateWorkflow | UpdateWorkflow], field: str, value: Any
) -> None:
    parsed = parse(command, {"name": "Report", field: value})
    assert parsed.model_fields_set == {"name"}


def test_the_read_only_keys_are_what_an_answer_adds() -> None:
    assert sorted(READ_ONLY_FIELDS) == [
        "created_at", "created_by", "execution_count", "last_execution", "updated_at", "version",
        "warning_details", "warnings", "workflow_id",
    ]  # fmt: skip


def test_ignoring_read_only_keys_leaves_the_input_alone() -> None:
    raw = {"name": "Report", "workflow_id": "wf_1"}
    parse(UpdateWorkflow, raw)
    assert raw == {"name": "Report", "workflow_id": "wf_1"}


def test_an_update_tells_which_keys_are_present() -> None:
    assert parse(UpdateWorkflow, {}).model_fields_set == set()
    update = parse(UpdateWorkflow, {"description": None, "tags": [], "expected_version": "1.0"})
    assert update.model_fields_set == {"description", "tags", "expected_version"}


@pytest.mark.parametrize("field", ["description", "timeout_seconds"])
def test_an_explicit_null_clears_a_nullable_field(field: str) -> None:
    update = parse(UpdateWorkflow, {field: None})
    assert update.model_fields_set == {field}
    assert getattr(update, field) is None


# --- names and parameters ------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(RESERVED_NAMES))
def test_the_roots_of_template_paths_are_no_names(name: str) -> None:
    assert faults(CreateWorkflow, with_action(action_id=name)) == [(("actions", 0, "action_id"), "value_error")]
    assert faults(CreateWorkflow, with_parameter(name=name)) == [(("parameters", 0, "name"), "value_error")]


def test_the_documented_roots_are_reserved() -> None:
    assert sorted(RESERVED_NAMES) == ["actions", "execution", "parameters", "secrets"]


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "string", "default_value": ""},
        {"type": "integer", "default_value": 1, "allowed_values": [1, 2]},
        {"type": "number", "default_value": 1, "allowed_values": [1, 2.5]},
        {"type": "boolean", "default_value": False},
        {"type": "object", "default_value": {}},
        {"type": "array", "default_value": []},
        {"type": "string", "default_value": None, "allowed_values": ["a"]},
        {"type": "string", "required": True, "default_value": "x"},
    ],
)
def test_a_parameter_whose_values_fit_its_type_is_taken(fields: dict[str, Any]) -> None:
    [parameter] = parse(CreateWorkflow, with_parameter(**fields)).parameters
    assert parameter.type is ParameterType(fields["type"])
    assert parameter.default_value == fields["default_value"]


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "integer", "default_value": True},
        {"type": "integer", "default_value": 1.0},
        {"type": "integer", "default_value": "1"},
        {"type": "boolean", "default_value": 0},
        {"type": "string", "default_value": 1},
        {"type": "object", "default_value": []},
        {"type": "array", "default_value": {}},
        {"type": "integer", "allowed_values": [1, True]},
        {"type": "string", "allowed_values": ["a", None]},
        {"type": "string", "default_value": "c", "allowed_values": ["a", "b"]},
        {"type": "integer", "default_value": 1, "allowed_values": []},
    ],
)
def test_a_parameter_whose_values_do_not_fit_is_refused(fields: dict[str, Any]) -> None:
    [(place, word)] = faults(CreateWorkflow, with_parameter(**fields))
    assert (place[:2], place[2] in fields, word) == (("parameters", 0), True, "value_error")
