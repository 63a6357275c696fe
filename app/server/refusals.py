"""Answers in the envelope of the REST edge what never gets to an edge."""

from collections.abc import Iterable
from typing import Any

import msgspec
from litestar.enums import ScopeType
from litestar.types import Scope, Send

from models.error_codes import ErrorCode
from rest_compat.errors import REFUSED_AS, envelope
from rest_compat.responses import JSON

HANDSHAKE_METHOD = "GET"
"""A WebSocket begins as a GET."""


async def refuse(
    scope: Scope, send: Send, status: int, code: ErrorCode, detail: str, more: Iterable[tuple[bytes, bytes]] = ()
) -> None:
    """Refuse a request, or a WebSocket that was not accepted yet, with `more` headers."""
    request: Any = scope
    request["state"][REFUSED_AS] = code
    body = refusal(
        code,
        detail,
        request_id=request["state"]["origin"].request_id,
        path=request["path"],
        method=request.get("method", HANDSHAKE_METHOD),
    )
    headers = [(b"content-type", JSON.encode()), (b"content-length", str(len(body)).encode()), *more]
    kind: Any = "http.response" if request["type"] == ScopeType.HTTP else "websocket.http.response"
    start: Any = {"type": f"{kind}.start", "status": status, "headers": headers}
    end: Any = {"type": f"{kind}.body", "body": body, "more_body": False}
    await send(start)
    await send(end)


def refusal(code: ErrorCode, detail: str, *, request_id: str, path: str, method: str) -> bytes:
    """The body of a refusal."""
    return msgspec.json.encode(envelope(code, detail, request_id=request_id, path=path, method=method))
