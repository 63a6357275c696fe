"""Heads that are too large, and clients that send too slowly: each is cut off, and nobody else notices (F39)."""

import asyncio
import json
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from app.asgi import create_app
from app.server.patience import Patience
from app.server.serving import serving
from app.settings.settings import Settings
from tests.support.calls import ENVELOPE, NO_TLS, PATIENCE_SECONDS

pytestmark = pytest.mark.asyncio

SLOW = 1_000
SHORT = Patience(head_seconds=0.4, silence_seconds=0.4, parting_seconds=0.2, idle_seconds=1)
LATENCY_SECONDS = 0.25
"""What half of the requests may take beside a thousand slow sockets, on any machine that runs tests."""

HEAD = b"GET /workflows HTTP/1.1\r\nHost: 127.0.0.1\r\nX-User-ID: ada\r\n"
POST = b"POST /workflows HTTP/1.1\r\nHost: 127.0.0.1\r\nX-User-ID: ada\r\nContent-Type: application/json\r\n"
BODY = b'{"name": "w", "actions": []}'


@pytest.fixture
def settings(data_dir: Path) -> Settings:
    """What is shown here never gets to a database."""
    return Settings(data_dir=data_dir)


@pytest_asyncio.fixture
async def address(settings: Settings) -> AsyncIterator[tuple[str, int]]:
    """Where a server listens that has little patience."""
    async with serving(create_app(settings), patience=SHORT) as url:
        yield "127.0.0.1", httpx.URL(url).port or 0


class Connection:
    """A raw connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def opened(cls, address: tuple[str, int], sent: bytes = b"") -> "Connection":
        connection = cls(*await asyncio.open_connection(*address))
        await connection.send(sent)
        return connection

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def answer(self) -> tuple[int, dict[str, str], Any]:
        """The next answer: its status, headers and JSON body."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
            line, *lines = head.strip().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines)
            body = await self._reader.readexactly(int(headers["content-length"]))
        return int(line.split()[1]), headers, json.loads(body)

    async def end(self) -> bytes:
        """What still comes until the server closes; the connection is closed here too."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            try:
                rest = await self._reader.read()
            except ConnectionResetError:
                rest = b""
        self._writer.close()
        return rest


async def refused(connection: Connection, status: int, code: str) -> dict[str, Any]:
    """Check a refusal against the envelope and the security headers, and that the server then hangs up."""
    found, headers, body = await connection.answer()
    assert (found, set(body), body["error_code"]) == (status, ENVELOPE, code)
    assert (headers["connection"], headers["x-content-type-options"]) == ("close", "nosniff")
    assert headers["x-request-id"] == body["request_id"]
    assert "server" not in headers
    assert await connection.end() == b""
    return dict(body)


# --- the size of the head ------------------------------------------------------------------------


def lines(count: int, size: int = 1) -> bytes:
    return b"".join(b"X-%d: %s\r\n" % (number, b"x" * size) for number in range(count))


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(HEAD + lines(99) + b"\r\n", id="one header too many"),
        pytest.param(HEAD + lines(33, 1_000) + b"\r\n", id="together too large"),
        pytest.param(HEAD + b"X: " + b"x" * 33_000 + b"\r\n\r\n", id="one too large"),
        pytest.param(b"GET /" + b"x" * 33_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", id="the path too large"),
        pytest.param(HEAD + b"X: " + b"x" * 100_000, id="one that does not end"),
        pytest.param(b"\r\n" * 20_000, id="empty lines"),
    ],
)
async def test_a_head_over_the_limits_is_a_431(address: tuple[str, int], head: bytes) -> None:
    connection = await Connection.opened(address, head)
    await refused(connection, 431, "HEADERS_TOO_LARGE")


async def test_the_refusal_names_the_request(address: tuple[str, int]) -> None:
    body = await refused(await Connection.opened(address, HEAD + lines(99) + b"\r\n"), 431, "HEADERS_TOO_LARGE")
    assert (body["path"], body["method"]) == ("/workflows", "GET")
    assert body["detail"] == "The head of a request may have 100 headers and 32,768 bytes"


async def test_a_head_at_the_limits_is_read(address: tuple[str, int]) -> None:
    connection = await Connection.opened(address, HEAD + lines(97) + b"X: " + b"x" * 31_000 + b"\r\n\r\n")
    assert (await connection.answer())[0] == 200
    await connection.send(HEAD + b"\r\n")  # the count begins anew with each request
    assert (await connection.answer())[0] == 200
    await connection.end()


async def test_the_limit_holds_for_a_head_that_comes_in_pieces(address: tuple[str, int]) -> None:
    connection = await Connection.opened(address, HEAD)
    for _ in range(40):
        await connection.send(lines(1, 1_000))
        await asyncio.sleep(0)
    await refused(connection, 431, "HEADERS_TOO_LARGE")


async def test_trailers_are_no_headers_and_are_limited_too(address: tuple[str, int]) -> None:
    chunked = POST.replace(b"X-User-ID: ada\r\n", b"") + b"Transfer-Encoding: chunked\r\n\r\n"
    framed = b"%x\r\n%s\r\n0\r\n" % (len(BODY), BODY)
    connection = await Connection.opened(address, chunked + framed + b"X-User-ID: eve\r\n\r\n")
    assert (await connection.answer())[0] == 401
    await connection.end()
    unending = await Connection.opened(address, POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\n")
    for _ in range(20):
        await unending.send(b"x" * 5_000)
        await asyncio.sleep(0)
    assert b"MALFORMED_REQUEST" in await unending.end()


async def test_what_is_no_http_is_a_400_in_the_envelope(address: tuple[str, int]) -> None:
    await refused(await Connection.opened(address, b"no http at all\r\n\r\n"), 400, "MALFORMED_REQUEST")


# --- the pace ------------------------------------------------------------------------------------


async def test_a_head_must_come_in_time_however_often_a_byte_comes(address: tuple[str, int]) -> None:
    connection = await Connection.opened(address, HEAD)
    began = time.monotonic()
    dripping = asyncio.create_task(drip(connection, b"X: y\r\n"))
    await refused(connection, 408, "REQUEST_TIMED_OUT")
    dripping.cancel()
    assert time.monotonic() - began < 3


async def test_who_says_nothing_is_hung_up_on_without_a_word(address: tuple[str, int]) -> None:
    assert await (await Connection.opened(address)).end() == b""


async def test_empty_lines_keep_no_connection(address: tuple[str, int]) -> None:
    connection = await Connection.opened(address, HEAD + b"\r\n")
    assert (await connection.answer())[0] == 200
    await connection.send(b"\r\n")
    await refused(connection, 408, "REQUEST_TIMED_OUT")


async def test_a_body_must_keep_coming(address: tuple[str, int]) -> None:
    connection = await Connection.opened(address, POST + b"Content-Length: 1000\r\n\r\n{")
    await refused(connection, 408, "REQUEST_TIMED_OUT")


async def test_a_body_must_come_at_a_pace(address: tuple[str, int]) -> None:
    connection = await Connection.opened(address, POST + b"Content-Length: 100000\r\n\r\n{")
    dripping = asyncio.create_task(drip(connection, b" "))
    await refused(connection, 408, "REQUEST_TIMED_OUT")
    dripping.cancel()


async def test_a_body_that_comes_slowly_but_steadily_is_read(settings: Settings) -> None:
    patience = Patience(head_seconds=1, silence_seconds=1, slowest_bytes=1, idle_seconds=1)
    body = BODY.ljust(50)
    async with serving(create_app(settings), patience=patience) as url:
        address = "127.0.0.1", httpx.URL(url).port or 0
        connection = await Connection.opened(address, POST + b"Content-Length: %d\r\n\r\n" % len(body))
        for at in range(0, len(body), 10):  # all together longer than may pass in silence
            await asyncio.sleep(0.3)
            await connection.send(body[at : at + 10])
        assert (await connection.answer())[0] == 201
        await connection.end()


async def test_an_answer_may_take_longer_than_a_request(settings: Settings) -> None:
    async with (
        serving(create_app(settings), patience=SHORT) as url,
        httpx.AsyncClient(base_url=url, verify=NO_TLS) as client,
    ):
        body = {"query": "subscription { systemMetrics(intervalSeconds: 1) { timestamp } }"}
        headers = {"X-User-ID": "ada", "Accept": "text/event-stream"}
        async with client.stream("POST", "/graphql", json=body, headers=headers) as stream:
            seen = 0
            async for line in stream.aiter_lines():
                seen += line.startswith("data: {")
                if seen == 2:  # a second later, which is more than the patience for any request
                    break


async def test_a_connection_without_a_request_is_closed(address: tuple[str, int]) -> None:
    connection = await Connection.opened(address, HEAD + b"\r\n")
    assert (await connection.answer())[0] == 200
    assert await connection.end() == b""


async def test_pipelined_requests_are_all_answered(address: tuple[str, int]) -> None:
    connection = await Connection.opened(address, (HEAD + b"\r\n") * 3)
    assert [(await connection.answer())[0] for _ in range(3)] == [200, 200, 200]
    await connection.end()


async def drip(connection: Connection, piece: bytes) -> None:
    """Send a piece again and again, faster than a silence would be noticed."""
    try:
        while True:
            await asyncio.sleep(0.05)
            await connection.send(piece)
    except ConnectionError:
        return


# --- many of them --------------------------------------------------------------------------------


async def test_a_thousand_slow_sockets_are_cut_off_and_a_client_beside_them_is_served(settings: Settings) -> None:
    patience = Patience(head_seconds=1.5, parting_seconds=0.2)
    async with (
        serving(create_app(settings), patience=patience) as url,
        httpx.AsyncClient(base_url=url, verify=NO_TLS) as client,
    ):
        address = "127.0.0.1", httpx.URL(url).port or 0
        alone = await latencies(client, 30)
        slow = [await Connection.opened(address, HEAD) for _ in range(SLOW)]
        cut = asyncio.gather(*(connection.end() for connection in slow))
        beside: list[float] = []
        while not cut.done():
            beside += await latencies(client, 5)
        print(f"alone p50 {median(alone)}, beside {SLOW} slow sockets p50 {median(beside)}, worst {max(beside):.3f} s")
        assert all(b"REQUEST_TIMED_OUT" in said for said in await cut)
        assert len(beside) >= 10 and statistics.median(beside) < LATENCY_SECONDS


async def latencies(client: httpx.AsyncClient, count: int) -> list[float]:
    """How long so many requests took, one after the other."""
    took = []
    for _ in range(count):
        began = time.perf_counter()
        assert (await client.get("/workflows", headers={"X-User-ID": "ada"})).status_code == 200
        took.append(time.perf_counter() - began)
    return took


def median(times: Sequence[float]) -> str:
    return f"{statistics.median(times) * 1000:.1f} ms"
