"""The use cases of finding workflows: numbered pages, keyset slices, counts, and many by their ids."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select, tuple_

from models.commands import ListWorkflows, WorkflowFilter
from models.entities import Page, WorkflowSummary
from models.words import TagsMode
from resolvers.context import Context
from resolvers.keyset import Slice, Window, read_slice
from resolvers.workflow_rows import SUMMARY_COLUMNS, TAGS, VERSIONS, WORKFLOWS, summary


async def list_workflows(ctx: Context, command: ListWorkflows) -> tuple[list[WorkflowSummary], Page]:
    """One page of the tenant's workflows, newest first (decisions W8, W9)."""
    where = _filters(ctx.user.tenant, command)

    def read(connection: Connection) -> tuple[list[WorkflowSummary], int]:
        total = connection.execute(select(func.count()).select_from(WORKFLOWS).where(*where)).scalar_one()
        statement = select(*SUMMARY_COLUMNS).where(*where)
        statement = statement.order_by(WORKFLOWS.c.created_at.desc(), WORKFLOWS.c.id.desc())
        statement = statement.limit(command.page_size).offset((command.page - 1) * command.page_size)
        return [summary(row) for row in connection.execute(statement)], total

    workflows, total = await ctx.services.database.read(read)
    return workflows, Page(command.page, command.page_size, total)


async def slice_workflows(ctx: Context, command: WorkflowFilter, window: Window) -> Slice[WorkflowSummary]:
    """A slice of the tenant's workflows, newest first, stable while others are created."""
    statement = select(*SUMMARY_COLUMNS).where(*_filters(ctx.user.tenant, command))
    return await ctx.services.database.read(
        lambda connection: read_slice(connection, statement, WORKFLOWS.c.created_at, WORKFLOWS.c.id, window, summary)
    )


async def count_workflows(ctx: Context, command: WorkflowFilter) -> int:
    """How many workflows a filter finds."""
    statement = select(func.count()).select_from(WORKFLOWS).where(*_filters(ctx.user.tenant, command))
    return await ctx.services.database.read(lambda connection: connection.execute(statement).scalar_one())


async def workflows_by_id(ctx: Context, ids: Sequence[str]) -> dict[str, WorkflowSummary]:
    """The tenant's workflows among `ids`, deleted ones included: executions still point at them."""
    statement = select(*SUMMARY_COLUMNS).where(WORKFLOWS.c.tenant == ctx.user.tenant, WORKFLOWS.c.id.in_(ids))
    return await ctx.services.database.read(
        lambda connection: {row.id: summary(row) for row in connection.execute(statement)}
    )


async def definitions_by_version(
    ctx: Context, keys: Sequence[tuple[str, int]]
) -> dict[tuple[str, int], dict[str, Any]]:
    """The definitions of workflow versions, given as `(workflow_id, revision)` of visible workflows."""
    statement = select(VERSIONS).where(tuple_(VERSIONS.c.workflow_id, VERSIONS.c.revision).in_(keys))
    return await ctx.services.database.read(
        lambda connection: {(row.workflow_id, row.revision): row.definition for row in connection.execute(statement)}
    )


def _filters(tenant: str, command: WorkflowFilter) -> list[Any]:
    where: list[Any] = [WORKFLOWS.c.tenant == tenant, WORKFLOWS.c.deleted_at.is_(None)]
    if command.status is not None:
        where.append(WORKFLOWS.c.status == command.status.value)
    if command.created_by is not None:
        where.append(WORKFLOWS.c.created_by == command.created_by)
    if command.tags:
        tagged = select(TAGS.c.workflow_id).where(TAGS.c.tag.in_(command.tags)).group_by(TAGS.c.workflow_id)
        if command.tags_mode is TagsMode.ALL:
            tagged = tagged.having(func.count() == len(set(command.tags)))
        where.append(WORKFLOWS.c.id.in_(tagged))
    if command.search:
        where.append(WORKFLOWS.c.search_text.contains(command.search.casefold(), autoescape=True))
    return where
