"""Outgoing calls against services that misbehave, on real sockets (FAULTS F11 to F15)."""

import asyncio
import gzip
import socket
import struct
import tracemalloc
import zlib
from asyncio import StreamReader, StreamWriter
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
import pytest_asyncio

from engine.core.failure import ActionFailed
from engine.core.truncation import MAX_RESPONSE_BYTES
from engine.services.answers import parsed_body
from engine.services.contents import json_content
from engine.services.outbound import Outbound, Reply
from engine.services.session_transport import SessionTransport
from models.words import ActionErrorCode

pytestmark = pytest.mark.asyncio

Script = Callable[[StreamReader, StreamWriter], Awaitable[None]]

OK = b"HTTP/1.1 200 OK\r\n"
DRIP_SECONDS = 0.01
DEADLINE_SECONDS = 0.3
PATIENCE_SECONDS = 20


@asynccontextmanager
async def serving(script: Script) -> AsyncIterator[str]:
    """A service that does with each connection what the script says; gives its URL."""
    connections: dict[asyncio.Task[None], StreamWriter] = {}

    async def converse(reader: StreamReader, writer: StreamWriter) -> None:
        try:
            await script(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the caller hung up
        finally:
            writer.close()

    def accept(reader: StreamReader, writer: StreamWriter) -> None:
        connections[asyncio.create_task(converse(reader, writer))] = writer

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task, writer in connections.items():
            task.cancel()
            writer.transport.abort()
        await asyncio.gather(*connections, return_exceptions=True)


@pytest_asyncio.fixture
async def outbound() -> AsyncIterator[Outbound]:
    """The client with its real transport."""
    client = Outbound(SessionTransport())
    yield client
    await client.close()


async def ask(
    outbound: Outbound, url: str, method: str = "GET", body: Any = None, seconds: float = PATIENCE_SECONDS
) -> Reply:
    content = None if body is None else json_content(body)
    return await outbound.call(method, url, content=content, headers={}, timeout_seconds=seconds)


def says(*parts: bytes) -> Script:
    """A service that takes a request, sends these bytes and hangs up."""

    async def script(reader: StreamReader, writer: StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.writelines(parts)
        await writer.drain()

    return script


def body(content: bytes, *headers: bytes) -> Script:
    """A service that answers with this body."""
    length = b"Content-Length: %d" % len(content)
    return says(OK + b"\r\n".join((*headers, length)) + b"\r\n\r\n", content)


async def failure_of(outbound: Outbound, script: Script, **call: Any) -> ActionFailed:
    async with serving(script) as url:
        with pytest.raises(ActionFailed) as caught:
            await ask(outbound, url, **call)
    return caught.value


async def test_headers_come_in_lower_case_and_once_each_in_whatever_bytes(outbound: Outbound) -> None:
    names = b"X-Name: Stra\xdfe\r\nX-name: \xe2\x82\xac\r\nContent-Type: text/plain; CHARSET=latin-1\r\n"
    async with serving(says(b"HTTP/1.1 200 \xff\r\n", names, b"Content-Length: 1\r\n\r\n\xe4")) as url:
        reply = await ask(outbound, url)
    assert (reply.headers["x-name"], reply.encoding, parsed_body(reply)) == ("Straße, €", "latin-1", "ä")


# --- services that take their time (F11) ---------------------------------------------------------


async def hang(_reader: StreamReader, _writer: StreamWriter) -> None:
    await asyncio.Event().wait()


def drip(start: bytes, repeated: bytes) -> Script:
    async def script(_reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(start)
        while True:
            for position in range(len(repeated)):
                writer.write(repeated[position : position + 1])
                await writer.drain()
                await asyncio.sleep(DRIP_SECONDS)

    return script


async def never_read(_reader: StreamReader, writer: StreamWriter) -> None:
    writer.transport.pause_reading()  # type: ignore[attr-defined]  # every socket transport has it
    await drip(OK + b"Content-Length: 100000\r\n\r\n", b"x")(_reader, writer)


async def keep_promising(_reader: StreamReader, writer: StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(DRIP_SECONDS)


@pytest.mark.parametrize(
    "script",
    [
        hang,
        drip(OK + b"Content-Length: 100000\r\n\r\n", b"x"),
        drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        drip(OK, b"X-A: b\r\n"),
        drip(b"HTTP/1.1 200 ", b"O"),
        keep_promising,
    ],
    ids=["hang", "drip", "drip chunks", "drip headers", "drip status", "continue for ever"],
)
async def test_a_call_ends_at_its_deadline_however_slowly_bytes_come(outbound: Outbound, script: Script) -> None:
    failure = await failure_of(outbound, script, seconds=DEADLINE_SECONDS)
    assert (failure.code, failure.retryable, failure.repeatable) == (ActionErrorCode.TIMEOUT, True, False)


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_a_service_that_never_reads_its_request_does_not_hold_the_call(outbound: Outbound) -> None:
    text = {"text": "x" * 8_000_000}
    failure = await failure_of(outbound, never_read, method="POST", body=text, seconds=DEADLINE_SECONDS)
    assert failure.code is ActionErrorCode.TIMEOUT


async def test_one_that_hangs_does_not_delay_the_others(outbound: Outbound) -> None:
    async with serving(hang) as stuck, serving(body(b"1")) as fine:
        hanging = [asyncio.create_task(ask(outbound, stuck)) for _ in range(600)]
        assert (await ask(outbound, fine)).content == b"1"
        assert not any(task.done() for task in hanging)
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)


# --- services that break off or talk nonsense (F12) ----------------------------------------------


async def reset(reader: StreamReader, writer: StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    abort = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, abort)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (reset, "reset by peer"),
        (says(), "closed the connection"),
        (says(b"HTTP/1.1 2"), "closed the connection"),
        (says(OK + b"Content-Length: 100\r\n\r\n", b"half"), "received 4 of 100"),
        (says(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"), "Not enough data"),
        (says(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n"), "chunk size"),
        (says(OK + b"Content-Length: -1\r\n\r\n"), "Content-Length"),
        (says(b"\x00\xff\xfe nonsense\r\n\r\n" * 20), "Bad status line"),
        (says(b"<html>hello</html>\r\n\r\n"), "Bad status line"),
        (says(b"HTTP/1.1 99999 OK\r\n\r\n"), "status"),
        (says(OK + b"X-A: b\r\n" * 100_000), "Too many headers"),
        (says(OK + b"X-A: " + b"b" * 100_000), "more than"),
    ],
    ids=[
        "reset", "silent close", "half a status", "half a body", "half a chunk", "bad chunk", "bad length", "garbage",
        "no HTTP", "bad status", "many headers", "a huge header",
    ],
)  # fmt: skip
async def test_a_broken_answer_fails_with_its_reason(outbound: Outbound, script: Script, reason: str) -> None:
    failure = await failure_of(outbound, script, method="POST")
    assert (failure.code, failure.retryable, failure.repeatable) == (ActionErrorCode.CONNECTION_ERROR, True, False)
    assert reason in failure.message
    assert len(failure.message) < 700


async def test_a_connection_that_was_refused_sent_nothing(outbound: Outbound) -> None:
    async with serving(says()) as url:
        pass
    no_names = "http://a%00b", "http://a..b", f"http://{'a' * 70}.invalid"
    for address in (url, "http://no-such-host.invalid", *no_names):
        with pytest.raises(ActionFailed) as caught:
            await ask(outbound, address, "POST")
        failure = caught.value
        assert (failure.code, failure.retryable, failure.repeatable) == (ActionErrorCode.CONNECTION_ERROR, True, True)


async def test_a_charset_or_reason_that_does_not_exist_does_no_harm(outbound: Outbound) -> None:
    async with serving(body("é".encode(), b"Content-Type: text/plain; charset=\xff\xfe")) as url:
        assert parsed_body(await ask(outbound, url)) == "é"
    async with serving(says(b"HTTP/1.1 200 M\xf6glich\r\nContent-Length: 1\r\n\r\n1")) as url:
        assert parsed_body(await ask(outbound, url)) == 1


async def test_json_that_nests_100_000_levels_is_kept_as_text(outbound: Outbound) -> None:
    deep = b"[" * 100_000 + b"]" * 100_000
    async with serving(body(deep, b"Content-Type: application/json")) as url:
        assert parsed_body(await ask(outbound, url)) == deep.decode()


async def test_nothing_of_one_call_is_sent_with_the_next(outbound: Outbound) -> None:
    heads: list[bytes] = []

    async def script(reader: StreamReader, writer: StreamWriter) -> None:
        while True:
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(OK + b"Set-Cookie: session=secret; Path=/\r\nContent-Length: 0\r\n\r\n")

    async with serving(script) as url:
        for _ in range(2):
            await ask(outbound, url)
    assert len(heads) == 2
    assert heads[0] == heads[1]


async def test_a_call_says_of_itself_what_it_is_given_and_who_calls_once(outbound: Outbound) -> None:
    heads: list[str] = []

    async def script(reader: StreamReader, writer: StreamWriter) -> None:
        while True:
            heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
            await reader.readexactly(2)
            writer.write(OK + b"Content-Length: 0\r\n\r\n")

    async with serving(script) as url:
        place = url.replace("http://", "http://ada:s%40cret@")
        for headers in ({}, {"Authorization": "Bearer token", "User-Agent": "own", "Accept-Encoding": "br"}):
            await outbound.call("POST", place, content=json_content({}), headers=headers, timeout_seconds=5)
    by_url, by_header = ({line.lower() for line in head.splitlines()[1:-1]} for head in heads)
    common = {"accept: */*", "accept-encoding: gzip", "content-type: application/json", "content-length: 2"}
    host = f"host: {url.removeprefix('http://').strip('/')}"
    basic = b64encode(b"ada:s@cret").decode().lower()
    assert by_url == common | {host, "user-agent: orchestrator", f"authorization: basic {basic}"}
    assert by_header == common | {host, "user-agent: own", "authorization: bearer token"}


# --- services that send too much (F13, F14) ------------------------------------------------------


def endless(start: bytes, block: bytes, hung_up: asyncio.Event) -> Script:
    async def script(_reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(start)
        try:
            while True:
                writer.write(block)
                await writer.drain()
        finally:
            hung_up.set()

    return script


@contextmanager
def memory_below(mebibytes: int) -> Iterator[None]:
    """Check that no more memory was ever taken meanwhile."""
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
        assert peak < mebibytes * 1024 * 1024
    finally:
        tracemalloc.stop()


async def test_an_endless_body_is_cut_at_the_cap_and_its_connection_closed(outbound: Outbound) -> None:
    hung_up = asyncio.Event()
    async with serving(endless(OK + b"\r\n", b"x" * 65_536, hung_up)) as url:
        with memory_below(8):
            reply = await ask(outbound, url)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await hung_up.wait()
    assert (reply.content, reply.is_cut) == (b"x" * MAX_RESPONSE_BYTES, True)


@pytest.mark.parametrize("excess", [0, 1])
@pytest.mark.parametrize("compressed", [True, False])
async def test_the_cap_counts_decoded_bytes(outbound: Outbound, compressed: bool, excess: int) -> None:
    whole = b"x" * (MAX_RESPONSE_BYTES + excess)
    script = body(gzip.compress(whole), b"Content-Encoding: gzip") if compressed else body(whole)
    async with serving(script) as url:
        reply = await ask(outbound, url)
    assert (reply.content, reply.is_cut) == (whole[:MAX_RESPONSE_BYTES], bool(excess))


async def test_a_gzip_bomb_is_never_unpacked(outbound: Outbound) -> None:
    compressor = zlib.compressobj(9, wbits=31)
    mebibyte = bytes(1024 * 1024)
    bomb = b"".join(compressor.compress(mebibyte) for _ in range(100)) + compressor.flush()
    async with serving(body(bomb, b"Content-Encoding: gzip")) as url:
        with memory_below(8):  # a block of 16 KiB of it makes 16 MiB
            reply = await ask(outbound, url)
    assert (reply.content, reply.is_cut) == (mebibyte, True)


@pytest.mark.parametrize(
    ("content", "coding"),
    [
        (gzip.compress(b"hello"), b"gzip"),
        (gzip.compress(b"hello"), b"GZIP"),
        (gzip.compress(b"hello"), b"x-gzip"),
        (gzip.compress(b"hel") + gzip.compress(b"") + gzip.compress(b"lo"), b"gzip"),
        (zlib.compress(b"hello"), b"deflate"),
        (b"hello", b"identity"),
        (b"hello", b""),
    ],
)
async def test_a_compressed_body_is_decoded(outbound: Outbound, content: bytes, coding: bytes) -> None:
    async with serving(body(content, b"Content-Encoding: " + coding)) as url:
        assert (await ask(outbound, url)).content == b"hello"


@pytest.mark.parametrize(
    ("content", "coding", "reason"),
    [
        (b"hello", b"gzip", "broken"),
        (gzip.compress(b"hello")[:-1], b"gzip", "ends before its end"),
        (gzip.compress(b"hello")[:-8] + bytes(8), b"gzip", "broken"),
        (gzip.compress(gzip.compress(b"hello")), b"gzip, gzip", "'gzip, gzip' was not asked for"),
        (b"hello", b"br", "'br' was not asked for"),
    ],
)
async def test_a_body_that_cannot_be_decoded_fails_with_its_reason(
    outbound: Outbound, content: bytes, coding: bytes, reason: str
) -> None:
    failure = await failure_of(outbound, body(content, b"Content-Encoding: " + coding))
    assert (failure.code, failure.retryable) == (ActionErrorCode.INVALID_RESPONSE, False)
    assert reason in failure.message


# --- services that point elsewhere (F15) ---------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_an_answer_and_is_not_followed(outbound: Outbound, status: int) -> None:
    visits: list[bytes] = []

    async def script(reader: StreamReader, writer: StreamWriter) -> None:
        visits.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 %d Elsewhere\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n" % status)

    async with serving(script) as url:
        reply = await ask(outbound, url)
    assert (reply.status, len(visits)) == (status, 1)
