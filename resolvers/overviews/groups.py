"""The use case of counting executions by one of their columns, bounded however many there are."""

from typing import Any

import msgspec
from sqlalchemy import Connection, Date, Select, cast, func, select

from models.commands.filters import ExecutionFilter, ExecutionGroup, LabelFilter
from models.commands.labels import MAX_LABELS
from models.commands.validation import parse
from models.errors import InvalidInput
from models.faults import Fault
from models.words import Permission
from resolvers.access.permissions import permits
from resolvers.context import Context
from resolvers.executions.conditions import Sought, conditions, joined, ordered_by
from resolvers.executions.rows import EXECUTIONS
from resolvers.overviews import causes
from resolvers.overviews.causes import CauseCount

MAX_COUNTED = 50_000
"""The newest executions that are looked at; to count all of a long history would keep everybody waiting."""

LABEL_KEY = "labelKey"


class GroupCount(msgspec.Struct, frozen=True):
    """How many executions have `key` in the column that was asked for."""

    key: str
    count: int
    cause: CauseCount | None = None
    """What more there is to say, where they are counted by what failed or keeps them."""


class GroupCounts(msgspec.Struct, frozen=True):
    """The largest groups, of days the latest, of failures those with the latest executions.

    `counted` executions were looked at, not all where `is_complete` is false.
    """

    groups: list[GroupCount]
    counted: int
    is_complete: bool


@permits(Permission.EXECUTION_READ)
async def group_executions(
    ctx: Context, by: ExecutionGroup, command: ExecutionFilter, limit: int, label_key: str | None = None
) -> GroupCounts:
    """Count the newest executions that a filter finds, at most `MAX_COUNTED` of them; give `limit` groups.

    By label, those that have one with `label_key` are counted. Raises `InvalidInput` where there is none to count by,
    or one for nothing.
    """
    user, now = ctx.user, ctx.services.clock.now()
    label = _label(by, label_key)

    def read(connection: Connection) -> GroupCounts:
        if by is ExecutionGroup.WAIT_REASON:
            return _caused(*causes.waits(connection, user, command, now, MAX_COUNTED), limit)
        sought = conditions(connection, user, command, now)
        if by is ExecutionGroup.FAILURE:
            return _caused(*causes.failures(connection, user, sought, MAX_COUNTED, limit), limit)
        rows = connection.execute(_statement(connection, user.tenant, by, label, sought)).all()
        counted = sum(row.counted for row in rows)
        groups = [GroupCount(str(row.word), row.counted) for row in rows]
        if by is ExecutionGroup.DAY:
            groups.sort(key=lambda group: group.key, reverse=True)
        else:
            groups.sort(key=lambda group: (-group.count, group.key))
        return GroupCounts(groups[:limit], min(counted, MAX_COUNTED), counted <= MAX_COUNTED)

    return await ctx.read(read)


def _caused(found: list[CauseCount], counted: int, limit: int) -> GroupCounts:
    groups = [GroupCount(cause.key, cause.count, cause) for cause in found[:limit]]
    return GroupCounts(groups, min(counted, MAX_COUNTED), counted <= MAX_COUNTED)


def _label(by: ExecutionGroup, key: str | None) -> LabelFilter | None:
    if key is None and by is not ExecutionGroup.LABEL:
        return None
    if key is None or by is not ExecutionGroup.LABEL:
        told = "say by the values of which label" if key is None else "goes with LABEL alone: leave it out"
        raise InvalidInput([Fault((LABEL_KEY,), told, "value_error.label_key")])
    try:
        return parse(LabelFilter, {"key": key}, ())
    except InvalidInput as error:
        raise InvalidInput([msgspec.structs.replace(fault, loc=(LABEL_KEY,)) for fault in error.faults]) from None


def _statement(
    connection: Connection, tenant: str, by: ExecutionGroup, label: LabelFilter | None, sought: Sought
) -> Select[tuple[str, int]]:
    word: Any
    source, order = sought.source, sought.order
    match by:
        case ExecutionGroup.STATUS:
            word = EXECUTIONS.c.status
        case ExecutionGroup.WORKFLOW:
            word = EXECUTIONS.c.workflow_id
        case ExecutionGroup.CREATED_BY:
            word = EXECUTIONS.c.created_by
        case ExecutionGroup.LABEL if label is not None:
            source, named = joined(source, tenant, label, MAX_LABELS)
            word, order = named.c.value, ordered_by(named)
        case ExecutionGroup.DAY if connection.dialect.name == "postgresql":
            word = cast(func.timezone("UTC", EXECUTIONS.c.created_at), Date)
        case ExecutionGroup.DAY:
            word = func.substr(EXECUTIONS.c.created_at, 1, len("2026-01-15"))
    newest = (
        select(word.label("word"))
        .select_from(source)
        .where(*sought.where)
        .order_by(order.column.desc(), order.id_.desc())
        .limit(MAX_COUNTED + 1)
        .subquery()
    )
    return select(newest.c.word, func.count().label("counted")).group_by(newest.c.word)
