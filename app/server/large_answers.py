"""Sends large answers in pieces, as fast as they are read, and gives the memory that they took back to the system."""

import asyncio
import ctypes
import sys
from typing import Any

from litestar.types import ASGIApp, Message, Receive, Scope, Send

PIECE_BYTES = 65_536
"""A connection's buffer: a client that has read so much within the patience of the server is no stalled one."""

LARGE_BYTES = 1_048_576
TIDY_SECONDS = 1.0
"""How long after a large answer, together with others that end by then."""


def with_large_answers(app: ASGIApp) -> ASGIApp:
    """The application, for clients of any speed."""
    tidying: asyncio.TimerHandle | None = None

    def tidy() -> None:
        nonlocal tidying
        tidying = None
        asyncio.get_running_loop().run_in_executor(None, give_back_memory)

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_in_pieces(message: Message) -> None:
            nonlocal tidying
            if message["type"] != "http.response.body" or len(message["body"]) <= PIECE_BYTES:
                await send(message)
                return
            size = len(message["body"])
            try:
                await _in_pieces(message, send)
            finally:
                if size >= LARGE_BYTES and tidying is None:
                    tidying = asyncio.get_running_loop().call_later(TIDY_SECONDS, tidy)

        await app(scope, receive, send_in_pieces)

    return asgi


async def _in_pieces(message: Any, send: Send) -> None:
    body = memoryview(message["body"])
    for start in range(0, len(body), PIECE_BYTES):
        end = start + PIECE_BYTES
        more = end < len(body) or message.get("more_body", False)
        await send({"type": "http.response.body", "body": bytes(body[start:end]), "more_body": more})


def give_back_memory() -> None:
    """Have the allocator return what nobody uses: glibc keeps it where anything lies above it on the heap."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # other libraries for C have none
        if trim is not None:
            trim(0)
