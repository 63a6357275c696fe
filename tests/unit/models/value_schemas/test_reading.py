"""What no schema may be, told with the path to it and what to write, before anything of it is saved."""

from typing import Any

import pytest

from models.commands.parameters import ParameterDefinition
from models.commands.validation import parse
from models.commands.value_schemas.reading import MAX_PATTERNS, MAX_VALUES, patterns_of, schema_faults
from models.commands.value_schemas.vocabulary import DRAFT, FORMS, INSTEAD, OF_TYPES
from models.errors import InvalidInput
from models.words import ParameterType

ORDER: dict[str, Any] = {
    "$schema": DRAFT,
    "$defs": {
        "line": {
            "type": "object",
            "properties": {
                "sku": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{4}$"},
                "pieces": {"type": "integer", "minimum": 1, "default": 1},
                "parts": {"type": "array", "items": {"$ref": "#/$defs/line"}},
            },
            "required": ["sku"],
            "additionalProperties": False,
        }
    },
    "type": "object",
    "title": "An order",
    "properties": {"lines": {"type": "array", "items": {"$ref": "#/$defs/line"}, "minItems": 1, "uniqueItems": True}},
    "required": ["lines"],
}


def told(schema: dict[str, Any], kind: ParameterType = ParameterType.OBJECT) -> list[tuple[str, str]]:
    return [(".".join(map(str, path)), message) for path, message in schema_faults(schema, kind)]


def test_what_orders_look_like_may_be_said_and_a_definition_may_come_again_in_what_is_in_it() -> None:
    assert told(ORDER) == []


@pytest.mark.parametrize(
    ("schema", "path", "message"),
    [
        ({"properties": {"a": {"minLenght": 1}}}, "properties.a.minLenght", "did you mean 'minLength'?"),
        ({"definitions": {}}, "definitions", "write $defs"),
        ({"properties": {"a": {"nullable": True}}}, "properties.a.nullable", 'write type: [string, "null"]'),
        ({"not": {}}, "not", "say what may be"),
        ({"if": {}}, "if", "write oneOf"),
        ({"x": 1}, "x", "known are $schema, $defs, $ref, type"),
        ({"type": "text"}, "type", "'text' is no type (known are object, array"),
        ({"properties": {"a": {"type": "int"}}}, "properties.a.type", "did you mean 'integer'?"),
        ({"type": []}, "type", "must be a type, or a list of types"),
        ({"type": ["object", "object"]}, "type", "must be a type, or a list of types"),
        ({"type": "array"}, "type", "the parameter is of type object"),
        ({"type": ["string", "null"]}, "type", "the parameter is of type object"),
        ({"properties": [{"name": "a"}]}, "properties", "an object whose values are schemas"),
        ({"properties": {"a": "string"}}, "properties.a", "must be a schema, such as {type: string}"),
        ({"required": ["a", 1]}, "required", "a list of texts that differ"),
        ({"required": ["a", "a"]}, "required", "a list of texts that differ"),
        ({"required": True}, "required", "a list of texts that differ"),
        ({"additionalProperties": 0}, "additionalProperties", "must be a schema"),
        ({"properties": {"a": {"enum": []}}}, "properties.a.enum", "must be a list of values"),
        ({"properties": {"a": {"minimum": "1"}}}, "properties.a.minimum", "must be a number"),
        ({"properties": {"a": {"minimum": True}}}, "properties.a.minimum", "must be a number"),
        ({"properties": {"a": {"multipleOf": 0}}}, "properties.a.multipleOf", "a number above 0"),
        ({"properties": {"a": {"minLength": -1}}}, "properties.a.minLength", "an integer from 0 to"),
        ({"properties": {"a": {"maxItems": 1.5}}}, "properties.a.maxItems", "an integer from 0 to"),
        ({"properties": {"a": {"uniqueItems": 1}}}, "properties.a.uniqueItems", "true or false"),
        ({"properties": {"a": {"title": 1}}}, "properties.a.title", "must be a text"),
        ({"properties": {"a": {"pattern": "(?=a)"}}}, "properties.a.pattern", "there is no look-around"),
        ({"properties": {"a": {"pattern": "a" * 501}}}, "properties.a.pattern", "of 1 to 500 characters"),
        ({"properties": {"a": {"format": "ipv4"}}}, "properties.a.format", "must be one of date, date-time, email"),
        ({"properties": {"a": {"type": "integer", "minLength": 1}}}, "properties.a.minLength", "it is for string"),
        ({"anyOf": []}, "anyOf", "must have 1 to 20 schemas"),
        ({"oneOf": [{}] * 21}, "oneOf", "must have 1 to 20 schemas"),
        ({"anyOf": {}}, "anyOf", "must be a list of schemas"),
        ({"anyOf": [{"a": 1}]}, "anyOf.0.a", "no word that schemas may say here"),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, "$schema", f"must be {DRAFT}"),
        ({"properties": {"a": {"$defs": {}}}}, "properties.a.$defs", "stands at the top of the schema alone"),
        ({"$ref": "https://example.org/a.json"}, "$ref", "nothing outside is read"),
        ({"$ref": "#"}, "$ref", "there are none"),
        ({"$ref": "#/$defs/b", "$defs": {"a": {}}}, "$ref", "there are a"),
        ({"$ref": "#/$defs/a/b", "$defs": {"a/b": {}}}, "$ref", "of letters, digits"),
        ({"$defs": {"a": {"$ref": "#/$defs/a"}}}, "$defs.a", "leads to itself (a -> a): step into the value"),
        (
            {"$defs": {"c": {"$ref": "#/$defs/a"}, "a": {"anyOf": [{"$ref": "#/$defs/b"}]},
                       "b": {"allOf": [{}, {"$ref": "#/$defs/a"}]}}},
            "$defs.a", "leads to itself (a -> b -> a)",
        ),
    ],
)  # fmt: skip
def test_what_it_does_not_know_is_refused_where_it_stands(schema: dict[str, Any], path: str, message: str) -> None:
    [(where, what)] = told(schema)
    assert (where, message in what) == (path, True), (where, what)


def test_all_faults_are_told_at_once() -> None:
    wrong = {"properties": {"a": {"minLenght": 1}, "b": {"type": "int"}}, "anyOf": [], "type": "array"}
    assert [path for path, _ in told(wrong)] == [
        "properties", "anyOf", "properties.a.minLenght", "properties.b.type", "type",
    ]  # fmt: skip


def test_it_is_bounded_before_it_is_looked_into() -> None:
    assert told({"enum": list(range(MAX_VALUES))})[0][1].startswith("has more than 1000 values")
    deep: dict[str, Any] = {}
    for _ in range(21):
        deep = {"items": {"items": deep}}
    assert told(deep)[0][1].startswith("nested more than 40 levels deep")
    assert told({"description": "a" * 33_000})[0][1].endswith("at most 32768: shorten its texts")
    many = {f"p{number}": {"pattern": f"^{number}$"} for number in range(MAX_PATTERNS + 1)}
    assert told({"properties": many}) == [("", "has more than 50 patterns: say enum or format where that does")]
    assert patterns_of({"properties": many}) == MAX_PATTERNS + 1
    assert patterns_of(None) == 0


def test_each_word_is_of_one_kind_alone() -> None:
    assert not INSTEAD.keys() & FORMS.keys()
    assert OF_TYPES.keys() <= FORMS.keys()


def test_a_parameter_tells_them_with_their_paths() -> None:
    sent = {"name": "order", "type": "object", "schema": {"properties": {"a": {"type": "int"}}, "not": {}}}
    with pytest.raises(InvalidInput) as refused:
        parse(ParameterDefinition, sent)
    assert [(fault.loc, fault.type) for fault in refused.value.faults] == [
        (("body", "schema", "not"), "value_error"),
        (("body", "schema", "properties", "a", "type"), "value_error"),
    ]


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"type": "string", "schema": {}}, "is for object and array alone: of string there can be min_length"),
        ({"type": "object", "schema": []}, "must be a JSON object"),
        ({"type": "object", "schema": {"required": ["a"]}, "default_value": {}}, "default_value at a: field required"),
        (
            {"type": "array", "schema": {"items": {"type": "string"}}, "allowed_values": [["a"], [1]]},
            "allowed_values holds [1], which at 0: must be a JSON string",
        ),
    ],
)
def test_it_is_for_what_has_something_in_it_and_its_own_values_meet_it(sent: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse(ParameterDefinition, {"name": "p", **sent})
    [fault] = refused.value.faults
    assert message in fault.msg
