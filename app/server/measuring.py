"""Counts every request and socket from outside the whole application, however it is answered."""

from collections.abc import Awaitable
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from resolvers.operations.traffic import Traffic

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER_METHOD = "OTHER"
UNMATCHED = "unmatched"
UNANSWERED = 500
"""What a client gets from the server where the application gives no answer."""


def measured(app: ASGIApp, traffic: Traffic) -> ASGIApp:
    """The application with its traffic counted.

    A request takes until its answer begins, so that a stream that stays open for an hour is no slow answer; it
    is an open connection until it ends.
    """

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == ScopeType.HTTP:
            await answer(scope, receive, send)
        elif kind == ScopeType.WEBSOCKET:
            traffic.connections += 1
            try:
                await app(scope, receive, send)
            finally:
                traffic.connections -= 1
        else:
            await app(scope, receive, send)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        began = traffic.timer()
        is_counted = False

        def send_counted(message: Message) -> Awaitable[None]:
            nonlocal is_counted
            if not is_counted and message["type"] == "http.response.start":
                is_counted = True
                traffic.answered(_method(scope), _route(scope), message["status"], began)
            return send(message)

        traffic.connections += 1
        try:
            await app(scope, receive, send_counted)
        finally:
            traffic.connections -= 1
            if not is_counted:
                traffic.answered(_method(scope), _route(scope), UNANSWERED, began)

    return asgi


def _method(scope: Any) -> str:
    """The method; a client can invent any number of them, and they must not become as many series."""
    method: str = scope["method"]
    return method if method in METHODS else OTHER_METHOD


def _route(scope: Any) -> str:
    """The template of the path, which the router has left in the scope by the time the answer begins."""
    template: str = scope.get("path_template") or UNMATCHED
    return template
