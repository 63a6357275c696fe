"""The use case of executions over time: how many began and ended in each part of a range, and how long they took."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Column, Connection, FromClause, Integer, and_, func, literal, select, union_all

from models.commands.filters import ExecutionFilter, SeriesRange
from models.database.tables import ENDED
from models.words import TERMINAL_STATUSES, ExecutionStatus, Permission
from resolvers.access.permissions import permits
from resolvers.context import Context
from resolvers.executions.conditions import Sought, conditions
from resolvers.executions.rows import EXECUTIONS
from resolvers.overviews.pasts import rank

MAX_COUNTED = 1_000_000
"""So many executions of each status are counted, the newest; parts of the range that hold older ones have no number."""

MAX_TIMED = 5_000
"""So many of the executions that completed last are timed."""


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a range, and how many executions were accepted in it and ended in it; None where that is too many."""

    since: datetime
    until: datetime
    accepted: int | None
    completed: int | None
    failed: int | None
    cancelled: int | None


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a range, the earliest first. The seconds, from acceptance to the end, are those of the latest `runs`
    that completed in the range; None where there are none.
    """

    buckets: list[Bucket]
    runs: int
    p50_seconds: float | None
    p95_seconds: float | None


@permits(Permission.EXECUTION_READ)
async def execution_series(ctx: Context, asked: SeriesRange, command: ExecutionFilter) -> Series:
    """Count, and never guess, the executions that a filter finds."""
    user, now = ctx.user, ctx.services.clock.now()
    step = (asked.until - asked.since) / asked.buckets
    edges = [asked.since + number * step for number in range(asked.buckets)] + [asked.until]

    def read(connection: Connection) -> Series:
        sought = conditions(connection, user, command, now)
        counts = {"accepted": _counted(connection, sought, EXECUTIONS.c.created_at, edges)}
        for status in TERMINAL_STATUSES:
            counts[status.value] = _counted(connection, _ended(sought, status), EXECUTIONS.c.completed_at, edges)
        took = _took(connection, _ended(sought, ExecutionStatus.COMPLETED), asked)
        return Series(
            buckets=[
                Bucket(
                    since=edges[number],
                    until=edges[number + 1],
                    **{name: counted[number] for name, counted in counts.items()},
                )
                for number in range(asked.buckets)
            ],
            runs=len(took),
            p50_seconds=rank(took, 50) if took else None,
            p95_seconds=rank(took, 95) if took else None,
        )

    return await ctx.read(read)


def _ended(sought: Sought, status: ExecutionStatus) -> Sought:
    # In the words of the index of what has ended.
    return Sought(sought.source, [*sought.where, EXECUTIONS.c.status == status.value, ENDED], sought.order)


def _counted(connection: Connection, sought: Sought, moment: Column[Any], edges: list[datetime]) -> list[int | None]:
    """How many there are in each part; None in those that hold what is beyond all that is counted."""
    in_range = [*sought.where, moment >= edges[0], moment < edges[-1]]
    newest = select(moment).select_from(sought.source).where(*in_range).order_by(moment.desc())
    beyond = connection.execute(newest.offset(MAX_COUNTED).limit(1)).scalar()
    first = 0 if beyond is None else sum(edge <= beyond for edge in edges)
    found: list[int | None] = [None] * first + [0] * (len(edges) - 1 - first)
    parts = _parts(moment, edges, first)
    if parts is None:
        return found
    is_in = and_(moment >= parts.c.since, moment < parts.c.until)
    statement = (
        select(parts.c.number, func.count())
        .select_from(parts.join(sought.source, is_in))
        .where(*sought.where)
        .group_by(parts.c.number)
    )
    for number, count in connection.execute(statement):
        found[number] = count
    return found


def _parts(moment: Column[Any], edges: list[datetime], first: int) -> FromClause | None:
    """A row for each part: an index finds what is in it, to the microsecond and alike on both databases."""
    rows = [
        select(
            literal(number, Integer).label("number"),
            literal(edges[number], moment.type).label("since"),
            literal(edges[number + 1], moment.type).label("until"),
        )
        for number in range(first, len(edges) - 1)
    ]
    return union_all(*rows).subquery("part") if rows else None


def _took(connection: Connection, sought: Sought, asked: SeriesRange) -> list[float]:
    """The seconds that the latest took which ended in the range, ascending."""
    ended = EXECUTIONS.c.completed_at
    statement = (
        select(EXECUTIONS.c.created_at, ended)
        .select_from(sought.source)
        .where(*sought.where, ended >= asked.since, ended < asked.until)
        .order_by(ended.desc())
        .limit(MAX_TIMED)
    )
    return sorted((end - start).total_seconds() for start, end in connection.execute(statement))
