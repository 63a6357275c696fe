"""Workflows are remembered from one execution to the next, and whatever was changed meanwhile holds all the same."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from models.commands.reruns import RerunExecution
from models.commands.validation import parse
from models.commands.workflows import UpdateWorkflow
from models.errors import (
    ConcurrencyLimitReached,
    IdempotencyKeyReused,
    InvalidInput,
    WorkflowNotActive,
    WorkflowNotFound,
)
from models.words import ExecutionStatus
from resolvers.context import Context
from resolvers.executions import executions, reruns
from resolvers.executions.reruns import rerun_execution
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


def meanwhile(monkeypatch: pytest.MonkeyPatch, change_it: Callable[[], Awaitable[None]]) -> None:
    """Change the workflow once, after it was read to be executed and before the acceptance."""
    accept, changes = executions.accept, [change_it]

    async def accept_later(*asked: Any) -> Any:
        if changes:
            await changes.pop()()
        return await accept(*asked)

    for module in (executions, reruns):
        monkeypatch.setattr(module, "accept", accept_later)


@pytest_asyncio.fixture(params=["first", "key", "version", "rerun"])
async def accepting(ctx: Context, request: pytest.FixtureRequest) -> tuple[str, Callable[[], Awaitable[Any]]]:
    """A workflow, and each way to accept an execution of it by what is read."""
    if request.param == "first":
        workflow_id = await create(ctx, notify("say", "one"))
        return workflow_id, lambda: execute(ctx, workflow_id)
    workflow_id = await create(ctx, notify("say", "one"))
    before = await execute(ctx, workflow_id, async_execution=False)
    command = parse(RerunExecution, {"from": "start"})
    ways: dict[str, Callable[[], Awaitable[Any]]] = {
        "key": lambda: execute(ctx, workflow_id, idempotency_key="once"),
        "version": lambda: execute(ctx, workflow_id, version="1.0"),
        "rerun": lambda: rerun_execution(ctx, before.id, command),
    }
    return workflow_id, ways[request.param]


async def test_nothing_is_accepted_of_what_was_deleted_since_it_was_read(
    ctx: Context, accepting: tuple[str, Callable[[], Awaitable[Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow_id, accept = accepting
    meanwhile(monkeypatch, lambda: delete_workflow(ctx, workflow_id, cancel_running=True))
    with pytest.raises(WorkflowNotFound):
        await accept()


async def test_nothing_is_accepted_of_what_was_set_inactive_since_it_was_read(
    ctx: Context, accepting: tuple[str, Callable[[], Awaitable[Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow_id, accept = accepting
    meanwhile(monkeypatch, lambda: change(ctx, workflow_id, status="inactive"))
    with pytest.raises(WorkflowNotActive):
        await accept()


async def test_with_a_key_too_the_version_of_the_acceptance_is_the_one_that_runs(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow_id = await create(ctx, notify("say", "one"))
    meanwhile(monkeypatch, lambda: change(ctx, workflow_id, actions=[notify("say", "two")]))
    assert (await execute(ctx, workflow_id, idempotency_key="once")).version == "1.1"
    assert (await execute(ctx, workflow_id, idempotency_key="once")).version == "1.1"


async def test_what_a_key_has_started_is_told_though_the_workflow_was_deleted_since(ctx: Context) -> None:
    workflow_id = await create(ctx, notify("say", "one"))
    first = await execute(ctx, workflow_id, idempotency_key="once")
    await delete_workflow(ctx, workflow_id, cancel_running=True)
    assert (await execute(ctx, workflow_id, idempotency_key="once")).id == first.id
    with pytest.raises(IdempotencyKeyReused):
        await execute(ctx, workflow_id, idempotency_key="once", async_execution=False)
    with pytest.raises(WorkflowNotFound):
        await execute(ctx, workflow_id, idempotency_key="twice")
