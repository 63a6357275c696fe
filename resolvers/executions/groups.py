"""The use case of counting executions by one of their columns, bounded however many there are."""

from typing import Any

import msgspec
from sqlalchemy import Connection, Date, Select, cast, func, select

from models.commands.filters import ExecutionFilter, ExecutionGroup
from models.words import Permission
from resolvers.access.permissions import permits
from resolvers.context import Context
from resolvers.executions.lists import filters
from resolvers.executions.rows import EXECUTIONS

MAX_COUNTED = 50_000
"""The newest executions that are looked at; to count all of a long history would keep everybody waiting."""


class GroupCount(msgspec.Struct, frozen=True):
    """How many executions have `key` in the column that was asked for."""

    key: str
    count: int


class GroupCounts(msgspec.Struct, frozen=True):
    """The largest groups, or for days the latest. `counted` executions were looked at, not all where `is_complete`
    is false.
    """

    groups: list[GroupCount]
    counted: int
    is_complete: bool


@permits(Permission.EXECUTION_READ)
async def group_executions(ctx: Context, by: ExecutionGroup, command: ExecutionFilter, limit: int) -> GroupCounts:
    """Count the newest executions that a filter finds, at most `MAX_COUNTED` of them; give `limit` groups."""
    tenant = ctx.user.tenant

    def read(connection: Connection) -> GroupCounts:
        rows = connection.execute(_statement(connection, by, filters(tenant, command))).all()
        counted = sum(row.counted for row in rows)
        found = [GroupCount(str(row.word), row.counted) for row in rows]
        if by is ExecutionGroup.DAY:
            found.sort(key=lambda group: group.key, reverse=True)
        else:
            found.sort(key=lambda group: (-group.count, group.key))
        return GroupCounts(found[:limit], min(counted, MAX_COUNTED), counted <= MAX_COUNTED)

    return await ctx.read(read)


def _statement(connection: Connection, by: ExecutionGroup, where: list[Any]) -> Select[tuple[str, int]]:
    word: Any
    match by:
        case ExecutionGroup.STATUS:
            word = EXECUTIONS.c.status
        case ExecutionGroup.WORKFLOW:
            word = EXECUTIONS.c.workflow_id
        case ExecutionGroup.CREATED_BY:
            word = EXECUTIONS.c.created_by
        case ExecutionGroup.DAY if connection.dialect.name == "postgresql":
            word = cast(func.timezone("UTC", EXECUTIONS.c.created_at), Date)
        case ExecutionGroup.DAY:
            word = func.substr(EXECUTIONS.c.created_at, 1, len("2026-01-15"))
    newest = (
        select(word.label("word"))
        .where(*where)
        .order_by(EXECUTIONS.c.created_at.desc(), EXECUTIONS.c.id.desc())
        .limit(MAX_COUNTED + 1)
        .subquery()
    )
    return select(newest.c.word, func.count().label("counted")).group_by(newest.c.word)
