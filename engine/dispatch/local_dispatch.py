"""Hands executions to runners in this one process: bounded at work, taken up again when due or left behind."""

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import Any

from engine.actions.registry import ActionRegistry
from engine.core.clock import Clock
from engine.core.decide import wake_at
from engine.core.state import ExecutionState
from engine.dispatch.quarantine import Quarantine
from engine.dispatch.released_cancels import ReleasedCancels
from engine.dispatch.store import Store
from engine.dispatch.taking_up import TakingUp
from engine.dispatch.timekeeper import Timekeeper
from engine.journal.broadcast import MESSAGE_TOPIC as MESSAGES
from engine.journal.broadcast import Broadcast
from engine.journal.journal import Journal
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
from models.errors import Unavailable

log = logging.getLogger("orchestrator.dispatch")

STRAYS = 100
"""Executions that were left behind and are taken up in one sweep at most."""

MAX_WAITING = 1_000
"""Executions that wait in memory; more than these wait in the database alone, where they are safe."""

RETRY_SECONDS = 1.0


class EmbeddedDispatcher:
    """The dispatcher of a process that has the database for itself: memory only says what comes next."""

    def __init__(
        self,
        database: Database,
        store: Store,
        journal: Journal,
        actions: ActionRegistry,
        secrets: SecretStore,
        clock: Clock,
        broadcast: Broadcast,
        *,
        max_running: int = MAX_RUNNING,
        max_waiting: int = MAX_WAITING,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._broadcast = broadcast
        self._store = store
        self._journal = journal
        self._clock = clock
        self._max_waiting = max_waiting
        self._waiting: dict[str, Ticket] = {}
        self._pool = RunPool(actions, secrets, Mailbox(database), clock, self._let_go, size=max_running, chance=chance)
        self._taking_up = TakingUp(database, store, journal, clock, broadcast)
        self._quarantine = Quarantine(self._begin_suspect, self._taking_up.acquit)
        self._known: set[str] = set()
        self._left_behind = False
        self._sweeping: asyncio.Task[None] | None = None
        self._called: dict[str, None] = {}
        self._called_again: set[str] = set()
        self._calling: asyncio.Task[None] | None = None
        self._heeding: asyncio.Task[None] | None = None
        self._asides: set[asyncio.Task[None]] = set()
        self._opening: set[str] = set()
        self._released = ReleasedCancels(database, journal, clock, self)
        self._timekeeper = Timekeeper(
            clock,
            take_up_due=self._take_up_due,
            take_up_strays=self._take_up_strays,
            next_timer=self._next_timer,
        )
        self._stopping = False
        journal.called = self._on_call
        journal.cancelled = self.abort
        journal.released = self._released.add

    async def start(self) -> None:
        """Take up every execution that an earlier process left unfinished, and from now on those that are due."""
        self._left_behind = True
        await outlasting(self._taking_up.retry_all)
        await self._sweep()
        with suppress(Unavailable):  # the timekeeper sweeps again
            await self._released.sweep(at_start=True)
        self._timekeeper.start()
        self._heeding = asyncio.create_task(self._heed_messages())

    def accept(
        self, stream: Stream, new_execution: Row, audit: AuditNote, *, is_waited_for: bool
    ) -> "asyncio.Future[ExecutionState | None]":
        """See `Dispatcher.accept`; what is waited for and what is not is carried out alike."""
        del is_waited_for
        stream.commit({**new_execution, "node_id": None}, audit)
        return self._submit(stream)

    def _submit(self, stream: Stream) -> "asyncio.Future[ExecutionState | None]":
        taken = ticket(stream)
        if self._stopping:
            taken.let_go()
        elif self._pool.room or self._is_overdue(stream):
            self._known.add(taken.execution_id)
            self._pool.begin(taken)
        elif len(self._waiting) < self._max_waiting:
            self._known.add(taken.execution_id)
            self._waiting[taken.execution_id] = taken
            self._timekeeper.expect(stream.run.deadline(stream.state))
        else:
            taken.let_go()
            stream.when_settled(lambda: self._leave_behind(stream))
        return taken.ended

    def _is_overdue(self, stream: Stream) -> bool:
        """Whether it waited for too long: to end it takes no room."""
        deadline = stream.run.deadline(stream.state)
        return deadline is not None and deadline <= self._clock.now()

    def _leave_behind(self, stream: Stream) -> None:
        self._timekeeper.expect(stream.run.deadline(stream.state))
        self._left_behind = True
        self._sweep_if_idle()

    def abort(self, execution_id: str) -> None:
        """See `Dispatcher.abort`."""
        self._called.pop(execution_id, None)
        self._forget_waiting(execution_id)
        self._pool.abort(execution_id)

    def clean_up(self, execution_id: str) -> None:
        """See `Dispatcher.clean_up`."""
        if execution_id in self._pool.ids:
            self._called_again.add(execution_id)
            if execution_id in self._pool.unaware:
                self._pool.abort(execution_id)
            return
        self._forget_waiting(execution_id)
        self._on_call([execution_id])

    def _forget_waiting(self, execution_id: str) -> None:
        waiting = self._waiting.pop(execution_id, None)
        if waiting is not None:
            self._known.discard(execution_id)
            waiting.let_go()

    def held(self, execution_id: str) -> Mapping[str, Blocked]:
        """See `Dispatcher.held`."""
        return self._pool.held(execution_id)

    async def stop(self, grace_seconds: float) -> None:
        """See `Dispatcher.stop`; what is let go of is left to the next start."""
        self._stopping = True
        await self._timekeeper.stop()
        await self._quarantine.stop()
        in_hand = [*self._pool.ids, *self._waiting]
        for waiting in self._waiting.values():
            waiting.let_go()
        self._waiting.clear()
        await self._pool.stop(grace_seconds)
        await self._released.stop()
        await self._taking_up.spare(in_hand)
        for task in (self._sweeping, self._calling, self._heeding, *self._asides):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    @property
    def is_stopping(self) -> bool:
        """See `Dispatcher.is_stopping`."""
        return self._stopping

    @property
    def running_count(self) -> int:
        """See `Dispatcher.running_count`."""
        return len(self._pool.ids)

    def _let_go(self, taken: Ticket, outcome: Outcome) -> None:
        execution_id = taken.execution_id
        self._known.discard(execution_id)
        self._quarantine.let_go(execution_id)
        if outcome is Outcome.PARKED:
            stream = taken.stream
            self._timekeeper.expect(wake_at(stream.run.plan, stream.state, stream.run.deadline(stream.state)))
        if outcome is Outcome.FAULTED:
            taken.stream.when_settled(lambda: self._soon(self._set_aside(execution_id)))
        if outcome in (Outcome.NO_ROOM, Outcome.START_REFUSED):
            self._soon(self._taking_up.spare([execution_id]))
        if outcome is Outcome.NO_ROOM:
            self._timekeeper.expect(taken.stream.run.deadline(ExecutionState()))
        # It may have been called while its journal, or its group, refused it.
        is_called = execution_id in self._called_again and outcome in (Outcome.NO_ROOM, Outcome.OVERTAKEN)
        self._called_again.discard(execution_id)
        if is_called or outcome is Outcome.START_REFUSED:
            self._called[execution_id] = None
        while self._waiting and self._pool.room:
            self._pool.begin(self._waiting.pop(next(iter(self._waiting))))
        self._answer_calls()
        self._sweep_if_idle()

    def _on_call(self, execution_ids: Sequence[str]) -> None:
        """These may go on: they were started by others, their turn has come, or their clean-up has.

        What is in hand here goes on by itself, or is taken up again when it was let go of for want of room.
        """
        for execution_id in execution_ids:
            if self._has(execution_id):
                self._called_again.add(execution_id)
            else:
                self._called[execution_id] = None
        self._answer_calls()

    def _answer_calls(self) -> None:
        if self._called and self._calling is None and not self._stopping and self._has_room:
            self._calling = asyncio.create_task(self._take_up_called())

    @property
    def _has_room(self) -> bool:
        return len(self._waiting) < self._max_waiting

    async def _take_up_called(self) -> None:
        try:
            while self._called and self._has_room:
                called = list(islice(self._called, min(STRAYS, self._max_waiting - len(self._waiting))))
                for execution_id in called:
                    del self._called[execution_id]  # whoever calls from here on calls again
                try:
                    await self._take_up(called)
                except Unavailable:
                    self._called.update(dict.fromkeys(called))
                    raise
        except Unavailable:
            log.warning("the database is away: what was called is taken up when it is back")
        finally:
            self._calling = None

    def _sweep_if_idle(self) -> None:
        if self._left_behind and not self._waiting and self._sweeping is None and not self._stopping:
            self._sweeping = asyncio.create_task(self._sweep())

    async def _sweep(self) -> None:
        """Take what waits in the database into memory, oldest first, until memory is full again."""
        try:
            while self._left_behind and not self._stopping and len(self._waiting) < self._max_waiting:
                self._left_behind = False
                room = self._max_waiting - len(self._waiting)
                try:
                    found = await self._store.unfinished(room, self._clock.now(), exclude=list(self._known))
                    await self._take_up(found)
                except Unavailable:
                    log.warning("the database is away: unfinished executions are taken up when it is back")
                    self._left_behind = True
                    await asyncio.sleep(RETRY_SECONDS)
                    continue
                self._left_behind = self._left_behind or len(found) == room
        finally:
            self._sweeping = None

    async def _next_timer(self, now: datetime) -> datetime | None:
        """The first moment after `now` that a timer on disk, or an execution queued in memory, waits for."""
        on_disk = await self._store.next_timer(now)
        queued = (waiting.stream.run.deadline(waiting.stream.state) for waiting in self._waiting.values())
        return min((moment for moment in (on_disk, *queued) if moment is not None), default=None)

    async def _take_up_due(self, now: datetime) -> None:
        for waiting in [waiting for waiting in self._waiting.values() if self._is_overdue(waiting.stream)]:
            del self._waiting[waiting.execution_id]
            self._pool.begin(waiting)
        room = max(1, self._max_waiting - len(self._waiting))
        await self._take_up(await self._store.due(room, now, exclude=list(self._known)))

    async def _heed_messages(self) -> None:
        with self._broadcast.listen(MESSAGES) as woken:
            while True:
                await woken.wait()
                woken.clear()
                self._pool.look_for_messages()
                self._timekeeper.look()

    async def _take_up_strays(self, now: datetime) -> None:
        """Nobody in this process works on them, and no timer will wake them: without this they would never move."""
        self._answer_calls()  # where the database was away for the last one
        await self._released.sweep()
        if self._left_behind or self._sweeping is not None:
            return  # what waits in the database is taken up as room comes free
        left = await self._store.unfinished(STRAYS, now, exclude=[*self._known, *self._called, *self._opening])
        strays = [found for found in left if not self._has(found) and found not in self._called]  # since then
        if strays:
            await self._take_up(strays)
        if taken := [found for found in strays if self._has(found)]:  # the others have ended meanwhile
            log.warning("executions %s had been left behind, and were taken up", taken)

    def _has(self, execution_id: str) -> bool:
        return execution_id in self._known or execution_id in self._opening

    async def _take_up(self, execution_ids: Sequence[str]) -> None:
        left = [execution_id for execution_id in execution_ids if not self._has(execution_id)]
        self._called_again.update(set(execution_ids).difference(left))
        if not left:
            return
        self._opening.update(left)  # so that nobody else begins the same
        try:
            counted = await self._taking_up.count(left)
            self._known.update(execution_id for _, execution_id in counted.suspects)
            self._quarantine.admit(counted.suspects)
            streams = await self._taking_up.find(counted.counted)
            for stream in streams:
                self._submit(stream)
        finally:
            self._opening.difference_update(left)
            self._call_again(left)
        if len(streams) < len(counted.counted):
            self._timekeeper.look()  # for those that were set aside

    def _call_again(self, execution_ids: Sequence[str]) -> None:
        """Who called while they were read called for what was not seen then."""
        again = [found for found in execution_ids if found in self._called_again and found not in self._known]
        self._called_again.difference_update(again)
        self._called.update(dict.fromkeys(again))
        self._answer_calls()

    async def _begin_suspect(self, execution_id: str) -> bool:
        """What fails here is left to the next sweep."""
        streams: list[Stream] = []
        try:
            counted = await self._taking_up.count([execution_id], alone=True)
            streams = await self._taking_up.find(counted.counted)
        except Unavailable:
            log.warning("the database is away: execution %s is taken up when it is back", execution_id)
        for stream in streams:
            self._pool.begin(ticket(stream))
        if not streams:
            self._known.discard(execution_id)
            self._call_again([execution_id])
            self._timekeeper.look()  # it may have been set aside
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
