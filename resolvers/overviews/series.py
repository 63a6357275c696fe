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
        of_tenant = [EXECUTIONS.c.tenant == user.tenant]
        counts = {"accepted": _counted(connection, sought, EXECUTIONS.c.created_at, edges, of_tenant)}
        for status in TERMINAL_STATUSES:
            ended, index = _ended(sought, status), _in_index_of_ended(status)
            counts[status.value] = _counted(connection, ended, EXECUTIONS.c.completed_at, edges, index)
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
    return Sought(sought.source, [*sought.where, *_in_index_of_ended(status)], sought.order)


def _in_index_of_ended(status: ExecutionStatus) -> list[Any]:
    # In the words of the index of what has ended.
    return [EXECUTIONS.c.status == status.value, ENDED]


def _counted(
    connection: Connection, sought: Sought, moment: Column[Any], edges: list[datetime], index: list[Any]
) -> list[int | None]:
    """How many there are in each part; None in those that hold what is beyond all that is counted.

    `index` are conditions that an index answers alone and that all of them meet.
    """
    first = _first_counted(connection, sought, moment, edges, index)
    found: list[int | None] = [None] * first + [0] * (len(edges) - 1 - first)
    parts = _parts(moment, edges, first)
    if parts is None:
        return found
    is_in = and_(moment >= parts.c.since, moment < parts.c.until)
    # By a look into the index for each part: to join and group them would sort all rows.
    count = select(func.count()).select_from(sought.source).where(*sought.where, is_in).correlate(parts)
    for number, counted in connection.execute(select(parts.c.number, count.scalar_subquery())):
        found[number] = counted
    return found


def _first_counted(
    connection: Connection, sought: Sought, moment: Column[Any], edges: list[datetime], index: list[Any]
) -> int:
    """The number of the first part that holds nothing which is beyond all that is counted."""
    in_range = [moment >= edges[0], moment < edges[-1]]

    def beyond(source: FromClause, where: list[Any]) -> datetime | None:
        newest = select(moment).select_from(source).where(*where, *in_range).order_by(moment.desc())
        return connection.execute(newest.offset(MAX_COUNTED).limit(1)).scalar()

    # Where not so many are in the index, there are not so many that are sought.
    if beyond(EXECUTIONS, index) is None:
        return 0
    last = beyond(sought.source, sought.where)
    return 0 if last is None else sum(edge <= last for edge in edges)


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
