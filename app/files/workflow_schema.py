"""The JSON Schema of a workflow (draft 2020-12), made of the commands and the installed action types:
`python -m app.files.workflow_schema FILE`.
"""

import argparse
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from app.files.schema_of_schemas import NAME, schema_of_schemas, use_it
from app.files.workflow_schema_texts import JsonSchema, describe, describe_words
from engine.actions.installed import installed_actions
from engine.actions.objects import WHOLE_EXPRESSION
from engine.actions.registry import ActionRegistry
from engine.expressions.filters.catalogue import FILTERS
from models.commands.constraints import TYPES
from models.commands.parameters import RESERVED_NAMES
from models.commands.retry_policy import STATUS_WORD
from models.commands.validation import PATTERNS
from models.commands.workflows import READ_ONLY_FIELDS, SCHEMA_FIELD, CreateWorkflow
from models.words import ActionErrorCode, ParameterType
from rest_compat.openapi_operations import GREETING

DRAFT = "https://json-schema.org/draft/2020-12/schema"
DEFINITIONS = "#/$defs/"


def document(actions: ActionRegistry) -> JsonSchema:
    """The schema. It takes what can be saved, but for what only the whole of a graph and its expressions tells."""
    workflow = CreateWorkflow.model_json_schema()
    definitions: JsonSchema = workflow.pop("$defs")
    models = {"CreateWorkflow": workflow} | definitions
    for name, model in models.items():
        _describe(name, model)
    _add_configs(definitions, actions)
    _add_rules(workflow, definitions)
    for model in (workflow, *definitions.values()):
        _tidy(model)
    workflow["properties"][SCHEMA_FIELD] = {"type": "string", "description": "The address of this schema, for editors."}
    for name in sorted(READ_ONLY_FIELDS):
        workflow["properties"][name] = {"description": "What an answer adds: it is ignored.", "readOnly": True}
    definitions["Filter"] = _filters()
    definitions[NAME] = schema_of_schemas()
    for name, model in definitions.items():
        if name.endswith("ParameterDefinition"):
            use_it(model)
    head = {"$schema": DRAFT, "title": "Orchestrator workflow"}
    return {**head, **workflow, "examples": [GREETING], "$defs": dict(sorted(definitions.items()))}


def _filters() -> JsonSchema:
    """What texts with expressions in them may use: no schema holds them to that, but editors complete it."""
    about = "A filter of an expression, as in `{{name | upper}}`."
    return {
        "description": about,
        "oneOf": [{"const": name, "description": each.about} for name, each in FILTERS.items()],
    }


def _describe(name: str, model: JsonSchema) -> None:
    if "enum" in model:
        describe_words(name, model)
    else:
        describe(name, model)


def _add_configs(definitions: JsonSchema, actions: ActionRegistry) -> None:
    """The `config` of an action is that of its type; a type that is not installed is refused."""
    action = definitions["ActionDefinition"]
    action["properties"]["action_type"]["enum"] = sorted(actions)
    rules = action.setdefault("allOf", [])
    for action_type, known in sorted(actions.items()):
        name = f"config.{action_type}"
        model = known.config_model.model_json_schema(ref_template=_pointer(f"{name}.") + "{model}")
        for part, inner in model.pop("$defs", {}).items():
            _describe(part, inner)
            definitions[f"{name}.{part}"] = inner
        definitions[name] = model
        then: JsonSchema = {"properties": {"config": {"$ref": _pointer(name)}}}
        if model.get("required"):
            then["required"] = ["config"]
        rules.append({"if": _has("action_type", {"const": action_type}), "then": then})


def _pointer(name: str) -> str:
    """What leads to a definition, of whose name plug-ins choose a part."""
    return DEFINITIONS + quote(name.replace("~", "~0").replace("/", "~1"), safe="")


def _add_rules(workflow: JsonSchema, definitions: JsonSchema) -> None:
    """What the commands check beside the fields' types."""
    workflow["properties"]["name"]["pattern"] = r"\S"
    action, parameter = definitions["ActionDefinition"], definitions["ParameterDefinition"]
    for named in (action["properties"]["action_id"], parameter["properties"]["name"]):
        named["not"] = {"enum": sorted(RESERVED_NAMES)}
    whole = (action["properties"]["when"], definitions["ForEach"]["properties"]["in"])
    for condition in (condition for field in whole for condition in field["anyOf"]):
        if condition.get("type") == "string":
            condition["pattern"] = WHOLE_EXPRESSION
    definitions["Repeat"]["properties"]["until"]["pattern"] = WHOLE_EXPRESSION
    action["allOf"].append(
        {
            "if": _has("run_if", {"type": "string"}),
            "then": _has("depends_on", {"minItems": 1}),
        }
    )
    parameter["allOf"] = [
        {"if": _has("type", {"const": word.value}), "then": {"properties": _properties_of(word)}}
        for word in ParameterType
    ]
    parameter["allOf"].append(
        {"if": _has("secret_hint", {"const": True}), "then": {"properties": {"multiline": {"const": False}}}}
    )
    retry = definitions["RetryPolicy"]["properties"]
    word = {
        "type": ["string", "integer"],
        "anyOf": [
            {"enum": list(ActionErrorCode)},
            {"type": "string", "pattern": f"^(?:{STATUS_WORD.pattern})$"},
            {"type": "integer", "minimum": 100, "maximum": 599},
        ],
    }
    retry["never_retry_on"]["items"] |= word
    retry["retry_on"]["anyOf"][0]["items"] |= word


def _properties_of(kind: ParameterType) -> JsonSchema:
    """What a parameter of a type may say: values of that type, and the constraints that are for it."""
    properties: JsonSchema = {
        "default_value": {"type": [kind.value, "null"]},
        "allowed_values": {"items": {"type": kind.value}},
    }
    for name, kinds in TYPES.items():
        if kind not in kinds:
            properties[name] = {"enum": [None, False]}
        elif kind is ParameterType.INTEGER:
            properties[name] = {"type": ["integer", "null"]}
    return properties


def _has(field: str, schema: JsonSchema) -> JsonSchema:
    return {"properties": {field: schema}, "required": [field]}


def _tidy(model: JsonSchema) -> None:
    """Take away what only repeats names and nulls, and say in words what a pattern means."""
    model.pop("title", None)
    for part in _parts(model):
        if part.get("default", 0) is None:
            del part["default"]
        if isinstance(part.get("title"), str):
            del part["title"]
        if part.get("pattern") in PATTERNS:
            part["patternErrorMessage"] = PATTERNS[part["pattern"]]


def _parts(model: JsonSchema) -> Iterator[JsonSchema]:
    """Every schema below a model, none of the values that it only tells of."""
    for key, value in model.items():
        if key == "properties":
            children = list(value.values())
        elif key in ("anyOf", "allOf", "oneOf"):
            children = value
        elif key in ("items", "additionalProperties", "if", "then") and isinstance(value, dict):
            children = [value]
        else:
            continue
        for child in children:
            yield child
            yield from _parts(child)


@cache
def encoded() -> bytes:
    """The schema with every installed action type, as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(document(installed_actions())), indent=2) + b"\n"


def main() -> None:
    """Write the file, or with `--check` exit with 1 where it differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--check", action="store_true")
    arguments: Any = parser.parse_args()
    if not arguments.check:
        arguments.file.write_bytes(encoded())
    elif not arguments.file.exists() or arguments.file.read_bytes() != encoded():
        sys.exit(f"{arguments.file} does not describe workflows any more: look at the difference, then 'make schema'")


if __name__ == "__main__":
    main()
