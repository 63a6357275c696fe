"""The JSON Schema of a workflow, held against the server's own checks by a validator that editors' ones are like."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from jsonschema_rs import Draft202012Validator, meta
from pydantic import BaseModel, Field

from app.files.workflow_schema import document
from engine.actions.installed import installed_actions
from engine.actions.transform import Transform
from models.commands.parameters import ParameterDefinition
from models.commands.retry_policy import RetryPolicy
from models.commands.validation import Command, parse
from models.commands.workflows import READ_ONLY_FIELDS, ActionDefinition, CreateWorkflow
from models.errors import InvalidInput
from resolvers.workflows.definitions import check_definition
from rest_compat.openapi_operations import GREETING

ROOT = Path(__file__).parents[3]
ACTIONS = installed_actions()
SCHEMA = json.loads((ROOT / "workflow.schema.json").read_text())
VALIDATOR = Draft202012Validator(SCHEMA)
Definition = dict[str, Any]


def documented() -> Iterator[tuple[str, Definition]]:
    """Every workflow that the project shows."""
    yield "the OpenAPI document", GREETING
    for file in (ROOT / "examples" / "workflows").glob("*.yaml"):
        yield file.name, yaml.safe_load(file.read_text())
    for file in (ROOT / "resolvers" / "workflows" / "templates").glob("*.json"):
        yield file.name, json.loads(file.read_text())["workflow"]
    for file in (ROOT / "resolvers" / "scenarios").glob("*.json"):
        for number, workflow in enumerate(json.loads(file.read_text())["workflows"]):
            yield f"{file.name} {number}", workflow


DOCUMENTED = dict(documented())

WHOLE: Definition = {
    "$schema": "./workflow.schema.json",
    "name": "Whole",
    "description": None,
    "parameters": [
        {"name": "count", "type": "integer", "default_value": 1, "allowed_values": [1, 2], "required": True},
        {"name": "list", "type": "array", "description": "x", "default_value": [], "schema": {
            "$defs": {"line": {"type": ["object", "null"], "properties": {"n": {"minimum": 1, "default": 1}}}},
            "items": {"anyOf": [{"$ref": "#/$defs/line"}, False]}, "maxItems": 3, "uniqueItems": True,
        }},
    ],
    "actions": [
        {
            "action_id": "call",
            "action_type": "service_call",
            "name": "Call",
            "config": {"service": "s", "endpoint": "/e", "method": "PUT", "parameters": {"n": "{{count}}"}},
            "timeout_seconds": 5,
            "retry": {"max_attempts": 2, "backoff": "fixed", "retry_on": ["503", 502, "5xx", "TIMEOUT"]},
            "on_error": "continue",
        },
        {"action_id": "tell", "action_type": "notification", "config": {"message": "x"}, "when": "{{count > 1}}",
         "depends_on": ["call"], "run_if": "any_failed"},
        {"action_id": "shape", "action_type": "transform", "config": {"output": None}, "when": False, "retry": None},
    ],
    "status": "draft",
    "tags": ["a"],
    "timeout_seconds": 60,
    "queue_timeout_seconds": None,
}  # fmt: skip


def server_refuses(definition: Definition) -> bool:
    try:
        workflow = parse(CreateWorkflow, definition)
        check_definition(ACTIONS, workflow)
    except InvalidInput:
        return True
    return False


def faulty_places(definition: Definition) -> set[tuple[Any, ...]]:
    return {tuple(error.instance_path) for error in VALIDATOR.iter_errors(definition)}


def test_it_is_a_schema_of_its_draft() -> None:
    meta.validate(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("name", sorted(DOCUMENTED))
def test_what_is_documented_is_valid(name: str) -> None:
    assert not server_refuses(DOCUMENTED[name])
    assert faulty_places(DOCUMENTED[name]) == set()


def test_a_workflow_that_uses_everything_is_valid_and_so_is_one_that_a_server_answered() -> None:
    answered = WHOLE | {"workflow_id": "wf_1", "version": "1.0", "warnings": [], "created_at": "2026-01-15T10:30:00Z"}
    assert set(answered) - set(WHOLE) <= READ_ONLY_FIELDS
    for definition in (WHOLE, answered):
        assert not server_refuses(definition)
        assert faulty_places(definition) == set()


Change = Callable[[Definition], object]
MISTAKES: list[tuple[tuple[Any, ...], Change]] = [
    ((), lambda w: w.pop("name")),
    ((), lambda w: w.update(nme="x")),
    (("name",), lambda w: w.update(name="")),
    (("name",), lambda w: w.update(name="  ")),
    (("status",), lambda w: w.update(status="activ")),
    (("timeout_seconds",), lambda w: w.update(timeout_seconds=0)),
    (("tags", 0), lambda w: w.update(tags=[""])),
    (("parameters", 0), lambda w: w["parameters"][0].pop("type")),
    (("parameters", 0, "name"), lambda w: w["parameters"][0].update(name="1x")),
    (("parameters", 0, "name"), lambda w: w["parameters"][0].update(name="secrets")),
    (("parameters", 0, "type"), lambda w: w["parameters"][0].update(type="text")),
    (("parameters", 0, "default_value"), lambda w: w["parameters"][0].update(default_value="1")),
    (("parameters", 0, "default_value"), lambda w: w["parameters"][0].update(default_value=True)),
    (("parameters", 0, "allowed_values", 1), lambda w: w["parameters"][0].update(allowed_values=[1, "2"])),
    (("parameters", 0, "minimum"), lambda w: w["parameters"][0].update(minimum=1.5)),
    (("parameters", 0, "minimum"), lambda w: w["parameters"][0].update(minimum="1")),
    (("parameters", 0, "pattern"), lambda w: w["parameters"][0].update(pattern="^[0-9]+$")),
    (("parameters", 0, "multiline"), lambda w: w["parameters"][0].update(multiline=True)),
    (("parameters", 0, "format"), lambda w: w["parameters"][0].update(type="string", format="mail")),
    (("parameters", 0, "minimum"), lambda w: w["parameters"][0].update(type="string", minimum=1)),
    (("parameters", 0, "max_length"), lambda w: w["parameters"][0].update(type="string", max_length=-1)),
    (
        ("parameters", 0, "multiline"),
        lambda w: w["parameters"][0].update(type="string", secret_hint=True, multiline=True),
    ),
    (("parameters", 0, "schema"), lambda w: w["parameters"][0].update(schema={})),
    *(
        (("parameters", 1, "schema"), lambda w, wrong=wrong: w["parameters"][1].update(schema=wrong))
        for wrong in (True, {"minLenght": 1}, {"properties": {"a": {"type": "int"}}}, {"$ref": "#"}, {"anyOf": []})
    ),
    (("actions", 0, "action_id"), lambda w: w["actions"][0].update(action_id="actions")),
    (("actions", 0, "action_type"), lambda w: w["actions"][0].update(action_type="service_cal")),
    (("actions", 0), lambda w: w["actions"][0].pop("config")),
    (("actions", 0, "config"), lambda w: w["actions"][0]["config"].pop("endpoint")),
    (("actions", 0, "config"), lambda w: w["actions"][0]["config"].update(message="x")),
    (("actions", 0, "config", "method"), lambda w: w["actions"][0]["config"].update(method="FETCH")),
    (("actions", 0, "config", "headers", "X"), lambda w: w["actions"][0]["config"].update(headers={"X": 1})),
    (("actions", 0, "retry"), lambda w: w["actions"][0].update(retry={"max_attempts": 0})),
    (("actions", 0, "retry"), lambda w: w["actions"][0].update(retry={"retry_on": ["600"]})),
    (("actions", 0, "retry"), lambda w: w["actions"][0].update(retry={"retry_on": [600]})),
    (("actions", 0, "on_error"), lambda w: w["actions"][0].update(on_error="ignore")),
    (("actions", 1, "config"), lambda w: w["actions"][1].update(config={"service": "s", "endpoint": "/e"})),
    (("actions", 1, "config", "message"), lambda w: w["actions"][1].update(config={"message": 1})),
    (("actions", 1, "when"), lambda w: w["actions"][1].update(when="always")),
    (("actions", 1, "run_if"), lambda w: w["actions"][1].update(run_if="sometimes")),
    (("actions", 1), lambda w: w["actions"][1].pop("depends_on")),
    (("actions", 1, "depends_on"), lambda w: w["actions"][1].update(depends_on=[])),
    (("actions", 2, "config"), lambda w: w["actions"][2].update(config={})),
]


@pytest.mark.parametrize(("place", "change"), MISTAKES, ids=[f"{n}" for n in range(len(MISTAKES))])
def test_a_mistake_is_found_where_it_is_and_the_server_refuses_it_too(place: tuple[Any, ...], change: Change) -> None:
    definition = copy.deepcopy(WHOLE)
    change(definition)
    assert server_refuses(definition)
    assert place in faulty_places(definition)


# --- made of what there is -----------------------------------------------------------------------


def test_every_field_of_the_commands_is_in_it() -> None:
    definitions = SCHEMA["$defs"]
    for model, schema in (
        (CreateWorkflow, SCHEMA),
        (ParameterDefinition, definitions["ParameterDefinition"]),
        (ActionDefinition, definitions["ActionDefinition"]),
        (RetryPolicy, definitions["RetryPolicy"]),
    ):
        fields = {info.alias or name for name, info in model.model_fields.items()}
        assert fields == schema["properties"].keys() - READ_ONLY_FIELDS - {"$schema"}
    configs = {name.removeprefix("config.") for name in definitions if name.startswith("config.")}
    assert configs >= ACTIONS.keys()
    for action_type, action in ACTIONS.items():
        assert action.config_model.model_fields.keys() == definitions[f"config.{action_type}"]["properties"].keys()


def objects() -> Iterator[tuple[str, Definition]]:
    yield "", SCHEMA
    yield from ((name, schema) for name, schema in SCHEMA["$defs"].items() if "properties" in schema)


@pytest.mark.parametrize(("name", "schema"), list(objects()))
def test_every_field_says_what_it_is_and_shows_only_what_is_valid(name: str, schema: Definition) -> None:
    assert schema["description"]
    for field, value in schema["properties"].items():
        assert value.get("description"), f"describe {name}.{field}: Field(description=...), or its input of GraphQL"
        validator = Draft202012Validator({**value, "$defs": SCHEMA["$defs"]})
        for example in value.get("examples", ()):
            assert list(validator.iter_errors(example)) == [], (name, field)


def test_words_that_editors_show_are_spelled_as_in_files() -> None:
    text = json.dumps(SCHEMA)
    for spelled in ("dependsOn", "onError", "Default: FAIL", "EXPONENTIAL", "(decision"):
        assert spelled not in text
    assert SCHEMA["$defs"]["ErrorPolicy"]["enumDescriptions"][0] == "The execution fails."


class Inner(BaseModel):
    depth: int


class AskConfig(Command):
    """Who is asked."""

    role: Literal["boss"] = Field(description="Who.")
    inner: Inner | None = None


class Ask(Transform):
    action_type = "ask/{a} ~person"
    config_model = AskConfig  # type: ignore[assignment]  # a plug-in has a model of its own


def test_a_plug_in_s_action_type_is_in_it_by_itself() -> None:
    schema = document({**ACTIONS, Ask.action_type: Ask()})
    meta.validate(schema)
    validator = Draft202012Validator(schema)

    def places(config: Definition) -> list[list[Any]]:
        action = {"action_id": "a", "action_type": Ask.action_type, "config": config}
        return [list(error.instance_path) for error in validator.iter_errors({"name": "x", "actions": [action]})]

    assert places({"role": "boss", "inner": {"depth": 1}}) == []
    assert places({"role": "clerk"}) == [["actions", 0, "config", "role"]]
    assert places({"role": "boss", "inner": {"depth": "x"}}) == [["actions", 0, "config", "inner"]]
    assert places({}) == [["actions", 0, "config"]]
