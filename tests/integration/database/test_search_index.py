"""The index of the search holds what its table holds, whatever happens to that."""

import asyncio

import pytest
from sqlalchemy import Connection, delete, text, update

from models.commands.workflows import CreateWorkflow, ListWorkflows, SearchWorkflows, UpdateWorkflow
from models.database.search_index import SEARCH
from resolvers.context import Context
from resolvers.workflows.lists import list_workflows
from resolvers.workflows.rows import TAGS, VERSIONS, WORKFLOWS
from resolvers.workflows.search import search_workflows
from resolvers.workflows.workflows import create_workflow, delete_workflow, update_workflow
from tests.support.databases import migrate_again
from tests.support.edges.searches import found

pytestmark = pytest.mark.asyncio


async def test_the_index_follows_rows_that_are_deleted_for_good(ctx: Context) -> None:
    created = await create_workflow(ctx, CreateWorkflow(name="purged", tags=["t"]))

    def purge(connection: Connection) -> None:
        for table in (TAGS, VERSIONS):
            connection.execute(delete(table).where(table.c.workflow_id == created.id))
        connection.execute(delete(WORKFLOWS).where(WORKFLOWS.c.id == created.id))

    await ctx.services.database.transaction(purge)
    result = await search_workflows(ctx, SearchWorkflows(q="purged"))
    assert (result.workflows, result.total) == ([], 0)


async def test_the_migration_indexes_the_workflows_that_are_there(ctx: Context) -> None:
    for name in ("kept one", "kept two", "kept but deleted"):
        created = await create_workflow(ctx, CreateWorkflow(name=name, tags=["tag"], description="déscribed"))
    await delete_workflow(ctx, created.id)

    await ctx.services.database.transaction(lambda connection: migrate_again(connection, "0001"))
    for q in ("kept", "tag", "déscribed"):
        assert await found(ctx, q) == ["kept two", "kept one"]
    await create_workflow(ctx, CreateWorkflow(name="kept three"))
    assert await found(ctx, "kept") == ["kept three", "kept two", "kept one"]


async def test_what_the_version_before_has_folded_otherwise_is_folded_anew(ctx: Context) -> None:
    created = await create_workflow(ctx, CreateWorkflow(name="日本語 cafe\u0301", tags=["東京"]))
    await create_workflow(ctx, CreateWorkflow(name="plain"))

    def spoil(connection: Connection) -> None:
        connection.execute(update(SEARCH).where(SEARCH.c.workflow_id == created.id).values(document="old"))
        connection.execute(update(WORKFLOWS).where(WORKFLOWS.c.id == created.id).values(search_text="old"))

    await ctx.services.database.transaction(lambda connection: migrate_again(connection, "0028-1", spoil))
    assert await found(ctx, "本語") == await found(ctx, "京") == ["日本語 cafe\u0301"]
    _, page = await list_workflows(ctx, ListWorkflows(search="CAF\u00c9"))
    assert page.total_items == 1


async def test_sqlite_s_index_holds_what_its_table_holds(ctx: Context) -> None:
    created = await create_workflow(ctx, CreateWorkflow(name="checked"))
    await update_workflow(ctx, created.id, UpdateWorkflow(name="checked again"))
    check = text("INSERT INTO workflow_search_index (workflow_search_index, rank) VALUES ('integrity-check', 1)")

    def run(connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            connection.execute(check)

    await ctx.services.database.transaction(run)


async def test_changes_at_the_same_moment_leave_one_entry_each(ctx: Context) -> None:
    created = await create_workflow(ctx, CreateWorkflow(name="contended"))
    await asyncio.gather(
        *(update_workflow(ctx, created.id, UpdateWorkflow(description=f"word{number}")) for number in range(10))
    )
    rows = await ctx.services.database.read(lambda connection: connection.execute(SEARCH.select()).all())
    assert len(rows) == 1
    assert sum([len(await found(ctx, f"word{number}")) for number in range(10)]) == 1
