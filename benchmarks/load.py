"""The load driver: as many keep-alive connections as asked for, each sending its next request at once."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import msgspec
import uvloop


class Figures(msgspec.Struct, frozen=True):
    """What one measurement found. Latencies in milliseconds."""

    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    requests: int


def request_bytes(method: str, path: str, body: object | None = None) -> bytes:
    """One HTTP/1.1 request as it goes over the wire."""
    content = b"" if body is None else msgspec.json.encode(body)
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-User-ID: bench\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> tuple[int, bytes]:
    """Send one request; return the status and the body."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    if b"transfer-encoding: chunked" in lower:
        return int(head[9:12]), b"".join([chunk async for chunk in _chunks(reader)])
    start = lower.index(b"content-length:") + 15
    body = await reader.readexactly(int(lower[start : lower.index(b"\r\n", start)]))
    return int(head[9:12]), body


class Client:
    """One connection."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def open(self) -> "Client":
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def send(self, path: str, body: Any) -> Any:
        """Send one request; raises `RuntimeError` for an answer that is no success."""
        status, answer = await exchange(self._reader, self._writer, request_bytes("POST", path, body))
        if status >= 300:
            raise RuntimeError(f"unexpected answer {status}: {answer[:300]!r}")
        return msgspec.json.decode(answer)

    async def graphql(self, query: str, **variables: Any) -> Any:
        """What an operation answers."""
        return (await self.send("/graphql", {"query": query, "variables": variables}))["data"]


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while size := int(await reader.readuntil(b"\r\n"), 16):
        yield await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)


def measure(
    port: int, *requests: bytes, connections: int, seconds: float, accept: Callable[[int, bytes], bool]
) -> Figures:
    """Load `port` with `requests` in turn for `seconds`, after a warm-up of a fifth of that."""
    return uvloop.run(_measure(port, requests, connections, seconds, accept))


async def _measure(
    port: int, requests: Sequence[bytes], connections: int, seconds: float, accept: Callable[[int, bytes], bool]
) -> Figures:
    turns = itertools.cycle(requests)
    latencies: list[float] = []
    measuring_from = time.perf_counter() + seconds / 5
    end = measuring_from + seconds

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (started := time.perf_counter()) < end:
            status, body = await exchange(reader, writer, next(turns))
            if not accept(status, body):
                raise RuntimeError(f"unexpected answer {status}: {body[:300]!r}")
            if started >= measuring_from:
                latencies.append(time.perf_counter() - started)
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(connection() for _ in range(connections)))
    elapsed = time.perf_counter() - measuring_from
    latencies.sort()
    count = len(latencies)
    p50, p95, p99 = (latencies[count * percent // 100] * 1e3 for percent in (50, 95, 99))
    return Figures(count / elapsed, p50, p95, p99, count)
