"""The use case of estimates: how long the latest runs of many workflows took, in one statement."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select, true

from models.database.one_of import one_of, word_list
from models.words import ExecutionStatus, Permission
from resolvers.access.permissions import permits
from resolvers.context import Context
from resolvers.executions.rows import EXECUTIONS
from resolvers.overviews.pasts import PastRun, WorkflowPast
from resolvers.workflows.rows import WORKFLOWS

MAX_LOOKED_AT = 200
"""So many of the newest executions of a workflow are looked at, whatever became of them."""

INNER = EXECUTIONS.alias("past_execution")
NEWEST = (
    select(EXECUTIONS.c.id)
    .where(EXECUTIONS.c.workflow_id == WORKFLOWS.c.id)
    .order_by(EXECUTIONS.c.created_at.desc(), EXECUTIONS.c.id.desc())
    .limit(MAX_LOOKED_AT)
    .correlate(WORKFLOWS)
)


def _completed(dialect: str) -> Select[Any]:
    """Reads so many rows of each workflow by the index of its executions, and no more."""
    if dialect == "postgresql":
        lateral = NEWEST.lateral("newest")
        joined = WORKFLOWS.join(lateral, true()).join(INNER, INNER.c.id == lateral.c.id)
    else:
        joined = WORKFLOWS.join(INNER, INNER.c.id.in_(NEWEST))
    return (
        select(INNER.c.workflow_id, INNER.c.revision, INNER.c.started_at, INNER.c.completed_at)
        .select_from(joined)
        .where(
            WORKFLOWS.c.tenant == bindparam("of_tenant"),
            one_of(WORKFLOWS.c.id, word_list("of_workflows")),
            INNER.c.status == ExecutionStatus.COMPLETED.value,
            INNER.c.started_at.is_not(None),
            INNER.c.completed_at.is_not(None),
        )
    )


COMPLETED = {dialect: _completed(dialect) for dialect in ("sqlite", "postgresql")}


@permits(Permission.EXECUTION_READ)
async def pasts_of_workflows(ctx: Context, ids: Sequence[str]) -> dict[str, WorkflowPast]:
    """How long the latest runs of each workflow took that completed; what was read within half a minute stands."""
    tenant, now, pasts = ctx.user.tenant, ctx.services.clock.now(), ctx.services.pasts
    known = pasts.known(tenant, ids, now)
    unknown = [workflow_id for workflow_id in ids if workflow_id not in known]
    if not unknown:
        return known

    def read(connection: Connection) -> dict[str, WorkflowPast]:
        runs: defaultdict[str, list[PastRun]] = defaultdict(list)
        values = {"of_tenant": tenant, "of_workflows": unknown}
        for workflow_id, revision, started_at, completed_at in connection.execute(
            COMPLETED[connection.dialect.name], values
        ):
            runs[workflow_id].append(PastRun(revision, (completed_at - started_at).total_seconds()))
        return {workflow_id: WorkflowPast(runs[workflow_id]) for workflow_id in unknown}

    found = await ctx.read(read)
    pasts.keep(tenant, found, now)
    return known | found
