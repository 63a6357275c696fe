"""Loads accepted executions from the database, ready to be carried out; plans are compiled once."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from engine.dag import Plan, compile_plan
from engine.journal import read_events
from engine.run import Run
from engine.state import ExecutionState, fold
from models.database import Database
from models.tables import LIVE, Execution, ExecutionEvent, WorkflowVersion, table
from models.words import ExecutionStatus

EXECUTIONS = table(Execution)
EVENTS = table(ExecutionEvent)
VERSIONS = table(WorkflowVersion)
MAX_PLANS = 1_000


class Store:
    """Reads runs and plans. A workflow version never changes, so a compiled plan never goes stale."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._plans: OrderedDict[tuple[str, int], Plan] = OrderedDict()

    def cached_plan(self, workflow_id: str, revision: int) -> Plan | None:
        """The compiled plan, where it is in memory."""
        return self._plans.get((workflow_id, revision))

    def plan(self, connection: Connection, workflow_id: str, revision: int) -> Plan:
        """The compiled plan of one workflow version."""
        plan = self._plans.get((workflow_id, revision))
        if plan is None:
            definition = connection.execute(
                select(VERSIONS.c.definition).where(
                    VERSIONS.c.workflow_id == workflow_id, VERSIONS.c.revision == revision
                )
            ).scalar_one()
            plan = compile_plan(definition["parameters"], definition["actions"])
            self._plans[workflow_id, revision] = plan
            if len(self._plans) > MAX_PLANS:
                self._plans.popitem(last=False)
        return plan

    def run(self, connection: Connection, execution_id: str) -> Run:
        """What was fixed when the execution was accepted. The execution exists."""
        row = connection.execute(select(EXECUTIONS).where(EXECUTIONS.c.id == execution_id)).one()
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
            plan=self.plan(connection, row.workflow_id, row.revision),
        )

    async def load_run(self, execution_id: str) -> Run:
        """See `run`."""
        return await self._database.read(lambda connection: self.run(connection, execution_id))

    async def load(self, execution_id: str) -> tuple[Run, ExecutionState]:
        """An execution with the state that its journal folds to."""

        def load(connection: Connection) -> tuple[Run, ExecutionState]:
            return self.run(connection, execution_id), fold(read_events(connection, execution_id))

        return await self._database.read(load)

    async def newest_moment(self) -> datetime | None:
        """The newest moment in the journals of executions that have not ended."""
        statement = select(func.max(EVENTS.c.at)).join(EXECUTIONS, EXECUTIONS.c.id == EVENTS.c.execution_id).where(LIVE)
        return await self._database.read(lambda connection: connection.execute(statement).scalar_one())

    async def unfinished(self, limit: int, now: datetime, exclude: Sequence[str] = ()) -> list[str]:
        """Executions that have not ended and whose timer, if they wait for one, is due; oldest first."""
        # The index on live executions is used only where its condition is spelled out, not bound.
        live = EXECUTIONS.c.status.in_((ExecutionStatus.QUEUED.value, ExecutionStatus.RUNNING.value))
        is_queued = EXECUTIONS.c.status == ExecutionStatus.QUEUED.value
        statement = select(EXECUTIONS.c.id).where(
            live, or_(is_queued, EXECUTIONS.c.wake_at.is_(None), EXECUTIONS.c.wake_at <= now)
        )
        if exclude:
            statement = statement.where(EXECUTIONS.c.id.not_in(exclude))
        statement = statement.order_by(EXECUTIONS.c.created_at, EXECUTIONS.c.id).limit(limit)
        return await self._database.read(lambda connection: list(connection.execute(statement).scalars()))

    async def due(self, limit: int, now: datetime, exclude: Sequence[str] = ()) -> list[str]:
        """Executions whose timer is due, the longest overdue first."""
        statement = select(EXECUTIONS.c.id).where(EXECUTIONS.c.wake_at <= now)
        if exclude:
            statement = statement.where(EXECUTIONS.c.id.not_in(exclude))
        statement = statement.order_by(EXECUTIONS.c.wake_at).limit(limit)
        return await self._database.read(lambda connection: list(connection.execute(statement).scalars()))

    async def next_timer(self, after: datetime) -> datetime | None:
        """When the first timer after `after` is due."""
        statement = select(func.min(EXECUTIONS.c.wake_at)).where(EXECUTIONS.c.wake_at > after)
        return await self._database.read(lambda connection: connection.execute(statement).scalar_one())
