"""Counts executions: of all tenants by one index alone, and those of a tenant that are stored by running totals."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Select, bindparam, func, select, union_all

from models.database.database import Database
from models.database.retention_tables import DeletedExecutionsRow
from models.database.selections import Selection
from models.database.tables import LIVE, SET_ASIDE, ExecutionRow, WorkflowStatisticsRow, table
from models.words import ExecutionStatus

EXECUTIONS = table(ExecutionRow)
TOTALS = table(WorkflowStatisticsRow)
DELETED = table(DeletedExecutionsRow)
STORED = union_all(
    select(TOTALS.c.tenant, TOTALS.c.workflow_id, TOTALS.c.accepted.label("number")),
    select(DELETED.c.tenant, DELETED.c.workflow_id, -DELETED.c.deleted),
).subquery("stored")
"""Numbers that add up to how many executions of a workflow there are: those accepted, without those deleted."""

STORED_OF_TENANT = select(func.coalesce(func.sum(STORED.c.number), 0)).where(STORED.c.tenant == bindparam("tenant"))
STORED_OF_WORKFLOW = Selection(STORED_OF_TENANT.where(STORED.c.workflow_id == bindparam("workflow_id")))


class LiveCounts(msgspec.Struct, frozen=True):
    """Executions that have not ended."""

    running: int
    queued: int
    paused: int = 0
    set_aside: int = 0
    """Those among them that this version cannot read, or stumbles over."""


class EndedCounts(msgspec.Struct, frozen=True):
    """Executions that have ended since some moment; those that timed out have failed."""

    completed: int
    failed: int


class TotalCounts(msgspec.Struct, frozen=True):
    """All executions that ever were accepted, and how those ended that have ended."""

    accepted: int
    completed: int
    failed: int
    cancelled: int


SET_ASIDE_COUNT = select(func.count()).select_from(EXECUTIONS).where(SET_ASIDE)
LIVE_COUNT = select(EXECUTIONS.c.status, func.count()).where(LIVE).group_by(EXECUTIONS.c.status)


async def live(database: Database) -> LiveCounts:
    """Count what runs and what waits. Raises `Unavailable`."""

    def read(connection: Connection) -> LiveCounts:
        found: dict[str, int] = {row[0]: row[1] for row in connection.execute(LIVE_COUNT)}
        aside = connection.execute(SET_ASIDE_COUNT).scalar_one()
        return LiveCounts(
            running=found.get(ExecutionStatus.RUNNING, 0),
            queued=found.get(ExecutionStatus.QUEUED, 0),
            paused=found.get(ExecutionStatus.PAUSED, 0),
            set_aside=aside,
        )

    return await database.read(read)


def ended_count(status: ExecutionStatus, since: datetime) -> Select[int]:
    """The statement that counts what ended with `status` at `since` or later."""
    return select(func.count()).where(EXECUTIONS.c.status == status.value, EXECUTIONS.c.completed_at >= since)


async def ended_since(database: Database, moment: datetime) -> EndedCounts:
    """Count what completed or failed at `moment` or later. Raises `Unavailable`."""

    def count(connection: Connection, status: ExecutionStatus) -> int:
        return connection.execute(ended_count(status, moment)).scalar_one()

    return await database.read(
        lambda connection: EndedCounts(
            count(connection, ExecutionStatus.COMPLETED), count(connection, ExecutionStatus.FAILED)
        )
    )


async def totals(database: Database) -> TotalCounts:
    """Add up the running totals of all workflows. Raises `Unavailable`."""
    statement = select(*(func.coalesce(func.sum(TOTALS.c[name]), 0) for name in TotalCounts.__struct_fields__))
    return await database.read(lambda connection: TotalCounts(*map(int, connection.execute(statement).one())))


def stored_in_all(connection: Connection, tenant: str, workflow_ids: Sequence[str]) -> int:
    """How many executions of a tenant are stored, of some of its workflows or, where none is named, of all."""
    if workflow_ids:
        return sum(stored_of_workflows(connection, tenant, workflow_ids).values())
    return int(connection.execute(STORED_OF_TENANT, {"tenant": tenant}).scalar_one())


def stored_of_workflow(connection: Connection, tenant: str, workflow_id: str) -> int:
    """How many executions of a workflow are stored."""
    [[number]] = STORED_OF_WORKFLOW.rows(connection, {"tenant": tenant, "workflow_id": workflow_id})
    return int(number)


def stored_of_workflows(connection: Connection, tenant: str, ids: Sequence[str]) -> dict[str, int]:
    """How many executions of each of some workflows are stored; one that has none may be absent."""
    statement = (
        select(STORED.c.workflow_id, func.sum(STORED.c.number))
        .where(STORED.c.tenant == tenant, STORED.c.workflow_id.in_(ids))
        .group_by(STORED.c.workflow_id)
    )
    return {workflow_id: int(number) for workflow_id, number in connection.execute(statement)}
