"""Loads accepted executions from the database, ready to be carried out; plans are compiled once."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, bindparam, func, or_, select, tuple_

from engine.dag import Plan, plan_of
from engine.groups import NEEDS_NO_TURN, all_turns
from engine.journal import read_events_of
from engine.run import Parent, Run
from models.database import Database
from models.entities import Event
from models.errors import Unreadable
from models.tables import LIVE, Execution, ExecutionEvent, WorkflowVersion, table
from models.words import ExecutionStatus, FaultCode, OnParentEnd

EXECUTIONS = table(Execution)
EVENTS = table(ExecutionEvent)
VERSIONS = table(WorkflowVersion)

NOW = bindparam("now", type_=EXECUTIONS.c.wake_at.type)
IS_QUEUED = and_(EXECUTIONS.c.status == ExecutionStatus.QUEUED.value, EXECUTIONS.c.fault.is_(None))
NOT_EXCLUDED = EXECUTIONS.c.id.not_in(bindparam("exclude", expanding=True))
NEWEST_MOMENT = select(func.max(EVENTS.c.at)).join(EXECUTIONS, EXECUTIONS.c.id == EVENTS.c.execution_id).where(LIVE)
UNFINISHED = (
    select(EXECUTIONS.c.id)
    .where(LIVE, or_(EXECUTIONS.c.wake_at <= NOW, and_(NEEDS_NO_TURN, or_(IS_QUEUED, EXECUTIONS.c.wake_at.is_(None)))))
    .where(NOT_EXCLUDED)
    .order_by(EXECUTIONS.c.created_at, EXECUTIONS.c.id)
    .limit(bindparam("limit"))
)
DUE = (
    select(EXECUTIONS.c.id)
    .where(EXECUTIONS.c.wake_at <= NOW, NOT_EXCLUDED)
    .order_by(EXECUTIONS.c.wake_at)
    .limit(bindparam("limit"))
)
NEXT_TIMER = select(func.min(EXECUTIONS.c.wake_at)).where(EXECUTIONS.c.wake_at > NOW)
PLAIN_COLUMNS = [
    EXECUTIONS.c[name] for name in ("tenant", "workflow_id", "concurrency_key", "status", "faults", "lives")
]
"""What can be read of an execution whatever else is damaged."""

MAX_PLANS = 1_000


class Found(msgspec.Struct, frozen=True):
    """An execution as it lies in the database: what it is and its journal, or why its row cannot be read.

    `fault` is the one for which it is set aside, `faults` how often it was tried since, `lives` how many
    processes have taken it up since it last made progress. `in_line_of` is its workflow where it is queued in a limited
    group of it.
    """

    execution_id: str
    tenant: str
    in_line_of: str | None
    run: Run | Unreadable
    events: Sequence[Event]
    fault: dict[str, Any] | None
    faults: int
    lives: int


class Store:
    """Reads runs and plans. A workflow version never changes, so a compiled plan never goes stale."""

    def __init__(self, database: Database) -> None:
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
                with suppress(Unreadable):  # whoever needs that one is told
                    self._keep(row)

    def plan(self, connection: Connection, workflow_id: str, revision: int) -> Plan:
        """The compiled plan of one workflow version. Raises `Unreadable`."""
        plan = self._plans.get((workflow_id, revision))
        if plan is None:
            version = select(VERSIONS).where(VERSIONS.c.workflow_id == workflow_id, VERSIONS.c.revision == revision)
            plan = self._keep(connection.execute(version).one())
        return plan

    def _keep(self, version: Row[Any]) -> Plan:
        plan = plan_of(version.definition, version.schema_version)
        self._plans[version.workflow_id, version.revision] = plan
        if len(self._plans) > MAX_PLANS:
            self._plans.popitem(last=False)
        return plan

    def run(self, connection: Connection, execution_id: str) -> Run:
        """What was fixed when the execution was accepted. The execution exists. Raises `Unreadable`."""
        return self._run(
            connection, connection.execute(select(EXECUTIONS).where(EXECUTIONS.c.id == execution_id)).one()
        )

    def journals(self, connection: Connection, execution_ids: Sequence[str]) -> list[tuple[Run, list[Event]]]:
        """Executions with the whole of their journals; those are left out whose rows cannot be read."""
        found = self.find(connection, execution_ids)
        return [(each.run, list(each.events)) for each in found if isinstance(each.run, Run)]

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
        rows = connection.execute(select(EXECUTIONS).where(EXECUTIONS.c.id.in_(execution_ids))).all()
        self.load_plans(connection, {(row.workflow_id, row.revision) for row in rows})
        journals = read_events_of(connection, execution_ids)
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
            else Parent(row.parent_id, row.depth - 1, OnParentEnd(row.on_parent_end)),
            plan=self.plan(connection, row.workflow_id, row.revision),
        )

    async def load_run(self, execution_id: str) -> Run:
        """See `run`."""
        return await self._database.read(lambda connection: self.run(connection, execution_id))

    async def newest_moment(self) -> datetime | None:
        """The newest moment in the journals of executions that have not ended; None where one of them is damaged."""
        with suppress(ValueError):
            return await self._database.read(lambda connection: connection.execute(NEWEST_MOMENT).scalar_one())
        return None

    async def unfinished(self, limit: int, now: datetime, exclude: Sequence[str] = ()) -> list[str]:
        """Executions that have not ended and whose timer, if they wait for one, is due; oldest first.

        Behind them those whose turn it is in a limited group; what must wait for its turn there is left out.
        """
        values = {"limit": limit, "now": now, "exclude": list(exclude)}

        def read(connection: Connection) -> list[str]:
            found = list(connection.execute(UNFINISHED, values).scalars())
            known = {*found, *exclude}
            turns = [place.execution_id for place in all_turns(connection) if place.execution_id not in known]
            return (found + turns)[:limit]

        return await self._database.read(read)

    async def due(self, limit: int, now: datetime, exclude: Sequence[str] = ()) -> list[str]:
        """Executions whose timer is due, the longest overdue first."""
        values = {"limit": limit, "now": now, "exclude": list(exclude)}
        return await self._database.read(lambda connection: list(connection.execute(DUE, values).scalars()))

    async def next_timer(self, after: datetime) -> datetime | None:
        """When the first timer after `after` is due."""
        return await self._database.read(lambda connection: connection.execute(NEXT_TIMER, {"now": after}).scalar_one())


def _illegible(connection: Connection, execution_id: str) -> Found:
    """An execution of which some column has a value that is none."""
    row = connection.execute(select(*PLAIN_COLUMNS).where(EXECUTIONS.c.id == execution_id)).one()
    fault = Unreadable(FaultCode.DAMAGED, "a value in its row or its journal is damaged")
    return Found(execution_id, row.tenant, in_line_of(row), fault, (), None, row.faults, row.lives)


def in_line_of(row: Row[Any]) -> str | None:
    """The workflow for a limited group of which an execution is queued."""
    is_queued = row.concurrency_key is not None and row.status == ExecutionStatus.QUEUED
    return row.workflow_id if is_queued else None
