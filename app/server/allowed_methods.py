"""Mends the `Allow` header of OPTIONS answers: the framework names the methods of a path's first handler only."""

from litestar import Litestar
from litestar.enums import ScopeType
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Message, Receive, Scope, Send


def with_allowed_methods(app: Litestar) -> ASGIApp:
    """Wrap the application so that an OPTIONS answer names every method that its path takes."""
    allowed = {
        route.path_format: ", ".join(sorted(route.methods)).encode()
        for route in app.routes
        if isinstance(route, HTTPRoute)
    }

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] != "OPTIONS":
            await app(scope, receive, send)
            return

        async def send_mended(message: Message) -> None:
            path = str(scope.get("path_template", ""))
            if message["type"] == "http.response.start" and path in allowed:
                others = [header for header in message["headers"] if header[0] != b"allow"]
                message["headers"] = [*others, (b"allow", allowed[path])]
            await send(message)

        await app(scope, receive, send_mended)

    return asgi
