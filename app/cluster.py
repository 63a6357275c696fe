"""Wires this process as one node of many: its line to the others."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.settings.settings import Settings
from engine.dispatch.postgres_line import PostgresLine
from engine.dispatch.relay import Line, Relay
from engine.journal.broadcast import Broadcast


class Cluster:
    """What a node has that a process alone has not."""

    def __init__(self, settings: Settings, broadcast: Broadcast) -> None:
        self._settings = settings
        self._relay = Relay(self._line(), broadcast)

    def hears(self) -> bool:
        """Whether wake-ups of other nodes come through."""
        return not self._relay.is_lost

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Exchange wake-ups with the others: through Redis where there is one, else PostgreSQL."""
        self._relay.start()
        try:
            yield
        finally:
            await self._relay.stop()

    def _line(self) -> Line:
        if not self._settings.redis_url:
            return PostgresLine(self._settings.dsn)
        from engine.dispatch.redis_line import RedisLine  # its client takes a noticeable part of a start

        return RedisLine(self._settings.redis_url)
