"""Refuses what is still under way when the time that a stop gives to requests is over."""

import asyncio

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from app.server.refusals import refuse
from models.errors import Unavailable

STOPS = "The service stops: ask another node, or again in a moment. What was accepted goes on"


def with_drained_requests(app: ASGIApp) -> ASGIApp:
    """The application, whose requests end with an answer where the server cancels them, which is its last resort."""

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        has_begun = False

        async def send_noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await app(scope, receive, send_noted)
        except asyncio.CancelledError:
            if not has_begun:
                again = (b"retry-after", str(Unavailable.retry_after_seconds).encode())
                await refuse(scope, send, Unavailable.http_status, Unavailable.code, STOPS, [again])

    return asgi
