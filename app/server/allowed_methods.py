"""Answers HEAD wherever GET is answered, and mends `Allow` of OPTIONS, where the framework names too few methods."""

from litestar import Litestar
from litestar.enums import ScopeType
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from rest_compat.methods import allowed


def with_allowed_methods(app: Litestar) -> ASGIApp:
    """Wrap the application so that a HEAD is a GET without the body, and an OPTIONS names all that its path takes."""
    methods = {
        route.path_format: allowed(route.methods).encode() for route in app.routes if isinstance(route, HTTPRoute)
    }

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and scope["method"] == "HEAD":
            await _answer_head(app, scope, receive, send)
        elif scope["type"] == ScopeType.HTTP and scope["method"] == "OPTIONS":
            await _answer_options(app, methods, scope, receive, send)
        else:
            await app(scope, receive, send)

    return asgi


async def _answer_head(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    as_get: Scope = {**scope, "method": "GET"}  # type: ignore[assignment]  # a union of two

    async def send_without_body(message: Message) -> None:
        if message["type"] == "http.response.start":
            scope["path_template"] = as_get.get("path_template", "")  # which the router noted in the other
        elif message["type"] == "http.response.body":
            message["body"] = b""
        await send(message)

    await app(as_get, receive, send_without_body)


async def _answer_options(app: ASGIApp, methods: dict[str, bytes], scope: Scope, receive: Receive, send: Send) -> None:
    async def send_mended(message: Message) -> None:
        path = str(scope.get("path_template", ""))
        if message["type"] == "http.response.start" and path in methods:
            others = [header for header in message["headers"] if header[0] != b"allow"]
            message["headers"] = [*others, (b"allow", methods[path])]
        await send(message)

    await app(scope, receive, send_mended)
