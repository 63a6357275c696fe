"""The use cases of finding executions: numbered pages, keyset slices, counts, and many by their ids."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, select

from engine.journal.journal import events_of
from models.answer_budget import MAX_ANSWER_BYTES, take_rows
from models.commands.filters import Direction, ExecutionFilter, ExecutionOrder
from models.commands.workflows import ListExecutions
from models.database.selections import Selection
from models.entities.executions import Event, ExecutionDetail, ExecutionSummary
from models.entities.pages import Page
from models.errors import AnswerTooLarge
from models.words import Permission
from resolvers.access.permissions import may, permits
from resolvers.context import Context
from resolvers.executions import rows
from resolvers.executions.conditions import EVERY, NEWEST, conditions
from resolvers.executions.counts import stored_in_all, stored_of_workflow
from resolvers.executions.folds import folded
from resolvers.executions.payload import visible
from resolvers.executions.rows import EXECUTIONS
from resolvers.keyset import PagedList, Slice, Window, read_slice
from resolvers.workflows import rows as workflow_rows

NEWEST_FIRST = ExecutionOrder()


def _page(*where: ColumnElement[bool]) -> Selection:
    """`size` executions of a workflow after the newest `before`."""
    return Selection(
        select(*rows.SUMMARY_COLUMNS)
        .where(EXECUTIONS.c.workflow_id == bindparam("workflow_id"), *where)
        .order_by(EXECUTIONS.c.created_at.desc(), EXECUTIONS.c.id.desc())
        .limit(bindparam("size"))
        .offset(bindparam("before"))
    )


IN_STATUS = EXECUTIONS.c.status == bindparam("status")
PAGE, PAGE_IN_STATUS = _page(), _page(IN_STATUS)
COUNT_IN_STATUS = Selection(select(func.count()).where(EXECUTIONS.c.workflow_id == bindparam("workflow_id"), IN_STATUS))
OF_TENANT = select(*rows.SUMMARY_COLUMNS).where(EXECUTIONS.c.tenant == bindparam("tenant"))
ALL: Mapping[Direction, PagedList[ExecutionSummary]] = {
    direction: PagedList(OF_TENANT, msgspec.structs.replace(NEWEST, descending=direction is Direction.DESC))
    for direction in Direction
}


@permits(Permission.EXECUTION_READ)
async def list_executions(
    ctx: Context, workflow_id: str, command: ListExecutions
) -> tuple[list[ExecutionSummary], Page]:
    """One page of a workflow's executions, newest first (decision W8). Raises `WorkflowNotFound`."""
    tenant = ctx.user.tenant
    values = {
        "workflow_id": workflow_id,
        "status": command.status and command.status.value,
        "size": command.page_size,
        "before": (command.page - 1) * command.page_size,
    }

    def read(connection: Connection) -> tuple[list[ExecutionSummary], int]:
        workflow_rows.read_summary(connection, tenant, workflow_id)
        if command.status is None:
            page, total = PAGE, stored_of_workflow(connection, tenant, workflow_id)
        else:
            page, [[total]] = PAGE_IN_STATUS, COUNT_IN_STATUS.rows(connection, values)
        return [rows.summary(row) for row in page.rows(connection, values)], total

    executions, total = await ctx.read(read)
    return [visible(ctx.user, execution) for execution in executions], Page(command.page, command.page_size, total)


@permits(Permission.EXECUTION_READ)
async def slice_executions(
    ctx: Context, command: ExecutionFilter, window: Window, order: ExecutionOrder = NEWEST_FIRST
) -> Slice[ExecutionSummary]:
    """A slice of the tenant's executions, stable while others start."""
    user, now = ctx.user, ctx.services.clock.now()

    def read(connection: Connection) -> Slice[ExecutionSummary]:
        if command == EVERY:
            values = {"tenant": user.tenant}
            return ALL[order.direction].slice(connection, values, window, lambda row: visible(user, rows.summary(row)))
        sought = conditions(connection, user, command, now)
        ordered = msgspec.structs.replace(sought.order, descending=order.direction is Direction.DESC)
        statement = select(*rows.SUMMARY_COLUMNS).select_from(sought.source).where(*sought.where)
        return read_slice(connection, statement, ordered, window, lambda row: visible(user, rows.summary(row)))

    return await ctx.read(read)


@permits(Permission.EXECUTION_READ)
async def count_executions(ctx: Context, command: ExecutionFilter) -> int:
    """How many executions a filter finds."""
    user, now = ctx.user, ctx.services.clock.now()

    def read(connection: Connection) -> int:
        if command == EVERY.model_copy(update={"workflow_id": command.workflow_id}):
            return stored_in_all(connection, user.tenant, command.workflow_id)
        sought = conditions(connection, user, command, now)
        return connection.execute(select(func.count()).select_from(sought.source).where(*sought.where)).scalar_one()

    return await ctx.read(read)


@permits(Permission.EXECUTION_READ)
async def executions_by_id(ctx: Context, ids: Sequence[str]) -> dict[str, ExecutionDetail | AnswerTooLarge]:
    """The tenant's executions among `ids`, each with its journal, in a few statements however many they are.

    Of those whose journals are too much for one answer there is the refusal.
    """
    user = ctx.user

    def read(connection: Connection) -> dict[str, ExecutionDetail | AnswerTooLarge]:
        statement = select(*rows.SUMMARY_COLUMNS).where(EXECUTIONS.c.tenant == user.tenant, EXECUTIONS.c.id.in_(ids))
        found = [rows.summary(row) for row in connection.execute(statement)]
        ctx.services.store.load_plans(connection, {(execution.workflow_id, execution.revision) for execution in found})
        full = rows.without_room(connection, found)
        events, refusal = _journals(connection, [execution.id for execution in found])
        details: dict[str, ExecutionDetail | AnswerTooLarge] = {}
        for execution in found:
            own = events.get(execution.id)
            if own is None:
                details[execution.id] = refusal or AnswerTooLarge(MAX_ANSWER_BYTES)
                continue
            has_room = execution.id not in full
            told = rows.stored_detail(ctx, connection, execution, folded(own), has_room=has_room)
            details[execution.id] = visible(user, told)
        return details

    return await ctx.read(read)


def _journals(connection: Connection, ids: Sequence[str]) -> tuple[dict[str, list[Event]], AnswerTooLarge | None]:
    """The journals that there is room for in the answer, each whole, and the refusal of the others."""
    journals: defaultdict[str, list[Event]] = defaultdict(list)
    last = ""

    def take(row: Row[*tuple[Any, ...]]) -> None:
        nonlocal last
        last, *event = row
        journals[last].append(Event(*event))

    refusal = take_rows(connection, events_of(ids), take)
    if refusal is not None:
        journals.pop(last, None)  # it may go on
    return journals, refusal


@permits(Permission.EXECUTION_READ)
async def parameters_by_id(ctx: Context, ids: Sequence[str]) -> dict[str, Mapping[str, Any] | AnswerTooLarge]:
    """The parameters of the tenant's executions among `ids`, none of which the caller may not see.

    Of those that are too much for one answer there is the refusal.
    """
    user = ctx.user
    if not may(user, Permission.EXECUTION_PAYLOAD):
        return {}
    statement = (
        select(EXECUTIONS.c.id, EXECUTIONS.c.parameters)
        .where(EXECUTIONS.c.tenant == user.tenant, EXECUTIONS.c.id.in_(ids))
        .order_by(EXECUTIONS.c.id)
    )

    def read(connection: Connection) -> dict[str, Mapping[str, Any] | AnswerTooLarge]:
        found: dict[str, Mapping[str, Any] | AnswerTooLarge] = {}

        def take(row: Row[*tuple[Any, ...]]) -> None:
            if isinstance(row.parameters, dict):  # damaged ones are nobody's
                found[row.id] = row.parameters

        refusal = take_rows(connection, statement, take)
        if refusal is not None:
            found = {**dict.fromkeys(ids, refusal), **found}
        return found

    return await ctx.read(read)
