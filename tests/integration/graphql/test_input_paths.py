"""Whatever field of whatever input has a wrong value: the answer names its place in the words of the schema."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import msgspec
import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    build_schema,
    get_named_type,
    is_required_input_field,
)
from pydantic.alias_generators import to_camel

from app.settings.settings import Settings
from schema.derivation import INPUTS
from schema.schema import build_schema as build_edge
from tests.support.calls import JWT_SECRET, token

NUL = "\x00"
WRONG = {"String": NUL, "JSON": {"own_key": NUL}, "Int": -1, "Float": -1, "ID": NUL}
"""Values that the scalar takes and no command does. Of enums, flags and moments there are none but empty lists."""

RIGHT = {"String": "x", "ID": "x", "JSON": "x", "Boolean": True, "Int": 1, "Float": 1}
OF_COMMANDS = frozenset(
    f"{kind.__name__}.{to_camel(info.alias or name)}"
    for command, kind in INPUTS.items()
    for name, info in command.model_fields.items()
)
"""The others say what an operation is about, or how it is carried out: what is not found is the whole input's fault."""

FILTERS_NOTHING = frozenset(
    [
        *(f"ExecutionFilterInput.{name}" for name in ("status", "errorCode", "waitReason")),
        *(f"ExecutionExclusionsInput.{name}" for name in ("status", "errorCode")),
    ]
)
"""Lists of words that may be empty, which is as if they were not given."""

Path = tuple[str, ...]


SCHEMA = build_schema(build_edge(test_environment=True).as_str())
assert SCHEMA.mutation_type is not None
MUTATIONS = {name: field.args["input"].type for name, field in SCHEMA.mutation_type.fields.items()}


def fields_below(kind: GraphQLInputObjectType, seen: tuple[str, ...] = ()) -> Iterator[tuple[Path, str, Any]]:
    """Each field of an input and of those in it: its path, its name with its type's, and a wrong value for it."""
    for name, field in kind.fields.items():
        named = get_named_type(field.type)
        nested = list_depth(field.type)
        place = (name, *["0"] * nested)
        if isinstance(named, GraphQLInputObjectType):
            if named.name in seen:
                continue
            for path, title, value in fields_below(named, (*seen, named.name)):
                whole = {**least(named), **value}
                yield (*place, *path), title, {name: in_lists(whole, nested)}
        else:
            title = f"{kind.name}.{name}"
            if named.name in WRONG:
                yield place, title, {name: in_lists(WRONG[named.name], nested)}
            elif nested:
                yield (name,), title, {name: []}


def list_depth(kind: GraphQLInputType) -> int:
    if isinstance(kind, GraphQLNonNull):
        return list_depth(kind.of_type)
    return 1 + list_depth(kind.of_type) if isinstance(kind, GraphQLList) else 0


def in_lists(value: Any, depth: int) -> Any:
    return value if depth == 0 else [in_lists(value, depth - 1)]


def least(kind: GraphQLInputObjectType) -> dict[str, Any]:
    """The fewest fields that are taken."""
    values = {}
    for name, field in kind.fields.items():
        if is_required_input_field(field) or name == "id":  # it may be optional for a former name's sake
            named = get_named_type(field.type)
            values[name] = RIGHT[named.name] if named.name in RIGHT else next(iter(named.values))  # type: ignore[union-attr]  # what is not there is an enum
    return values


def is_in_schema(path: Path, kind: Any) -> bool:
    """Whether a path leads from an input to one of its fields, or into a JSON value."""
    for part in path:
        kind = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        if isinstance(kind, GraphQLList):
            if not part.isdecimal():
                return False
            kind = kind.of_type
        elif isinstance(kind, GraphQLInputObjectType):
            if part not in kind.fields:
                return False
            kind = kind.fields[part].type
        else:
            return kind.name == "JSON"
    return True


async def unnoticed(client: httpx.AsyncClient, mutation: str, kind: GraphQLInputObjectType) -> AsyncIterator[Any]:
    """Yield the fields whose wrong values are not told by their paths, and the paths that are told and in no schema."""
    document = f"mutation ($input: {kind.name}!) {{ {mutation}(input: $input) {{ userErrors {{ path message }} }} }}"
    for path, title, value in fields_below(kind):
        if title not in OF_COMMANDS - FILTERS_NOTHING:
            continue
        variables = {"input": {**least(kind), **value}}
        answer = (await client.post("/graphql", json={"query": document, "variables": variables})).json()
        assert "errors" not in answer, (title, answer)
        told = [tuple(error["path"]) for error in answer["data"][mutation]["userErrors"]]
        if not any(place[1 : len(path) + 1] == path for place in told):
            yield title, told
        for place in told:
            if place[0] != "input" or not is_in_schema(place[1:], kind):
                yield title, place


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Whoever is an admin can be told by a token."""
    return msgspec.structs.replace(settings, jwt_secret=JWT_SECRET)


@pytest.mark.asyncio
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_wrong_value_in_any_field_is_named_by_its_path_in_the_schema(client: httpx.AsyncClient) -> None:
    client.headers.update(token("root", "default", "admin"))
    for mutation, argument in MUTATIONS.items():
        kind = get_named_type(argument)
        assert isinstance(kind, GraphQLInputObjectType)
        assert [fault async for fault in unnoticed(client, mutation, kind)] == [], mutation


def test_the_walk_meets_what_is_nested() -> None:
    titles = {title for kind in MUTATIONS.values() for _, title, _ in fields_below(get_named_type(kind))}
    assert {"ForEachInput.in", "RetryPolicyInput.retryOn", "CreateApiKeyInput.scope"} <= titles & OF_COMMANDS
