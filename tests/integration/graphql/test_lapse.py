"""Sockets and streams end with the credential that opened them, over every transport (FAULTS S4, S14)."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import update
from websockets.asyncio.client import ClientConnection

from app.asgi import create_app
from app.server.serving import serving
from app.settings.settings import Settings
from models.database.connect import connect
from resolvers.access.api_key_rows import KEYS
from tests.support.calls import NO_TLS, PATIENCE_SECONDS, Json, graphql, token
from tests.support.sockets import closed, receive, send, signed_in
from tests.support.timers import MovableClock, Timers

pytestmark = pytest.mark.asyncio

LIVE = "subscription { activity { cursor activity { id } } }"
COUNT = "{ workflows { totalCount } }"
CREATE = 'mutation { createApiKey(input: {name: "n"}) { key apiKey { id } } }'
ROTATE = """mutation ($id: ID!, $grace: Int) {
  rotateApiKey(input: {id: $id, graceSeconds: $grace}) { key userErrors { code } }
}"""
REVOKE = "mutation ($id: ID!) { revokeApiKey(input: {id: $id}) { userErrors { code } } }"
STREAMS = ("text/event-stream", "multipart/mixed;subscriptionSpec=1.0")


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def timers() -> Timers:
    return Timers()


@pytest_asyncio.fixture
async def server(settings: Settings, clock: MovableClock, timers: Timers) -> AsyncIterator[str]:
    """The whole service, with its time in the hands of the test."""
    async with serving(create_app(settings, clock=clock, wait=timers)) as url:
        yield url


async def new_key(client: httpx.AsyncClient) -> tuple[dict[str, str], str]:
    """A key as a credential, and its id."""
    made = (await graphql(client, CREATE))["createApiKey"]
    return {"X-API-Key": made["key"]}, made["apiKey"]["id"]


@asynccontextmanager
async def watching(client: httpx.AsyncClient, credential: dict[str, str]) -> AsyncIterator[ClientConnection]:
    """A socket with a subscription under way."""
    async with signed_in(client, credential) as socket:
        await send(socket, type="subscribe", id="live", payload={"query": LIVE})
        assert (await receive(socket))["type"] == "next"
        yield socket


@asynccontextmanager
async def streaming(server: str, credential: dict[str, str], accept: str) -> AsyncIterator[AsyncIterator[str]]:
    """A stream with a subscription under way: what comes after its first message, piece by piece."""
    async with (
        httpx.AsyncClient(base_url=server, headers=credential, timeout=PATIENCE_SECONDS, verify=NO_TLS) as client,
        client.stream("POST", "/graphql", json={"query": LIVE}, headers={"Accept": accept}) as response,
    ):
        pieces = response.aiter_text()
        seen = ""
        while "cursor" not in seen:
            seen += await anext(pieces)
        yield pieces


async def the_rest(pieces: AsyncIterator[str]) -> str:
    """All that a stream says until its end, which must come."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        return "".join([piece async for piece in pieces])


def last_errors(text: str) -> list[Json]:
    """The errors of the last result in what a stream said."""
    found = [line for line in text.splitlines() if "errors" in line][-1]
    result = json.loads(found[found.index("{") :].partition("\r\n")[0])
    return list(result.get("payload", result)["errors"])


async def works(socket: ClientConnection) -> None:
    """Check that a socket still takes operations."""
    await send(socket, type="subscribe", id="count", payload={"query": COUNT})
    while (message := await receive(socket))["type"] != "complete":
        assert message["type"] == "next" and "errors" not in message["payload"], message


async def test_a_revocation_closes_what_the_key_opened_and_nothing_else(client: httpx.AsyncClient, server: str) -> None:
    (credential, key_id), (other, _) = await new_key(client), await new_key(client)
    async with (
        watching(client, credential) as socket,
        watching(client, other) as another,
        watching(client, {"X-User-ID": "ada"}) as hers,
        streaming(server, credential, STREAMS[0]) as events,
        streaming(server, credential, STREAMS[1]) as parts,
    ):
        await graphql(client, REVOKE, id=key_id)
        assert await closed(socket) == (4403, "Forbidden: This API key was revoked")
        said = await the_rest(events)
        assert last_errors(said) == [{"message": "This API key was revoked", "extensions": {"code": "UNAUTHENTICATED"}}]
        assert said.endswith("event: complete\ndata:\n\n")
        said = await the_rest(parts)
        assert [error["extensions"]["code"] for error in last_errors(said)] == ["UNAUTHENTICATED"]
        assert said.endswith("--graphql--\r\n")
        await works(another)
        await works(hers)


async def test_a_rotation_closes_what_the_former_key_opened(client: httpx.AsyncClient) -> None:
    credential, key_id = await new_key(client)
    async with watching(client, credential) as former:
        rotated = (await graphql(client, ROTATE, id=key_id, grace=0))["rotateApiKey"]
        assert await closed(former) == (4403, "Forbidden: This API key is not known")
        async with watching(client, {"X-API-Key": rotated["key"]}) as new:
            await works(new)


async def test_a_grace_is_for_open_sockets_too(
    client: httpx.AsyncClient, server: str, clock: MovableClock, timers: Timers
) -> None:
    credential, key_id = await new_key(client)
    async with watching(client, credential) as socket, streaming(server, credential, STREAMS[0]) as events:
        await timers.until(lambda waits: waits == [30, 30])
        rotated = (await graphql(client, ROTATE, id=key_id, grace=29))["rotateApiKey"]
        async with watching(client, {"X-API-Key": rotated["key"]}) as new:
            await timers.until(lambda waits: len(waits) == 3 and 0 < waits[0] <= waits[1] < 30 and waits[2] == 30)
            await works(socket)
            clock.put_forward(29)
            timers.elapse()
            assert await closed(socket) == (4403, "Forbidden: This API key was rotated: use the new one")
            assert "rotated" in last_errors(await the_rest(events))[0]["message"]
            await works(new)


async def test_what_another_node_revokes_is_closed_within_half_a_minute(
    client: httpx.AsyncClient, server: str, settings: Settings, timers: Timers
) -> None:
    credential, key_id = await new_key(client)
    async with watching(client, credential) as socket, streaming(server, credential, STREAMS[0]) as events:
        await timers.until(lambda waits: waits == [30, 30])
        timers.elapse()
        await works(socket)
        other_node = await connect(settings.url)
        statement = update(KEYS).where(KEYS.c.id == key_id).values(revoked_at=datetime.now(UTC))
        await other_node.transaction(lambda connection: connection.execute(statement))
        await other_node.close()
        await timers.until(lambda waits: waits == [30, 30])
        timers.elapse()
        assert await closed(socket) == (4403, "Forbidden: This API key was revoked")
        assert "revoked" in last_errors(await the_rest(events))[0]["message"]


async def test_a_socket_and_a_stream_end_with_their_token(
    client: httpx.AsyncClient, server: str, clock: MovableClock, timers: Timers
) -> None:
    short = token("ada", "default", "editor", exp=datetime.now(UTC) + timedelta(seconds=60))
    async with watching(client, short) as socket, streaming(server, short, STREAMS[1]) as parts:
        await timers.until(lambda waits: waits == [30, 30])
        clock.put_forward(65)  # it is taken for the leeway, half a minute, longer
        timers.elapse()
        await timers.until(lambda waits: len(waits) == 2 and 0 < waits[0] <= waits[1] <= 25)
        await works(socket)
        clock.put_forward(25)
        timers.elapse()
        assert await closed(socket) == (4403, "Forbidden: The bearer token is not valid: it has expired")
        assert "has expired" in last_errors(await the_rest(parts))[0]["message"]


async def test_a_credential_of_the_handshake_counts_like_one_of_the_first_message(client: httpx.AsyncClient) -> None:
    credential, key_id = await new_key(client)
    async with signed_in(client, {}, additional_headers=credential) as socket:
        await works(socket)
        await graphql(client, REVOKE, id=key_id)
        assert (await closed(socket))[0] == 4403


async def test_a_bug_in_the_watch_closes_the_socket(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: Any) -> str:
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr("schema.transport.socket.lapse", broken)
    async with signed_in(client, {"X-User-ID": "ada"}) as socket:
        assert await closed(socket) == (1011, "Internal server error")
    assert "in the watch over a credential" in caplog.text
