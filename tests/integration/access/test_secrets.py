"""Secrets: set, listed and deleted by those who may, kept encrypted, and never repeated to anybody."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from engine.secrets.rows import SECRETS
from models.entities.secrets import DeleteSecret
from models.errors import PermissionDenied, SecretNotFound
from models.words import Role
from resolvers.access import secrets
from resolvers.context import Context, Viewer
from resolvers.keyset import Window
from tests.support.calls import graphql, notify, token
from tests.support.engine_calls import create, execute
from tests.support.secrets.secret_calls import DELETE, LIST, SET, VALUE, keep

pytestmark = pytest.mark.asyncio


# --- setting, listing, deleting ------------------------------------------------------------------


async def test_a_secret_is_set_replaced_listed_and_deleted(client: httpx.AsyncClient) -> None:
    made = (await graphql(client, SET, input={"name": "token", "value": VALUE}))["setSecret"]["secret"]
    assert (made["name"], made["version"], made["createdBy"], made["updatedBy"]) == ("token", 1, "ada", "ada")
    assert made["createdAt"] == made["updatedAt"]
    by_bob = {"query": SET, "variables": {"input": {"name": "token", "value": VALUE + "2"}}}
    changed = (await client.post("/graphql", json=by_bob, headers={"X-User-ID": "bob"})).json()["data"]["setSecret"]
    assert (changed["secret"]["version"], changed["secret"]["createdBy"]) == (2, "ada")
    assert (changed["secret"]["updatedBy"], changed["secret"]["createdAt"]) == ("bob", made["createdAt"])
    assert changed["secret"]["updatedAt"] > made["updatedAt"]
    listed = (await graphql(client, LIST))["secrets"]
    assert (listed["nodes"], listed["totalCount"]) == ([{"name": "token", "version": 2}], 1)
    gone = (await graphql(client, DELETE, input={"name": "token"}))["deleteSecret"]
    assert gone == {"deletedName": "token", "userErrors": []}
    again = (await graphql(client, DELETE, input={"name": "token"}))["deleteSecret"]
    assert again["deletedName"] is None
    assert [(error["code"], error["path"]) for error in again["userErrors"]] == [("SECRET_NOT_FOUND", ["input"])]
    assert (await graphql(client, LIST))["secrets"]["nodes"] == []
    reborn = (await graphql(client, SET, input={"name": "token", "value": VALUE}))["setSecret"]["secret"]
    assert reborn["version"] == 1


async def test_what_is_kept_is_encrypted_and_bound_to_its_place(ctx: Context) -> None:
    await keep(ctx, "token")
    await keep(ctx, "other")
    database = ctx.services.database
    rows = await database.read(lambda connection: connection.execute(select(SECRETS)).all())
    for row in rows:
        assert VALUE.encode() not in row.ciphertext
        assert row.key_id == ctx.services.secrets.cipher.newest
    values = await ctx.services.secrets.values("default", {"token", "other"})
    assert values == {"token": VALUE, "other": VALUE}
    moved = next(row.ciphertext for row in rows if row.name == "other")
    await database.transaction(
        lambda connection: connection.execute(update(SECRETS).where(SECRETS.c.name == "token").values(ciphertext=moved))
    )
    execution = await execute(ctx, await create(ctx, notify("note", "{{secrets.token}}")), async_execution=False)
    assert execution.error is not None
    assert execution.error["code"] == "SECRET_UNREADABLE"
    assert "'token'" in execution.error["message"]
    assert "set the secret again" in execution.error["message"]


REFUSED_VALUES = [
    ("seven77", "at least 8 characters"),
    ("", "at least 8 characters"),
    ("   short      ", "at least 8 characters"),
    ("x" * 65_537, "at most 65536 bytes"),
    ("\N{GRINNING FACE}" * 16_385, "at most 65536 bytes"),
    ("with a NUL \x00 in it", "NUL"),
    ("with half a pair \ud800 in it", "surrogate"),
]


async def test_a_value_that_cannot_be_kept_is_refused_without_being_repeated(client: httpx.AsyncClient) -> None:
    for value, message in REFUSED_VALUES:
        body = json.dumps({"query": SET, "variables": {"input": {"name": "token", "value": value}}})
        answered = await client.post("/graphql", content=body, headers={"content-type": "application/json"})
        (error,) = answered.json()["data"]["setSecret"]["userErrors"]
        assert (error["code"], error["path"]) == ("VALIDATION_ERROR", ["input", "value"])
        assert message in error["message"]
        assert value == "" or value[:7] not in answered.text


async def test_values_of_the_least_and_greatest_size_are_kept(ctx: Context) -> None:
    for value in ("12345678", "x" * 65_536, "\N{GRINNING FACE}" * 16_384, " \tnot trimmed\r\n"):
        await keep(ctx, "token", value)
        assert (await ctx.services.secrets.values("default", {"token"}))["token"] == value


async def test_a_name_that_templates_could_not_hold_is_refused(client: httpx.AsyncClient) -> None:
    for name in ("", "1st", "a b", "a.b", "é", "x" * 129, "a\n", "a\x00b"):
        for operation, field, more in ((SET, "setSecret", {"value": VALUE}), (DELETE, "deleteSecret", {})):
            errors = (await graphql(client, operation, input={"name": name, **more}))[field]["userErrors"]
            assert [(error["code"], error["path"]) for error in errors] == [("VALIDATION_ERROR", ["input", "name"])]


async def test_a_list_is_paged_through_in_one_order_on_every_database(client: httpx.AsyncClient, ctx: Context) -> None:
    names = ["B", "_", "a", "a-b", "a0", "aB", "a_b", "ab", "b"]
    for name in sorted(names, reverse=True):
        await keep(ctx, name)
    await keep(Context(Viewer("eve", "elsewhere", Role.EDITOR), ctx.services), "theirs")
    seen: list[str] = []
    after = None
    while True:
        page = (await graphql(client, LIST, first=4, after=after))["secrets"]
        seen += [node["name"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == sorted(names)
    assert page["totalCount"] == len(names)
    back = (await graphql(client, LIST, last=2, before=page["pageInfo"]["startCursor"]))["secrets"]
    assert [node["name"] for node in back["nodes"]] == sorted(names)[6:8]
    assert back["pageInfo"]["hasPreviousPage"] is True


async def test_who_may_do_what(ctx: Context) -> None:
    def caller(role: Role, tenant: str = "default") -> Context:
        return Context(Viewer("eve", tenant, role), ctx.services)

    await keep(ctx, "token")
    for role in (Role.VIEWER, Role.OPERATOR):
        with pytest.raises(PermissionDenied):
            await keep(caller(role), "token")
        with pytest.raises(PermissionDenied):
            await secrets.delete_secret(caller(role), DeleteSecret(name="token"))
        assert len((await secrets.slice_secrets(caller(role), Window())).edges) == 1
    assert await keep(caller(Role.EDITOR), "token") == 2
    assert await secrets.count_secrets(caller(Role.ADMIN)) == 1
    foreign = caller(Role.ADMIN, "elsewhere")
    assert await secrets.count_secrets(foreign) == 0
    with pytest.raises(SecretNotFound):
        await secrets.delete_secret(foreign, DeleteSecret(name="token"))
    assert await keep(foreign, "token", "another-value") == 1
    assert await ctx.services.secrets.values("default", {"token"}) == {"token": VALUE}
    assert await ctx.services.secrets.values("elsewhere", {"token"}) == {"token": "another-value"}


async def test_changes_are_audited_without_the_value(client: httpx.AsyncClient) -> None:
    await graphql(client, SET, input={"name": "token", "value": VALUE})
    await graphql(client, DELETE, input={"name": "token"})
    query = "{ auditEntries { nodes { actor action target details } } }"
    told = await client.post("/graphql", json={"query": query}, headers=token("root", "default", "admin"))
    assert told.json()["data"]["auditEntries"]["nodes"] == [
        {"actor": "ada", "action": "delete_secret", "target": "token", "details": {}},
        {"actor": "ada", "action": "set_secret", "target": "token", "details": {"version": 1}},
    ]
    assert VALUE not in told.text


async def test_sets_at_the_same_moment_are_versions_of_their_own(ctx: Context) -> None:
    versions = await asyncio.gather(*(keep(ctx, "token", f"{VALUE}-{number}") for number in range(20)))
    assert sorted(versions) == list(range(1, 21))
    latest = VALUE + f"-{versions.index(20)}"
    assert await ctx.services.secrets.values("default", {"token"}) == {"token": latest}


# --- errors that would quote a value -------------------------------------------------------------

FAULTY_VARIABLES: list[Any] = [
    {"name": "token", "value": [VALUE]},
    {"name": "token", "value": {"is": VALUE}},
    {"value": VALUE},
    {"name": "token", "valeu": VALUE},
    {"name": [VALUE], "value": "x"},
    VALUE,
    [VALUE],
]
FAULTY_DOCUMENTS = [
    f'{{ name: "token", value: ["{VALUE}"] }}',
    f'{{ name: "token", value: {VALUE.replace("-", "_")} }}',
    f'{{ value: "{VALUE}" }}',
    f'{{ name: "token", valeu: "{VALUE}" }}',
    f'{{ name "{VALUE}" }}',
    f'{{ name: "token", value: "{VALUE}\\q" }}',
    f'"{VALUE}"',
]


async def test_a_faulty_variable_is_not_repeated(client: httpx.AsyncClient) -> None:
    for given in FAULTY_VARIABLES:
        answered = await client.post("/graphql", json={"query": SET, "variables": {"input": given}})
        (error, *_) = answered.json()["errors"]
        assert error["extensions"]["code"] == "VALIDATION_ERROR"
        assert error["message"].startswith("Variable '$input' has invalid value")
        assert error["message"].endswith("because it may hold a secret")
        assert error["locations"] == [{"line": 2, "column": 11}]
        assert VALUE not in answered.text


async def test_a_faulty_document_is_not_repeated(client: httpx.AsyncClient) -> None:
    for given in FAULTY_DOCUMENTS * 2:  # the document is remembered, and so are its errors
        query = f"mutation {{ setSecret(input: {given}) {{ userErrors {{ message }} }} }}"
        answered = await client.post("/graphql", json={"query": query})
        assert answered.json()["errors"][0]["message"].endswith("because it may hold a secret")
        assert VALUE not in answered.text
        assert VALUE.replace("-", "_") not in answered.text


async def test_other_faults_of_the_same_document_are_told_and_values_of_other_operations_quoted(
    client: httpx.AsyncClient,
) -> None:
    query = f'mutation {{ setSecret(input: {{ name: "t", value: "{VALUE}" }}) {{ nonsense }} }}'
    told = (await client.post("/graphql", json={"query": query})).json()["errors"][0]["message"]
    assert told == "Cannot query field 'nonsense' on type 'SetSecretPayload'."
    other = "query ($id: ID!) { execution(id: $id) { id } }"
    told = (await client.post("/graphql", json={"query": other, "variables": {"id": [7]}})).json()
    assert "[7]" in told["errors"][0]["message"]


async def test_nothing_is_quoted_over_a_socket_either(client: httpx.AsyncClient, server: str) -> None:
    from websockets.asyncio.client import connect

    headers = {"X-User-ID": "ada"}
    url = server.replace("http://", "ws://") + "/graphql"
    async with connect(url, subprotocols=["graphql-transport-ws"], additional_headers=headers) as socket:  # type: ignore[list-item]  # a `Subprotocol` is a str
        await socket.send(json.dumps({"type": "connection_init"}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        for number, given in enumerate(FAULTY_VARIABLES):
            payload = {"query": SET, "variables": {"input": given}}
            await socket.send(json.dumps({"id": str(number), "type": "subscribe", "payload": payload}))
            while (text := str(await socket.recv())) and json.loads(text)["type"] not in ("error", "complete"):
                assert "errors" in json.loads(text)["payload"]
                assert VALUE not in text
            assert VALUE not in text
