"""Drops clients that do not read: what waits for them would otherwise stay for as long as they like."""

import asyncio
from typing import Any


def impatient(protocol: type[Any], stall_seconds: float) -> type[Any]:
    """The server's protocol, with the connection cut when its client has not read for so long."""

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
