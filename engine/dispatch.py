"""Hands accepted executions to runners in this process: bounded at work, taken up again when due or left behind."""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from engine.actions.registry import ActionRegistry
from engine.clock import Clock
from engine.decide import wake_at
from engine.journal import Journal, Stream
from engine.runner import Runner
from engine.secrets import SecretStore
from engine.service_gates import Blocked
from engine.state import ExecutionState
from engine.store import Store
from engine.timekeeper import Timekeeper
from models.errors import Unavailable
from models.words import ActionStatus, EventType

log = logging.getLogger("orchestrator.dispatch")

STRAYS = 100
"""Executions that were left behind and are taken up in one sweep at most."""

MAX_RUNNING = 256
"""Executions at work at once in this process."""

MAX_WAITING = 1_000
"""Executions that wait in memory; more than these wait in the database alone, where they are safe."""

RETRY_SECONDS = 1.0


class _Ticket(msgspec.Struct, frozen=True, eq=False):
    """An execution that this process has taken on, and the future that its end completes."""

    stream: Stream
    ended: asyncio.Future[ExecutionState | None]

    @property
    def execution_id(self) -> str:
        return self.stream.run.execution_id


class Dispatcher:
    """The in-process dispatcher: the database says what is to be done, memory only says what comes next."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        actions: ActionRegistry,
        secrets: SecretStore,
        clock: Clock,
        *,
        max_running: int = MAX_RUNNING,
        max_waiting: int = MAX_WAITING,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._journal = journal
        self._actions = actions
        self._secrets = secrets
        self._clock = clock
        self._max_running = max_running
        self._max_waiting = max_waiting
        self._chance = chance
        self._waiting: deque[_Ticket] = deque()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._runners: dict[str, Runner] = {}
        self._known: set[str] = set()
        self._left_behind = False
        self._sweeping: asyncio.Task[None] | None = None
        self._timekeeper = Timekeeper(
            clock,
            take_up_due=self._take_up_due,
            take_up_strays=self._take_up_strays,
            next_timer=self._next_timer,
        )
        self._stopping = False

    async def start(self) -> None:
        """Take up every execution that an earlier process left unfinished, and from now on those that are due."""
        self._left_behind = True
        await self._sweep()
        self._timekeeper.start()

    def submit(self, stream: Stream) -> "asyncio.Future[ExecutionState | None]":
        """Carry out an execution whose acceptance was handed to the journal, be it on disk yet or not.

        The future ends with the final state, or with None where this process lets go of the execution before its
        end: stopped, fenced, refused by the journal, waiting for a timer, or left to the database because memory
        is full.
        """
        ended: asyncio.Future[ExecutionState | None] = asyncio.get_running_loop().create_future()
        ticket = _Ticket(stream, ended)
        if self._stopping:
            ended.set_result(None)
        elif len(self._running) < self._max_running or self._is_overdue(stream):
            self._known.add(ticket.execution_id)
            self._begin(ticket)
        elif len(self._waiting) < self._max_waiting:
            self._known.add(ticket.execution_id)
            self._waiting.append(ticket)
            self._timekeeper.expect(stream.run.deadline(stream.state))
        else:
            ended.set_result(None)
            stream.when_settled(lambda: self._leave_behind(stream))
        return ended

    def _is_overdue(self, stream: Stream) -> bool:
        """Whether it waited for too long: to end it takes no room."""
        deadline = stream.run.deadline(stream.state)
        return deadline is not None and deadline <= self._clock.now()

    def _leave_behind(self, stream: Stream) -> None:
        self._timekeeper.expect(stream.run.deadline(stream.state))
        self._left_behind = True
        self._sweep_if_idle()

    def abort(self, execution_id: str) -> None:
        """Stop working on an execution, which was cancelled in its journal."""
        task = self._running.get(execution_id)
        if task is not None:
            task.cancel()

    def held(self, execution_id: str) -> Mapping[str, Blocked]:
        """The actions of an execution that stand at a service's gate in this process, and why."""
        runner = self._runners.get(execution_id)
        return runner.held if runner is not None else {}

    async def stop(self, grace_seconds: float) -> None:
        """Take on nothing new, give the executions at work `grace_seconds`, then leave them to the next start."""
        self._stopping = True
        await self._timekeeper.stop()
        for ticket in self._waiting:
            if not ticket.ended.done():
                ticket.ended.set_result(None)
        self._waiting.clear()
        tasks = set(self._running.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if self._sweeping is not None:
            self._sweeping.cancel()
            await asyncio.gather(self._sweeping, return_exceptions=True)

    @property
    def is_stopping(self) -> bool:
        """Whether executions are left to the next start from now on."""
        return self._stopping

    @property
    def running_count(self) -> int:
        """Executions at work in this process."""
        return len(self._running)

    def _begin(self, ticket: _Ticket) -> None:
        task = asyncio.create_task(self._carry_out(ticket))
        self._running[ticket.execution_id] = task
        task.add_done_callback(lambda _: self._end(ticket))

    async def _carry_out(self, ticket: _Ticket) -> None:
        runner = Runner(ticket.stream, self._actions, self._secrets, self._clock, self._chance)
        self._runners[ticket.execution_id] = runner
        try:
            state = await runner.run()
        except Exception as error:
            # What the journal refused was told to whoever appended it, and another owner goes on or nobody does.
            if error is not ticket.stream.failure:
                log.exception("execution %s stopped on a fault of the engine", ticket.execution_id)
            return
        if not state.status.is_terminal:
            self._timekeeper.expect(wake_at(ticket.stream.run.plan, state, ticket.stream.run.deadline(state)))
        elif not ticket.ended.done():
            ticket.ended.set_result(state)

    def _end(self, ticket: _Ticket) -> None:
        self._running.pop(ticket.execution_id, None)
        self._runners.pop(ticket.execution_id, None)
        self._known.discard(ticket.execution_id)
        if not ticket.ended.done():
            ticket.ended.set_result(None)
        while self._waiting and len(self._running) < self._max_running:
            self._begin(self._waiting.popleft())
        self._sweep_if_idle()

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
                    for execution_id in found:
                        await self._resume(execution_id)
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
        queued = (ticket.stream.run.deadline(ticket.stream.state) for ticket in self._waiting)
        return min((moment for moment in (on_disk, *queued) if moment is not None), default=None)

    async def _take_up_due(self, now: datetime) -> None:
        for ticket in [ticket for ticket in self._waiting if self._is_overdue(ticket.stream)]:
            self._waiting.remove(ticket)
            self._begin(ticket)
        room = max(1, self._max_waiting - len(self._waiting))
        for execution_id in await self._store.due(room, now, exclude=list(self._known)):
            await self._resume(execution_id)

    async def _take_up_strays(self, now: datetime) -> None:
        """Nobody in this process works on them, and no timer will wake them: without this they would never move."""
        if self._left_behind or self._sweeping is not None:
            return  # what waits in the database is taken up as room comes free
        for execution_id in await self._store.unfinished(STRAYS, now, exclude=list(self._known)):
            log.warning("execution %s was left behind: taking it up", execution_id)
            await self._resume(execution_id)

    async def _resume(self, execution_id: str) -> None:
        run, state = await self._store.load(execution_id)
        if state.status.is_terminal or execution_id in self._known:
            return
        stream = self._journal.open(run, state)
        if any(action.status is ActionStatus.RUNNING for action in state.actions.values()):
            # What was under way is lost with its owner. To take over is an event of its own, so that a former owner
            # who is still there finds its place taken; where nothing was under way, the next start is that event.
            stream.record(EventType.EXECUTION_RESUMED, self._clock.now(), None, {})
        self.submit(stream)
