"""Live lists of a tenant, resumable by cursor: executions whose status changes, and activities."""

from collections.abc import AsyncGenerator, Callable
from functools import partial
from itertools import chain, repeat
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Column, Connection, Row, Select, Table, bindparam, select, tuple_

from engine.journal.broadcast import feed_of
from engine.retention.deleting import GAPS
from models.commands.filters import ActivityFilter, ExecutionFilter
from models.database.changes import Horizon, horizon
from models.database.portions import Portion, in_portions, read_portion
from models.entities.activities import Activity
from models.entities.executions import ExecutionSummary
from models.retention_errors import CursorExpired
from models.words import Permission
from resolvers.access.permissions import may, permits, require
from resolvers.context import Context
from resolvers.executions import activities, rows
from resolvers.executions.conditions import conditions
from resolvers.executions.payload import visible
from resolvers.executions.rows import EXECUTIONS
from resolvers.keyset import decode_text, encode_text, no_cursor
from resolvers.waking import woken_or_late
from resolvers.workflows.rows import ACTIVITIES

T = TypeVar("T")

LARGEST = 2**63

GAP = select(GAPS.c.change).where(GAPS.c.tenant == bindparam("of_tenant"), GAPS.c.feed == bindparam("of_feed"))

SETTLE_SECONDS = (0.05, 0.1, 0.2, 0.4)
"""When to look again where a writer has changes in hand that may be ours: it tells nobody where they are not. The last
one again and again: our transactions are short, and PostgreSQL makes an end of one that is stuck."""

ChangePlace = tuple[int, str]
"""The number of a change, and the id of what changed by it."""


class Change(msgspec.Struct, Generic[T], frozen=True):
    """What changed, as it stands now, and the cursor to resume after; without `node` only the place to begin from."""

    cursor: str
    node: T | None


class _Feed(msgspec.Struct, Generic[T], frozen=True):
    """The rows of `table` in the order of their changes; `statement` has its filter, `key` tells it from others."""

    table: Table
    large: Column[Any]
    statement: Callable[[Connection], Select[Any]]
    entity: Callable[[Row[*tuple[Any, ...]]], T]
    key: tuple[Any, ...]


@permits(Permission.EXECUTION_READ)
def execution_changes(
    ctx: Context, command: ExecutionFilter, after: str | None
) -> AsyncGenerator[Change[ExecutionSummary], None]:
    """Yield each execution that is accepted or changes its status, as it then stands, from now on or after a cursor.

    A slow listener, or one that was away, gets each execution that changed once, as it stands. One that changes so
    that it no longer meets the filter is not told. Never ends. Raises `InvalidInput` on a bad cursor, and
    `CursorExpired` where one that changed after it was deleted.
    """
    tenant = ctx.user.tenant
    if command.text is not None:
        require(ctx.user, Permission.EXECUTION_PAYLOAD)

    def statement(connection: Connection) -> Select[Any]:
        # What has changed is little: all of it is looked through.
        sought = conditions(connection, ctx.user, command, ctx.services.clock.now(), is_bounded=False)
        return select(*rows.SUMMARY_COLUMNS, EXECUTIONS.c.change).select_from(sought.source).where(*sought.where)

    return _changes(
        ctx,
        _Feed(
            EXECUTIONS,
            EXECUTIONS.c.error,
            statement,
            lambda row: visible(ctx.user, rows.summary(row)),
            ("executions", tenant, command.model_dump_json(), may(ctx.user, Permission.EXECUTION_PAYLOAD)),
        ),
        after,
    )


@permits(Permission.WORKFLOW_READ)
def activity_changes(
    ctx: Context, command: ActivityFilter, after: str | None
) -> AsyncGenerator[Change[Activity], None]:
    """Yield each new activity once, from now on or after a cursor. Never ends.

    Raises `InvalidInput` on a bad cursor, and `CursorExpired` where one after it was deleted.
    """
    tenant = ctx.user.tenant
    statement = select(*activities.COLUMNS, ACTIVITIES.c.change).where(*activities.filters(tenant, command))
    return _changes(
        ctx,
        _Feed(
            ACTIVITIES,
            ACTIVITIES.c.details,
            lambda _connection: statement,
            activities.activity,
            ("activities", tenant, command.model_dump_json()),
        ),
        after,
    )


async def _changes(ctx: Context, feed: _Feed[T], after: str | None) -> AsyncGenerator[Change[T], None]:
    kind, tenant, *_ = feed.key
    start = None if after is None else _decoded(after, kind)
    with ctx.services.broadcast.listen(feed_of(tenant)) as woken:
        place = _start(await _horizon(ctx), start)
        if start is not None:
            await _check_gap(ctx, feed, start)
        if start is None:
            # What is read from a list after this, and what follows here, leave no gap between them.
            yield Change(_encoded(place, kind), None)
        while True:
            woken.clear()
            seen = await _horizon(ctx)
            called_for = seen.taken
            for pause in chain(SETTLE_SECONDS, repeat(SETTLE_SECONDS[-1])):
                is_last = False
                while not is_last:
                    read = partial(_read, ctx, feed, place, seen.settled)
                    portion = await ctx.services.shared_reads.read((*feed.key, place, seen.settled), read)
                    for place, node in portion.items:
                        yield Change(_encoded(place, kind), node)
                    is_last = portion.is_last
                if seen.settled >= called_for or woken.is_set():
                    break
                await woken_or_late(woken, pause)
                seen = await _horizon(ctx)
            await woken_or_late(woken)


async def _check_gap(ctx: Context, feed: _Feed[T], start: ChangePlace) -> None:
    """Raise `CursorExpired` where a row was deleted that changed after a cursor, or by the same change."""
    kind, tenant, *_ = feed.key
    gap = await ctx.read(lambda connection: connection.execute(GAP, {"of_tenant": tenant, "of_feed": kind}).scalar())
    if gap is not None and start[0] <= gap:
        raise CursorExpired(f"Some {kind}", _encoded((gap + 1, ""), kind))


async def _horizon(ctx: Context) -> Horizon:
    return await ctx.services.shared_reads.read("horizon", lambda: ctx.read(horizon))


def _start(seen: Horizon, asked: ChangePlace | None) -> ChangePlace:
    """Where to begin: after what the cursor names, or at what is not settled yet. Raises `InvalidInput`."""
    if asked is None:
        return (seen.settled + 1, "")
    if asked > (seen.taken + 1, ""):
        raise no_cursor("after")  # of another database, or of this one before it was restored
    return asked


async def _read(ctx: Context, feed: _Feed[T], after: ChangePlace, settled: int) -> Portion[tuple[ChangePlace, T]]:
    """What follows, up to what was settled before."""
    change, id_ = feed.table.c.change, feed.table.c.id

    def work(connection: Connection) -> Portion[tuple[ChangePlace, T]]:
        statement = (
            feed.statement(connection).where(tuple_(change, id_) > after, change <= settled).order_by(change, id_)
        )
        portion = read_portion(connection, in_portions(statement, feed.large), {})
        return Portion([((row.change, row.id), feed.entity(row)) for row in portion.items], portion.is_last)

    return await ctx.read(work)


def _encoded(place: ChangePlace, kind: str) -> str:
    return encode_text(f"{kind}:{place[0]}|{place[1]}")


def _decoded(cursor: str, kind: str) -> ChangePlace:
    name, _, place = decode_text(cursor, "after").partition(":")
    number, bar, id_ = place.partition("|")
    if name != kind or not bar or not (number.isascii() and number.isdecimal() and int(number[:20]) < LARGEST):
        raise no_cursor("after")
    return int(number), id_
