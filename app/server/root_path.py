"""Serves below a path that a proxy gives the service: requests may come with it, and each `Location` begins with it."""

from collections.abc import Iterable
from urllib.parse import unquote

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send


def below_root_path(app: ASGIApp, root_path: str) -> ASGIApp:
    """The application below `root_path`, which proxies pass on or take off; probes come without it."""
    if not root_path:
        return app
    raw_root, root = root_path.encode(), unquote(root_path)

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in (ScopeType.HTTP, ScopeType.WEBSOCKET):
            await app(scope, receive, send)
            return
        if scope["path"] == root or scope["path"].startswith(root + "/"):
            scope["path"] = scope["path"][len(root) :] or "/"
            scope["raw_path"] = scope["raw_path"].removeprefix(raw_root) or b"/"

        async def send_below(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    (name, raw_root + value if name == b"location" and value.startswith(b"/") else value)
                    for name, value in message["headers"]
                ]
            await send(message)

        await app(scope, receive, send_below)

    return asgi


def is_taken(root_path: str, paths: Iterable[str]) -> bool:
    """Whether one of the service's own paths begins as `root_path` does: nobody could tell the two from each other."""
    first = root_path.split("/")[1] if root_path else ""
    return bool(first) and any(path.split("/")[1] == first for path in paths)
