"""Bounds how many WebSockets an address may open in a second: each costs work before anybody has said who it is."""

import time
from collections.abc import Callable
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from app.server.refusals import refuse
from models.error_codes import ErrorCode
from resolvers.access.quota import MAX_CALLERS, stranger
from resolvers.access.token_bucket import TokenBuckets

PER_SECOND = 20
AT_ONCE = 200
"""Whoever is behind one address reconnects at once after a restart of ours."""
TOO_MANY_REQUESTS = 429


def with_limited_arrivals(app: ASGIApp, timer: Callable[[], float] = time.monotonic) -> ASGIApp:
    """The application, for as many new sockets of an address as one may open."""
    arrivals = TokenBuckets(PER_SECOND, AT_ONCE, MAX_CALLERS)

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.WEBSOCKET:
            state: Any = scope["state"]
            if not arrivals.take(stranger(state["origin"].address), timer()):
                detail = f"More than {PER_SECOND} new sockets in a second from this address: try again in a second"
                await refuse(scope, send, TOO_MANY_REQUESTS, ErrorCode.RATE_LIMITED, detail)
                return
        await app(scope, receive, send)

    return asgi
