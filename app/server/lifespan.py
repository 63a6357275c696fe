"""Starts and stops what an application lives on, when the server says that its life begins and ends."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from traceback import format_exc
from typing import Any

from litestar.types import ASGIApp, Receive, Scope, Send


def with_lifespan(app: ASGIApp, lived: Callable[[], AbstractAsyncContextManager[None]]) -> ASGIApp:
    """The application, of which each life is one `lived`. What that raises is told to the server, and raised."""

    async def live(receive: Any, send: Any) -> None:
        await receive()
        ended = "startup"
        try:
            async with lived():
                await send({"type": "lifespan.startup.complete"})
                ended = "shutdown"
                await receive()
        except BaseException:
            await send({"type": f"lifespan.{ended}.failed", "message": format_exc()})
            raise
        await send({"type": "lifespan.shutdown.complete"})

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        kind: str = scope["type"]  # the framework's types leave out the third one
        if kind == "lifespan":
            await live(receive, send)
        else:
            await app(scope, receive, send)

    return asgi
