"""The OpenAPI document says what validators take and generators of clients understand: a walk over all its schemas."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from models.commands.validation import parse
from rest_compat.openapi import document
from rest_compat.openapi_operations import OPERATIONS, Operation

Schema = dict[str, Any]
Place = tuple[str, ...]

NULL = {"type": "null"}
UNIONS = ("anyOf", "oneOf")
EXAMPLES = ("example", "examples", "links")


def roots(node: Any, place: Place = ()) -> Iterator[tuple[Place, Schema]]:
    """Every schema of the document that is within no other one."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "schema" or place == ("components", "schemas"):
                yield (*place, key), value
            elif key not in EXAMPLES:
                yield from roots(value, (*place, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from roots(value, (*place, str(number)))


def parts(place: Place, schema: Schema) -> Iterator[tuple[Place, Schema]]:
    """A schema and all that are within it, but for what it refers to."""
    yield place, schema
    for word in ("properties", "$defs"):
        for name, value in schema.get(word, {}).items():
            yield from parts((*place, name), value)
    for word in (*UNIONS, "allOf", "prefixItems"):
        for number, value in enumerate(schema.get(word, ())):
            yield from parts((*place, word, str(number)), value)
    for word in ("items", "additionalProperties", "propertyNames", "not"):
        if isinstance(schema.get(word), dict):
            yield from parts((*place, word), schema[word])


def reached(api: Schema, node: Any, known: set[str]) -> Iterator[tuple[Place, Schema]]:
    """All schemas that a part of the document leads to."""
    for place, root in roots(node):
        for inner, schema in parts(place, root):
            yield inner, schema
            name = schema.get("$ref", "").rpartition("/")[2]
            if name and name not in known:
                known.add(name)
                yield from reached(api, {"components": {"schemas": {name: api["components"]["schemas"][name]}}}, known)


def choices(schema: Schema) -> list[Schema]:
    """What a value may be, null aside, where there is a choice."""
    found = [choice for word in UNIONS for choice in schema.get(word, ()) if choice != NULL]
    return found if len(found) > 1 else []


def types(schema: Schema) -> list[str]:
    """The types that a schema names."""
    named = schema.get("type", [])
    return [named] if isinstance(named, str) else named


def faults_of(api: Schema, schema: Schema) -> Iterator[str]:
    """What generators make nothing of, or something wrong."""
    named = types(schema)
    if "array" in named and not {"items", "prefixItems"} & schema.keys():
        yield "an array of nothing"
    if "object" in named and not {"properties", "additionalProperties"} & schema.keys():
        yield "an object that could hold nothing"
    if len(set(named) - {"null"}) > 1:
        yield "several types in one: make them an anyOf"
    if not {*schema.get("required", ())} <= schema.get("properties", {}).keys() or schema.get("required") == []:
        yield "requires what it does not have"
    if "title" in schema:
        yield "a title, by which generators name types"
    for choice in choices(schema):
        known: set[str] = set()
        within = list(reached(api, {"schema": choice}, known))
        if any(choices(inner) for _, inner in within):
            yield "a choice within a choice: clients in Python cannot read it"
        if "oneOf" in schema and choice.get("items") == {}:
            yield "a oneOf with a list of anything: clients in TypeScript send nothing of it"


def faults(api: Schema) -> list[str]:
    """Each fault of the document, with its place."""
    found = []
    for root_place, root in roots(api):
        for place, schema in parts(root_place, root):
            found += [f"{'/'.join(place)}: {fault}" for fault in faults_of(api, schema)]
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            for place, schema in reached(api, operation.get("requestBody", {}), set()):
                if "default" in schema:
                    found.append(f"{method} {path} {'/'.join(place)}: a default, for which generators demand the field")
    return found


def test_the_document_is_valid_with_all_of_its_defaults() -> None:
    # It makes forty parsers first: a second of each process that collects the tests, of which one needs it.
    from openapi_spec_validator import OpenAPIV31SpecValidator, validate

    validate(copy.deepcopy(document()), cls=OpenAPIV31SpecValidator)


def test_every_schema_says_what_generators_understand() -> None:
    assert faults(document()) == []


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "array"}, "an array of nothing"),
        ({"type": ["array", "null"]}, "an array of nothing"),
        ({"anyOf": [{"type": "array"}, NULL]}, "an array of nothing"),
        ({"type": "array", "items": {"type": "object"}}, "an object that could hold nothing"),
        ({"type": ["string", "integer", "null"]}, "several types in one"),
        ({"type": "string", "default": None}, "a default"),
        ({"type": "string", "default": "x"}, "a default"),
        ({"type": "string", "title": "Name"}, "a title"),
        ({"type": "object", "properties": {}, "required": []}, "requires what it does not have"),
        ({"type": "object", "properties": {}, "required": ["a"]}, "requires what it does not have"),
        ({"oneOf": [{"$ref": "#/components/schemas/Error"}, {"type": "string"}]}, "a choice within a choice"),
        ({"oneOf": [{"type": "array", "items": {}}, {"type": "string"}]}, "a list of anything"),
    ],
)
def test_a_schema_that_generators_stumble_over_is_told(schema: Schema, said: str) -> None:
    api = copy.deepcopy(document())
    api["components"]["schemas"]["RetryPolicy"]["properties"]["new"] = schema
    assert any("RetryPolicy" in fault and said in fault for fault in faults(api))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_an_operation_has_examples_of_all_that_it_needs(operation: Operation) -> None:
    for parameter in operation.parameters:
        assert "example" in parameter or not (parameter["required"] or parameter["in"] == "header"), parameter["name"]
    if operation.takes is not None:
        parse(operation.takes, operation.takes_example)
