"""A database of which the log is told when it is away, and when it is back, however many ask it meanwhile."""

import logging
from typing import TypeVar

from models.database.database import Database, Work
from models.database.presence import Presence
from models.database.start_faults import reason_of
from models.errors import Unavailable

T = TypeVar("T")

log = logging.getLogger("orchestrator.database")

AWAY = "The database is away: what needs it waits, and requests are answered with 503 until it is back"
UNFIT = "The database answers, and is not fit to work on"


class WatchedDatabase:
    """See `Database`. That it reads does not show that it is back: a disk that is full can be read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._presence = Presence(log, AWAY, "The database is back")
        self._fitness = Presence(log, UNFIT, "The database is fit to work on again")

    async def read(self, work: Work[T]) -> T:
        """See `Database.read`."""
        try:
            return await self._database.read(work)
        except Unavailable as error:
            self._presence.failed(reason_of(error))
            raise

    async def transaction(self, work: Work[T]) -> T:
        """See `Database.transaction`."""
        try:
            result = await self._database.transaction(work)
        except Unavailable as error:
            self._presence.failed(reason_of(error))
            raise
        if self._presence.is_away:
            self._presence.answered()
        return result

    async def tidy(self, work: Work[T]) -> T:
        """See `Database.tidy`."""
        try:
            result = await self._database.tidy(work)
        except Unavailable as error:
            self._presence.failed(reason_of(error))
            raise
        if self._presence.is_away:
            self._presence.answered()
        return result

    async def change_schema(self, work: Work[T]) -> T:
        """See `Database.change_schema`."""
        return await self._database.change_schema(work)

    async def probe(self) -> None:
        """See `Database.probe`."""
        try:
            await self._database.probe()
        except Unavailable as error:
            if not self._presence.is_away:
                self._fitness.failed(reason_of(error))
            raise
        if self._fitness.is_away:
            self._fitness.answered()

    async def close(self) -> None:
        """See `Database.close`."""
        await self._database.close()
