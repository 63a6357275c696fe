"""WebSockets of graphql-transport-ws, for the tests of what goes over them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.support.calls import PATIENCE_SECONDS, Json


@asynccontextmanager
async def opened(client: httpx.AsyncClient, **options: Any) -> AsyncIterator[ClientConnection]:
    """A WebSocket that is not initialised."""
    url = str(client.base_url).replace("http", "ws").rstrip("/") + "/graphql"
    async with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")], **options) as socket:
        yield socket


@asynccontextmanager
async def signed_in(client: httpx.AsyncClient, payload: Json, **options: Any) -> AsyncIterator[ClientConnection]:
    """A WebSocket that is initialised."""
    async with opened(client, **options) as socket:
        await send(socket, type="connection_init", payload=payload)
        assert (await receive(socket))["type"] == "connection_ack"
        yield socket


async def send(socket: ClientConnection, **message: Any) -> None:
    """Send a message."""
    await socket.send(json.dumps(message))


async def receive(socket: ClientConnection) -> Json:
    """The next message."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        return dict(json.loads(await socket.recv()))


async def closed(socket: ClientConnection) -> tuple[int, str]:
    """The code and the reason with which the server closes it, whatever comes before that."""
    try:
        while True:
            await receive(socket)
    except ConnectionClosed as end:
        assert end.rcvd is not None
        return end.rcvd.code, end.rcvd.reason
