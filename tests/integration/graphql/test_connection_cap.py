"""How many sockets and streams a caller may have open, and what a socket may cost before it is known whose it is."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from app.asgi import create_app
from app.server.serving import serving
from app.settings.settings import Environment, Settings
from schema.transport import socket as sockets
from tests.support.calls import JWT_SECRET, NO_TLS, PATIENCE_SECONDS, token

pytestmark = pytest.mark.asyncio

MOST = 3
ADA = token("ada", "default", "editor")
EVE = token("eve", "default", "editor")
LIVE = {"query": "subscription { systemMetrics(intervalSeconds: 3600) { timestamp } }"}
CODE = "TOO_MANY_CONNECTIONS"


@pytest.fixture
def settings(data_dir: Path) -> Settings:
    """Connections are counted before any database is asked, so one will do."""
    return Settings(
        data_dir=data_dir,
        jwt_secret=JWT_SECRET,
        environment=Environment.PRODUCTION,
        max_connections_per_user=MOST,
    )


@pytest_asyncio.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        serving(create_app(settings)) as url,
        httpx.AsyncClient(base_url=url, timeout=30, verify=NO_TLS) as client,
    ):
        yield client


@asynccontextmanager
async def socket(client: httpx.AsyncClient, payload: dict[str, str] | None = None) -> AsyncIterator[ClientConnection]:
    """A WebSocket, initialised where there is a payload."""
    url = str(client.base_url).replace("http", "ws").rstrip("/") + "/graphql"
    async with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]) as opened:
        if payload is not None:
            await opened.send(json.dumps({"type": "connection_init", "payload": payload}))
            assert json.loads(await opened.recv())["type"] == "connection_ack"
        yield opened


@asynccontextmanager
async def stream(
    client: httpx.AsyncClient, headers: dict[str, str], accept: str = "text/event-stream"
) -> AsyncIterator[Any]:
    """A subscription by HTTP that is under way."""
    async with client.stream("POST", "/graphql", json=LIVE, headers={**headers, "Accept": accept}) as answered:
        assert answered.status_code == 200
        pieces = answered.aiter_bytes()
        while b"timestamp" not in await anext(pieces):
            pass
        yield pieces


async def closed_with(client: httpx.AsyncClient, payload: dict[str, str] | None) -> tuple[int, str]:
    """By what code, and why, a further socket is closed."""
    with pytest.raises(ConnectionClosed) as closed:
        async with asyncio.timeout(PATIENCE_SECONDS), socket(client, payload) as refused:
            await refused.recv()
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code, closed.value.rcvd.reason.partition(":")[0]


async def refused_stream(client: httpx.AsyncClient, headers: dict[str, str]) -> str:
    """The code of the refusal of a further stream."""
    answered = await client.post("/graphql", json=LIVE, headers={**headers, "Accept": "text/event-stream"})
    assert (answered.status_code, answered.headers["content-type"]) == (429, "application/json; charset=utf-8")
    return str(answered.json()["errors"][0]["extensions"]["code"])


async def test_sockets_and_streams_of_a_user_are_counted_together(client: httpx.AsyncClient) -> None:
    multipart = "multipart/mixed;subscriptionSpec=1.0"
    async with socket(client, ADA), stream(client, ADA), stream(client, ADA, multipart):
        assert await refused_stream(client, ADA) == CODE
        assert await closed_with(client, ADA) == (4429, CODE)
        async with socket(client, EVE), stream(client, EVE):
            pass
        whole = await client.post("/graphql", json={"query": "{ viewer { userId } }"}, headers=ADA)
        assert whole.json()["data"]["viewer"]["userId"] == "ada"  # what is answered at once holds nothing


async def test_what_is_closed_makes_room(client: httpx.AsyncClient) -> None:
    for _ in range(3 * MOST):
        async with socket(client, ADA):
            pass
    for _ in range(3 * MOST):
        async with stream(client, ADA):
            pass
    assert await eventually_opened(client)


async def eventually_opened(client: httpx.AsyncClient) -> bool:
    """Whether as many streams as may be are opened once the server has noticed that the others are gone."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await client.get("/metrics")).json()["application"]["active_connections"] > 1:
            pass
    async with stream(client, ADA), stream(client, ADA), stream(client, ADA):
        return True


async def test_a_refused_socket_leaves_no_trace(client: httpx.AsyncClient) -> None:
    async with socket(client, ADA), socket(client, ADA):
        async with socket(client, ADA):
            for _ in range(3):
                assert await closed_with(client, ADA) == (4429, CODE)
        async with socket(client, ADA):
            pass


async def test_sockets_that_say_nothing_of_whose_they_are_are_counted_by_address(client: httpx.AsyncClient) -> None:
    async with socket(client), socket(client), socket(client) as unknown:
        assert await closed_with(client, None) == (4429, CODE)
        async with stream(client, ADA):  # a user at the same address has the user's own
            await unknown.send(json.dumps({"type": "connection_init", "payload": EVE}))
            assert json.loads(await unknown.recv())["type"] == "connection_ack"
            async with socket(client):  # which leaves the address one more
                pass


async def test_a_socket_must_be_initialised_in_time(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert timedelta(seconds=10) == sockets.INIT_TIMEOUT
    monkeypatch.setattr(sockets, "INIT_TIMEOUT", timedelta(seconds=0.1))
    assert await closed_with(client, None) == (4408, "Connection initialisation timeout")
    async with socket(client, ADA):
        pass


async def test_the_most_is_a_setting_and_a_hundred_by_default(tmp_path: Path) -> None:
    assert Settings().max_connections_per_user == 100
    one = msgspec.structs.replace(
        Settings(data_dir=tmp_path / "data", jwt_secret=JWT_SECRET), max_connections_per_user=1
    )
    async with (
        serving(create_app(one)) as url,
        httpx.AsyncClient(base_url=url, verify=NO_TLS) as client,
        stream(client, ADA),
    ):
        assert await refused_stream(client, ADA) == CODE
