"""Keeps pages of other sites out of the test environment, whose users are believed without a proof (FAULTS S5).

A browser lets a page talk to its own host, whatever address the name of that host leads to meanwhile. So on loopback
the service answers to the names of loopback alone.
"""

from functools import lru_cache

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from app.server.refusals import refuse
from app.settings.settings import is_loopback
from models.error_codes import ErrorCode

MISDIRECTED = 421
SHOWN_NAME = 100
KNOWN_HOSTS = 64
"""Clients have few names for a service, and whoever makes up many takes no more room than that."""


def by_local_names(app: ASGIApp) -> ASGIApp:
    """The application, for requests to loopback names alone."""

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in (ScopeType.HTTP, ScopeType.WEBSOCKET):
            named = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
            others = [host for host in named if not is_local_name(host)]
            if others:
                detail = (
                    "In the test environment the service answers to localhost and 127.0.0.1 alone, not to "
                    f"'{others[0][:SHOWN_NAME]}'"
                )
                await refuse(scope, send, MISDIRECTED, ErrorCode.MISDIRECTED_REQUEST, detail)
                return
        await app(scope, receive, send)

    return asgi


@lru_cache(KNOWN_HOSTS)
def is_local_name(host: str) -> bool:
    """Whether a `Host` header, with or without a port, names the loopback."""
    name = host.lower()
    if name.startswith("["):
        name = name[1:].partition("]")[0]
    elif name.count(":") == 1:
        name = name.partition(":")[0]
    # Browsers take every name below localhost for this machine, and ask nobody about it.
    return is_loopback(name) or name.endswith(".localhost")
