"""What values are held to by a schema: as the reference says, told with the way into the value, and never for long."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from jsonschema import Draft202012Validator

from models.commands.patterns import MOST_STEPS, PatternWork
from models.commands.validation import MAX_DEPTH
from models.commands.value_schemas.checking import STEPS_OF_A_VISIT, unmet_by_schema
from models.commands.value_schemas.reading import schema_faults
from models.words import ParameterType
from tests.unit.models.value_schemas.test_reading import ORDER

SHAPES: dict[str, Any] = {
    "oneOf": [
        {"type": "object", "properties": {"kind": {"const": "circle"}, "r": {"type": "number"}}, "required": ["r"]},
        {"type": "object", "properties": {"kind": {"const": "square"}, "a": {"type": "number"}}, "required": ["a"]},
    ]
}


def told(schema: dict[str, Any], value: Any) -> list[tuple[str, str, str]]:
    found = unmet_by_schema(schema, value, PatternWork())
    return [(".".join(map(str, path)), message, word) for path, message, word in found]


@pytest.mark.parametrize(
    ("schema", "value", "path", "message", "word"),
    [
        (ORDER, {"lines": [{"pieces": 1}]}, "lines.0.sku", "field required", "value_error.missing"),
        (ORDER, {}, "lines", "field required", "value_error.missing"),
        (ORDER, {"lines": []}, "lines", "must have at least 1 entry", "value_error.list.min_items"),
        (ORDER, {"lines": {}}, "lines", "must be a JSON array", "type_error.array"),
        (
            ORDER, {"lines": [{"sku": "x"}]}, "lines.0.sku",
            "must match the pattern ^[A-Z]{2}-[0-9]{4}$", "value_error.str.regex",
        ),
        (
            ORDER, {"lines": [{"sku": "AB-1234", "piece": 1}]}, "lines.0.piece",
            "there is no such property (did you mean 'pieces'?)", "value_error.extra",
        ),
        (
            ORDER, {"lines": [{"sku": "AB-1234", "parts": [{"sku": "AB-1234", "pieces": 0}]}]},
            "lines.0.parts.0.pieces", "must be at least 1", "value_error.number.not_ge",
        ),
        (
            ORDER, {"lines": [{"sku": "AB-1234"}, {"sku": "CD-1234"}, {"sku": "AB-1234"}]}, "lines.2",
            "is the same as the entry at 0, and each must be another", "value_error.list.unique_items",
        ),
        ({"type": ["string", "null"]}, 1, "", "must be one of string, null, in JSON", "type_error"),
        ({"type": "null"}, 1, "", "must be null", "type_error.null"),
        ({"type": "integer"}, True, "", "must be a JSON integer", "type_error.integer"),
        ({"type": ["number"]}, "1", "", "must be a JSON number", "type_error.number"),
        ({"enum": ["a", 1]}, True, "", "must be one of: a, 1", "value_error.const"),
        ({"const": {"a": [1]}}, {"a": [True]}, "", 'must be {"a": [1]}', "value_error.const"),
        ({"enum": [0] * 40}, 40, "", f"must be one of: {'0, ' * 30}...", "value_error.const"),
        ({"maximum": 5}, 5.5, "", "must be at most 5", "value_error.number.not_le"),
        ({"exclusiveMinimum": 5}, 5, "", "must be more than 5", "value_error.number.not_gt"),
        ({"exclusiveMaximum": 5}, 5, "", "must be less than 5", "value_error.number.not_lt"),
        ({"multipleOf": 0.01}, 19.995, "", "must be a multiple of 0.01", "value_error.number.not_multiple"),
        ({"minLength": 2}, "é", "", "must have at least 2 characters", "value_error.any_str.min_length"),
        ({"maxLength": 1}, "ab", "", "must have at most 1 character", "value_error.any_str.max_length"),
        ({"format": "date"}, "1.2.2026", "", "must be a date, such as 2026-02-28", "value_error.date"),
        ({"maxItems": 0}, [1], "", "must have at most 0 entries", "value_error.list.max_items"),
        ({"minProperties": 1}, {}, "", "must have at least 1 property", "value_error.object.min_properties"),
        ({"maxProperties": 0}, {"a": 1}, "", "must have at most 0 properties", "value_error.object.max_properties"),
        ({"prefixItems": [True], "items": False}, [1, 2], "1", "must be left out", "value_error.extra"),
        ({"additionalProperties": {"type": "string"}}, {"a": 1}, "a", "must be a JSON string", "type_error.string"),
        ({"allOf": [{"minimum": 1}, {"maximum": 5}]}, 6, "", "must be at most 5", "value_error.number.not_le"),
        ({"anyOf": [{"type": "null"}, ORDER["$defs"]["line"]]}, {}, "sku", "field required", "value_error.missing"),
        (SHAPES, {"kind": "square", "r": 1}, "a", "field required", "value_error.missing"),
        (
            {"anyOf": [{"type": "string"}, {"type": "integer"}]}, 1.5, "",
            "does none of what it may: must be a JSON string; must be a JSON integer", "value_error.any_of",
        ),
        (
            {"oneOf": [{"type": "integer"}, {"minimum": 1}]}, 2, "",
            "meets 2 of the schemas of oneOf (0, 1), and must meet one of them alone", "value_error.one_of",
        ),
    ],
)  # fmt: skip
def test_what_is_unmet_is_told_where_it_is(
    schema: dict[str, Any], value: Any, path: str, message: str, word: str
) -> None:
    assert told(schema, value) == [(path, message, word)]


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (ORDER, {"lines": [{"sku": "AB-1234", "pieces": 2.0}], "note": None}),
        (SHAPES, {"kind": "square", "a": 1}),
        ({"multipleOf": 0.01}, 19.99),
        ({"multipleOf": 2}, 10**400),
        ({"multipleOf": 1e-300}, 1e308),
        ({"uniqueItems": True}, [1, True, "1", [1], {"a": 1, "b": 2}, {"a": 2, "b": 1}, 0, False]),
        ({"uniqueItems": False}, [1, 1]),
        ({"minLength": 1}, 5),
        ({"required": ["a"]}, []),
    ],
)
def test_what_meets_it_has_nothing_to_be_told(schema: dict[str, Any], value: Any) -> None:
    assert told(schema, value) == []


SCALARS = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(-3, 3),
    some.sampled_from([0.5, 1.0, -2.0]),
    some.sampled_from(["", "a", "ab"]),
)
NAMES = some.sampled_from(["a", "b", "c"])
VALUES = some.recursive(
    SCALARS,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
SMALL = some.integers(0, 3)
TYPES = some.sampled_from(["object", "array", "string", "integer", "number", "boolean", "null"])


def _schemas(inner: some.SearchStrategy[Any]) -> some.SearchStrategy[Any]:
    several = some.lists(inner, min_size=1, max_size=3)
    named = some.dictionaries(NAMES, inner, max_size=3)
    return some.fixed_dictionaries(
        {},
        optional={
            "type": TYPES | some.lists(TYPES, min_size=1, max_size=3, unique=True),
            "enum": some.lists(VALUES, min_size=1, max_size=3),
            "const": VALUES,
            "properties": named,
            "required": some.lists(NAMES, max_size=2, unique=True),
            "additionalProperties": inner,
            "minProperties": SMALL,
            "maxProperties": SMALL,
            "prefixItems": several,
            "items": inner,
            "minItems": SMALL,
            "maxItems": SMALL,
            "uniqueItems": some.booleans(),
            "minimum": some.integers(-2, 2),
            "exclusiveMaximum": some.integers(-2, 2),
            "multipleOf": some.sampled_from([1, 2, 0.5]),
            "minLength": SMALL,
            "maxLength": SMALL,
            "pattern": some.sampled_from(["^a", "b$", "."]),
            "anyOf": several,
            "oneOf": several,
            "allOf": several,
            "$ref": some.sampled_from(["#/$defs/one", "#/$defs/two"]),
        },
    )


SCHEMAS = some.recursive(some.booleans() | _schemas(some.just(True)), _schemas, max_leaves=5)


@settings(deadline=None)
@given(some.dictionaries(NAMES, SCHEMAS), SCHEMAS, SCHEMAS, VALUES)
def test_it_takes_what_the_reference_takes(properties: Any, one: Any, two: Any, value: Any) -> None:
    schema = {"$defs": {"one": one, "two": two}, "properties": properties, "items": {"$ref": "#/$defs/one"}}
    if any("leads to itself" in fault.message for fault in schema_faults(schema, ParameterType.OBJECT)):
        return
    found = told(schema, value)
    assert (not found) == Draft202012Validator(schema).is_valid(value), (found, schema, value)


def _doubling(last: dict[str, Any]) -> dict[str, Any]:
    """Two to the power of seventeen ways to the last schema."""
    named = {f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(17)}
    return {"$ref": "#/$defs/d0", "$defs": named | {"d17": last}}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (_doubling({"type": "string"}), {}),
        (_doubling({"uniqueItems": True, "maxItems": 1}), ["x" * 200_000, 1]),
        (_doubling({"maxLength": 1, "format": "uri"}), "x" * 1_000_000),
        (_doubling({"enum": list(range(800))}), 900),
        (_doubling({"multipleOf": 7}), 10**300 + 1),
        ({"items": {"type": "integer"}}, [1] * 60_000),
        ({"items": {"pattern": "^a"}}, ["a"] * 20_000),
        ({"uniqueItems": True}, list(range(200_000))),
        ({"additionalProperties": {"anyOf": [{"type": "string"}, True]}}, {str(n): n for n in range(30_000)}),
    ],
)
def test_nothing_is_looked_at_for_longer_than_the_values_of_an_execution_may_take(
    schema: dict[str, Any], value: Any
) -> None:
    [one] = unmet_by_schema(schema, value, PatternWork())
    assert (one.path, one.word) == ((), "value_error.too_large")


def test_the_deepest_value_that_arrives_is_looked_into_and_what_is_deeper_is_told() -> None:
    tree = {"$defs": {"tree": {"type": "object", "properties": {"below": {"$ref": "#/$defs/tree"}}, "required": ["n"]}}}
    value: dict[str, Any] = {}
    for _ in range(MAX_DEPTH - 2):
        value = {"n": 1, "below": value}
    [(path, message, _)] = told({**tree, "$ref": "#/$defs/tree"}, value)
    assert (path, message) == (".".join(["below"] * (MAX_DEPTH - 2) + ["n"]), "field required")
    around = {"$defs": {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}]} for n in range(150)} | {"d150": True}}
    assert told({**around, "$ref": "#/$defs/d0"}, 1)[0][2] == "value_error.too_large"


def test_of_very_many_faults_as_many_are_told_as_somebody_reads() -> None:
    found = told({"items": {"type": "string"}}, [1] * 10_000)
    assert len(found) == 101
    assert len(told({"additionalProperties": False}, {str(n): n for n in range(10_000)})) == 101


def test_what_a_visit_costs_leaves_room_for_an_order_of_thousands_of_lines() -> None:
    assert MOST_STEPS // STEPS_OF_A_VISIT >= 50_000
    assert told({"items": {"properties": {"n": {"minimum": 0}}}}, [{"n": 1}] * 10_000) == []


@pytest.mark.parametrize("large", ["x" * 30_000, ["x" * 30_000], list(range(300))])
@pytest.mark.parametrize("word", ["anyOf", "oneOf"])
def test_a_message_of_schemas_within_schemas_grows_no_longer_at_each_level(word: str, large: Any) -> None:
    schemas: dict[str, Any] = {f"d{level}": {word: [{"$ref": f"#/$defs/d{level + 1}"}] * 5} for level in range(3)}
    schema = {"$defs": {**schemas, "d3": {"const": large}}, "properties": {"a": {"$ref": "#/$defs/d0"}}}
    [(path, message, _)] = told(schema, {"a": "y"})
    assert path == "a"
    assert message.startswith("does none of what it may: does none of what it may: ")
    assert message.endswith("...")
    assert len(message) < 5_000


def test_of_a_large_value_that_must_be_as_much_is_told_as_is_read() -> None:
    [(_, message, _)] = told({"enum": ["x" * 30_000, [7] * 30_000]}, 1)
    assert message == f"must be one of: {'x' * 200}..., [{'7, ' * 66}7..."
