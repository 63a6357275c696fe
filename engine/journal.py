"""Appends events with group commit, fences a stale owner, and rebuilds an execution's state."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import IntegrityError

from engine.acceptance import new_row
from engine.broadcast import Broadcast
from engine.journal_rows import Enqueue
from engine.limited_entries import GroupFull, Journals, Writer, Written, call, write
from engine.lives import is_survived
from engine.projection import Entry, Row, project
from engine.run import Run
from engine.state import ExecutionState, apply, fold
from models.audit import AuditNote
from models.database import Database
from models.entities import Event
from models.errors import Conflict, Unavailable
from models.ids import OWNER_PREFIX, NewId
from models.portions import Portion, in_portions, read_portion
from models.tables import ExecutionEvent, table
from models.words import EventType

log = logging.getLogger("orchestrator.journal")

MAX_BATCH = 500
"""Entries in one transaction at most, so that one slow commit delays few."""

MAX_INTERVENTIONS = 20
RETRY_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0)

NEWCOMER_SECONDS = 0.5
"""How long a new execution may have waited where the next try may take as long as the database is given to answer."""

EVENTS = table(ExecutionEvent)
EVENTS_AFTER = (
    select(EVENTS.c.sequence, EVENTS.c.type, EVENTS.c.at, EVENTS.c.action_id, EVENTS.c.data)
    .where(EVENTS.c.execution_id == bindparam("of_execution"), EVENTS.c.sequence > bindparam("after"))
    .order_by(EVENTS.c.sequence)
)
NEXT_EVENTS = in_portions(EVENTS_AFTER, large=EVENTS.c.data)

OWNER_AT = select(EVENTS.c.owner).where(
    EVENTS.c.execution_id == bindparam("of_execution"), EVENTS.c.sequence == bindparam("at_sequence")
)


def only_shard() -> int:
    """The shard of a process that has the database for itself."""
    return 0


class Fenced(Exception):
    """Another owner has written to this execution's journal: whoever sees this stops, and repairs nothing."""


class Stream:
    """One owner's hold on one execution's journal: appends commit in order, the first failure is final."""

    def __init__(self, journal: "Journal", run: Run, state: ExecutionState, owner: str) -> None:
        self.run = run
        self.state = state
        self.owner = owner
        self.failure: Exception | None = None
        self.is_counted = False
        """Whether it was taken up again, and has not made progress since: see `lives`."""
        self._journal = journal
        self.events: list[Event] = []
        self._taken: list[str] = []
        self._started: list[Run] = []
        self._committed = 0
        self._first: asyncio.Future[None] | None = None
        self._last: asyncio.Future[None] | None = None

    def record(self, kind: EventType, at: datetime, action_id: str | None, data: Mapping[str, Any]) -> None:
        """Add the next event to the state; `commit` or `durable` sends it to the disk."""
        event = Event(self.state.sequence + 1, kind, at, action_id, data)
        self.state = apply(self.state, event)
        self.events.append(event)

    def take(self, message_id: str) -> None:
        """Have a message that led to the next event deleted with it, in the same transaction."""
        self._taken.append(message_id)

    def start(self, run: Run) -> None:
        """Have another execution accepted with the next event, in the same transaction."""
        self._started.append(run)

    def commit(self, new_execution: Row | None = None, audit: AuditNote | None = None) -> None:
        """Hand what was recorded to the group commit, and go on without waiting for it.

        `audit` says who asked for it, where somebody did.
        """
        if self.failure is not None:
            raise self.failure
        if self._committed < len(self.events):
            events = self.events[self._committed :]
            self._committed = len(self.events)
            taken, self._taken = self._taken, []
            started, self._started = self._started, []
            self._last = self._journal.append(self, events, new_execution, audit, taken, started)
            self._first = self._first or self._last

    async def durable(self) -> None:
        """Return when all that was recorded is on disk. Raises `Fenced`, or `Unavailable` at acceptance."""
        self.commit()
        if self._last is not None:
            await asyncio.shield(self._last)

    async def accepted(self) -> None:
        """Return when the first append is on disk; raise what refused it."""
        if self._first is not None:
            await asyncio.shield(self._first)

    def when_settled(self, callback: Callable[[], None]) -> None:
        """Call `callback` once all that was handed over is on disk or refused."""
        if self._last is None or self._last.done():
            callback()
        else:
            self._last.add_done_callback(lambda _: callback())


class _Append(msgspec.Struct, frozen=True):
    """One entry on its way to the disk since `since`; `in_doubt` where an earlier try got no answer, so it may be there
    already.
    """

    stream: Stream
    entry: Entry
    done: asyncio.Future[None]
    since: float
    in_doubt: bool = False


class Journal:
    """The one writer of executions' journals in this process.

    `called` is told of queued executions whose turn has come, `cancelled` of each that ended to make room.
    """

    def __init__(
        self,
        database: Database,
        broadcast: Broadcast,
        new_id: NewId,
        journals: Journals,
        *,
        shard: Callable[[], int] = only_shard,
        enqueue: Enqueue | None = None,
    ) -> None:
        self.called: Callable[[Sequence[str]], None] = lambda _ids: None
        self.cancelled: Callable[[str], None] = lambda _id: None
        self._database = database
        self._broadcast = broadcast
        self._new_id = new_id
        self._journals = journals
        self._shard = shard
        self._enqueue = enqueue
        self._pending: deque[_Append] = deque()
        self._flushing: asyncio.Task[None] | None = None
        self._max_batch = MAX_BATCH
        self._outages = 0

    def open(self, run: Run, state: ExecutionState) -> Stream:
        """Take hold of an execution whose journal stands at `state`."""
        return Stream(self, run, state, self._new_id(OWNER_PREFIX))

    def append(
        self,
        stream: Stream,
        events: Sequence[Event],
        new_execution: Row | None,
        audit: AuditNote | None,
        taken: Sequence[str] = (),
        started: Sequence[Run] = (),
    ) -> asyncio.Future[None]:
        """Queue events for the next group commit; the future ends when they are on disk or were refused.

        `taken` are the messages that led to them, `started` the executions that begin with them.
        """
        entry = project(stream.run, events, stream.state, self._new_id, stream.owner, new_execution, audit, taken)
        entry.children.extend(self._accepted(run) for run in started)
        if stream.is_counted and is_survived(events, entry.execution["wake_at"]):
            stream.is_counted = False
            entry = msgspec.structs.replace(entry, is_survived=True)
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        done.add_done_callback(_consume_exception)
        self._pending.append(_Append(stream, entry, done, loop.time()))
        if self._flushing is None:
            self._flushing = asyncio.create_task(self._flush())
        return done

    def _accepted(self, run: Run) -> Entry:
        event = Event(1, EventType.EXECUTION_QUEUED, run.created_at, None, {})
        row = {**new_row(run), "node_id": None}
        return project(run, [event], fold([event]), self._new_id, self._new_id(OWNER_PREFIX), row)

    async def close(self, grace_seconds: float) -> None:
        """Wait until all that was appended is on disk, or until the grace for an absent database is over.

        What then was not written runs again after the next start: nobody was told that it had happened.
        """
        if self._flushing is not None:
            await asyncio.wait([self._flushing], timeout=grace_seconds)
        if self._flushing is not None:
            self._flushing.cancel()
            await asyncio.gather(self._flushing, return_exceptions=True)

    async def _flush(self) -> None:
        try:
            while self._pending:
                # One turn of the event loop: an execution that was just accepted often ends within it, and all
                # of it is then one entry of one commit.
                await asyncio.sleep(0)
                size = min(len(self._pending), self._max_batch)
                batch = [self._pending.popleft() for _ in range(size)]
                try:
                    await self._commit(batch)
                except Unavailable as error:
                    await self._outlast(batch, error)
        finally:
            self._flushing = None

    async def _commit(self, batch: list[_Append]) -> None:
        """Settle every entry, written or refused. Raises `Unavailable` with the rest unsettled."""
        batch = [item for item in batch if not _refused(item)]
        try:
            refused = await self._write([item.entry for item in batch])
        except Unavailable:
            raise
        except Exception as error:
            if len(batch) == 1:
                await self._judge(batch[0], error)
                return
            # One bad entry must not fail its neighbours.
            for item in batch:
                await self._commit([item])
        else:
            self._outages = 0
            self._max_batch = min(2 * self._max_batch, MAX_BATCH)
            for number, item in enumerate(batch):
                if number not in refused:
                    item.done.set_result(None)
            for number, refusal in sorted(refused.items()):
                if not _refused(batch[number]):
                    await self._judge(batch[number], refusal)

    async def _judge(self, item: _Append, error: Exception) -> None:
        """An entry that was refused for itself: its place is taken by another owner, or by its own first try."""
        if item.in_doubt and isinstance(error, IntegrityError | GroupFull) and await self._is_written(item):
            self._broadcast.publish(item.entry.topics)
            item.done.set_result(None)
            return
        if not isinstance(error, IntegrityError | GroupFull | Conflict):
            log.error("the journal could not write an entry of %s", item.entry.execution_id, exc_info=error)
        _refuse(item, error)

    async def _is_written(self, item: _Append) -> bool:
        key = {"of_execution": item.entry.execution_id, "at_sequence": item.entry.events[-1]["sequence"]}
        owner = await self._database.read(lambda connection: connection.execute(OWNER_AT, key).scalar_one_or_none())
        return bool(owner == item.stream.owner)

    async def _outlast(self, batch: list[_Append], error: Unavailable) -> None:
        """While the database is away new executions are refused, and those under way keep their results.

        The next try is half as large: where one write in a hundred fails, a commit of hundreds never succeeds. Where
        that fails as well, the newcomers that wait behind it are told too, and those that have waited for long are told
        at once.
        """
        self._max_batch = max(1, len(batch) // 2)
        left = [msgspec.structs.replace(item, in_doubt=True) for item in batch if not item.done.done()]
        self._pending.extendleft(reversed(left))
        self._refuse_newcomers(left, error)
        self._refuse_newcomers(self._pending, error, waited=0.0 if self._outages else NEWCOMER_SECONDS)
        await asyncio.sleep(RETRY_SECONDS[min(self._outages, len(RETRY_SECONDS) - 1)])
        self._refuse_newcomers(self._pending, error, waited=NEWCOMER_SECONDS)
        self._outages += 1

    def _refuse_newcomers(self, items: Iterable[_Append], error: Unavailable, *, waited: float = 0.0) -> None:
        """Refuse the new executions that have waited for so many seconds."""
        latest = asyncio.get_running_loop().time() - waited
        for item in items:
            if item.entry.new_execution is not None and item.since <= latest:
                _refuse(item, error)

    async def _write(self, entries: list[Entry]) -> Mapping[int, Exception]:
        """Write what may be written; the others by their places, each with what refuses it."""
        if not entries:
            return {}
        writer = self._writer()
        written = await self._database.transaction(lambda connection: write(connection, entries, writer))
        self._tell(written)
        return written.refused

    def _writer(self) -> Writer:
        return Writer(self._shard(), self._enqueue, self._new_id, self._journals)

    def _tell(self, written: Written) -> None:
        self._broadcast.publish(written.topics)
        if written.called:
            self.called(written.called)
        for execution_id in written.cancelled:
            self.cancelled(execution_id)

    async def call(self, workflow_id: str) -> None:
        """Have those begin whose turn it is now that the workflow's limit is another one."""
        writer = self._writer()
        self._tell(await self._database.transaction(lambda connection: call(connection, workflow_id, writer)))

    async def intervene(
        self, run: Run, audit: AuditNote, make_event: Callable[[ExecutionState], Event | None]
    ) -> ExecutionState:
        """Append one event from outside the owner, which is thereby fenced, and return the state after it.

        `audit` says who asked for it.

        `make_event` sees the present state; it may raise to refuse, or return None where nothing is to be done.
        Committed when this returns.
        """

        owner = self._new_id(OWNER_PREFIX)

        def append(connection: Connection) -> tuple[ExecutionState, Written]:
            before = fold(read_events(connection, run.execution_id))
            event = make_event(before)
            if event is None:
                return before, Written(set())
            after = apply(before, event)
            entry = project(run, [event], after, self._new_id, owner, audit=audit)
            return after, write(connection, [entry], self._writer())

        for _ in range(MAX_INTERVENTIONS):
            try:
                state, written = await self._database.transaction(append)
            except IntegrityError:
                continue  # the owner appended in between: look again
            self._tell(written)
            return state
        raise Unavailable(f"Execution {run.execution_id} is changing too fast: try again in a moment")


def read_events(connection: Connection, execution_id: str) -> list[Event]:
    """The whole journal of an execution, in order."""
    rows = connection.execute(EVENTS_AFTER, {"of_execution": execution_id, "after": 0})
    return [Event(*row) for row in rows]


def next_events(connection: Connection, execution_id: str, after: int) -> Portion[Event]:
    """The next events of an execution with a sequence above `after`, in order."""
    values = {"of_execution": execution_id, "after": after}
    portion = read_portion(connection, NEXT_EVENTS, values)
    return Portion([Event(*row[:-1]) for row in portion.items], portion.is_last)


def read_events_of(connection: Connection, execution_ids: Sequence[str]) -> dict[str, list[Event]]:
    """The whole journals of many executions, in one statement."""
    journals: dict[str, list[Event]] = {execution_id: [] for execution_id in execution_ids}
    rows = connection.execute(
        select(EVENTS.c.execution_id, EVENTS.c.sequence, EVENTS.c.type, EVENTS.c.at, EVENTS.c.action_id, EVENTS.c.data)
        .where(EVENTS.c.execution_id.in_(execution_ids))
        .order_by(EVENTS.c.execution_id, EVENTS.c.sequence)
    )
    for execution_id, *event in rows:
        journals[execution_id].append(Event(*event))
    return journals


def _refused(item: _Append) -> bool:
    """What follows a refused entry of the same execution is refused too, or the journal would have a gap."""
    failure = item.stream.failure
    if failure is not None and not item.done.done():
        item.done.set_exception(failure)
    return failure is not None


def _refuse(item: _Append, error: Exception) -> None:
    overtaken = isinstance(error, IntegrityError) and item.entry.new_execution is None
    item.stream.failure = Fenced(item.entry.execution_id) if overtaken else error
    _refused(item)


def _consume_exception(done: "asyncio.Future[None]") -> None:
    """An append that nobody waits for has told its stream already."""
    if not done.cancelled():
        done.exception()
