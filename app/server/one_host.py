"""Refuses requests that do not say once for which host they are meant (RFC 9112, section 3.2)."""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from app.server.refusals import refuse
from models.error_codes import ErrorCode

BAD_REQUEST = 400
OLD = "1.0"
"""The version of HTTP whose requests need not say it."""


def with_one_host(app: ASGIApp) -> ASGIApp:
    """The application, for requests and sockets with one `Host`, that has a value."""

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in (ScopeType.HTTP, ScopeType.WEBSOCKET):
            hosts = [value for name, value in scope["headers"] if name == b"host"]
            if len(hosts) != 1 or not hosts[0]:
                fault = _fault(hosts, scope["http_version"])
                if fault:
                    await refuse(scope, send, BAD_REQUEST, ErrorCode.MALFORMED_REQUEST, fault)
                    return
        await app(scope, receive, send)

    return asgi


def _fault(hosts: list[bytes], http_version: str) -> str:
    if len(hosts) > 1:
        return f"The request has {len(hosts)} Host headers: send one"
    return "" if http_version == OLD else "The request has no Host: send the name of the server in a Host header"
