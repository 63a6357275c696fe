"""Texts that no database holds: whichever argument or input has one, that is no error of the service."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

from schema.schema import build_schema
from tests.support.calls import Json, create, notify, run, token

pytestmark = pytest.mark.asyncio

ODD_TEXTS = ("wf_\ud800", "exec_\x00:a")
DEFINED = build_schema(test_environment=True)._schema
AS_JSON = {"Content-Type": "application/json"}
TEXTS = ("String", "ID", "JSON")
ORDINARY: Json = {
    "String": "1",
    "ID": "exec_1",
    "JSON": {},
    "Int": 1,
    "Float": 1.0,
    "Boolean": True,
    "DateTime": "2026-01-01",
}


def ordinary(kind: GraphQLType) -> Any:
    """A value of a type that has nothing odd."""
    if isinstance(kind, GraphQLNonNull):
        return ordinary(kind.of_type)
    if isinstance(kind, GraphQLList):
        return [ordinary(kind.of_type)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        required = {name: field for name, field in kind.fields.items() if is_required_input_field(field)}
        return {name: ordinary(field.type) for name, field in required.items()}
    return ORDINARY[str(kind)]


def odd(kind: GraphQLType, text: str) -> Iterator[Any]:
    """Values of a type, each with the text in one place."""
    if isinstance(kind, GraphQLNonNull):
        yield from odd(kind.of_type, text)
    elif isinstance(kind, GraphQLList):
        yield from ([value] for value in odd(kind.of_type, text))
    elif isinstance(kind, GraphQLInputObjectType):
        for name, field in kind.fields.items():
            yield from ({**ordinary(kind), name: value} for value in odd(field.type, text))
    elif str(kind) in TEXTS:
        yield text
        if str(kind) == "JSON":
            yield {text: [text]}


def calls(kind: str, text: str) -> Iterator[tuple[str, str, Json]]:
    """Each field of a type with the text in one argument: its variables, the field, and their values."""
    found = DEFINED.type_map[kind]
    assert isinstance(found, GraphQLObjectType)
    for name, field in found.fields.items():
        needed = {argument: given.type for argument, given in field.args.items() if is_required_argument(given)}
        shown = "" if is_leaf_type(get_named_type(field.type)) else "{ __typename }"
        for argument, given in field.args.items():
            types = needed | {argument: given.type}
            declared = ", ".join(f"${each}: {its}" for each, its in types.items())
            passed = ", ".join(f"{each}: ${each}" for each in types)
            for value in odd(given.type, text):
                values = {each: ordinary(its) for each, its in needed.items()} | {argument: value}
                yield declared, f"{name}({passed}) {shown}", values


async def unexpected(client: httpx.AsyncClient, kind: str, path: str = "{ %s }", operation: str = "query") -> list[str]:
    """The calls of a type that the service takes for its own fault."""
    failed = []
    for text in ODD_TEXTS:
        for declared, field, values in calls(kind, text):
            body = json.dumps({"query": f"{operation} ({declared}) {path % field}", "variables": values})
            answered = await client.post("/graphql", content=body, headers=AS_JSON | token("root", "default", "admin"))
            if "INTERNAL_ERROR" in answered.text or answered.status_code >= 500:
                failed.append(body)
    return failed


async def test_no_odd_text_of_an_argument_is_an_error_of_the_service(client: httpx.AsyncClient) -> None:
    workflow_id = (await create(client, "w", notify("a")))["workflow_id"]
    await run(client, workflow_id)
    paths = {
        "Query": "{ %s }",
        "Execution": "{ executions { nodes { %s } } }",
        "Workflow": "{ workflows { nodes { %s } } }",
        "WorkflowVersion": "{ workflows { nodes { versions { nodes { %s } } } } }",
    }
    for kind, path in paths.items():
        assert await unexpected(client, kind, path) == []


async def test_no_odd_text_of_an_input_is_an_error_of_the_service(client: httpx.AsyncClient) -> None:
    assert await unexpected(client, "Mutation", operation="mutation") == []
