"""How many executions there are is known without counting them, whoever deletes them, on both databases."""

from typing import Any

import pytest
from sqlalchemy import Connection, delete

from engine.retention.deleting import delete_ended
from models.commands.filters import ExecutionFilter
from models.commands.workflows import ListExecutions
from models.database.retention_tables import DeletedExecutionsRow
from models.database.tables import table
from resolvers.context import Context
from resolvers.executions.lists import count_executions, list_executions
from resolvers.executions.nested import counts_of_workflows
from tests.support.calls import notify
from tests.support.databases import migrate_again
from tests.support.engine_calls import counted_and_stored, create, execute
from tests.support.statements import watched

pytestmark = pytest.mark.asyncio

DELETED = table(DeletedExecutionsRow)
EVERY = ExecutionFilter().model_dump_json()


async def ran(ctx: Context, name: str, times: int) -> tuple[str, list[str]]:
    """A workflow and its executions."""
    workflow_id = await create(ctx, notify("a"), name=name)
    return workflow_id, [(await execute(ctx, workflow_id, async_execution=False)).id for _ in range(times)]


async def remove(ctx: Context, *ids: str) -> None:
    now = ctx.services.clock.now()
    await ctx.services.database.transaction(lambda connection: delete_ended(connection, ids, now))


async def told(ctx: Context, workflow_id: str) -> list[int]:
    """How many executions of one workflow there are, in each way in which it is told, and how many in all."""
    _, page = await list_executions(ctx, workflow_id, ListExecutions(page=1, page_size=1))
    nested = await counts_of_workflows(ctx, [(workflow_id, EVERY)])
    found = await count_executions(ctx, ExecutionFilter(workflow_id=[workflow_id, workflow_id]))
    assert page.total_items == nested[workflow_id, EVERY] == found
    return [found, await count_executions(ctx, ExecutionFilter())]


async def test_each_list_tells_it_without_looking_at_executions(ctx: Context) -> None:
    first, [one, two, _] = await ran(ctx, "first", 3)
    second, [other] = await ran(ctx, "second", 1)
    never = await create(ctx, notify("a"), name="never")
    assert [await told(ctx, found) for found in (first, second, never)] == [[3, 4], [1, 4], [0, 4]]
    await remove(ctx, one, other)
    await remove(ctx, two)
    services, seen = watched(ctx.services)
    assert [await told(Context(ctx.viewer, services), found) for found in (first, second)] == [[1, 1], [0, 1]]
    counting = [statement for statement in seen if "count(" in statement]
    assert not counting and any("deleted_executions" in statement for statement in seen)


async def test_what_is_asked_for_by_status_is_counted(ctx: Context) -> None:
    workflow_id, [one, _] = await ran(ctx, "some", 2)
    await remove(ctx, one)
    for status, total in (("completed", 1), ("failed", 0)):
        _, page = await list_executions(ctx, workflow_id, ListExecutions.model_validate({"status": status}))
        assert page.total_items == total


async def test_a_deletion_that_is_taken_back_counts_nothing(ctx: Context) -> None:
    workflow_id, [one] = await ran(ctx, "kept", 1)

    def fail(connection: Connection) -> None:
        delete_ended(connection, [one], ctx.services.clock.now())
        raise RuntimeError("taken back")

    with pytest.raises(RuntimeError, match="taken back"):
        await ctx.services.database.transaction(fail)
    assert await told(ctx, workflow_id) == [1, 1]


async def test_what_was_deleted_before_there_were_totals_is_counted_once_by_the_migration(ctx: Context) -> None:
    first, [one, two, _] = await ran(ctx, "first", 3)
    await ran(ctx, "second", 1)
    await remove(ctx, one)

    def delete_unnoticed(connection: Connection) -> None:
        delete_ended(connection, [two], ctx.services.clock.now())

    def again(connection: Connection) -> list[Any]:
        migrate_again(connection, "0030", delete_unnoticed)
        return [tuple(row) for row in connection.execute(DELETED.select())]

    assert await ctx.services.database.change_schema(again) == [("default", first, 2)]
    assert await told(ctx, first) == [1, 2]


async def test_the_check_after_each_test_of_deletion_notices_what_is_missing(ctx: Context) -> None:
    await ran(ctx, "one", 1)
    counted, stored = await counted_and_stored(ctx)
    assert counted == stored != {}
    workflow_id, [one] = await ran(ctx, "two", 1)
    await remove(ctx, one)
    forgotten = delete(DELETED).where(DELETED.c.workflow_id == workflow_id).returning(*DELETED.c)
    [row] = await ctx.services.database.transaction(lambda connection: connection.execute(forgotten).all())
    counted, stored = await counted_and_stored(ctx)
    assert stored.items() - counted.items() == {(("default", workflow_id), 1)}
    restore = DELETED.insert().values(row._asdict())
    await ctx.services.database.transaction(lambda connection: connection.execute(restore))
