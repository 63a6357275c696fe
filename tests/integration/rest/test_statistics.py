"""The statistics of a tenant: documented keys, true counts, and totals instead of scans."""

import httpx
import pytest

from models.commands.workflows import CreateWorkflow, ExecuteWorkflow
from resolvers.context import Context
from resolvers.executions.executions import execute_workflow
from resolvers.operations.statistics import get_statistics
from resolvers.workflows.workflows import create_workflow
from tests.support.calls import (
    answer,
    call,
    create,
    ended,
    held,
    notify,
    run,
    soon,
    start,
    token,
)
from tests.support.edges.documented import statistics
from tests.support.scripted_service import PartnerService
from tests.support.statements import watched

pytestmark = pytest.mark.asyncio


async def test_statistics_have_the_documented_keys_and_are_zero_at_first(client: httpx.AsyncClient) -> None:
    assert await statistics(client) == {
        "total_workflows": 0,
        "active_workflows": 0,
        "total_executions": 0,
        "successful_executions": 0,
        "failed_executions": 0,
        "average_execution_time": 0.0,
        "popular_tags": [],
    }


async def test_statistics_count_each_outcome_of_the_tenant(client: httpx.AsyncClient, scripted: PartnerService) -> None:
    scripted.answers = {"/fail": answer({}, 400), "/held": held}
    good = await create(client, "good", notify("a"), tags=["analysis", "document"])
    bad = await create(client, "bad", call("a", "/fail"), tags=["analysis"])
    late = await create(client, "late", call("a", "/hang"), timeout_seconds=1)
    waiting = await create(client, "waiting", call("a", "/held"))
    await create(client, "draft", status="draft")
    await run(client, good["workflow_id"])
    await run(client, bad["workflow_id"])
    timed_out = await ended(client, await start(client, late["workflow_id"]))
    assert timed_out["error"]["code"] == "TIMEOUT"
    scripted.arrived.clear()
    cancelled = await start(client, waiting["workflow_id"])
    await soon(scripted.arrived)
    await client.post(f"/workflows/executions/{cancelled}/cancel")
    await client.delete(f"/workflows/{late['workflow_id']}")
    found = await statistics(client)
    assert found.pop("average_execution_time") > 0
    assert found == {
        "total_workflows": 4,
        "active_workflows": 3,
        "total_executions": 4,
        "successful_executions": 1,
        "failed_executions": 2,
        "popular_tags": [{"tag": "analysis", "count": 2}, {"tag": "document", "count": 1}],
    }
    assert (await statistics(client, **token("eve", "elsewhere")))["total_workflows"] == 0


async def test_the_ten_most_frequent_tags_are_popular(client: httpx.AsyncClient) -> None:
    tags = [f"tag{number:02}" for number in range(12)]
    await create(client, "all of them", tags=tags)
    await create(client, "the last alone", tags=tags[-1:])
    popular = (await statistics(client))["popular_tags"]
    assert [entry["tag"] for entry in popular] == [tags[-1], *tags[:9]]


async def test_statistics_are_read_from_totals_and_never_from_the_executions(ctx: Context) -> None:
    workflow = await create_workflow(ctx, CreateWorkflow(name="counted"))
    await execute_workflow(ctx, workflow.id, ExecuteWorkflow(async_execution=False))
    services, seen = watched(ctx.services)
    assert (await get_statistics(Context(ctx.viewer, services))).successful_executions == 1
    assert any("from workflow_statistics" in statement for statement in seen)
    assert not [statement for statement in seen if "from execution" in statement or "join execution" in statement]
