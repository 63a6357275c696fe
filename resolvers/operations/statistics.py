"""The use case of a tenant's statistics, read from running totals (decision W12)."""

from typing import Any

import msgspec
from sqlalchemy import Connection, case, func, select

from models.database.tables import WorkflowRow, WorkflowStatisticsRow, WorkflowTagRow, table
from models.words import Permission, WorkflowStatus
from resolvers.access.permissions import permits
from resolvers.context import Context

WORKFLOWS = table(WorkflowRow)
TAGS = table(WorkflowTagRow)
TOTALS = table(WorkflowStatisticsRow)

POPULAR_TAGS = 10


class TagCount(msgspec.Struct, frozen=True):
    """How many workflows have a tag."""

    tag: str
    count: int


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant's totals. `failed_executions` includes time-outs; cancelled and running ones are in the total only.

    `average_execution_time` is the mean in seconds, from acceptance to the end, of those that completed or failed.
    """

    total_workflows: int
    active_workflows: int
    total_executions: int
    successful_executions: int
    failed_executions: int
    average_execution_time: float
    popular_tags: list[TagCount]


@permits(Permission.WORKFLOW_READ)
async def get_statistics(ctx: Context) -> Statistics:
    """The statistics of the caller's tenant. Their cost does not depend on the number of executions."""
    tenant = ctx.user.tenant
    return await ctx.read(lambda connection: _read(connection, tenant))


def _read(connection: Connection, tenant: str) -> Statistics:
    visible = (WORKFLOWS.c.tenant == tenant, WORKFLOWS.c.deleted_at.is_(None))
    is_active = case((WORKFLOWS.c.status == WorkflowStatus.ACTIVE.value, 1), else_=0)
    workflows, active = connection.execute(select(func.count(), func.sum(is_active)).where(*visible)).one()
    accepted, completed, failed, seconds = connection.execute(
        select(*(func.sum(_column(name)) for name in ("accepted", "completed", "failed", "run_seconds"))).where(
            TOTALS.c.tenant == tenant
        )
    ).one()
    ended = (completed or 0) + (failed or 0)
    count = func.count().label("workflows")
    popular = (
        select(TAGS.c.tag, count)
        .join(WORKFLOWS, WORKFLOWS.c.id == TAGS.c.workflow_id)
        .where(*visible)
        .group_by(TAGS.c.tag)
        .order_by(count.desc(), TAGS.c.tag)
        .limit(POPULAR_TAGS)
    )
    return Statistics(
        total_workflows=workflows,
        active_workflows=int(active or 0),
        total_executions=int(accepted or 0),
        successful_executions=int(completed or 0),
        failed_executions=int(failed or 0),
        average_execution_time=round(seconds / ended, 3) if ended else 0.0,
        popular_tags=[TagCount(tag, number) for tag, number in connection.execute(popular)],
    )


def _column(name: str) -> Any:
    return TOTALS.c[name]
