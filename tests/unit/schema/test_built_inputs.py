"""What a resolver is handed of an input is what Strawberry itself would hand it: a walk over all inputs."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    coerce_input_value,
)
from strawberry.types.arguments import convert_argument

from schema.schema import build_schema

EDGE = build_schema(test_environment=True)
INPUTS = {kind.name: kind for kind in EDGE._schema.type_map.values() if isinstance(kind, GraphQLInputObjectType)}
SCALARS: dict[str, Any] = {
    "Int": 3,
    "Float": 1.5,
    "Boolean": False,
    "JSON": {"a": [None]},
    "DateTime": "2026-01-01T00:00:00Z",
}
DEEPEST = 4


def sample(kind: Any, depth: int = 0) -> Any:
    """A value of a type, with all fields that there are in it down to a depth."""
    if isinstance(kind, GraphQLNonNull):
        return sample(kind.of_type, depth)
    if isinstance(kind, GraphQLList):
        return [sample(kind.of_type, depth)] * 2
    if isinstance(kind, GraphQLInputObjectType):
        return {
            name: sample(field.type, depth + 1)
            for name, field in kind.fields.items()
            if depth < DEEPEST or isinstance(field.type, GraphQLNonNull)
        }
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    return SCALARS.get(kind.name, "a word")


def samples(kind: GraphQLInputObjectType) -> Iterator[dict[str, Any]]:
    """All of it, only what is needed, and a null in each place that takes one."""
    everything = sample(kind)
    needed = {name: value for name, value in everything.items() if isinstance(kind.fields[name].type, GraphQLNonNull)}
    yield everything
    yield needed
    for name in everything.keys() - needed.keys():
        yield needed | {name: None}
        if isinstance(everything[name], list) and not isinstance(kind.fields[name].type.of_type, GraphQLNonNull):
            yield needed | {name: [None, everything[name][0]]}


@pytest.mark.parametrize("name", INPUTS)
def test_an_input_is_what_strawberry_makes_of_it(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    definitions = {kind: EDGE.schema_converter.type_map[kind].definition for kind in INPUTS}
    origin = definitions[name].origin  # type: ignore[union-attr]  # it is no enum
    registry = EDGE.schema_converter.scalar_registry
    given = [coerce_input_value(each, INPUTS[name]) for each in samples(INPUTS[name])]
    ours = [convert_argument(each, origin, registry, EDGE.config) for each in given]
    for definition in definitions.values():
        monkeypatch.setattr(definition, "from_input", None)
    theirs = [convert_argument(each, origin, registry, EDGE.config) for each in given]
    assert ours == theirs
    assert [vars(each) for each in ours] == [vars(each) for each in theirs]
    assert {type(each) for each in ours} == {origin}


def test_a_list_is_nobody_elses() -> None:
    kind = INPUTS["CreateWorkflowInput"]
    given = coerce_input_value(sample(kind), kind)
    registry = EDGE.schema_converter.scalar_registry
    origin = EDGE.schema_converter.type_map[kind.name].definition.origin  # type: ignore[union-attr]  # it is no enum
    convert_argument(given, origin, registry, EDGE.config).tags.append("mine")  # type: ignore[attr-defined]  # it is an input of a workflow
    assert "mine" not in given["tags"]
