"""The use case of the nodes: which processes there are, how far their leases reach, and what each has in hand."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select

from engine.journal.queue import EXECUTIONS, NODES
from models.database.tables import HELD
from models.entities.operations import NodeState
from models.words import NodeKind, Permission
from resolvers.access.permissions import permits, require_overseer
from resolvers.context import Context

MAX_NODES = 1_000

NOW = bindparam("now", type_=NODES.c.expires_at.type)


def _states(now: ColumnElement[Any]) -> Select[Any]:
    is_alive = NODES.c.expires_at > now
    return (
        select(
            NODES.c.id,
            NODES.c.kind,
            NODES.c.version,
            NODES.c.started_at,
            NODES.c.expires_at,
            NODES.c.shard,
            is_alive.label("is_alive"),
        )
        .order_by(NODES.c.started_at, NODES.c.shard)
        .limit(MAX_NODES)
    )


STATES = {"sqlite": _states(NOW), "postgresql": _states(func.now())}
"""By the clock that the leases are kept by."""

IN_HAND = select(EXECUTIONS.c.node_id, func.count()).where(HELD).group_by(EXECUTIONS.c.node_id)
"""From an index of what is in hand, which is as much as all nodes work at."""


@permits(Permission.EXECUTION_READ)
async def list_nodes(ctx: Context) -> list[NodeState]:
    """The nodes, the oldest first, those whose lease is over among them until another one has taken over from them.

    For operators and admins. Raises `PermissionDenied`.
    """
    require_overseer(ctx.user)
    dispatcher, now = ctx.services.dispatcher, ctx.services.clock.now()

    def read(connection: Connection) -> list[NodeState]:
        in_hand: dict[str, int] = {row[0]: row[1] for row in connection.execute(IN_HAND)}
        rows = connection.execute(STATES[connection.dialect.name], {"now": now}).all()
        leading = min((row.shard for row in rows if row.is_alive or dispatcher.is_alone), default=None)
        return [
            NodeState(
                id=row.id,
                kind=NodeKind(row.kind),
                version=row.version,
                started_at=row.started_at,
                lease_until=None if dispatcher.is_alone else row.expires_at,
                is_alive=bool(row.is_alive) or dispatcher.is_alone,
                is_leading=row.shard == leading,
                is_answering=row.id == dispatcher.node_id,
                in_hand=in_hand.get(row.id, 0),
            )
            for row in rows
        ]

    return await ctx.read(read)
