"""Who waits on PostgreSQL for another writer sees what that one did: SQLite lets one write at a time anyway."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from models.commands.bulk_operations import TooManyBulkOperations
from models.entities.saved_views import (
    DeleteView,
    RenameView,
    SavedViewNotFound,
    SaveView,
    TooManySavedViews,
)
from models.entities.workflows import WorkflowSummary
from models.errors import WorkflowNotFound
from resolvers.bulk import rows
from resolvers.context import Context
from resolvers.overviews import saved_views
from resolvers.overviews.saved_views import delete_view, list_views, rename_view, save_view
from resolvers.workflows.workflows import delete_workflow
from tests.support.calls import PATIENCE_SECONDS
from tests.support.core.bulk_calls import make
from tests.support.engine_calls import create

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
]

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"
HOLD_THE_AUDIT_LOG = "SELECT number FROM audit_chain WHERE tenant = 'default' FOR UPDATE"
"""Every writer comes to it last: whoever waits for it has counted, and has not committed."""


@pytest_asyncio.fixture
async def other(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Another writer."""
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    yield connection
    await connection.close()


async def behind(other: asyncpg.Connection, statement: str, *writing: Coroutine[Any, Any, Any]) -> list[Any]:
    """What comes of writes that all wait, directly or not, for another one, which then commits."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        async with other.transaction():
            await other.execute(statement)
            tasks = [asyncio.create_task(write) for write in writing]
            while await other.fetchval(WAITING) < len(tasks):
                assert not any(task.done() for task in tasks)
        return await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_workflow_is_deleted_once(ctx: Context, other: asyncpg.Connection) -> None:
    workflow_id = await create(ctx)
    deleted = f"UPDATE workflow SET deleted_at = now() WHERE id = '{workflow_id}'"  # noqa: S608 - an id of ours
    [refused] = await behind(other, deleted, delete_workflow(ctx, workflow_id))
    assert isinstance(refused, WorkflowNotFound)


async def test_of_many_who_delete_a_workflow_one_does(ctx: Context, other: asyncpg.Connection) -> None:
    workflow_id = await create(ctx)
    came = await behind(other, HOLD_THE_AUDIT_LOG, *(delete_workflow(ctx, workflow_id) for _ in range(4)))
    assert sorted(type(one).__name__ for one in came) == [WorkflowNotFound.__name__] * 3 + [WorkflowSummary.__name__]


def rename(ctx: Context, view_id: str) -> Coroutine[Any, Any, Any]:
    return rename_view(ctx, RenameView(id=view_id, name="other"))


def delete(ctx: Context, view_id: str) -> Coroutine[Any, Any, Any]:
    return delete_view(ctx, DeleteView(id=view_id))


@pytest.mark.parametrize("change", [rename, delete])
async def test_a_view_that_is_being_deleted_is_not_found(
    ctx: Context, other: asyncpg.Connection, change: Callable[[Context, str], Coroutine[Any, Any, Any]]
) -> None:
    view = await save_view(ctx, SaveView(name="mine", filters=""))
    deleted = f"DELETE FROM saved_view WHERE id = '{view.id}'"  # noqa: S608 - an id of ours
    [refused] = await behind(other, deleted, change(ctx, view.id))
    assert isinstance(refused, SavedViewNotFound)


async def test_those_who_save_views_at_once_count_each_others(
    ctx: Context, other: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_views, "MAX_VIEWS", 2)
    await save_view(ctx, SaveView(name="first", filters=""))
    saving = (save_view(ctx, SaveView(name=name, filters="")) for name in ("second", "third"))
    came = await behind(other, HOLD_THE_AUDIT_LOG, *saving)
    assert [isinstance(one, TooManySavedViews) for one in came].count(True) == 1
    assert len(await list_views(ctx)) == 2


async def test_those_who_make_bulk_operations_at_once_count_each_others(
    ctx: Context, other: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MAX_UNFINISHED", 1)
    await create(ctx)
    came = await behind(other, HOLD_THE_AUDIT_LOG, *(make(ctx, ids=["exec_1"]) for _ in range(2)))
    assert [isinstance(one, TooManyBulkOperations) for one in came].count(True) == 1
