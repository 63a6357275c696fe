"""Hands executions to runners on this node: what it accepts and has room for at once, else what the queue gives."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Connection

from engine.actions.registry import ActionRegistry
from engine.core.clock import Clock
from engine.core.decide import wake_at
from engine.core.state import ExecutionState
from engine.dispatch.claims import AT_ONCE, give_back, held_by
from engine.dispatch.heeding import Heeding
from engine.dispatch.nodes import Membership
from engine.dispatch.quarantine import Quarantine
from engine.dispatch.released_cancels import ReleasedCancels
from engine.dispatch.store import Store
from engine.dispatch.sweeps import SWEEP_SECONDS, Sweeps
from engine.dispatch.taking_up import TakingUp
from engine.journal.broadcast import ABORTS, JOBS, Broadcast
from engine.journal.journal import Journal
from engine.journal.mailbox import Mailbox
from engine.journal.projection import NewRow
from engine.journal.queue import LAPSED_AT_ONCE, Taken, next_moment, take
from engine.journal.stream import Stream
from engine.running.run_pool import MAX_RUNNING, RunOutcome, RunPool, Ticket, ticket
from engine.secrets.values import SecretStore
from engine.services.gates import Blocked
from models.database.database import Database
from models.database.outlasting import outlasting
from models.entities.audit import AuditNote
from models.errors import Unavailable
from models.log_context import facts, task_for_all
from models.words import NodeKind

log = logging.getLogger("orchestrator.engine.dispatch")

TAKEN_AT_ONCE = 50
"""Executions that are taken in one transaction at most."""

RETRY_SECONDS = 0.5

BREATH_SECONDS = 0.02
"""How long a node waits at least where others take what it could not."""


class Parts(msgspec.Struct, frozen=True):
    """What a dispatcher is made of, beside the node that it works for."""

    database: Database
    store: Store
    journal: Journal
    actions: ActionRegistry
    secrets: SecretStore
    clock: Clock
    broadcast: Broadcast


class Dispatcher:
    """Of each node one: what it has in hand is written with the node's name. The database says what is to be done.

    A process alone is a node like any other, whose wake-ups all come from itself.
    """

    def __init__(
        self,
        parts: Parts,
        membership: Membership,
        *,
        max_running: int = MAX_RUNNING,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._database = database = parts.database
        self._clock = clock = parts.clock
        self._broadcast = broadcast = parts.broadcast
        self._membership = membership
        self._pool = RunPool(
            parts.actions, parts.secrets, Mailbox(database), clock, self._let_go, size=max_running, chance=chance
        )
        self._taking_up = TakingUp(database, parts.store, parts.journal, clock, broadcast, lambda: membership.id)
        self._quarantine = Quarantine(self._begin_suspect, self._taking_up.acquit)
        self._released = ReleasedCancels(database, parts.journal, clock, broadcast, self.stop_work)
        self._taking = asyncio.Lock()
        self._sweeps = Sweeps(database, broadcast, clock, membership, self._released, self._at_work, self._taking)
        self._heeding = Heeding(database, broadcast, membership, self._pool, self._look)
        self._alarm = asyncio.Event()
        self._next_moment: datetime | None = None
        self._has_backlog = False
        self._given_up: dict[str, tuple[datetime, int | None]] = {}
        self._giving: asyncio.Task[None] | None = None
        self._asides: set[asyncio.Task[None]] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False
        membership.lost = self._abandon_all
        parts.journal.cancelled = self.abort
        parts.journal.released = self._released.add

    async def start(self) -> None:
        """Take up what is to be done, from now on; the membership has joined."""
        await outlasting(self._taking_up.retry_all)
        self._sweeps.start()
        self._heeding.start()
        if self._takes:
            self._tasks.append(task_for_all(self._take_on()))

    def accept(
        self, stream: Stream, new_execution: NewRow, audit: AuditNote, *, is_waited_for: bool
    ) -> "asyncio.Future[ExecutionState | None]":
        """Hand a new execution to the journal with the row of what was asked for, and have it carried out: here and
        at once where there is room, unless others wait for it, or nobody waits and this node only answers the API.

        The future ends with the final state, or with None where this process lets go of the execution before its
        end: it is carried out by another one, stopped, fenced, refused by the journal, waiting for a timer or for room.
        """
        accepted = ticket(stream)
        is_ours = (is_waited_for or self._takes) and not self._stopping
        if is_ours and self._pool.room and not self._has_backlog:
            stream.commit({**new_execution, "node_id": self._membership.id, "runnable_at": None}, audit)
            self._pool.begin(accepted)
        else:
            self._has_backlog = self._has_backlog or self._takes
            stream.commit(new_execution, audit)
            stream.when_settled(lambda: self._expect(stream.run.deadline(stream.state)))
            accepted.let_go()
        return accepted.ended

    def abort(self, execution_id: str) -> None:
        """Stop working on an execution, which was cancelled in its journal; another node that has it is told."""
        if execution_id in self._pool.ids:
            self._pool.abort(execution_id)
        else:
            self._broadcast.tell([ABORTS])

    def stop_work(self, execution_id: str, state: ExecutionState) -> None:
        """Have what was cancelled in its journal, where it stands at `state`, end or go on to its clean-up.

        For that the journal has given it a place in the queue; who works on its main part lets go of it.
        """
        if state.status.is_terminal or execution_id in self._pool.unaware:
            self.abort(execution_id)
        else:
            self.go_on(execution_id)

    def go_on(self, execution_id: str) -> None:
        """Have whoever carries an execution out know of what somebody changed in its journal by hand."""
        if execution_id in self._pool.ids:
            self._pool.look_at_journal(execution_id)
        else:
            self._broadcast.tell([ABORTS])

    def held(self, execution_id: str) -> Mapping[str, Blocked]:
        """The actions of an execution that stand at a service's gate in this process, and why."""
        return self._pool.held(execution_id)

    @property
    def leads(self) -> bool:
        """Whether this node does what one of all is to do."""
        return self._membership.leads

    @property
    def is_stopping(self) -> bool:
        """Whether executions are left to others, or to the next start, from now on."""
        return self._stopping

    @property
    def running_count(self) -> int:
        """Executions at work in this process."""
        return len(self._pool.ids)

    async def stop(self, grace_seconds: float) -> None:
        """Take on nothing new, give the executions at work `grace_seconds`, then let go of them.

        They are handed over when the membership leaves.
        """
        self._stopping = True
        await self._sweeps.stop()
        await self._heeding.stop()
        await _cancelled(self._tasks)
        await self._released.stop()
        await self._quarantine.stop()
        in_hand = list(self._pool.ids)
        await self._pool.stop(grace_seconds)
        await self._taking_up.spare(in_hand)
        await _cancelled([*self._asides, *([] if self._giving is None else [self._giving])])

    @property
    def node_id(self) -> str:
        """What this node is called at present."""
        return self._membership.id

    @property
    def is_alone(self) -> bool:
        """Whether there can be no other node."""
        return self._membership.is_alone

    @property
    def _takes(self) -> bool:
        return self._membership.kind is not NodeKind.API

    def _at_work(self) -> set[str]:
        return {*self._pool.ids, *self._quarantine.ids}

    def _abandon_all(self) -> None:
        for execution_id in list(self._pool.ids):
            self._pool.abort(execution_id)

    # --- what was taken on and is let go of ------------------------------------------------------

    def _let_go(self, taken: Ticket, outcome: RunOutcome) -> None:
        execution_id, stream = taken.execution_id, taken.stream
        self._quarantine.let_go(execution_id)
        match outcome:
            case RunOutcome.FAULTED:
                stream.when_settled(lambda: self._soon(self._set_aside(execution_id)))
            case RunOutcome.PARKED:
                moment = wake_at(stream.run.plan, stream.state, stream.run.deadline(stream.state))
                self._expect(moment)
                if not stream.is_let_go:
                    self._give_up(execution_id, moment or self._clock.now(), stream.state.sequence)
            case RunOutcome.NO_ROOM:
                self._expect(stream.run.deadline(ExecutionState()))
            case RunOutcome.OVERTAKEN | RunOutcome.START_REFUSED if not stream.was_refused:
                self._give_up(execution_id, self._clock.now())
        if self._has_backlog:
            self._look()

    def _give_up(self, execution_id: str, moment: datetime, known: int | None = None) -> None:
        """Until `moment`, as the journal has it up to the sequence that is `known`, where that matters."""
        self._given_up[execution_id] = moment, known
        if self._giving is None and not self._stopping:
            self._giving = task_for_all(self._give_back())

    async def _give_back(self) -> None:
        """What cannot be given back now is found by the next sweep."""
        try:
            while self._given_up:
                async with self._taking:  # what was taken again meanwhile is at work by now, and is not given back
                    given_up = {name: self._given_up.pop(name) for name in list(self._given_up)[:AT_ONCE]}
                    left = {name: moment for name, (moment, _) in given_up.items() if name not in self._at_work()}
                    known = {name: sequence for name, (_, sequence) in given_up.items() if sequence is not None}
                    work = partial(give_back, node_id=self._membership.id, moments=left, known=known)
                    given = await self._database.transaction(work) if left else []
                if given:
                    self._broadcast.publish([JOBS])
        except Unavailable:
            log.debug("the database is away: what this node let go of is given back when it is back")
        finally:
            self._giving = None

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        if self._stopping:
            work.close()
            return
        task = task_for_all(work)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    async def _set_aside(self, execution_id: str) -> None:
        async with self._taking:
            if execution_id not in self._at_work():
                await self._taking_up.stumbled([execution_id])
        self._look()

    # --- the queue -------------------------------------------------------------------------------

    def _look(self) -> None:
        """There may be something to take."""
        self._alarm.set()

    def _expect(self, moment: datetime | None) -> None:
        """There will be something to take at `moment`: look again where that is earlier than all else."""
        if moment is not None and (self._next_moment is None or moment < self._next_moment):
            self._look()

    async def _take_on(self) -> None:
        poll = SWEEP_SECONDS if self._membership.is_alone else self._membership.pace.poll_seconds
        with self._broadcast.listen(JOBS, self._alarm):
            while True:
                self._alarm.clear()
                self._next_moment = None  # until it is known again, whatever is expected rings
                if await self._persistently(self._take):
                    continue
                await _woken_within(self._alarm, self._seconds_left(poll))

    def _seconds_left(self, poll: float) -> float:
        if self._next_moment is None:
            return poll
        return min(poll, max(BREATH_SECONDS, (self._next_moment - self._clock.now()).total_seconds()))

    async def _take(self) -> bool:
        """Begin what may be taken; return whether there may be more."""
        room, now = min(self._pool.room, TAKEN_AT_ONCE), self._clock.now()

        def work(connection: Connection) -> tuple[Taken, datetime | None]:
            taken = take(connection, self._taking_up.taker, now, room)
            return taken, next_moment(connection, has_room=room > 0)

        async with self._taking:
            taken, self._next_moment = await self._database.transaction(work)
            self._quarantine.admit(taken.suspects)
            streams = await outlasting(lambda: self._taking_up.find(taken.counted))
            self._begin(streams)
        if len(streams) < len(taken.counted):
            self._look()  # what was set aside comes back
        self._has_backlog = taken.count >= room
        return taken.count >= (room or LAPSED_AT_ONCE)

    def _begin(self, streams: Sequence[Stream]) -> None:
        for stream in streams:
            if stream.run.execution_id in self._pool.ids:
                self._pool.abort(stream.run.execution_id)  # it was taken from this hold on it, which then gives it back
            else:
                self._pool.begin(ticket(stream))

    async def _begin_suspect(self, execution_id: str) -> bool:
        """What fails here is left to the next sweep, which finds it in hand and not at work."""
        try:
            if execution_id not in await self._database.read(partial(held_by, node_id=self._membership.id)):
                return False  # it is another node's by now
            counted = await self._taking_up.count([execution_id], alone=True)
            streams = await self._taking_up.find(counted.counted)
        except Unavailable:
            known = facts(execution_id=execution_id)
            log.debug("the database is away: an execution is taken up when it is back", extra=known)
            return False
        self._begin(streams)
        if not streams:
            self._look()  # it may have been set aside
        return bool(streams)

    async def _persistently(self, work: Callable[[], Awaitable[bool]]) -> bool:
        """What `work` returns; True, after a moment, where it fails."""
        try:
            return await work()
        except Unavailable:
            log.debug("the database is away: this node goes on when it is back")
        except Exception:
            log.exception("this node stumbled on a fault of the engine, and goes on in a moment")
        await asyncio.sleep(RETRY_SECONDS)
        return True


async def _woken_within(woken: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await woken.wait()
    except TimeoutError:
        return


async def _cancelled(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
