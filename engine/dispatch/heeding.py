"""Hears what concerns executions at work here: messages to them, and on other nodes cancels and changes by hand."""

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, select

from engine.dispatch.nodes import Membership
from engine.journal.broadcast import ABORTS, MESSAGE_TOPIC, Broadcast
from engine.journal.queue import EXECUTIONS
from engine.journal.refusals import LAST_SEQUENCES
from engine.running.run_pool import RunPool
from models.database.database import Database
from models.database.tables import ExecutionEventRow, table
from models.errors import Unavailable
from models.log_context import task_for_all
from models.words import EventType, ExecutionStatus

log = logging.getLogger("orchestrator.engine.dispatch")

EVENTS = table(ExecutionEventRow)
IDS: BindParameter[Any] = bindparam("ids", expanding=True)
CANCELLED = select(EXECUTIONS.c.id).where(
    EXECUTIONS.c.id.in_(IDS), EXECUTIONS.c.status == ExecutionStatus.CANCELLED.value
)
STOPPED = select(EVENTS.c.execution_id).where(
    EVENTS.c.execution_id.in_(IDS), EVENTS.c.type == EventType.EXECUTION_STOPPING.value
)


class Heeding:
    """`look` is told that what was sent may have made something runnable."""

    def __init__(
        self, database: Database, broadcast: Broadcast, membership: Membership, pool: RunPool, look: Callable[[], None]
    ) -> None:
        self._database = database
        self._broadcast = broadcast
        self._membership = membership
        self._pool = pool
        self._look = look
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Listen from now on. Who is alone hears of everything, and cancels nowhere else."""
        self._tasks = [task_for_all(self._heed_messages())]
        if not self._membership.is_alone:
            self._tasks.append(task_for_all(self._heed_aborts()))

    async def stop(self) -> None:
        """Listen no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _heed_messages(self) -> None:
        with self._broadcast.listen(MESSAGE_TOPIC) as woken:
            while True:
                if await self._is_woken(woken):
                    self._look()
                self._pool.look_for_messages()

    async def _heed_aborts(self) -> None:
        with self._broadcast.listen(ABORTS) as woken:
            while True:
                await self._is_woken(woken)
                try:
                    await self._abort()
                except Unavailable:
                    log.debug("the database is away: cancels on other nodes are heard of when it is back")
                except Exception:
                    log.exception("a fault of the engine: cancels on other nodes are heard of in a moment")

    async def _abort(self) -> None:
        for execution_id in await self._found(CANCELLED, self._pool.ids):
            self._pool.abort(execution_id)
        for execution_id in await self._found(STOPPED, self._pool.unaware):
            if execution_id in self._pool.unaware:  # what it has journaled itself it knows by now
                self._pool.abort(execution_id)
        known = self._pool.known
        for execution_id, last in await self._sequences(list(known)):
            if last > known[execution_id]:
                self._pool.look_at_journal(execution_id)

    async def _sequences(self, ids: Sequence[str]) -> Sequence[tuple[str, int]]:
        """The last sequence in the journal of each."""

        def read(connection: Connection) -> list[tuple[str, int]]:
            return [(row[0], row[1] or 0) for row in connection.execute(LAST_SEQUENCES, {"ids": ids})]

        return await self._database.read(read) if ids else []

    async def _found(self, look: Select[Any], among: Collection[str]) -> list[str]:
        def read(connection: Connection) -> list[str]:
            return list(connection.execute(look, {"ids": list(among)}).scalars())

        return await self._database.read(read) if among else []

    async def _is_woken(self, woken: asyncio.Event) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(None if self._membership.is_alone else self._membership.pace.poll_seconds):
                await woken.wait()
        is_woken = woken.is_set()
        woken.clear()
        return is_woken
