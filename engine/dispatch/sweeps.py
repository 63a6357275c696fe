"""Looks every few seconds for what was left behind where an answer was lost: each node at home, and one for all."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from engine.core.clock import Clock
from engine.dispatch.claims import give_back, hand_over_orphans, held_by
from engine.dispatch.nodes import Membership
from engine.dispatch.released_cancels import ReleasedCancels
from engine.journal.broadcast import JOBS, Broadcast
from engine.journal.groups import FIRST_PLACE, Group, turns_from
from engine.journal.queue import put
from models.database.database import Database
from models.errors import Unavailable
from models.log_context import facts, task_for_all

log = logging.getLogger("orchestrator.engine.dispatch")

SWEEP_SECONDS = 10.0
"""Whatever goes wrong, nothing stays behind for longer than this."""

RETRY_SECONDS = 1.0


class Sweeps:
    """One task. `at_work` gives all that this node works on; while it is asked, nobody else holds `taking`."""

    def __init__(
        self,
        database: Database,
        broadcast: Broadcast,
        clock: Clock,
        membership: Membership,
        released: ReleasedCancels,
        at_work: Callable[[], set[str]],
        taking: asyncio.Lock,
    ) -> None:
        self._database = database
        self._broadcast = broadcast
        self._clock = clock
        self._membership = membership
        self._released = released
        self._at_work = at_work
        self._taking = taking
        self._turns_from = FIRST_PLACE
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Sweep from now on."""
        self._task = task_for_all(self._go_on())

    async def stop(self) -> None:
        """Sweep no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _go_on(self) -> None:
        is_first = self._membership.is_alone
        while True:
            pause = RETRY_SECONDS
            try:
                await self._sweep(at_start=is_first)
                is_first, pause = False, SWEEP_SECONDS
            except Unavailable:
                log.debug("the database is away: what was left behind is looked for when it is back")
            except Exception:
                log.exception("a sweep stumbled on a fault of the engine, and goes on in a moment")
            await asyncio.sleep(pause)

    async def _sweep(self, *, at_start: bool) -> None:
        if not at_start:
            await self._give_back_forgotten()
        if self._membership.leads:
            await self._sweep_for_all()
            while at_start and self._turns_from != FIRST_PLACE:
                await self._sweep_for_all()
            await self._released.sweep(at_start=at_start)

    async def _give_back_forgotten(self) -> None:
        """What this node has in hand and does not work on: what it was told of its acceptance, say, was lost."""
        node_id = self._membership.id
        async with self._taking:
            held = await self._database.read(partial(held_by, node_id=node_id))
            at_work = self._at_work()
            now = self._clock.now()
            moments = {execution_id: now for execution_id in held if execution_id not in at_work}
            if not moments:
                return
            # What ended, or was let go of, while it was looked up is no more in hand.
            given = await self._database.transaction(partial(give_back, node_id=node_id, moments=moments))
        if given:
            known = facts(execution_ids=",".join(given))
            log.warning("Executions were in hand here, but not at work: they are given back", extra=known)
            self._broadcast.publish([JOBS])

    async def _sweep_for_all(self) -> None:
        now = self._clock.now()
        found, self._turns_from = await self._database.transaction(partial(self._found, now=now))
        if found:
            self._broadcast.publish([JOBS])

    def _found(self, connection: Connection, now: datetime) -> tuple[bool, Group]:
        """Hand over what is in unknown hands, and call those of some groups whose limit was changed just then."""
        orphans = hand_over_orphans(connection, now)
        turns = turns_from(connection, self._turns_from)
        called = [turn.execution_id for turn in turns.found if turn.node_id is None]
        put(connection, called)
        return bool(orphans or called), turns.next_place or FIRST_PLACE
