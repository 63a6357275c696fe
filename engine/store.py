"""Loads accepted executions from the database, ready to be carried out; plans are compiled once."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, tuple_

from engine.dag import Plan, compile_plan
from engine.groups import all_turns
from engine.journal import read_events, read_events_of
from engine.run import Parent, Run
from engine.state import ExecutionState, fold
from engine.unattended import unattended
from models.database import Database
from models.entities import Event
from models.tables import AT_WORK, ENDED, LIVE, QUEUED, Execution, ExecutionEvent, WorkflowVersion, table
from models.words import TERMINAL_STATUSES, OnParentEnd

EXECUTIONS = table(Execution)
EVENTS = table(ExecutionEvent)
VERSIONS = table(WorkflowVersion)

NOW = bindparam("now", type_=EXECUTIONS.c.wake_at.type)
NOT_EXCLUDED = EXECUTIONS.c.id.not_in(bindparam("exclude", expanding=True))
NEWEST_MOMENTS = [
    # In the order of the index, of which the last row alone is read: the newest one that is running.
    select(EXECUTIONS.c.created_at)
    .where(LIVE)
    .order_by(EXECUTIONS.c.status.desc(), EXECUTIONS.c.created_at.desc())
    .limit(1),
    select(func.max(EXECUTIONS.c.created_at)).where(QUEUED),
    *(
        select(func.max(EXECUTIONS.c.completed_at)).where(ENDED, EXECUTIONS.c.status == status.value)
        for status in sorted(TERMINAL_STATUSES)
    ),
    select(func.max(EVENTS.c.at)).join(EXECUTIONS, EXECUTIONS.c.id == EVENTS.c.execution_id).where(AT_WORK),
]
"""Each is one look at an index, but for the journals of what was at work."""

DUE = (
    select(EXECUTIONS.c.id)
    .where(EXECUTIONS.c.wake_at <= NOW, NOT_EXCLUDED)
    .order_by(EXECUTIONS.c.wake_at)
    .limit(bindparam("limit"))
)
NEXT_TIMER = select(func.min(EXECUTIONS.c.wake_at)).where(EXECUTIONS.c.wake_at > NOW)
MAX_PLANS = 1_000


class Store:
    """Reads runs and plans. A workflow version never changes, so a compiled plan never goes stale.

    `seen` is told the last moment of each journal that is read.
    """

    def __init__(self, database: Database) -> None:
        self.seen: Callable[[datetime], None] = lambda _moment: None
        self._database = database
        self._plans: OrderedDict[tuple[str, int], Plan] = OrderedDict()

    def cached_plan(self, workflow_id: str, revision: int) -> Plan | None:
        """The compiled plan, where it is in memory."""
        return self._plans.get((workflow_id, revision))

    def load_plans(self, connection: Connection, keys: Iterable[tuple[str, int]]) -> None:
        """Compile the plans of `(workflow_id, revision)` that are not in memory, read in one statement."""
        missing = [key for key in keys if key not in self._plans]
        if missing:
            statement = select(VERSIONS).where(tuple_(VERSIONS.c.workflow_id, VERSIONS.c.revision).in_(missing))
            for row in connection.execute(statement):
                self._keep(row.workflow_id, row.revision, row.definition)

    def plan(self, connection: Connection, workflow_id: str, revision: int) -> Plan:
        """The compiled plan of one workflow version."""
        plan = self._plans.get((workflow_id, revision))
        if plan is None:
            definition = connection.execute(
                select(VERSIONS.c.definition).where(
                    VERSIONS.c.workflow_id == workflow_id, VERSIONS.c.revision == revision
                )
            ).scalar_one()
            plan = self._keep(workflow_id, revision, definition)
        return plan

    def _keep(self, workflow_id: str, revision: int, definition: Mapping[str, Any]) -> Plan:
        plan = self._plans[workflow_id, revision] = compile_plan(**definition)
        if len(self._plans) > MAX_PLANS:
            self._plans.popitem(last=False)
        return plan

    def run(self, connection: Connection, execution_id: str) -> Run:
        """What was fixed when the execution was accepted. The execution exists."""
        return self._run(
            connection, connection.execute(select(EXECUTIONS).where(EXECUTIONS.c.id == execution_id)).one()
        )

    def load_many(self, connection: Connection, execution_ids: Sequence[str]) -> list[tuple[Run, ExecutionState]]:
        """Executions with the states that their journals fold to."""
        return [(run, fold(events)) for run, events in self.journals(connection, execution_ids)]

    def journals(self, connection: Connection, execution_ids: Sequence[str]) -> list[tuple[Run, list[Event]]]:
        """Executions with the whole of their journals."""
        if not execution_ids:
            return []
        rows = connection.execute(select(EXECUTIONS).where(EXECUTIONS.c.id.in_(execution_ids))).all()
        self.load_plans(connection, {(row.workflow_id, row.revision) for row in rows})
        journals = read_events_of(connection, execution_ids)
        for events in journals.values():
            self._see(events)
        return [(self._run(connection, row), journals[row.id]) for row in rows]

    def _run(self, connection: Connection, row: Row[Any]) -> Run:
        return Run(
            execution_id=row.id,
            tenant=row.tenant,
            workflow_id=row.workflow_id,
            revision=row.revision,
            created_by=row.created_by,
            created_at=row.created_at,
            parameters=row.parameters,
            timeout_seconds=row.timeout_seconds,
            queue_timeout_seconds=row.queue_timeout_seconds,
            callback_url=row.callback_url,
            concurrency_key=row.concurrency_key,
            parent=None
            if row.parent_id is None
            else Parent(row.parent_id, row.root_id, row.depth - 1, OnParentEnd(row.on_parent_end)),
            plan=self.plan(connection, row.workflow_id, row.revision),
        )

    def _see(self, events: Sequence[Event]) -> None:
        if events:
            self.seen(events[-1].at)

    async def load_run(self, execution_id: str) -> Run:
        """See `run`."""
        return await self._database.read(lambda connection: self.run(connection, execution_id))

    async def load(self, execution_id: str) -> tuple[Run, ExecutionState]:
        """An execution with the state that its journal folds to."""

        def load(connection: Connection) -> tuple[Run, ExecutionState]:
            events = read_events(connection, execution_id)
            self._see(events)
            return self.run(connection, execution_id), fold(events)

        return await self._database.read(load)

    async def newest_moment(self) -> datetime | None:
        """The newest moment that is known without a look into each journal: `seen` is told of those that are read."""

        def read(connection: Connection) -> datetime | None:
            found = [connection.execute(look).scalar() for look in NEWEST_MOMENTS]
            return max((moment for moment in found if moment is not None), default=None)

        return await self._database.read(read)

    async def unfinished(self, limit: int, now: datetime, exclude: Sequence[str] = ()) -> list[str]:
        """See `unattended`."""

        def read(connection: Connection) -> list[str]:
            return unattended(connection, now, limit, all_turns(connection), exclude)

        return await self._database.read(read)

    async def due(self, limit: int, now: datetime, exclude: Sequence[str] = ()) -> list[str]:
        """Executions whose timer is due, the longest overdue first."""
        values = {"limit": limit, "now": now, "exclude": list(exclude)}
        return await self._database.read(lambda connection: list(connection.execute(DUE, values).scalars()))

    async def next_timer(self, after: datetime) -> datetime | None:
        """When the first timer after `after` is due."""
        return await self._database.read(lambda connection: connection.execute(NEXT_TIMER, {"now": after}).scalar_one())
