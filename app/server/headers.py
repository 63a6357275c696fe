"""Notes of every request where it comes from, and gives every answer its id, its quota and the security headers."""

from collections.abc import Iterable
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from app.server.refusals import refuse
from models.commands.validation import BAD_TEXT
from models.error_codes import ErrorCode
from models.ids import REQUEST_PREFIX, new_id
from models.log_context import note
from resolvers.access.quota import WINDOW_SECONDS, Allowance
from resolvers.context import Origin
from rest_compat.responses import JSON

MAX_REQUEST_ID = 128
MAX_ADDRESS = 64
"""What a trusted proxy forwards is an address; but whoever is taken for one could forward anything."""

FORBIDDEN = 403
UNUSED_FEATURES = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")

Header = tuple[bytes, bytes]

SECURITY_HEADERS: tuple[Header, ...] = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES).encode()),
)
"""What every answer says (FAULTS S12) that does not say something else itself, as a page does of what it may load."""

STAY_ENCRYPTED: Header = (b"strict-transport-security", b"max-age=31536000")
ENCRYPTED = frozenset({"https", "wss"})

STARTS = frozenset({"http.response.start", "websocket.accept", "websocket.http.response.start"})


def with_headers(app: ASGIApp) -> ASGIApp:
    """The application with an `Origin` for each request and socket, and headers on each answer."""

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in (ScopeType.HTTP, ScopeType.WEBSOCKET):
            await app(scope, receive, send)
            return
        client = scope["client"]
        origin = Origin(_request_id(scope), client[0][:MAX_ADDRESS] if client else None)
        scope.setdefault("state", {})["origin"] = origin
        note(request_id=str(origin.request_id))
        with origin.visit.hold:
            await app(scope, receive, _Answer(scope, origin, send).send)

    return asgi


class _Answer:
    """What is sent for one request or socket. Not a function that calls itself: such a one keeps itself, and all that
    belongs to the request with it, until the interpreter looks for garbage.
    """

    def __init__(self, scope: Scope, origin: Origin, send: Send) -> None:
        self._scope = scope
        self._origin = origin
        self._send = send
        self._is_open = scope["type"] == ScopeType.HTTP

    async def send(self, message: Message) -> None:
        """Send a message with the headers that belong to it."""
        if message["type"] in STARTS:
            self._is_open = True
            answer: Any = message
            answer["headers"] = _complete(answer.get("headers", ()), self._scope, self._origin)
        elif message["type"] == "websocket.close" and not self._is_open:
            # The server's own refusal of a handshake would say neither why nor anything else.
            reason = message["reason"] or "This socket is refused"
            await refuse(self._scope, self.send, FORBIDDEN, ErrorCode.PERMISSION_DENIED, reason)
            return
        await self._send(message)


def _complete(given: Iterable[Header], scope: Scope, origin: Origin) -> list[Header]:
    headers = list(given)
    present = {name for name, _ in headers}
    headers += [header for header in SECURITY_HEADERS if header[0] not in present]
    headers.append((b"x-request-id", str(origin.request_id).encode()))
    if scope["scheme"] in ENCRYPTED:
        headers.append(STAY_ENCRYPTED)
    if origin.visit.allowance is not None:
        headers += quota_headers(origin.visit.allowance)
    return headers


def quota_headers(allowance: Allowance) -> list[Header]:
    """What is left, in the words of the draft standard that most APIs and clients know."""
    return [
        (b"ratelimit-limit", b"%d" % allowance.limit),
        (b"ratelimit-remaining", b"%d" % allowance.remaining),
        (b"ratelimit-reset", b"%d" % allowance.reset_seconds),
        (b"ratelimit-policy", b"%d;w=%d" % (allowance.limit, WINDOW_SECONDS)),
    ]


def refusal_headers(body: bytes, request_id: str, scheme: str | None) -> list[Header]:
    """The headers of a refusal that the server itself writes, for what never gets to the application."""
    headers = [
        (b"content-type", JSON.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        (b"x-request-id", request_id.encode()),
        *SECURITY_HEADERS,
    ]
    return [*headers, STAY_ENCRYPTED] if scheme in ENCRYPTED else headers


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            sent = value.decode("latin-1")
            if 0 < len(sent) <= MAX_REQUEST_ID and sent.isascii() and sent.isprintable() and not BAD_TEXT.search(sent):
                return sent
    return new_id(REQUEST_PREFIX)
