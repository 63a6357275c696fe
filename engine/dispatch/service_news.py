"""Hears that services were registered or changed, here or on another node, and has the directory read them anew."""

import asyncio
import logging
from contextlib import suppress

from engine.dispatch.nodes import Membership
from engine.journal.broadcast import SERVICES, Broadcast
from engine.services.directory import ServiceDirectory
from models.errors import Unavailable
from models.log_context import task_for_all

log = logging.getLogger("orchestrator.services")


class ServiceNews:
    """One task. Who is alone changes them itself; among many a look at their revision finds what no wake-up told of."""

    def __init__(self, directory: ServiceDirectory, broadcast: Broadcast, membership: Membership) -> None:
        self._directory = directory
        self._broadcast = broadcast
        self._membership = membership
        self._listening: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Listen from now on."""
        self._listening = task_for_all(self._listen())

    async def stop(self) -> None:
        """Listen no more."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    async def _listen(self) -> None:
        pause = None if self._membership.is_alone else self._membership.pace.poll_seconds
        with self._broadcast.listen(SERVICES) as woken:
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await woken.wait()
                woken.clear()
                try:
                    await self._directory.refresh()
                except Unavailable:
                    log.debug("The database is away: services are looked at again when it is back")
                except Exception:
                    log.exception("The registered services stumbled on a fault of the engine, and are read again")
