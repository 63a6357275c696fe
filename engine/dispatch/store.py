"""Loads accepted executions from the database, ready to be carried out; plans are compiled once."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, select, tuple_

from engine.core.plan import Plan
from engine.core.run import Parent, Run
from engine.core.state import ExecutionState
from engine.definition.compiling import plan_of
from engine.journal.found import Found
from engine.journal.journal import read_events_of
from models.database.database import Database
from models.database.one_of import one_of, word_list
from models.database.tables import ENDED, HELD, LIVE, ExecutionEventRow, ExecutionRow, WorkflowVersionRow, table
from models.entities.executions import Event
from models.errors import Unreadable
from models.latest import Latest
from models.words import LIVE_STATUSES, TERMINAL_STATUSES, ExecutionStatus, FaultCode, OnParentEnd

EXECUTIONS = table(ExecutionRow)
EVENTS = table(ExecutionEventRow)
VERSIONS = table(WorkflowVersionRow)

NEWEST_MOMENTS = [
    # In the order of the index, of which the last row alone is read: the newest one that is running.
    select(EXECUTIONS.c.created_at)
    .where(LIVE)
    .order_by(EXECUTIONS.c.status.desc(), EXECUTIONS.c.created_at.desc())
    .limit(1),
    *(
        select(func.max(EXECUTIONS.c.created_at)).where(LIVE, EXECUTIONS.c.status == status.value)
        for status in sorted(LIVE_STATUSES - {ExecutionStatus.RUNNING})
    ),
    *(
        select(func.max(EXECUTIONS.c.completed_at)).where(ENDED, EXECUTIONS.c.status == status.value)
        for status in sorted(TERMINAL_STATUSES)
    ),
    select(func.max(EVENTS.c.at)).where(EVENTS.c.execution_id.in_(select(EXECUTIONS.c.id).where(HELD))),
]
"""Each is one look at an index, but for the journals of what was at work."""

PLAIN_COLUMNS = [
    EXECUTIONS.c[name] for name in ("tenant", "workflow_id", "concurrency_key", "status", "faults", "lives")
]
"""What can be read of an execution whatever else is damaged."""

FOUND = select(EXECUTIONS).where(one_of(EXECUTIONS.c.id, word_list("sought")))
VERSION = select(VERSIONS).where(VERSIONS.c.workflow_id == bindparam("of"), VERSIONS.c.revision == bindparam("number"))

MAX_PLANS = 1_000


class Store:
    """Reads runs and plans. A workflow version never changes, so a compiled plan never goes stale.

    `seen` is told the last moment of each journal that is read.
    """

    def __init__(self, database: Database) -> None:
        self.seen: Callable[[datetime], None] = lambda _moment: None
        self._database = database
        self._plans: Latest[tuple[str, int], Plan] = Latest(MAX_PLANS)

    def cached_plan(self, workflow_id: str, revision: int) -> Plan | None:
        """The compiled plan, where it is in memory."""
        return self._plans.get((workflow_id, revision))

    def load_plans(self, connection: Connection, keys: Iterable[tuple[str, int]]) -> None:
        """Compile the plans of `(workflow_id, revision)` that are not in memory, read in one statement."""
        missing = [key for key in keys if key not in self._plans]
        if missing:
            statement = select(VERSIONS).where(tuple_(VERSIONS.c.workflow_id, VERSIONS.c.revision).in_(missing))
            for row in connection.execute(statement):
                with suppress(Unreadable):  # whoever needs that one is told
                    self._keep(row)

    def plan(self, connection: Connection, workflow_id: str, revision: int) -> Plan:
        """The compiled plan of one workflow version. Raises `Unreadable`."""
        plan = self._plans.get((workflow_id, revision))
        if plan is None:
            plan = self._keep(connection.execute(VERSION, {"of": workflow_id, "number": revision}).one())
        return plan

    def _keep(self, version: Row[Any]) -> Plan:
        plan = plan_of(version.definition, version.schema_version)
        self._plans.put((version.workflow_id, version.revision), plan)
        return plan

    def find(self, connection: Connection, execution_ids: Sequence[str]) -> list[Found]:
        """Executions as they lie in the database: one that cannot be read spoils none of the others."""
        if not execution_ids:
            return []
        try:
            return self._find(connection, execution_ids)
        except (TypeError, ValueError):  # a value that is none of its column's type spoils a whole answer
            if len(execution_ids) == 1:
                return [_illegible(connection, execution_ids[0])]
        return [found for execution_id in execution_ids for found in self.find(connection, [execution_id])]

    def _find(self, connection: Connection, execution_ids: Sequence[str]) -> list[Found]:
        rows = connection.execute(FOUND, {"sought": list(execution_ids)}).all()
        self.load_plans(connection, {(row.workflow_id, row.revision) for row in rows})
        journals = read_events_of(connection, execution_ids)
        for events in journals.values():
            self._see(events)
        return [
            Found(
                execution_id=row.id,
                tenant=row.tenant,
                in_line_of=in_line_of(row),
                run=self._run_or_fault(connection, row),
                events=journals[row.id],
                fault=row.fault,
                faults=row.faults,
                lives=row.lives,
            )
            for row in rows
        ]

    def _run_or_fault(self, connection: Connection, row: Row[Any]) -> Run | Unreadable:
        try:
            return self._run(connection, row)
        except Unreadable as fault:
            return fault

    def _run(self, connection: Connection, row: Row[Any]) -> Run:
        if type(row.parameters) is not dict:
            raise Unreadable(FaultCode.DAMAGED, "its parameters are damaged")
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
            rerun_of=row.rerun_of,
            plan=self.plan(connection, row.workflow_id, row.revision),
        )

    def _see(self, events: Sequence[Event]) -> None:
        if events:
            self.seen(events[-1].at)

    async def load(self, execution_id: str) -> tuple[Run, ExecutionState]:
        """An execution, which exists, with the state that its journal folds to. Raises `Unreadable`."""
        [found] = await self._database.read(lambda connection: self.find(connection, [execution_id]))
        return found.read()

    async def newest_moment(self) -> datetime | None:
        """The newest moment that is known without a look into each journal: `seen` is told of those that are read."""

        def read(connection: Connection) -> datetime | None:
            found = [_moment(connection, look) for look in NEWEST_MOMENTS]
            return max((moment for moment in found if moment is not None), default=None)

        return await self._database.read(read)


def _moment(connection: Connection, look: Select[Any]) -> datetime | None:
    """None where one of those that are looked at is damaged."""
    with suppress(ValueError):
        moment: datetime | None = connection.execute(look).scalar()
        return moment
    return None


def _illegible(connection: Connection, execution_id: str) -> Found:
    """An execution of which some column has a value that is none."""
    row = connection.execute(select(*PLAIN_COLUMNS).where(EXECUTIONS.c.id == execution_id)).one()
    fault = Unreadable(FaultCode.DAMAGED, "a value in its row or its journal is damaged")
    return Found(execution_id, row.tenant, in_line_of(row), fault, (), None, row.faults, row.lives)


def in_line_of(row: Row[Any]) -> str | None:
    """The workflow for a limited group of which an execution is queued."""
    is_queued = row.concurrency_key is not None and row.status == ExecutionStatus.QUEUED
    return row.workflow_id if is_queued else None
