"""Counts the executions of all tenants for those who run the service; each count reads one index alone."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, Select, func, select

from models.database.database import Database
from models.database.tables import LIVE, SET_ASIDE, ExecutionRow, WorkflowStatisticsRow, table
from models.words import ExecutionStatus

EXECUTIONS = table(ExecutionRow)
TOTALS = table(WorkflowStatisticsRow)


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
