"""The use case of places in line: where executions stand that wait for the limit of their workflow."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, bindparam, select

from models.database.one_of import one_of, word_list
from models.database.tables import LIMITED
from models.words import ExecutionStatus, Permission
from resolvers.access.permissions import permits
from resolvers.context import Context
from resolvers.executions.rows import EXECUTIONS

MAX_IN_LINE = 1_000
"""So far into a line is looked; who is behind is told no place."""

MAX_LINES = 20
"""So many groups are looked at for one answer."""

MAX_AHEAD = 10
"""Of those ahead, so many of the nearest are named."""

IS_QUEUED = EXECUTIONS.c.status == ExecutionStatus.QUEUED.value
GROUPS = (
    select(EXECUTIONS.c.id, EXECUTIONS.c.workflow_id, EXECUTIONS.c.concurrency_key)
    .where(
        LIMITED,
        IS_QUEUED,
        EXECUTIONS.c.tenant == bindparam("of_tenant"),
        one_of(EXECUTIONS.c.id, word_list("of_executions")),
    )
    .order_by(EXECUTIONS.c.created_at)
)
LINE = (
    select(EXECUTIONS.c.id)
    .where(
        LIMITED,
        IS_QUEUED,
        EXECUTIONS.c.fault.is_(None),
        EXECUTIONS.c.workflow_id == bindparam("of_workflow"),
        EXECUTIONS.c.concurrency_key == bindparam("with_key"),
    )
    .order_by(EXECUTIONS.c.created_at, EXECUTIONS.c.id)
    .limit(MAX_IN_LINE)
)
"""In the order in which they begin; what is set aside is passed by."""


class Place(msgspec.Struct, frozen=True):
    """The place in a line, from 1, and the nearest that are ahead, the next before it first."""

    position: int
    ahead: list[str]


@permits(Permission.EXECUTION_READ)
async def places_in_line(ctx: Context, ids: Sequence[str]) -> dict[str, Place]:
    """The places of the tenant's executions among `ids` that are queued in a limited group: a statement a group."""
    values = {"of_tenant": ctx.user.tenant, "of_executions": list(ids)}

    def read(connection: Connection) -> dict[str, Place]:
        asked = connection.execute(GROUPS, values).all()
        groups = list(dict.fromkeys((row.workflow_id, row.concurrency_key) for row in asked))[:MAX_LINES]
        wanted = {row.id for row in asked}
        found: dict[str, Place] = {}
        for workflow_id, key in groups:
            line = list(connection.execute(LINE, {"of_workflow": workflow_id, "with_key": key}).scalars())
            for index, name in enumerate(line):
                if name in wanted:
                    found[name] = Place(index + 1, line[max(0, index - MAX_AHEAD) : index][::-1])
        return found

    return await ctx.read(read)
