"""Sockets that send without end, and what is no handshake: each concerns itself alone (S21, S25)."""

import asyncio
import base64
import json
import logging
import socket as sockets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from websockets.exceptions import ConnectionClosed

from app.asgi import create_app
from app.server.patience import Patience
from app.server.serving import serving
from app.server.socket_arrivals import AT_ONCE, with_limited_arrivals
from app.settings.settings import Settings
from schema.transport.socket import MAX_EARLY_MESSAGES
from tests.support.calls import NO_TLS, PATIENCE_SECONDS, Json
from tests.support.sockets import closed, opened, receive, send, signed_in

pytestmark = pytest.mark.asyncio

ADA = {"X-User-ID": "ada"}
PROBES = 40
P90_SECONDS = 0.05


@pytest.fixture
def settings(data_dir: Path) -> Settings:
    """What is shown here never gets to a database."""
    return Settings(data_dir=data_dir)


@asynccontextmanager
async def served(settings: Settings, patience: Patience | None = None) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        serving(create_app(settings), patience=patience) as url,
        httpx.AsyncClient(base_url=url, headers=ADA, timeout=30, verify=NO_TLS) as client,
    ):
        yield client


@pytest_asyncio.fixture
async def node(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with served(settings) as client:
        yield client


async def test_a_socket_that_sends_too_much_in_a_second_is_closed(node: httpx.AsyncClient) -> None:
    async with signed_in(node, ADA) as socket:
        with pytest.raises(ConnectionClosed):
            for _ in range(10_000):
                await send(socket, type="pong")  # which asks for no answer that the test would have to read
                await asyncio.sleep(0)
        assert await closed(socket) == (1008, "Too many messages in a second")


async def test_whoever_is_gone_before_the_answers_leaves_no_trace_in_the_log(
    node: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with signed_in(node, ADA) as socket:
        for number in range(40):
            await send(socket, type="subscribe", id=str(number), payload={"query": "{ health { status } nothing }"})
        socket.transport.abort()
    async with signed_in(node, ADA) as socket:  # by the time that this one is served the other is done with
        await send(socket, type="subscribe", id="1", payload={"query": "{ health { status } }"})
        assert (await receive(socket))["type"] == "next"
    assert [record.message for record in caplog.records] == []


async def test_pings_and_pieces_of_messages_count_as_well(settings: Settings) -> None:
    few = Patience(frames_per_second=1, frames_at_once=20, parting_seconds=0.2)
    async with served(settings, few) as client:
        async with signed_in(client, ADA) as socket:
            with pytest.raises(ConnectionClosed):
                for _ in range(1_000):
                    await socket.ping()
                    await asyncio.sleep(0)
        async with signed_in(client, ADA) as socket:
            with pytest.raises(ConnectionClosed):
                await socket.send(["x"] * 1_000)
                await socket.recv()
            assert (await closed(socket))[0] == 1008


async def test_whoever_has_not_said_who_it_is_has_a_few_messages(node: httpx.AsyncClient) -> None:
    async with opened(node) as socket:
        for _ in range(MAX_EARLY_MESSAGES + 1):
            await send(socket, type="ping")
        assert await closed(socket) == (4429, "Too many messages before connection_init")


async def test_a_page_that_opens_and_ends_all_its_operations_at_once_is_no_flood(node: httpx.AsyncClient) -> None:
    async with signed_in(node, ADA) as socket:
        payload: Json = {"query": "subscription { systemMetrics(intervalSeconds: 3600) { timestamp } }"}
        for number in range(100):
            await send(socket, type="subscribe", id=str(number), payload=payload)
        for number in range(100):
            await send(socket, type="complete", id=str(number))
        await send(socket, type="ping")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while json.loads(await socket.recv())["type"] != "pong":
                continue


async def test_others_are_answered_in_time_beside_a_flood(node: httpx.AsyncClient) -> None:
    flood = asyncio.create_task(asyncio.to_thread(_flood, node.base_url.host, node.base_url.port or 0))
    took = []
    for _ in range(PROBES):
        began = time.perf_counter()
        assert (await node.get("/healthz")).status_code == 200
        took.append(time.perf_counter() - began)
    await flood
    assert sorted(took)[int(PROBES * 0.9)] < P90_SECONDS, took


def _flood(host: str, port: int) -> None:
    """Open sockets one after the other, and send pings on each for as long as it is taken."""
    frame = bytes([0x81, 0x80 | 15]) + b"\0\0\0\0" + b'{"type":"ping"}'
    for _ in range(20):
        with sockets.create_connection((host, port)) as connection:
            connection.sendall(b"\r\n".join([b"GET /graphql HTTP/1.1", b"Host: localhost", *HANDSHAKE, b"", b""]))
            try:
                connection.recv(65_536)
                for _ in range(200):
                    connection.sendall(frame * 200)
            except OSError:
                continue


async def test_an_address_opens_so_many_sockets_at_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.asgi.with_limited_arrivals", partial(with_limited_arrivals, timer=lambda: 0.0))
    async with served(settings) as node:
        statuses = [status async for status in _handshakes(node, AT_ONCE + 40)]
    assert statuses == [101] * AT_ONCE + [429] * 40


async def _handshakes(client: httpx.AsyncClient, count: int) -> AsyncIterator[int]:
    for _ in range(count):
        yield (await answered(client, *HANDSHAKE))[0]


# --- handshakes ----------------------------------------------------------------------------------

UPGRADE = (b"Connection: Upgrade", b"Upgrade: websocket")
KEY = b"Sec-WebSocket-Key: " + base64.b64encode(b"0123456789abcdef")
VERSION = b"Sec-WebSocket-Version: 13"
PROTOCOL = b"Sec-WebSocket-Protocol: graphql-transport-ws"
HANDSHAKE = (*UPGRADE, KEY, VERSION, PROTOCOL)


async def answered(client: httpx.AsyncClient, *lines: bytes, start: bytes = b"GET /graphql") -> tuple[int, str]:
    """The status of a handshake, and the head of the answer."""
    reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    writer.write(b"\r\n".join([start + b" HTTP/1.1", b"Host: localhost", *lines, b"", b""]))
    async with asyncio.timeout(PATIENCE_SECONDS):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    writer.close()
    return int(head.split()[1]), head.lower()


@pytest.fixture
def errors() -> Iterator[list[logging.LogRecord]]:
    """What the server library logs as an error."""
    found: list[logging.LogRecord] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = found.append  # type: ignore[method-assign]  # the one thing that a handler does
    logger = logging.getLogger("uvicorn.error")
    logger.addHandler(handler)
    yield found
    logger.removeHandler(handler)


NO_HANDSHAKES = (
    (UPGRADE, b"GET /graphql", 400),
    ((*UPGRADE, VERSION, b"Sec-WebSocket-Key: short"), b"GET /graphql", 400),
    ((*UPGRADE, VERSION, b"Sec-WebSocket-Key: \xff\xfe"), b"GET /graphql", 400),
    ((*UPGRADE, KEY, b"Sec-WebSocket-Version: 12"), b"GET /graphql", 400),
    ((*UPGRADE, KEY, VERSION, b"Sec-WebSocket-Protocol: \xff,,"), b"GET /graphql", 400),
    ((*UPGRADE, KEY, VERSION, b"Sec-WebSocket-Extensions: ;;"), b"GET /graphql", 400),
    ((*UPGRADE, KEY, VERSION, b"Content-Length: 3"), b"GET /graphql", 400),
    ((*HANDSHAKE, b"X-Long: " + b"x" * 9_000), b"GET /graphql", 400),
    (HANDSHAKE, b"GET /" + b"x" * 9_000, 400),
    (HANDSHAKE, b"POST /graphql", 405),
    (HANDSHAKE, b"GET /nothing", 403),
    ((*HANDSHAKE, b"Origin: https://evil.example"), b"GET /graphql", 403),
    ((b"Connection: Upgrade", b"Upgrade: h2c"), b"GET /nothing", 404),
)


async def test_what_is_no_handshake_is_answered_with_our_headers_and_logs_no_error(
    node: httpx.AsyncClient, errors: list[logging.LogRecord]
) -> None:
    for lines, start, status in NO_HANDSHAKES:
        found, head = await answered(node, *lines, start=start)
        assert (lines, start, found) == (lines, start, status)
        for header in ("x-content-type-options: nosniff", "cache-control: no-store", "x-request-id: req_"):
            assert header in head
        assert "frame-ancestors" in head
        assert "content-type: application/json" in head
    await node.get("/healthz")  # by which the server is done with what was before
    assert not errors
