"""Says what would be deleted at a moment, and deletes nothing."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    exists,
    func,
    or_,
    select,
)

from engine.retention.candidates import count_ended
from engine.retention.deleting import DELIVERIES, SPENT_KEYS
from engine.retention.dependents import EXECUTIONS, dependents
from engine.retention.feeds import ACTIVITIES
from engine.retention.periods import Periods, read_periods
from engine.retention.settings import RetentionSettings
from engine.retention.undone_results import witnesses
from models.database.one_of import one_of
from models.database.security_tables import AuditEntryRow
from models.database.tables import ENDED, LIVE_OF_ROOT, table
from models.entities.retention import OverdueExecutions, OverdueRows, RetentionPreview
from models.words import TERMINAL_STATUSES, DeliveryStatus, ExecutionStatus

AUDIT = table(AuditEntryRow)


def preview(
    connection: Connection, settings: RetentionSettings, now: datetime, tenant: str | None = None
) -> RetentionPreview:
    """What would go at `now`, of one tenant or of all. It looks at all that would, so it may take its time."""
    periods = read_periods(connection, settings)
    most = settings.max_executions
    return RetentionPreview(
        at=now,
        executions=[_overdue(connection, periods, status, now, tenant) for status in sorted(TERMINAL_STATUSES)],
        rows=[OverdueRows(*found) for found in _rows(connection, periods, now, tenant)],
        beyond_cap=0 if most is None else max(0, count_ended(connection) - most),
    )


def _overdue(
    connection: Connection, periods: Periods, status: ExecutionStatus, now: datetime, tenant: str | None
) -> OverdueExecutions:
    statement = select(
        func.count(),
        func.count().filter(or_(_pending(), _has_live(), _is_needed())),
        func.min(EXECUTIONS.c.completed_at),
    ).where(_is_over(periods, [status], now), *_of(EXECUTIONS, tenant))
    count, held, oldest = connection.execute(statement).one()
    return OverdueExecutions(status, count, held, oldest)


def _rows(connection: Connection, periods: Periods, now: datetime, tenant: str | None) -> Iterator[tuple[str, int]]:
    tops = select(EXECUTIONS.c.id).where(_is_over(periods, sorted(TERMINAL_STATUSES), now), *_of(EXECUTIONS, tenant))
    upper = tops.cte("tops", recursive=True)
    lower = EXECUTIONS.alias("lower")
    going = upper.union_all(select(lower.c.id).join(upper, lower.c.parent_id == upper.c.id))
    for dependent in dependents():
        counted = select(func.count()).select_from(dependent.table).where(dependent.among(select(going.c.id)))
        yield str(dependent.table.name), connection.execute(counted).scalar_one()
    settings = periods.settings
    for kept, period in ((ACTIVITIES, settings.activities), (AUDIT, settings.audit)):
        if period is not None:
            older = select(func.count()).where(kept.c.at < now - period, *_of(kept, tenant))
            yield str(kept.name), connection.execute(older).scalar_one()
    expired = select(func.count()).where(SPENT_KEYS.c.expires_at < now, *_of(SPENT_KEYS, tenant))
    yield str(SPENT_KEYS.name), connection.execute(expired).scalar_one()


def _is_over(periods: Periods, statuses: list[ExecutionStatus], now: datetime) -> ColumnElement[bool]:
    """Whether an execution that none has started is kept for longer than it should be."""
    return and_(ENDED, EXECUTIONS.c.parent_id.is_(None), or_(*_each_over(periods, statuses, now)))


def _each_over(periods: Periods, statuses: list[ExecutionStatus], now: datetime) -> Iterator[ColumnElement[bool]]:
    own = sorted(periods.own)
    for status in statuses:
        is_status = EXECUTIONS.c.status == status.value
        for period in periods.all_of(status):
            ended_before = EXECUTIONS.c.completed_at < now - period
            of_these = [workflow_id for workflow_id in own if periods.of(workflow_id, status) == period]
            yield and_(is_status, ended_before, one_of(EXECUTIONS.c.workflow_id, of_these))
            if periods.default(status) == period:
                yield and_(is_status, ended_before, ~one_of(EXECUTIONS.c.workflow_id, own))


def _pending() -> ColumnElement[bool]:
    return exists().where(
        DELIVERIES.c.execution_id == EXECUTIONS.c.id, DELIVERIES.c.status == DeliveryStatus.PENDING.value
    )


def _has_live() -> ColumnElement[bool]:
    below = EXECUTIONS.alias("below")
    return EXECUTIONS.c.id.in_(select(below.c.root_id).where(LIVE_OF_ROOT))  # by the index of just those


def _is_needed() -> ColumnElement[bool]:
    """Whether it, or one that came of it, keeps a result that was undone from being reused."""
    witness = EXECUTIONS.alias("witness")
    needed = witness.c.id.in_(witnesses(ENDED))
    return EXECUTIONS.c.id.in_(select(func.coalesce(witness.c.root_id, witness.c.id)).where(needed))


def _of(of_table: Table, tenant: str | None) -> list[ColumnElement[bool]]:
    return [] if tenant is None else [of_table.c.tenant == tenant]
