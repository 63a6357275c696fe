"""The schema itself: all of it is described, and nothing is deprecated without a date or a version."""

import re

import pytest
from graphql import (
    GraphQLNamedType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    graphql_sync,
    is_enum_type,
    is_object_type,
)

from schema.export import sdl
from schema.schema import build_schema as build

REASON = re.compile(r"\b(\d{4}-\d{2}-\d{2}|\d+\.\d+(\.\d+)?)\b")


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(sdl())


def elements(schema: GraphQLSchema) -> dict[str, object]:
    """Every type, enum value, field and argument of our own, by its coordinate."""
    found: dict[str, object] = {}
    for name, kind in schema.type_map.items():
        if name.startswith("__") or kind in (schema.get_type(plain) for plain in BUILT_IN):
            continue
        found[name] = kind
        found |= {f"{name}.{word}": value for word, value in getattr(kind, "values", {}).items() if is_enum_type(kind)}
        for field, definition in getattr(kind, "fields", {}).items():
            found[f"{name}.{field}"] = definition
            arguments = getattr(definition, "args", {})
            found |= {f"{name}.{field}({argument}:)": value for argument, value in arguments.items()}
    return found


BUILT_IN = ("String", "Int", "Float", "Boolean", "ID")


def test_everything_in_the_schema_has_a_description(schema: GraphQLSchema) -> None:
    found = elements(schema)
    assert len(found) > 400
    assert [name for name, element in found.items() if not getattr(element, "description", None)] == []


def test_the_documentation_begins_with_what_holds_for_all_of_it() -> None:
    told = graphql_sync(build(test_environment=False)._schema, "{ __schema { description } }")
    assert told.data is not None
    assert "`userErrors`" in told.data["__schema"]["description"]


def test_a_deprecation_says_when_the_element_goes(schema: GraphQLSchema) -> None:
    reasons = {name: getattr(element, "deprecation_reason", None) for name, element in elements(schema).items()}
    assert [name for name, reason in reasons.items() if reason is not None and not REASON.search(reason)] == []


def test_a_scalar_of_our_own_names_its_specification(schema: GraphQLSchema) -> None:
    scalars = [kind for name, kind in schema.type_map.items() if type(kind).__name__ == "GraphQLScalarType"]
    own = [kind for kind in scalars if kind.name not in BUILT_IN]
    assert {kind.name for kind in own} == {"DateTime", "JSON"}
    assert [kind.name for kind in own if getattr(kind, "specified_by_url", None) is None] == []


def test_what_has_an_id_can_be_fetched_by_it(schema: GraphQLSchema) -> None:
    def has_id(kind: GraphQLNamedType) -> bool:
        return is_object_type(kind) and "id" in kind.fields

    with_id = {name for name, kind in schema.type_map.items() if has_id(kind)}
    node = schema.get_type("Node")
    assert with_id == {kind.name for kind in schema.get_possible_types(node)}  # type: ignore[arg-type]  # it is an interface
    of_rest = {"Workflow", "Execution", "Activity", "CallbackDelivery", "AuditEntry", "ApiKey", "ApprovalLink"}
    assert with_id == of_rest | {"ActionRun", "Approval", "BulkOperation", "ClusterNode", "SavedView"}


CONNECTION = {"edges", "nodes", "pageInfo", "totalCount"}
PAGED_BY_HAND = {"Execution.logs"}
"""The newest lines at a glance, beside the connection `logLines`."""


def test_what_pages_is_a_connection_whose_former_list_is_deprecated(schema: GraphQLSchema) -> None:
    by_hand = []
    for kind in schema.type_map.values():
        for name, field in getattr(kind, "fields", {}).items():
            sizes = getattr(field, "args", {}).keys() & {"first", "last", "after", "afterIndex"}
            answered = get_named_type(field.type)
            if not sizes or kind is schema.subscription_type or answered.name == "ExecutionGroups":
                continue
            is_connection = getattr(answered, "fields", {}).keys() >= CONNECTION
            if is_connection:
                edge = get_named_type(answered.fields["edges"].type)  # type: ignore[union-attr]  # it is an object type
                assert edge.fields.keys() == {"cursor", "node"}, answered  # type: ignore[union-attr]  # it is an object type
                assert {"first", "after"} <= field.args.keys(), f"{kind.name}.{name}"
            elif not field.deprecation_reason:
                by_hand.append(f"{kind.name}.{name}")
    assert by_hand == [*PAGED_BY_HAND]
