"""An explicit null is taken wherever the schema says so, and means that nothing is given, or clears: a walk."""

from collections.abc import Iterator
from typing import Any

import pytest
import strawberry
from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLSchema,
    NameNode,
    Undefined,
    coerce_input_value,
    get_named_type,
    is_enum_type,
    parse_value,
)
from graphql.execution.values import get_argument_values
from graphql.language import ArgumentNode
from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import convert_argument

from models.commands.validation import Command, parse
from schema.arguments import take_nulls_as_left_out
from schema.derivation import INPUTS
from schema.mutations.root import Mutation
from schema.queries import Query
from schema.schema import OrchestratorSchema, build_schema
from schema.subscriptions import Subscription
from schema.types.scalars import CLEARED_BY_NULL, SCALARS, raw

EDGE = build_schema(test_environment=True)
SCHEMA = EDGE._schema
COMMANDS = {kind: command for command, kind in INPUTS.items()}
SAMPLES: dict[str, Any] = {
    "String": "/wherever",
    "ID": "exec_1234",
    "Int": 1,
    "Boolean": True,
    "JSON": [],
    "actionId": "ask",
    "actionType": "notification",
    "name": "some_name",
    "url": "http://crm.internal",
    "tokenUrl": "http://login.internal/token",
    "secretName": "some_name",
}
"""A value for what has to be given, by the name of the field, else by its type."""

ONE_OF: dict[str, tuple[dict[str, Any], ...]] = {
    "CreateBulkOperationInput": ({"ids": ["exec_1234"]}, {"filter": {"createdBy": ["ada"]}}),
}
"""Of what one has to be given, by the name of the input."""


def inputs() -> Iterator[GraphQLInputObjectType]:
    return (kind for kind in SCHEMA.type_map.values() if isinstance(kind, GraphQLInputObjectType))


def nullable() -> list[tuple[str, str]]:
    return [
        (kind.name, name)
        for kind in inputs()
        for name, field in kind.fields.items()
        if not isinstance(field.type, GraphQLNonNull)
    ]


def needed(kind: GraphQLInputObjectType) -> dict[str, Any]:
    """What has to be given of an input."""
    found = {}
    for name, field in kind.fields.items():
        if isinstance(field.type, GraphQLNonNull) and field.default_value is Undefined:
            named = get_named_type(field.type)
            words = list(getattr(named, "values", {})) if is_enum_type(named) else []
            found[name] = words[0] if words else SAMPLES.get(name, SAMPLES[named.name])
    return found


def class_of(input_name: str) -> Any:
    definition: Any = EDGE.schema_converter.type_map[input_name].definition
    return definition.origin


def python_names(input_name: str) -> dict[str, str]:
    """The names of an input's fields in Python, by those in the schema."""
    fields = class_of(input_name).__strawberry_definition__.fields
    return {EDGE.config.name_converter.get_graphql_name(field): field.python_name for field in fields}


def received(kind: GraphQLInputObjectType, given: dict[str, Any]) -> Any:
    """What a resolver is handed of an input."""
    coerced = coerce_input_value(given, kind)
    return convert_argument(coerced, class_of(kind.name), EDGE.schema_converter.scalar_registry, EDGE.config)


def meaning(kind: GraphQLInputObjectType, given: dict[str, Any]) -> Any:
    """What an input comes to: its command, the names of what that was given, and what it has beside its command."""
    value = received(kind, given)
    command = COMMANDS.get(type(value), Command)
    names = {name.rstrip("_") for name in command.model_fields}
    told = raw(value)
    parsed = parse(command, {name: item for name, item in told.items() if name in names})
    return parsed, parsed.model_fields_set, {name: item for name, item in told.items() if name not in names}


@pytest.mark.parametrize(("input_name", "name"), nullable())
def test_a_null_in_an_input_means_what_leaving_it_out_means_or_clears(input_name: str, name: str) -> None:
    kind = SCHEMA.type_map[input_name]
    assert isinstance(kind, GraphQLInputObjectType)
    without = needed(kind) | next(given for given in ONE_OF.get(input_name, ({},)) if name not in given)
    cleared = getattr(class_of(input_name), CLEARED_BY_NULL, ())
    python_name = python_names(input_name)[name]
    left_out, null = meaning(kind, without), meaning(kind, {**without, name: None})
    if python_name not in cleared:
        assert null == left_out
        return
    (before, given_before, _), (after, given, _) = left_out, null
    assert getattr(after, python_name) is None
    assert (after, given - given_before) == (before, {python_name})
    assert "null" in (kind.fields[name].description or "") or name == "expectedVersion"


def test_the_walk_meets_inputs_of_every_kind() -> None:
    found = nullable()
    assert len(found) > 100
    names = {"CreateWorkflowInput", "ActionInput", "ForEachInput", "RetryPolicyInput", "WorkflowFilterInput"}
    assert names | {"TimeRangeInput", "ExecuteWorkflowInput", "MockServiceInput"} <= {kind for kind, _ in found}


def test_what_null_clears_are_the_fields_of_changes_that_can_be_empty() -> None:
    found = {
        kind.name: sorted(cleared)
        for kind in inputs()
        if (cleared := getattr(class_of(kind.name), CLEARED_BY_NULL, None))
    }
    emptied = ["concurrency", "description", "queue_timeout_seconds", "retention", "timeout_seconds"]
    assert found == {
        "UpdateServiceInput": ["circuit_threshold", "client_credentials", "proxy", "rate_limit", "tls"],
        "UpdateWorkflowInput": sorted([*emptied, "expected_version"]),
        "WorkflowCustomizationsInput": emptied,
    }


def fields_with_arguments(schema: GraphQLSchema) -> list[tuple[str, GraphQLField]]:
    return [
        (f"{kind.name}.{name}", field)
        for kind in schema.type_map.values()
        if not kind.name.startswith("__")
        for name, field in getattr(kind, "fields", {}).items()
        if getattr(field, "args", None)
    ]


def test_whatever_has_a_default_may_be_null() -> None:
    told = [
        f"{coordinate}({name}:)"
        for coordinate, field in fields_with_arguments(SCHEMA)
        for name, argument in field.args.items()
        if isinstance(argument.type, GraphQLNonNull) and argument.default_value is not Undefined
    ]
    told += [
        f"{kind.name}.{name}"
        for kind in inputs()
        for name, field in kind.fields.items()
        if isinstance(field.type, GraphQLNonNull) and field.default_value is not Undefined
    ]
    assert told == []


def test_a_null_for_an_argument_means_what_leaving_it_out_means() -> None:
    """What reaches the resolver is the same, for every argument of every field."""
    handed: list[dict[str, Any]] = []

    def spy(_source: Any, _info: Any, **given: Any) -> None:
        handed.append(given)

    schema = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(scalar_map=SCALARS),
    )._schema
    for _, field in fields_with_arguments(schema):
        field.resolve = spy
    take_nulls_as_left_out(schema)
    looked_at = 0
    for coordinate, field in fields_with_arguments(schema):
        has_to_be_given = {name: "x" for name, argument in field.args.items() if argument.type == SCHEMA.type_map["ID"]}
        for name, argument in field.args.items():
            if isinstance(argument.type, GraphQLNonNull):
                continue
            looked_at += 1
            handed.clear()
            for literals in (has_to_be_given, {**has_to_be_given, name: None}):
                assert field.resolve is not None
                field.resolve(None, None, **_arguments(field, literals))
            assert handed[0] == handed[1], f"{coordinate}({name}:)"
    assert looked_at > 60


def _arguments(field: GraphQLField, given: dict[str, Any]) -> dict[str, Any]:
    """As the executor reads them of a document; those that cannot be left out are handed over as they are."""
    optional = GraphQLField(
        field.type, {name: arg for name, arg in field.args.items() if not isinstance(arg.type, GraphQLNonNull)}
    )
    nodes = tuple(
        ArgumentNode(name=NameNode(value=name), value=parse_value("null"))
        for name, value in given.items()
        if value is None
    )
    return get_argument_values(optional, FieldNode(name=NameNode(value="field"), arguments=nodes))


def test_the_schema_itself_is_one_whose_nulls_are_taken() -> None:
    assert isinstance(EDGE, OrchestratorSchema)
    after = SCHEMA.type_map["Execution"].fields["events"].args["after"]  # type: ignore[union-attr]  # it is an object type
    assert (str(after.type), after.default_value) == ("Int", 0)
