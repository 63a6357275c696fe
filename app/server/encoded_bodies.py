"""Reads bodies of requests that are compressed by gzip, within the limit of all bodies; refuses other encodings."""

import zlib
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from models.errors import MalformedRequest, PayloadTooLarge, UnsupportedMediaType

GZIP = frozenset({"gzip", "x-gzip"})
TAKEN = b"gzip"
NOT_ENCODED = frozenset({"", "identity"})
GZIP_WINDOW = zlib.MAX_WBITS + 16
"""With a header and a check sum, as in a file."""

PIECE_BYTES = 65_536
"""So much is unpacked at a time: who reads stops at the limit, before the rest of a bomb takes any memory."""

UNSUPPORTED_MEDIA_TYPE = 415
SHOWN_ENCODING = 100


def with_encoded_bodies(app: ASGIApp, max_bytes: int) -> ASGIApp:
    """The application, for bodies of at most so many bytes as they come; what is unpacked is limited by who reads it.

    A body is looked at when it is read, so that each edge refuses it in its own form, and strangers before that.
    """

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            named = [value.decode("latin-1") for name, value in scope["headers"] if name == b"content-encoding"]
            encoding = ", ".join(named).strip().lower()
            if encoding in GZIP:
                await app(scope, _GzipBody(receive, max_bytes), send)
                return
            if encoding not in NOT_ENCODED:
                await app(scope, _refused(receive, encoding), _told_what_is_taken(send))
                return
        await app(scope, receive, send)

    return asgi


def _refused(receive: Receive, encoding: str) -> Receive:
    async def receive_nothing() -> Any:
        message = await receive()
        if message["type"] == "http.request" and message["body"]:
            raise UnsupportedMediaType(
                f"The Content-Encoding '{encoding[:SHOWN_ENCODING]}' is not read: send the body as it is, or in gzip"
            )
        return message

    return receive_nothing


def _told_what_is_taken(send: Send) -> Send:
    async def send_told(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == UNSUPPORTED_MEDIA_TYPE:
            message["headers"] = [*message["headers"], (b"accept-encoding", TAKEN)]
        await send(message)

    return send_told


class _GzipBody:
    """The `receive` of a request whose body is compressed."""

    def __init__(self, receive: Receive, max_bytes: int) -> None:
        self._receive = receive
        self._max_bytes = max_bytes
        self._taken = 0
        self._stream = zlib.decompressobj(GZIP_WINDOW)
        self._packed = b""
        self._has_more_packed = True
        self._has_more_inside = False
        """Of what was taken in: a few bytes can stand for megabytes."""

    async def __call__(self) -> Any:
        """The next message. Raises `MalformedRequest`, `PayloadTooLarge`."""
        while True:
            if not self._has_more_inside:
                message = await self._receive()
                if message["type"] != "http.request":
                    return message
                self._take(message["body"], has_more=message.get("more_body", False))
            piece = self._unpacked()
            is_last = not self._has_more_packed and not self._has_more_inside
            if is_last and self._taken and not self._stream.eof:
                raise MalformedRequest("The body in gzip is cut off")
            if piece or is_last:
                return {"type": "http.request", "body": piece, "more_body": not is_last}

    def _take(self, packed: bytes, *, has_more: bool) -> None:
        self._packed, self._has_more_packed = packed, has_more
        self._taken += len(packed)
        if self._taken > self._max_bytes:
            raise PayloadTooLarge(f"The body has more than {self._max_bytes:,} bytes in gzip")

    def _unpacked(self) -> bytes:
        if self._stream.eof and self._packed:
            raise MalformedRequest("The body has more behind the end of its gzip: send one stream")
        try:
            piece = self._stream.decompress(self._packed, PIECE_BYTES)
        except zlib.error:
            raise MalformedRequest("The body is not in gzip, as its Content-Encoding says") from None
        if self._stream.unused_data:
            raise MalformedRequest("The body has more behind the end of its gzip: send one stream")
        self._packed = self._stream.unconsumed_tail
        self._has_more_inside = bool(self._packed) or len(piece) == PIECE_BYTES
        return piece
