"""Lets the pages of allowed sites call the API (CORS): answers preflights, and says what their scripts may read.

No browser is asked to send cookies or passwords along: a page has the credentials that its own script sends.
"""

from collections.abc import Collection

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from app.server.headers import Header
from resolvers.web_origins import is_allowed

METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE"
SENT_HEADERS = (
    b"Accept, Authorization, Content-Encoding, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, "
    b"traceparent, X-API-Key, X-Request-ID, X-User-ID"
)
READ_HEADERS = (
    b"ETag, Idempotent-Replayed, Location, RateLimit-Limit, RateLimit-Policy, RateLimit-Remaining, RateLimit-Reset, "
    b"Retry-After, WWW-Authenticate, X-Request-ID"
)
REMEMBERED_SECONDS = b"600"
NO_CONTENT = 204
VARY: Header = (b"vary", b"Origin")


def with_cross_origin(app: ASGIApp, allowed: Collection[str]) -> ASGIApp:
    """The application for the pages of `allowed` sites too; others get answers that their browsers keep from them."""
    if not allowed:
        return app

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        sent = dict(scope["headers"])
        origin = sent.get(b"origin")
        is_welcome = origin is not None and is_allowed(origin.decode("latin-1"), allowed)
        ours: list[Header] = [VARY]
        if origin is not None and is_welcome:
            ours.append((b"access-control-allow-origin", origin))
        if is_welcome and scope["method"] == "OPTIONS" and b"access-control-request-method" in sent:
            await _answer_preflight(send, ours)
            return
        if is_welcome:
            ours.append((b"access-control-expose-headers", READ_HEADERS))

        async def send_allowed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _merged(list(message["headers"]), ours)
            await send(message)

        await app(scope, receive, send_allowed)

    return asgi


async def _answer_preflight(send: Send, ours: list[Header]) -> None:
    headers = [
        *ours,
        (b"access-control-allow-methods", METHODS),
        (b"access-control-allow-headers", SENT_HEADERS),
        (b"access-control-max-age", REMEMBERED_SECONDS),
    ]
    await send({"type": "http.response.start", "status": NO_CONTENT, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _merged(headers: list[Header], ours: list[Header]) -> list[Header]:
    """With one `Vary`, which an answer may have of its own."""
    varies = [value for name, value in headers if name == b"vary"]
    others = [header for header in headers if header[0] != b"vary"]
    return [*others, (b"vary", b", ".join([*varies, VARY[1]])), *ours[1:]]
