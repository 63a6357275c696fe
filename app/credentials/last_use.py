"""Notes when API keys were last used: to the minute, and not while a request waits for it."""

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from engine.core.clock import Clock
from models.database.database import Database
from models.errors import Unavailable
from models.log_context import task_for_all
from resolvers.access.api_key_rows import write_uses

log = logging.getLogger("orchestrator.credentials")

INTERVAL = timedelta(minutes=1)


class LastUse:
    """The uses of this process on their way to the database, each key's at most once a minute."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._uses: dict[str, datetime] = {}
        self._writing: asyncio.Task[None] | None = None

    def note(self, key_id: str, last_used_at: datetime | None) -> None:
        """Have the use of a key written soon, unless it was used less than a minute before."""
        now = self._clock.now()
        if key_id in self._uses or (last_used_at is not None and now - last_used_at < INTERVAL):
            return
        self._uses[key_id] = now
        if self._writing is None:
            self._writing = task_for_all(self._write())

    async def flush(self) -> None:
        """Return when all that was noted is on disk, or lost with a database that is away."""
        while self._writing is not None:
            await asyncio.shield(self._writing)

    async def close(self, grace_seconds: float) -> None:
        """Write what is left, unless the database is away for longer than the grace."""
        with suppress(TimeoutError):
            async with asyncio.timeout(grace_seconds):
                await self.flush()
        if self._writing is not None:
            self._writing.cancel()

    async def _write(self) -> None:
        try:
            while self._uses:
                uses = [(key_id, at, at - INTERVAL) for key_id, at in self._uses.items()]
                try:
                    await self._database.transaction(partial(write_uses, uses=uses))
                except Unavailable:
                    pass  # the next use is noted again
                except Exception:
                    log.exception("the last use of API keys could not be written")
                for key_id, _, _ in uses:
                    del self._uses[key_id]
        finally:
            self._writing = None
