"""The journal of executions: appends events with group commit, lets others intervene, and reads what was written."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import BindParameter, Connection, Select, Text, bindparam, cast, func, select

from engine.audit.rows import only_shard
from engine.core.bounds import MAX_DESCENDANTS
from engine.core.opening import Opening
from engine.core.run import Run
from engine.core.state import ExecutionState, fold
from engine.definition.acceptance import accepted_facts, new_row
from engine.journal.broadcast import Broadcast
from engine.journal.group_commit import GroupCommit
from engine.journal.interventions import Intervene, Wish
from engine.journal.lives import is_survived
from engine.journal.projection import Entry, NewRow, ToDeliver, project
from engine.journal.stream import Started, Stream
from engine.journal.writer import Journals, Writer, Written, call
from models.database.database import Database
from models.database.one_of import one_of, word_list
from models.database.outlasting import outlasting
from models.database.portions import Portion, in_portions, read_portion
from models.database.tables import ExecutionEventRow, table
from models.entities.audit import AuditNote
from models.entities.executions import Event
from models.errors import Unavailable
from models.ids import OWNER_PREFIX, NewId

log = logging.getLogger("orchestrator.engine.journal")

PAUSES_SECONDS = (0.25, 1.0)
"""Before those of many interventions are tried again that met an absent database."""

EVENTS = table(ExecutionEventRow)
EVENTS_AFTER = (
    select(EVENTS.c.sequence, EVENTS.c.type, EVENTS.c.at, EVENTS.c.action_id, EVENTS.c.data)
    .where(EVENTS.c.execution_id == bindparam("of_execution"), EVENTS.c.sequence > bindparam("after"))
    .order_by(EVENTS.c.sequence)
)
OWNED_EVENTS_AFTER = EVENTS_AFTER.add_columns(EVENTS.c.owner)
SIZED_EVENTS_AFTER = EVENTS_AFTER.add_columns(func.length(cast(EVENTS.c.data, Text)))
NEXT_EVENTS = in_portions(EVENTS_AFTER, large=EVENTS.c.data)


class Journal:
    """Writes the journals of this process's executions.

    `cancelled` is told of each execution that ended to make room, and `released` of those that nobody waits for any
    more and that are to be cancelled. `node` names the node that this process is at present.
    """

    def __init__(
        self,
        database: Database,
        broadcast: Broadcast,
        new_id: NewId,
        journals: Journals,
        *,
        shard: Callable[[], int] = only_shard,
        node: Callable[[], str] = lambda: "",
        max_descendants: int = MAX_DESCENDANTS,
    ) -> None:
        self.cancelled: Callable[[str], None] = lambda _id: None
        self.released: Callable[[Sequence[str]], None] = lambda _ids: None
        self._database = database
        self._broadcast = broadcast
        self._new_id = new_id
        self._journals = journals
        self._shard = shard
        self._node = node
        self._max_descendants = max_descendants
        self._commits = GroupCommit(database, self._writer, self._tell)
        # What is done to many has a transaction of its own: who waits for an append does not wait for that.
        self._of_many = GroupCommit(database, self._writer_of_many, self._tell)

    def open(self, run: Run, state: ExecutionState) -> Stream:
        """Take hold of an execution whose journal stands at `state`."""
        return Stream(self, run, state, self.new_owner())

    def append(
        self,
        stream: Stream,
        events: Sequence[Event],
        new_execution: NewRow | None,
        audit: AuditNote | None,
        taken: Sequence[str] = (),
        started: Sequence[Started] = (),
        released: Sequence[str] = (),
        parks_at: datetime | None = None,
        deliveries: Sequence[ToDeliver] = (),
    ) -> asyncio.Future[None]:
        """Queue events for the next group commit; the future ends when they are on disk or were refused.

        `taken` are the messages that led to them, `started` the executions that begin with them, and `released` those
        that are waited for no more. With `parks_at` the owner lets go of it until that moment. `deliveries` are stored
        with them.
        """
        entry = project(
            stream.run,
            events,
            stream.state,
            self._new_id,
            stream.owner,
            new_execution,
            audit,
            taken,
            released,
            parks_at,
            deliveries,
            stream.basis,
        )
        entry.children.extend(self._accepted(run, opening) for run, opening in started)
        if stream.is_counted and is_survived(events, parks_at):
            stream.is_counted = False
            entry = msgspec.structs.replace(entry, is_survived=True)
        return self._commits.append(stream, entry)

    def _accepted(self, run: Run, opening: Opening) -> Entry:
        opening = msgspec.structs.replace(opening, accepted={**accepted_facts(run), **opening.accepted})
        events = opening.events(run.created_at)
        return project(run, events, fold(events), self._new_id, self._new_id(OWNER_PREFIX), new_row(run))

    async def read_on(self, execution_id: str, after: int) -> list[tuple[Event, str]]:
        """The events of an execution with a sequence above `after`, each with the hold under which it was written."""
        values = {"of_execution": execution_id, "after": after}

        def read(connection: Connection) -> list[tuple[Event, str]]:
            return [(Event(*row[:-1]), row[-1]) for row in connection.execute(OWNED_EVENTS_AFTER, values)]

        return await outlasting(lambda: self._database.read(read))

    def new_owner(self) -> str:
        """A name for one more hold."""
        return self._new_id(OWNER_PREFIX)

    @property
    def appended_at(self) -> float:
        """When an execution at work last wrote, on the event loop's clock; what can wait leaves room for these."""
        return self._commits.appended_at

    async def intervene(self, execution_id: str, intervene: Intervene) -> ExecutionState:
        """Append events from outside the owner, who is thereby fenced, and return the state after them.

        Committed when this returns. Raises what `intervene` raises, `ExecutionNotFound`, and `Unavailable`.
        """
        return await asyncio.shield(self._commits.ask(Wish(execution_id, intervene)))

    async def intervene_many(
        self, execution_ids: Sequence[str], intervene: Intervene
    ) -> dict[str, ExecutionState | Exception]:
        """Intervene in many executions, many to a transaction; for each the state after it, or what refused it.

        Where the database is away for a moment, those that met it are tried again.
        """
        answers: dict[str, ExecutionState | Exception] = {}
        left: Sequence[str] = execution_ids
        for pause in (*PAUSES_SECONDS, None):
            asked = {execution_id: self._of_many.ask(Wish(execution_id, intervene)) for execution_id in left}
            for execution_id, done in asked.items():
                try:
                    answers[execution_id] = await asyncio.shield(done)
                except Exception as error:
                    answers[execution_id] = error
            left = [execution_id for execution_id in left if isinstance(answers[execution_id], Unavailable)]
            if not left or pause is None:
                break
            await asyncio.sleep(pause)
        return answers

    async def close(self, grace_seconds: float) -> None:
        """Wait until all that was appended is on disk, or until the grace for an absent database is over.

        What then was not written runs again after the next start: nobody was told that it had happened.
        """
        await asyncio.gather(self._commits.close(grace_seconds), self._of_many.close(grace_seconds))

    def _writer(self) -> Writer:
        return Writer(self._shard(), self._node(), self._new_id, self._journals, self._max_descendants)

    def _writer_of_many(self) -> Writer:
        """One with a part of the totals and of the audit log of its own: two transactions that add to one part wait."""
        writer = self._writer()
        return msgspec.structs.replace(writer, shard=-1 - writer.shard)

    def _tell(self, written: Written) -> None:
        """What is on disk stays so, whatever becomes of the news of it: sweeps find what was not told."""
        try:
            self._broadcast.publish(written.topics)
            for execution_id in written.cancelled:
                self.cancelled(execution_id)
            if written.released:
                self.released(written.released)
        except Exception:
            log.exception("a fault of the engine: not everybody was told of what was written")

    async def call(self, workflow_id: str) -> None:
        """Have those begin whose turn it is now that the workflow's limit is another one."""
        self._tell(await self._database.transaction(lambda connection: call(connection, workflow_id)))


def read_events_after(connection: Connection, execution_id: str, after: int) -> tuple[list[Event], int]:
    """All events of an execution with a sequence above `after`, in order, and the length of their data as text."""
    rows = connection.execute(SIZED_EVENTS_AFTER, {"of_execution": execution_id, "after": after}).all()
    return [Event(*row[:-1]) for row in rows], sum(row[-1] for row in rows)


def next_events(connection: Connection, execution_id: str, after: int) -> Portion[Event]:
    """The next events of an execution with a sequence above `after`, in order."""
    values = {"of_execution": execution_id, "after": after}
    portion = read_portion(connection, NEXT_EVENTS, values)
    return Portion([Event(*row[:-1]) for row in portion.items], portion.is_last)


def events_of(execution_ids: Sequence[str] | BindParameter[Any]) -> Select[Any]:
    """The whole journals of many executions, one after the other."""
    return (
        select(EVENTS.c.execution_id, EVENTS.c.sequence, EVENTS.c.type, EVENTS.c.at, EVENTS.c.action_id, EVENTS.c.data)
        .where(one_of(EVENTS.c.execution_id, execution_ids))
        .order_by(EVENTS.c.execution_id, EVENTS.c.sequence)
    )


EVENTS_OF = events_of(word_list("of_executions"))


def read_events_of(connection: Connection, execution_ids: Sequence[str]) -> dict[str, list[Event]]:
    """The whole journals of many executions, in one statement."""
    journals: dict[str, list[Event]] = {execution_id: [] for execution_id in execution_ids}
    for execution_id, *event in connection.execute(EVENTS_OF, {"of_executions": list(execution_ids)}):
        journals[execution_id].append(Event(*event))
    return journals
