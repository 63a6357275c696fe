"""Lets executions that were in hand each time that a process died go on one after the other.

When a process dies, all that it had in hand have lost a life, though one alone was guilty. Who was there too often
waits here: the others first, then the least suspected. So the guilty one is soon alone when it kills, and loses all its
lives, while those that were only beside it go on.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable
from heapq import heappop, heappush
from itertools import count

from engine.journal.lives import SUSPECT_LIVES
from models.log_context import facts, task_for_all

log = logging.getLogger("orchestrator.engine.dispatch")

OTHERS_FIRST_SECONDS = 1.0
"""What nobody suspects has so long to come to something, before the first suspect begins."""

ALONE_SECONDS = (1.0, 10.0, 60.0)
"""How long a suspect is alone before the next one begins: the longer, the more lives it has lost. Who was alone for the
longest of these is acquitted, so that nobody is given up for what others did.
"""


class Quarantine:
    """The suspects of one process.

    `begin` starts the work of one, and returns whether there is any; `acquit` is told of who was innocent.
    """

    def __init__(self, begin: Callable[[str], Awaitable[bool]], acquit: Callable[[str], Awaitable[None]]) -> None:
        self._begin = begin
        self._acquit = acquit
        self._waiting: list[tuple[int, int, str]] = []
        self._numbers = count()
        self._present: str | None = None
        self._is_over = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def ids(self) -> Collection[str]:
        """The executions that wait for their turn, or begin at this moment."""
        present = {self._present} if self._present is not None else set()
        return {execution_id for _, _, execution_id in self._waiting} | present

    def admit(self, suspects: Iterable[tuple[int, str]]) -> None:
        """Have suspects, each `(lives, execution_id)`, wait for their turn."""
        for lives, execution_id in suspects:
            if execution_id not in self.ids:
                heappush(self._waiting, (lives, next(self._numbers), execution_id))
        if self._waiting and self._task is None:
            self._task = task_for_all(self._go_on())

    def let_go(self, execution_id: str) -> None:
        """An execution is at work no more: if it was the suspect whose turn it was, the next one may begin."""
        if execution_id == self._present:
            self._is_over.set()

    async def stop(self) -> None:
        """Begin none any more."""
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _go_on(self) -> None:
        try:
            await asyncio.sleep(OTHERS_FIRST_SECONDS)
            while self._waiting:
                lives, _, self._present = heappop(self._waiting)
                known = facts(execution_id=self._present, deaths=lives)
                log.warning("An execution that was at work each time a process died begins alone", extra=known)
                self._is_over.clear()
                if not await self._begun(self._present):
                    continue
                seconds = ALONE_SECONDS[min(lives - SUSPECT_LIVES, len(ALONE_SECONDS) - 1)]
                if not await self._has_ended_within(seconds) and seconds == ALONE_SECONDS[-1]:
                    await self._acquit(self._present)
        finally:
            self._task = self._present = None

    async def _begun(self, execution_id: str) -> bool:
        try:
            return await self._begin(execution_id)
        except Exception:
            known = facts(execution_id=execution_id)
            log.exception("A suspect could not begin, on a fault of the engine: the next one follows", extra=known)
            return False

    async def _has_ended_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._is_over.wait()
        except TimeoutError:
            return False
        return True
