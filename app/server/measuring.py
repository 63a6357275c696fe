"""Counts every request and socket from outside the whole application, and tells the log, however it is answered."""

from collections.abc import Awaitable
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from app.server.access_log import Access, status_of_socket
from app.terminal.logs import AccessLog
from resolvers.operations.traffic import Traffic

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER_METHOD = "OTHER"
UNMATCHED = "unmatched"
UNANSWERED = 500
"""What a client gets from the server where the application gives no answer."""


def measured(app: ASGIApp, traffic: Traffic, access_log: AccessLog = AccessLog.OFF) -> ASGIApp:
    """The application with its traffic counted, and told in the log as far as that is wanted.

    A request takes until its answer begins, so that a stream that stays open for an hour is no slow answer; it
    is an open connection until it ends.
    """

    access = Access(access_log)

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == ScopeType.HTTP:
            await answer(scope, receive, send)
        elif kind == ScopeType.WEBSOCKET:
            traffic.connections += 1
            try:
                await app(scope, receive, told_once(scope, send))
            finally:
                traffic.connections -= 1
        else:
            await app(scope, receive, send)

    def told_once(scope: Scope, send: Send) -> Send:
        """What sends the messages of a socket, and tells of the first one that says what becomes of it."""
        began = traffic.timer()
        is_told = False

        def send_told(message: Message) -> Awaitable[None]:
            nonlocal is_told
            status = None if is_told else status_of_socket(message)
            if status is not None:
                is_told = True
                if status >= access.shown_from:
                    access.tell(scope, status, traffic.timer() - began)
            return send(message)

        return send_told

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        began = traffic.timer()
        is_counted = False

        def send_counted(message: Message) -> Awaitable[None]:
            nonlocal is_counted
            if not is_counted and message["type"] == "http.response.start":
                is_counted = True
                note(scope, message["status"], began)
            return send(message)

        traffic.connections += 1
        try:
            await app(scope, receive, send_counted)
        finally:
            traffic.connections -= 1
            if not is_counted:
                note(scope, UNANSWERED, began)

    def note(scope: Scope, status: int, began: float) -> None:
        traffic.answered(_method(scope), _route(scope), status, began)
        if status >= access.shown_from:
            access.tell(scope, status, traffic.timer() - began)

    return asgi


def _method(scope: Any) -> str:
    """The method; a client can invent any number of them, and they must not become as many series."""
    method: str = scope["method"]
    return method if method in METHODS else OTHER_METHOD


def _route(scope: Any) -> str:
    """The template of the path, which the router has left in the scope by the time the answer begins."""
    template: str = scope.get("path_template") or UNMATCHED
    return template
