"""The use cases of many workflows' executions at once: a slice of each, and how many each has."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, FromClause, Row, Select, func, select, true

from models.commands.filters import ExecutionFilter
from models.entities.executions import ExecutionSummary
from models.words import Permission
from resolvers.access.permissions import permits
from resolvers.context import Context
from resolvers.executions import rows
from resolvers.executions.conditions import EVERY, NEWEST, Sought, conditions
from resolvers.executions.counts import stored_of_workflows
from resolvers.executions.payload import visible
from resolvers.executions.rows import EXECUTIONS
from resolvers.keyset import Order, Slice, Window, bounded, cut
from resolvers.workflows.rows import WORKFLOWS

Asked = tuple[str, str, str]
"""A workflow's id, and an `ExecutionFilter` and a `Window` as JSON: fields that ask alike are answered together."""

Counted = tuple[str, str]
"""A workflow's id and an `ExecutionFilter` as JSON."""

INNER = EXECUTIONS.alias("inner_execution")
OUTER = EXECUTIONS.alias("outer_execution")

RerunSlice = Slice[ExecutionSummary]


@permits(Permission.EXECUTION_READ)
async def slices_of_workflows(ctx: Context, keys: Sequence[Asked]) -> dict[Asked, Slice[ExecutionSummary]]:
    """A slice of each workflow's executions, newest first; one statement for all that ask for the same slice."""
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for workflow_id, filter_, window in keys:
        groups[filter_, window].append(workflow_id)

    def entity(row: Row[*tuple[Any, ...]]) -> ExecutionSummary:
        return visible(ctx.user, rows.summary(row))

    def read(connection: Connection) -> dict[Asked, Slice[ExecutionSummary]]:
        found = {}
        for (filter_, window), ids in groups.items():
            asked = Window.model_validate_json(window)
            sought = _sought(ctx, connection, ids, ExecutionFilter.model_validate_json(filter_))
            statement = _newest_of_each(connection, sought, ids, asked)
            of_workflow: defaultdict[str, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
            for row in connection.execute(statement):
                of_workflow[row.workflow_id].append(row)
            for workflow_id in ids:
                found[workflow_id, filter_, window] = cut(of_workflow[workflow_id], sought.order, asked, entity)
        return found

    return await ctx.read(read)


@permits(Permission.EXECUTION_READ)
async def counts_of_workflows(ctx: Context, keys: Sequence[Counted]) -> dict[Counted, int]:
    """How many executions of each workflow a filter finds; one statement for all that ask by the same filter."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for workflow_id, filter_ in keys:
        groups[filter_].append(workflow_id)

    def read(connection: Connection) -> dict[Counted, int]:
        found = dict.fromkeys(keys, 0)
        for filter_, ids in groups.items():
            command = ExecutionFilter.model_validate_json(filter_)
            if command == EVERY:
                stored = stored_of_workflows(connection, ctx.user.tenant, ids)
                found |= {(workflow_id, filter_): number for workflow_id, number in stored.items()}
                continue
            sought = _sought(ctx, connection, ids, command)
            statement = (
                select(EXECUTIONS.c.workflow_id, func.count())
                .select_from(sought.source)
                .where(*sought.where)
                .group_by(EXECUTIONS.c.workflow_id)
            )
            found |= {(row[0], filter_): row[1] for row in connection.execute(statement)}
        return found

    return await ctx.read(read)


@permits(Permission.EXECUTION_READ)
async def slices_of_reruns(ctx: Context, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], RerunSlice]:
    """A slice of what does each execution over, newest first, by its id and a `Window` as JSON.

    One statement for all that ask for the same slice.
    """
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for execution_id, window in keys:
        groups[window].append(execution_id)

    def entity(row: Row[*tuple[Any, ...]]) -> ExecutionSummary:
        return visible(ctx.user, rows.summary(row))

    def read(connection: Connection) -> dict[tuple[str, str], RerunSlice]:
        found = {}
        for window, ids in groups.items():
            asked = Window.model_validate_json(window)
            of_execution: defaultdict[str, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
            own = select(EXECUTIONS.c.id).where(
                EXECUTIONS.c.rerun_of == OUTER.c.id, EXECUTIONS.c.tenant == ctx.user.tenant
            )
            for row in connection.execute(_newest_of(connection, OUTER, own, ids, asked)):
                of_execution[row.rerun_of].append(row)
            for execution_id in ids:
                found[execution_id, window] = cut(of_execution[execution_id], NEWEST, asked, entity)
        return found

    return await ctx.read(read)


@permits(Permission.EXECUTION_READ)
async def counts_of_reruns(ctx: Context, ids: Sequence[str]) -> dict[str, int]:
    """How many executions do each execution over."""
    statement = (
        select(EXECUTIONS.c.rerun_of, func.count())
        .where(EXECUTIONS.c.rerun_of.in_(ids), EXECUTIONS.c.tenant == ctx.user.tenant)
        .group_by(EXECUTIONS.c.rerun_of)
    )
    found = await ctx.read(lambda connection: connection.execute(statement).all())
    return dict.fromkeys(ids, 0) | {row[0]: row[1] for row in found}


def _newest_of_each(connection: Connection, sought: Sought, ids: list[str], window: Window) -> Select[Any]:
    own = (
        select(EXECUTIONS.c.id)
        .select_from(sought.source)
        .where(EXECUTIONS.c.workflow_id == WORKFLOWS.c.id, *sought.where)
    )
    return _newest_of(connection, WORKFLOWS, own, ids, window, sought.order)


def _newest_of(
    connection: Connection,
    outer: FromClause,
    own: Select[Any],
    ids: list[str],
    window: Window,
    order_by: Order = NEWEST,
) -> Select[Any]:
    """Reads the index for so many rows of each as are asked for; a window function would read them all."""
    newest = bounded(own, order_by, window).correlate(outer)
    columns = [INNER.c[column.name] for column in rows.SUMMARY_COLUMNS]
    if connection.dialect.name == "postgresql":
        lateral = newest.lateral("newest")
        joined = outer.join(lateral, true()).join(INNER, INNER.c.id == lateral.c.id)
    else:
        joined = outer.join(INNER, INNER.c.id.in_(newest))
    backward = window.last is not None
    order = [column.asc() if backward else column.desc() for column in (INNER.c.created_at, INNER.c.id)]
    return select(*columns).select_from(joined).where(outer.c.id.in_(ids)).order_by(*order)


def _sought(ctx: Context, connection: Connection, ids: list[str], command: ExecutionFilter) -> Sought:
    """What a filter finds of these workflows."""
    return conditions(connection, ctx.user, command, ctx.services.clock.now(), EXECUTIONS.c.workflow_id.in_(ids))
