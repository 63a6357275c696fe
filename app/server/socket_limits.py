"""Bounds what a WebSocket's client may send in a second, and answers what is no handshake as everything else is."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, ClassVar

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.datastructures import Headers
from websockets.exceptions import InvalidHandshake
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol

from app.server.headers import refusal_headers
from app.server.patience import Patience
from app.server.refusals import HANDSHAKE_METHOD, refusal
from models.error_codes import ErrorCode
from models.ids import REQUEST_PREFIX, new_id
from resolvers.access.token_bucket import TokenBucket

POLICY_VIOLATION = 1008
TOO_MANY = "Too many messages in a second"

SLICE_BYTES = 4_096
"""So much of what has come is parsed before a look at the budget: the smallest frames are 6 bytes."""

CODES = {
    HTTPStatus.METHOD_NOT_ALLOWED: ErrorCode.METHOD_NOT_ALLOWED,
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: ErrorCode.HEADERS_TOO_LARGE,
    HTTPStatus.INTERNAL_SERVER_ERROR: ErrorCode.INTERNAL_ERROR,
}
"""Of the refusals by the library; all others are a handshake that cannot be read."""

SHOWN_PATH = 200


class Handshake(ServerProtocol):
    """The library's side of a connection, whose refusals are in the envelope of all others."""

    path = ""
    scheme = "ws"

    def process_request(self, request: Request) -> tuple[str, str | None, str | None]:
        """See `ServerProtocol.process_request`. Raises `InvalidHandshake` for whatever cannot be read."""
        self.path = request.path.partition("?")[0][:SHOWN_PATH]
        try:
            return super().process_request(request)
        except ValueError as error:  # a header that is not even text, which the library takes for a fault of its own
            raise InvalidHandshake("a header of the handshake cannot be read") from error

    def reject(self, status: HTTPStatus | int, text: str) -> Response:
        """See `ServerProtocol.reject`."""
        status = HTTPStatus(status)
        request_id = new_id(REQUEST_PREFIX)
        code = CODES.get(status, ErrorCode.MALFORMED_REQUEST)
        body = refusal(code, text.strip(), request_id=request_id, path=self.path, method=HANDSHAKE_METHOD)
        headers = refusal_headers(body, request_id, self.scheme)
        return Response(
            status.value,
            status.phrase,
            Headers([(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]),
            body,
        )


class LimitedSocket(WebSocketsSansIOProtocol):
    """The server's WebSocket protocol with a budget of frames, whichever kind they are of."""

    patience: ClassVar[Patience] = Patience()
    conn: Handshake

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._budget = TokenBucket(self.patience.frames_per_second, self.patience.frames_at_once, self.loop.time())
        self._is_over = False
        extensions: Sequence[Any] | None = self.conn.available_extensions
        self.conn = Handshake(
            extensions=extensions, max_size=self.config.ws_max_size, logger=logging.getLogger("uvicorn.error")
        )

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.conn.scheme = self.scheme

    def data_received(self, data: bytes) -> None:
        for start in range(0, len(data), SLICE_BYTES):
            if self._is_over:
                return
            super().data_received(data[start : start + SLICE_BYTES])
        if not self.handshake_initiated and self.conn.handshake_exc is not None:
            self._refuse_handshake()

    def shutdown(self) -> None:
        """Begin to stop: say goodbye, and do not wait for long until that is read."""
        super().shutdown()
        self.loop.call_later(self.patience.parting_seconds, self.transport.abort)

    async def send(self, message: Any) -> None:
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            self.handshake_complete = True  # refused by the application: the library would log that as a fault of ours

    def handle_events(self) -> None:
        frames = len(self.conn.events) if self.handshake_initiated else 0
        if frames and not self._budget.take(frames, self.loop.time()):
            self._fail()
        else:
            super().handle_events()

    def _refuse_handshake(self) -> None:
        """Answer a head that the library cannot parse: it writes its answer, if any, where nobody fetches it."""
        self._is_over = self.handshake_complete = self.close_sent = True
        self.conn.data_to_send()
        status = HTTPStatus.BAD_REQUEST
        response = self.conn.reject(status, f"Failed to open a WebSocket connection: {self.conn.handshake_exc}.")
        self.transport.write(response.serialize())
        self.transport.close()

    def _fail(self) -> None:
        """Say why and hang up, and read nothing more: to wait for the client's goodbye would be to read its flood."""
        self._is_over = self.close_sent = self.disconnected = True
        self.conn.events_received()
        self.conn.fail(POLICY_VIOLATION, TOO_MANY)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.queue.put_nowait({"type": "websocket.disconnect", "code": POLICY_VIOLATION, "reason": TOO_MANY})
        self.read_paused = False  # or whoever takes what is left in the queue would go on reading
        self.transport.pause_reading()
        self.loop.call_later(self.patience.parting_seconds, self.transport.abort)
