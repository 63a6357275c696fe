"""Clients that others wrote drive a running server: queries, mutations, errors, subscriptions, resuming by cursor."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from gql import Client, GraphQLRequest, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportQueryError
from gql.transport.websockets import WebsocketsTransport

from app.server.serving import serving
from app.settings.settings import Settings
from tests.support.calls import EVENTS, Json, create, notify, run
from tests.support.javascript import script

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(180)]

ADA = {"X-User-ID": "ada"}
MIN_AUDITS = 60
NEW = """
mutation ($name: String!) {
  createWorkflow(input: {name: $name, actions: []}) { workflow { name } userErrors { code } }
}
"""
NAMES = "{ workflows { nodes { name } } }"


async def ended_execution(client: httpx.AsyncClient) -> str:
    """The id of an execution that has ended."""
    actions = [notify("first"), notify("second", "{{first.response.message}}")]
    return str((await run(client, (await create(client, "watched", *actions))["workflow_id"]))["execution_id"])


@pytest.fixture
def settings(data_dir: Path) -> Settings:
    """The edge is the same on both databases, so one will do."""
    return Settings(data_dir=data_dir)


async def test_every_audit_of_graphql_over_http_passes(server: str, node_clients: Path) -> None:
    async with script(node_clients, "audit.mjs", f"{server}/graphql") as audit:
        results = [result async for result in audit.lines()]
    assert len(results) >= MIN_AUDITS
    assert [result for result in results if result["status"] != "ok"] == []


@pytest.mark.parametrize("kind", ["graphql-ws", "graphql-sse", "graphql-http"])
async def test_a_javascript_client_queries_mutates_and_is_told_of_errors(
    server: str, node_clients: Path, kind: str
) -> None:
    async with script(node_clients, "operate.mjs", f"{server}/graphql", kind) as client:
        made, end = await client.operate(NEW, name="by a client")
        assert [result["data"] for result in made] == [
            {"createWorkflow": {"workflow": {"name": "by a client"}, "userErrors": []}}
        ]
        assert end == {"complete": True}
        read, _ = await client.operate(NAMES)
        assert [result["data"] for result in read] == [{"workflows": {"nodes": [{"name": "by a client"}]}}]
        refused, end = await client.operate("{ nosuch }")
        if kind == "graphql-ws":
            assert [error["extensions"]["code"] for error in end["error"]] == ["VALIDATION_ERROR"]
        elif refused:
            assert [error["extensions"]["code"] for error in refused[0]["errors"]] == ["VALIDATION_ERROR"]
        else:
            assert "400" in str(end["error"])
        again, _ = await client.operate(NAMES)  # and what was refused ended nothing but itself
        assert again[0]["data"] == read[0]["data"]


@pytest.mark.parametrize("kind", ["graphql-ws", "graphql-sse"])
async def test_a_javascript_client_watches_goes_away_and_resumes_by_cursor(
    client: httpx.AsyncClient, server: str, node_clients: Path, kind: str
) -> None:
    execution_id = await ended_execution(client)
    async with script(node_clients, "operate.mjs", f"{server}/graphql", kind) as watcher:
        results, end = await watcher.operate(EVENTS, id=execution_id, after=0)
        assert end == {"complete": True}
        whole = [result["data"]["executionEvents"] for result in results]
        assert [event["sequence"] for event in whole] == list(range(1, len(whole) + 1))
        assert whole[-1]["type"] == "EXECUTION_COMPLETED"
        part, _ = await watcher.operate(EVENTS, take=3, id=execution_id, after=0)
        rest, _ = await watcher.operate(EVENTS, id=execution_id, after=3)
        assert [result["data"]["executionEvents"] for result in part + rest] == whole


def over_http(server: str) -> AIOHTTPTransport:
    """Python's gql over HTTP."""
    return AIOHTTPTransport(url=f"{server}/graphql", headers=ADA)


def over_socket(server: str) -> WebsocketsTransport:
    """Python's gql over a WebSocket, with the credentials in `connection_init`."""
    return WebsocketsTransport(url=f"{server.replace('http', 'ws')}/graphql", init_payload=ADA)


@pytest.mark.parametrize("transport", [over_http, over_socket])
async def test_python_s_gql_queries_mutates_and_is_told_of_errors(server: str, transport: Callable[[str], Any]) -> None:
    async with Client(transport=transport(server), fetch_schema_from_transport=True) as session:
        assert session.client.schema is not None  # so each operation below was checked against it
        made = await session.execute(GraphQLRequest(NEW, variable_values={"name": "by gql"}))
        assert made["createWorkflow"]["workflow"] == {"name": "by gql"}
        assert await session.execute(gql(NAMES)) == {"workflows": {"nodes": [{"name": "by gql"}]}}
    async with Client(transport=transport(server)) as session:
        with pytest.raises(TransportQueryError) as refused:
            await session.execute(gql("{ nosuch }"))
        assert refused.value.errors is not None
        assert [error["extensions"]["code"] for error in refused.value.errors] == ["VALIDATION_ERROR"]


async def test_python_s_gql_watches_and_resumes_by_cursor(client: httpx.AsyncClient, server: str) -> None:
    execution_id = await ended_execution(client)

    async def watch(session: Any, after: int, take: int | None = None) -> list[Json]:
        seen: list[Json] = []
        asked = GraphQLRequest(EVENTS, variable_values={"id": execution_id, "after": after})
        async for result in session.subscribe(asked):
            seen.append(result["executionEvents"])
            if len(seen) == take:
                break
        return seen

    async with Client(transport=over_socket(server)) as session:
        whole = await watch(session, 0)
        assert whole[-1]["type"] == "EXECUTION_COMPLETED"
        assert await watch(session, 0, take=2) + await watch(session, 2) == whole


async def test_the_audits_see_what_is_wrong(node_clients: Path) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while (message := await receive())["type"] != "lifespan.shutdown":
                await send({"type": f"{message['type']}.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"hello"})

    async with serving(broken) as url, script(node_clients, "audit.mjs", url) as audit:
        assert {result["status"] async for result in audit.lines()} >= {"error", "warn"}
