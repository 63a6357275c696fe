"""The use cases of finding workflows: numbered pages, keyset slices, counts, and many by their ids."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, tuple_

from engine.definition.compiling import as_written_now
from models.answer_budget import take_rows
from models.commands.filters import Direction, WorkflowFilter, WorkflowOrder, WorkflowOrderField
from models.commands.workflows import ListWorkflows
from models.database.one_of import one_of, word_list
from models.database.selections import Selection
from models.entities.pages import Page
from models.entities.workflows import WorkflowSummary
from models.errors import AnswerTooLarge
from models.folding import folded
from models.ids import WORKFLOW_PREFIX
from models.words import Permission, TagsMode
from resolvers.access.permissions import permits
from resolvers.context import Context
from resolvers.keyset import Order, Slice, Window
from resolvers.listing import Listing
from resolvers.ranges import within
from resolvers.workflows.rows import SUMMARY_COLUMNS, TAGS, VERSIONS, WORKFLOWS, summary

NEWEST = WorkflowOrder()
LISTING = Listing(SUMMARY_COLUMNS, summary)
OF_IDS = Selection(
    select(*SUMMARY_COLUMNS).where(
        one_of(WORKFLOWS.c.id, word_list("ids")), WORKFLOWS.c.tenant == bindparam("of_tenant")
    )
)


@permits(Permission.WORKFLOW_READ)
async def list_workflows(ctx: Context, command: ListWorkflows) -> tuple[list[WorkflowSummary], Page]:
    """One page of the tenant's workflows, newest first (decisions W8, W9)."""
    filter_ = WorkflowFilter(
        status=[command.status] if command.status else [],
        created_by=[command.created_by] if command.created_by is not None else [],
        tags=command.tags,
        tags_mode=command.tags_mode,
        search=command.search,
    )
    where = _filters(ctx.user.tenant, filter_)

    def read(connection: Connection) -> tuple[list[WorkflowSummary], int]:
        total = connection.execute(select(func.count()).select_from(WORKFLOWS).where(*where)).scalar_one()
        statement = select(*SUMMARY_COLUMNS).where(*where)
        statement = statement.order_by(WORKFLOWS.c.created_at.desc(), WORKFLOWS.c.id.desc())
        statement = statement.limit(command.page_size).offset((command.page - 1) * command.page_size)
        return [summary(row) for row in connection.execute(statement)], total

    workflows, total = await ctx.read(read)
    return workflows, Page(command.page, command.page_size, total)


@permits(Permission.WORKFLOW_READ)
async def slice_workflows(
    ctx: Context, command: WorkflowFilter, window: Window, order: WorkflowOrder = NEWEST
) -> Slice[WorkflowSummary]:
    """A slice of the tenant's workflows, stable while others are created."""
    where = _filters(ctx.user.tenant, command)
    return await LISTING.slice(ctx, where, window, lambda connection: _order(connection, order))


def _order(connection: Connection, order: WorkflowOrder) -> Order:
    is_text = order.field is WorkflowOrderField.NAME
    column: Any = WORKFLOWS.c[order.field.value]
    if is_text and connection.dialect.name == "postgresql":
        column = column.collate("C")  # as SQLite compares: both databases give the same order
    return Order(
        column,
        WORKFLOWS.c.id,
        name=order.field.value,
        descending=order.direction is Direction.DESC,
        is_text=is_text,
        prefix=WORKFLOW_PREFIX,
    )


@permits(Permission.WORKFLOW_READ)
async def count_workflows(ctx: Context, command: WorkflowFilter) -> int:
    """How many workflows a filter finds."""
    return await LISTING.count(ctx, _filters(ctx.user.tenant, command))


@permits(Permission.WORKFLOW_READ)
async def workflows_by_id(ctx: Context, ids: Sequence[str]) -> dict[str, WorkflowSummary]:
    """The tenant's workflows among `ids`, deleted ones included: executions still point at them."""
    given = {"ids": list(ids), "of_tenant": ctx.user.tenant}
    found = await ctx.read(lambda connection: [summary(row) for row in OF_IDS.rows(connection, given)])
    return {workflow.id: workflow for workflow in found}


@permits(Permission.WORKFLOW_READ)
async def definitions_by_version(
    ctx: Context, keys: Sequence[tuple[str, int]]
) -> dict[tuple[str, int], dict[str, Any] | AnswerTooLarge]:
    """The definitions of workflow versions, given as `(workflow_id, revision)` of visible workflows.

    Of those that are too much for one answer there is the refusal.
    """
    statement = select(VERSIONS).where(tuple_(VERSIONS.c.workflow_id, VERSIONS.c.revision).in_(keys))

    def read(connection: Connection) -> dict[tuple[str, int], dict[str, Any] | AnswerTooLarge]:
        found: dict[tuple[str, int], dict[str, Any] | AnswerTooLarge] = {}

        def take(row: Row[*tuple[Any, ...]]) -> None:
            found[row.workflow_id, row.revision] = as_written_now(row.definition, row.schema_version)

        refusal = take_rows(connection, statement, take)
        if refusal is not None:
            found = {**dict.fromkeys(keys, refusal), **found}
        return found

    return await ctx.read(read)


def _filters(tenant: str, command: WorkflowFilter) -> list[Any]:
    where: list[Any] = [WORKFLOWS.c.tenant == tenant, WORKFLOWS.c.deleted_at.is_(None)]
    where += within(WORKFLOWS.c.created_at, command.created) + within(WORKFLOWS.c.updated_at, command.updated)
    if command.status:
        where.append(WORKFLOWS.c.status.in_([status.value for status in command.status]))
    if command.created_by:
        where.append(WORKFLOWS.c.created_by.in_(command.created_by))
    if command.tags:
        tagged = select(TAGS.c.workflow_id).where(TAGS.c.tag.in_(command.tags)).group_by(TAGS.c.workflow_id)
        if command.tags_mode is TagsMode.ALL:
            tagged = tagged.having(func.count() == len(set(command.tags)))
        where.append(WORKFLOWS.c.id.in_(tagged))
    if command.search:
        where.append(WORKFLOWS.c.search_text.contains(folded(command.search), autoescape=True))
    return where
