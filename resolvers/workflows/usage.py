"""What the executions of workflows say of them, read from running totals."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, bindparam, func, select

from models.database.one_of import one_of, word_list
from models.database.tables import WorkflowStatisticsRow, table
from models.words import Permission
from resolvers.access.permissions import permits
from resolvers.context import Context

TOTALS = table(WorkflowStatisticsRow)
USAGE = (
    select(
        TOTALS.c.workflow_id,
        func.sum(TOTALS.c.accepted),
        func.max(TOTALS.c.last_execution_at),
        func.sum(TOTALS.c.completed),
        func.sum(TOTALS.c.failed),
        func.sum(TOTALS.c.cancelled),
        func.sum(TOTALS.c.run_seconds),
    )
    .where(TOTALS.c.tenant == bindparam("of_tenant"), one_of(TOTALS.c.workflow_id, word_list("of_workflows")))
    .group_by(TOTALS.c.workflow_id)
)


class Usage(msgspec.Struct, frozen=True):
    """What a workflow's executions say of it. `run_seconds` adds up those that completed or failed."""

    execution_count: int
    last_execution: datetime | None
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    run_seconds: float = 0.0


NEVER_USED = Usage(0, None)


@permits(Permission.WORKFLOW_READ)
async def workflow_usage(ctx: Context, ids: Sequence[str]) -> dict[str, Usage]:
    """How often and when last each of the workflows `ids` was executed."""
    tenant = ctx.user.tenant
    return await ctx.read(lambda connection: read_usage(connection, tenant, ids))


def read_usage(connection: Connection, tenant: str, ids: Sequence[str]) -> dict[str, Usage]:
    """How often and when last workflows were executed; one that never was is absent."""
    given = {"of_tenant": tenant, "of_workflows": list(ids)}
    return {row[0]: Usage(*row[1:]) for row in connection.execute(USAGE, given)}
