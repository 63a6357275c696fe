"""Workflows are remembered from one execution to the next, and whatever was changed meanwhile holds all the same."""

from typing import Any

import pytest
from sqlalchemy import select

from models.commands.validation import parse
from models.commands.workflows import UpdateWorkflow
from models.errors import ConcurrencyLimitReached, InvalidInput, WorkflowNotActive, WorkflowNotFound
from models.words import ExecutionStatus
from resolvers.context import Context
from resolvers.executions.rows import EXECUTIONS
from resolvers.workflows.workflows import delete_workflow, update_workflow
from tests.support.calls import Json, notify
from tests.support.engine_calls import create, execute
from tests.support.statements import transactions, watched

pytestmark = pytest.mark.asyncio

WAIT = {"action_id": "wait", "action_type": "wait", "config": {"seconds": 600}}


async def remembered(ctx: Context, *actions: Json, **fields: Any) -> str:
    """A workflow that was executed just now."""
    workflow_id = await create(ctx, *(actions or [notify("say", "one")]), **fields)
    await execute(ctx, workflow_id, async_execution=False)
    return workflow_id


async def change(ctx: Context, workflow_id: str, **fields: Any) -> None:
    await update_workflow(ctx, workflow_id, parse(UpdateWorkflow, fields))


async def test_the_second_acceptance_reads_nothing_before_its_commit(ctx: Context) -> None:
    workflow_id = await remembered(ctx)
    services, read = watched(ctx.services)
    with transactions(sending="insert into execution (") as sent:
        execution = await execute(Context(ctx.viewer, services), workflow_id, async_execution=False)
    assert execution.status is ExecutionStatus.COMPLETED
    assert not [statement for statement in read if "from workflow" in statement]
    [accepting] = sent
    [about] = [statement for statement in accepting if "from workflow" in statement]
    assert about.startswith("select") and "workflow.revision" in about


async def test_a_new_version_is_the_one_that_runs(ctx: Context) -> None:
    workflow_id = await remembered(ctx)
    await change(ctx, workflow_id, actions=[notify("say", "two")], outputs={"said": "two"})
    for _ in range(2):
        after = await execute(ctx, workflow_id, async_execution=False)
        assert after.outputs == {"said": "two"}
        assert after.version == "1.1"


async def test_a_parameter_that_only_the_new_version_takes_is_taken(ctx: Context) -> None:
    workflow_id = await remembered(ctx, parameters=[{"name": "size", "type": "integer"}])
    with pytest.raises(InvalidInput):
        await execute(ctx, workflow_id, parameters={"size": "large"})
    await change(ctx, workflow_id, parameters=[{"name": "size", "type": "string"}])
    assert (await execute(ctx, workflow_id, parameters={"size": "large"}, async_execution=False)).version == "1.1"


async def test_a_changed_time_limit_holds(ctx: Context) -> None:
    workflow_id = await remembered(ctx, timeout_seconds=600)
    await change(ctx, workflow_id, timeout_seconds=77)
    accepted = await execute(ctx, workflow_id)
    limit = select(EXECUTIONS.c.timeout_seconds).where(EXECUTIONS.c.id == accepted.id)
    assert await ctx.services.database.read(lambda connection: connection.execute(limit).scalar_one()) == 77


async def test_a_changed_limit_holds(ctx: Context) -> None:
    workflow_id = await remembered(ctx)
    await change(ctx, workflow_id, actions=[WAIT], concurrency={"limit": 1, "on_limit": "fail"})
    await execute(ctx, workflow_id)
    with pytest.raises(ConcurrencyLimitReached):
        await execute(ctx, workflow_id)


async def test_what_was_set_inactive_is_not_executed_until_it_is_active_again(ctx: Context) -> None:
    workflow_id = await remembered(ctx)
    await change(ctx, workflow_id, status="inactive")
    with pytest.raises(WorkflowNotActive):
        await execute(ctx, workflow_id)
    await change(ctx, workflow_id, status="active")
    assert (await execute(ctx, workflow_id, async_execution=False)).status is ExecutionStatus.COMPLETED


async def test_what_was_deleted_is_not_found(ctx: Context) -> None:
    workflow_id = await remembered(ctx)
    await delete_workflow(ctx, workflow_id)
    with pytest.raises(WorkflowNotFound):
        await execute(ctx, workflow_id)
