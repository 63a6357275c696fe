"""Hands executions to runners on one of many nodes: carried out here where there is room, else by the queue."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, select

from engine.actions.registry import ActionRegistry
from engine.core.clock import Clock
from engine.core.state import ExecutionState
from engine.dispatch.claims import (
    AT_ONCE,
    EXECUTIONS,
    claim,
    enqueue_due,
    enqueue_strays,
    held_by,
    release,
    release_to_group,
)
from engine.dispatch.job_queue import EXECUTE, EXPIRE, forget_done, take
from engine.dispatch.nodes import BEAT_SECONDS, Membership
from engine.dispatch.quarantine import Quarantine
from engine.dispatch.released_cancels import ReleasedCancels
from engine.dispatch.store import Store
from engine.dispatch.taking_up import TakingUp
from engine.dispatch.timekeeper import Timekeeper
from engine.journal.broadcast import ABORTS, JOBS, Broadcast
from engine.journal.broadcast import MESSAGE_TOPIC as MESSAGES
from engine.journal.found import Found
from engine.journal.groups import FIRST_PLACE, Group
from engine.journal.journal import Journal
from engine.journal.lives import Counted, count
from engine.journal.mailbox import Mailbox
from engine.journal.projection import NewRow as Row
from engine.journal.stream import Stream
from engine.running.run_pool import MAX_RUNNING, RunPool, Ticket, ticket
from engine.running.run_pool import RunOutcome as Outcome
from engine.secrets.values import SecretStore
from engine.services.gates import Blocked
from models.audit import AuditNote
from models.database.database import Database
from models.database.outlasting import outlasting
from models.database.tables import ExecutionEventRow as ExecutionEvent
from models.database.tables import table
from models.errors import Unavailable
from models.words import EventType, ExecutionStatus, NodeKind

log = logging.getLogger("orchestrator.dispatch")

EVENTS = table(ExecutionEvent)
BEGIN = select(1)
"""SQLAlchemy begins a transaction with its own first statement: what is sent past it must come later."""

TAKEN_AT_ONCE = 50
"""Jobs of one transaction at most."""

POLL_SECONDS = 1.0
"""How often the queue is looked at where no wake-up comes, for one may be lost."""

RETRY_SECONDS = 0.5


class ClusterDispatcher:
    """The dispatcher of a node: what it has in hand is written with its name, and everybody may see who that is."""

    def __init__(
        self,
        database: Database,
        store: Store,
        journal: Journal,
        actions: ActionRegistry,
        secrets: SecretStore,
        clock: Clock,
        broadcast: Broadcast,
        membership: Membership,
        *,
        max_running: int = MAX_RUNNING,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._store = store
        self._journal = journal
        self._clock = clock
        self._broadcast = broadcast
        self._membership = membership
        self._pool = RunPool(actions, secrets, Mailbox(database), clock, self._let_go, size=max_running, chance=chance)
        self._taking_up = TakingUp(database, store, journal, clock, broadcast, lambda: membership.id)
        self._quarantine = Quarantine(self._begin_suspect, self._taking_up.acquit)
        self._taker = uuid4()
        self._claiming = asyncio.Lock()
        self._was_full = False
        self._room_came = asyncio.Event()
        self._parked: list[str] = []
        self._left: list[str] = []
        self._without_room: list[str] = []
        self._releasing: asyncio.Task[None] | None = None
        self._asides: set[asyncio.Task[None]] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._released = ReleasedCancels(database, journal, clock, self)
        self._timekeeper = Timekeeper(
            clock,
            take_up_due=self._take_up_due,
            take_up_strays=self._take_up_strays,
            next_timer=self._next_timer,
        )
        self._is_more_due = False
        self._turns_from = FIRST_PLACE
        self._stopping = False
        membership.lost = self._abandon_all
        journal.cancelled = self.abort
        journal.released = self._released.add

    async def start(self) -> None:
        """See `Dispatcher.start`; the membership has joined."""
        await outlasting(self._taking_up.retry_all)
        self._timekeeper.start()
        heeding = (self._heed_aborts(), self._heed_messages())
        self._tasks = [asyncio.create_task(heeds) for heeds in heeding]
        if self._membership.kind is not NodeKind.API:
            self._tasks.append(asyncio.create_task(self._take_jobs()))

    def accept(
        self, stream: Stream, new_execution: Row, audit: AuditNote, *, is_waited_for: bool
    ) -> "asyncio.Future[ExecutionState | None]":
        """See `Dispatcher.accept`. A node that only answers the API carries out what is waited for, and no more."""
        accepted = ticket(stream)
        is_ours = is_waited_for or self._membership.kind is not NodeKind.API
        if is_ours and self._pool.room and not self._stopping:
            stream.commit({**new_execution, "node_id": self._membership.id}, audit)
            self._pool.begin(accepted)
        else:
            stream.commit({**new_execution, "node_id": None}, audit)
            stream.when_settled(lambda: self._timekeeper.expect(stream.run.deadline(stream.state)))
            accepted.let_go()
        return accepted.ended

    def abort(self, execution_id: str) -> None:
        """See `Dispatcher.abort`; a node that has it in hand is told."""
        if execution_id in self._pool.ids:
            self._pool.abort(execution_id)
        else:
            self._broadcast.publish([ABORTS])

    def clean_up(self, execution_id: str) -> None:
        """See `Dispatcher.clean_up`. The journal has asked for a node already; who has it in hand lets go of it."""
        if execution_id in self._pool.unaware:
            self._pool.abort(execution_id)
        elif execution_id not in self._pool.ids:
            self._broadcast.publish([ABORTS])

    def held(self, execution_id: str) -> Mapping[str, Blocked]:
        """See `Dispatcher.held`."""
        return self._pool.held(execution_id)

    @property
    def is_stopping(self) -> bool:
        """See `Dispatcher.is_stopping`."""
        return self._stopping

    @property
    def running_count(self) -> int:
        """See `Dispatcher.running_count`."""
        return len(self._pool.ids)

    async def stop(self, grace_seconds: float) -> None:
        """See `Dispatcher.stop`; what is let go of is handed over when the membership leaves."""
        self._stopping = True
        await self._timekeeper.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._released.stop()
        await self._quarantine.stop()
        in_hand = list(self._pool.ids)
        await self._pool.stop(grace_seconds)
        await self._taking_up.spare(in_hand)
        for aside in list(self._asides):
            aside.cancel()
        await asyncio.gather(*self._asides, return_exceptions=True)
        if self._releasing is not None:
            self._releasing.cancel()
            await asyncio.gather(self._releasing, return_exceptions=True)

    def _abandon_all(self) -> None:
        for execution_id in list(self._pool.ids):
            self._pool.abort(execution_id)

    # --- what was taken on and is let go of ------------------------------------------------------

    def _let_go(self, taken: Ticket, outcome: Outcome) -> None:
        self._quarantine.let_go(taken.execution_id)
        match outcome:
            case Outcome.FAULTED:
                taken.stream.when_settled(lambda: self._soon(self._set_aside(taken.execution_id)))
            case Outcome.PARKED:
                self._parked.append(taken.execution_id)
            case Outcome.OVERTAKEN | Outcome.START_REFUSED:
                self._left.append(taken.execution_id)
            case Outcome.NO_ROOM:
                self._without_room.append(taken.execution_id)
        if self._was_full:
            self._room_came.set()
        has_some = self._parked or self._left or self._without_room
        if has_some and self._releasing is None and not self._stopping:
            self._releasing = asyncio.create_task(self._release())

    async def _release(self) -> None:
        """What cannot be released now is found by the next sweep."""
        try:
            while self._parked or self._left or self._without_room:
                parked, left = self._parked[:AT_ONCE], self._left[:AT_ONCE]
                waiting = self._without_room[:AT_ONCE]
                del self._parked[: len(parked)], self._left[: len(left)], self._without_room[: len(waiting)]
                node_id, has_jobs = self._membership.id, bool(left)
                if parked or left:
                    await self._database.transaction(partial(release, node_id=node_id, parked=parked, left=left))
                if waiting:
                    work = partial(release_to_group, node_id=node_id, execution_ids=waiting)
                    has_jobs |= await self._database.transaction(work)
                self._timekeeper.look()
                if has_jobs:
                    self._broadcast.publish([JOBS])
        except Unavailable:
            log.warning("the database is away: what this node let go of is released when it is back")
        finally:
            self._releasing = None

    # --- the queue -------------------------------------------------------------------------------

    async def _take_jobs(self) -> None:
        with self._broadcast.listen(JOBS) as woken:
            self._room_came = woken
            while True:
                woken.clear()
                if not await self._persistently(self._take):
                    await _woken_within(woken, POLL_SECONDS)

    async def _take(self) -> bool:
        """Begin what the next jobs ask for; return whether there may be more."""
        room = self._pool.room
        self._was_full = not room
        kinds = (EXECUTE, EXPIRE) if room else (EXPIRE,)
        limit = min(room, TAKEN_AT_ONCE) or TAKEN_AT_ONCE
        node_id = self._membership.id

        def work(connection: Connection) -> tuple[int, Counted, list[Found]]:
            connection.execute(BEGIN)
            asked = take(connection, limit, kinds, self._taker)
            claimed = claim(connection, node_id, asked) if asked else []
            counted = count(connection, claimed, self._taking_up.taker)
            return len(asked), counted, self._store.find(connection, counted.counted)

        async with self._claiming:
            asked, counted, found = await self._database.transaction(work)
            self._quarantine.admit(counted.suspects)
            self._begin(await self._taking_up.open(found))
        makes_room = asked > 0 and self._is_more_due  # in the queue for those behind
        if makes_room or any(each.execution_id not in self._pool.ids for each in found):
            self._timekeeper.look()
        return asked > 0

    def _begin(self, streams: Sequence[Stream]) -> None:
        for stream in streams:
            if stream.run.execution_id not in self._pool.ids:
                self._pool.begin(ticket(stream))

    async def _begin_suspect(self, execution_id: str) -> bool:
        """What fails here is left to the next sweep, which finds it in hand and not at work."""
        try:
            if execution_id not in await self._database.read(partial(held_by, node_id=self._membership.id)):
                return False  # it is another node's by now
            counted = await self._taking_up.count([execution_id], alone=True)
            streams = await self._taking_up.find(counted.counted)
        except Unavailable:
            log.warning("the database is away: execution %s is taken up when it is back", execution_id)
            return False
        self._begin(streams)
        self._timekeeper.look()
        return bool(streams)

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        if self._stopping:
            work.close()
            return
        task = asyncio.create_task(work)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    async def _set_aside(self, execution_id: str) -> None:
        await self._taking_up.stumbled([execution_id])
        self._timekeeper.look()

    # --- timers, and what was left behind --------------------------------------------------------

    async def _next_timer(self, now: datetime) -> datetime | None:
        """The first moment after `now` at which there is something to be taken up."""
        if self._is_more_due:
            return now + timedelta(seconds=POLL_SECONDS)
        return await self._store.next_timer(now)

    async def _take_up_due(self, now: datetime) -> None:
        asked = await self._database.transaction(partial(enqueue_due, now=now))
        self._is_more_due = asked.is_full
        if asked.count:
            self._broadcast.publish([JOBS])

    async def _take_up_strays(self, now: datetime) -> None:
        node_id = self._membership.id
        async with self._claiming:
            held = await self._database.read(partial(held_by, node_id=node_id))
            at_work = {*self._pool.ids, *self._quarantine.ids}
            forgotten = [execution_id for execution_id in held if execution_id not in at_work]
            if forgotten:
                log.warning("executions %s were in hand here, but not at work", forgotten)
                await self._database.transaction(partial(release, node_id=node_id, parked=[], left=forgotten))

        def sweep(connection: Connection) -> Group:
            forget_done(connection)
            return enqueue_strays(connection, now, self._turns_from)

        self._turns_from = await self._database.transaction(sweep)
        await self._released.sweep()
        self._broadcast.wake([JOBS])

    # --- cancels from other nodes ----------------------------------------------------------------

    async def _heed_aborts(self) -> None:
        with self._broadcast.listen(ABORTS) as woken:
            while True:
                await _woken_within(woken, BEAT_SECONDS)
                woken.clear()
                if self._pool.ids:
                    await self._persistently(self._abort_cancelled)
                if self._pool.unaware:
                    await self._persistently(self._abort_stopped)

    async def _abort_cancelled(self) -> bool:
        cancelled = select(EXECUTIONS.c.id).where(
            EXECUTIONS.c.id.in_(list(self._pool.ids)), EXECUTIONS.c.status == ExecutionStatus.CANCELLED.value
        )
        for execution_id in await self._database.read(lambda connection: list(connection.scalars(cancelled))):
            self._pool.abort(execution_id)
        return False

    async def _abort_stopped(self) -> bool:
        stopped = select(EVENTS.c.execution_id).where(
            EVENTS.c.execution_id.in_(self._pool.unaware), EVENTS.c.type == EventType.EXECUTION_STOPPING.value
        )
        for execution_id in await self._database.read(lambda connection: list(connection.scalars(stopped))):
            if execution_id in self._pool.unaware:  # what it has journaled itself it knows by now
                self._pool.abort(execution_id)
        return False

    # --- messages ---------------------------------------------------------------------------------

    async def _heed_messages(self) -> None:
        with self._broadcast.listen(MESSAGES) as woken:
            while True:
                await _woken_within(woken, BEAT_SECONDS)
                woken.clear()
                self._pool.look_for_messages()
                self._timekeeper.look()

    async def _persistently(self, work: Callable[[], Awaitable[bool]]) -> bool:
        """What `work` returns; False, after a moment, where it fails."""
        try:
            return await work()
        except Unavailable:
            log.warning("the database is away: this node goes on when it is back")
        except Exception:
            log.exception("this node stumbled on a fault of the engine, and goes on in a moment")
        await asyncio.sleep(RETRY_SECONDS)
        return False


async def _woken_within(woken: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await woken.wait()
    except TimeoutError:
        return
