"""Answers that go on: Server-Sent Events and multipart, with a sign of life while there is nothing to tell."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any, Protocol, cast

from litestar.response.base import ASGIResponse
from litestar.response.streaming import ASGIStreamingResponse, Stream
from litestar.types import Receive, Send

KEEP_ALIVE_SECONDS = 12.0
MULTIPART_SECONDS = 5.0
BOUNDARY = "graphql"


class StreamForm(Protocol):
    """How the results of an operation are written one after the other."""

    headers: Mapping[str, str]
    alive_seconds: float
    opening: bytes
    alive: bytes
    closing: bytes

    def result(self, encoded: bytes) -> bytes:
        """One result."""
        ...


class Events:
    """The distinct connections mode of graphql-sse."""

    headers: Mapping[str, str] = {
        "Content-Type": "text/event-stream; charset=utf-8",
        "Cache-Control": "no-store, no-transform",
        "X-Accel-Buffering": "no",
    }
    alive_seconds = KEEP_ALIVE_SECONDS
    opening = b":\n\n"
    """Sent at once, so that the client knows that it is heard."""
    alive = b":\n\n"
    closing = b"event: complete\ndata:\n\n"

    def result(self, encoded: bytes) -> bytes:
        """See `StreamForm`. The encoding has no line breaks."""
        return b"event: next\ndata: " + encoded + b"\n\n"


class Multipart:
    """`multipart/mixed; subscriptionSpec=1.0`, as Apollo's clients take it."""

    headers: Mapping[str, str] = {
        "Content-Type": f'multipart/mixed;boundary="{BOUNDARY}";subscriptionSpec=1.0',
        "Cache-Control": "no-store, no-transform",
        "X-Accel-Buffering": "no",
    }
    alive_seconds = MULTIPART_SECONDS
    opening = f"\r\n--{BOUNDARY}".encode()
    alive = f"\r\nContent-Type: application/json\r\n\r\n{{}}\r\n--{BOUNDARY}".encode()
    closing = b"--\r\n"

    def result(self, encoded: bytes) -> bytes:
        """See `StreamForm`: what the operation itself says is the payload."""
        head = b"\r\nContent-Type: application/json\r\n\r\n"
        return head + b'{"payload":' + encoded + b"}" + f"\r\n--{BOUNDARY}".encode()


class ClosedStream(Stream):
    """An answer whose chunks are closed with it, however it ends: a client may leave between two of them.

    Else they are closed when somebody looks for garbage, each by itself and perhaps within another.
    """

    def to_asgi_response(self, *_: Any, headers: Mapping[str, str] | None = None, **options: Any) -> ASGIResponse:
        """See the base."""
        return _ClosedResponse(
            iterator=cast(AsyncGenerator[bytes, None], self.iterator),
            headers={**(headers or {}), **self.headers},
            encoded_headers=options.get("encoded_headers"),
            background=options.get("background"),
            status_code=self.status_code,
        )


class _ClosedResponse(ASGIStreamingResponse):
    __slots__ = ()

    async def send_body(self, send: Send, receive: Receive) -> None:
        try:
            await super().send_body(send, receive)
        finally:
            # Not by this task, which may have been told to end already.
            await asyncio.shield(asyncio.create_task(self._close()))

    async def _close(self) -> None:
        if isinstance(self.iterator, AsyncGenerator):
            await self.iterator.aclose()


async def written(
    results: AsyncGenerator[bytes, None], form: StreamForm, last_word: Callable[[], Awaitable[bytes]]
) -> AsyncGenerator[bytes, None]:
    """The chunks of an answer. The next result is fetched only when the last one was taken: nothing piles up.

    As soon as there is a `last_word`, the answer ends with it, whatever else was to come.
    """
    yield form.opening
    coming: asyncio.Task[bytes | None] | None = None
    ending = asyncio.ensure_future(last_word())
    try:
        while True:
            coming = coming or asyncio.create_task(_next(results))
            waiting: tuple[asyncio.Future[Any], ...] = (coming, ending)
            done, _ = await asyncio.wait(waiting, timeout=form.alive_seconds, return_when=asyncio.FIRST_COMPLETED)
            if ending in done:
                yield form.result(ending.result())
                yield form.closing
                return
            if not done:
                yield form.alive
                continue
            encoded, coming = coming.result(), None
            if encoded is None:
                yield form.closing
                return
            yield form.result(encoded)
    finally:
        ending.cancel()
        # Not by this task, which may have been told to end already.
        await asyncio.shield(asyncio.create_task(_closed(results, coming)))


async def _closed(results: AsyncGenerator[bytes, None], coming: "asyncio.Task[bytes | None] | None") -> None:
    """Close what is read from, once nobody reads any more.

    It may have come to a result by then, or may not heed that it is told to end: what would be left of it is closed
    when somebody looks for garbage, which ends in faults of its own.
    """
    if coming is not None:
        coming.cancel()
        await asyncio.wait([coming])
        if not coming.cancelled():
            coming.exception()  # of no interest any more, and logged where nobody asks for it
    await results.aclose()


async def _next(results: AsyncGenerator[bytes, None]) -> bytes | None:
    return await anext(results, None)
