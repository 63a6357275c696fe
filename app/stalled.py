"""Drops clients that do not read: what waits for them would otherwise stay for as long as they like."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

STALL_SECONDS = 20.0
"""How long a connection's buffer (64 KB) may be full. A subscriber that was dropped goes on from its cursor."""

MAX_MESSAGE_BYTES = 65_536
"""The largest message that a WebSocket takes from its client."""


def http_protocol(stall_seconds: float = STALL_SECONDS) -> type[asyncio.Protocol]:
    """The server's HTTP protocol, with the connection cut when its client has not read for so long."""
    return _impatient(HttpToolsProtocol, stall_seconds)


def socket_protocol(stall_seconds: float = STALL_SECONDS) -> type[asyncio.Protocol]:
    """The same for WebSockets."""
    return _impatient(WebSocketsSansIOProtocol, stall_seconds)


def _impatient(protocol: type[Any], stall_seconds: float) -> type[asyncio.Protocol]:
    class Impatient(protocol):  # type: ignore[misc]  # the base is one of two
        _stalled: asyncio.TimerHandle | None = None

        def pause_writing(self) -> None:
            super().pause_writing()
            # Not `close`, which would wait until the client has read.
            self._stalled = self.loop.call_later(stall_seconds, self.transport.abort)

        def resume_writing(self) -> None:
            self._relent()
            super().resume_writing()

        def connection_lost(self, exc: Exception | None) -> None:
            self._relent()
            super().connection_lost(exc)

        def _relent(self) -> None:
            if self._stalled is not None:
                self._stalled.cancel()
                self._stalled = None

    return Impatient
