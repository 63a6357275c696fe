"""The test environment: scenarios, clean-up, and mocks of services."""

from typing import Any

import httpx
import pytest

from models.commands.workflows import ExecuteWorkflow
from models.entities.workflows import WorkflowSummary
from resolvers import test_environment
from resolvers.context import Context
from resolvers.executions.executions import Accepted, execute_workflow
from resolvers.workflows.workflows import delete_workflow
from tests.support.calls import (
    Json,
    answer,
    assert_envelope,
    call,
    create,
    run,
    token,
)
from tests.support.edges.documented import ANALYSED, CLEAN_UP, MOCK_SERVICE, SET_UP, succeeded
from tests.support.scripted_service import PartnerService

pytestmark = pytest.mark.asyncio


async def mock(client: httpx.AsyncClient, endpoint: str, **options: Any) -> Json:
    """Mock an endpoint of the partner service."""
    return await succeeded(client, "/test/mock-service", {"service_name": "scripted", "endpoint": endpoint, **options})


async def called(client: httpx.AsyncClient, workflow_id: str) -> Json:
    """What became of the action `a` of a workflow that is executed."""
    return dict((await run(client, workflow_id))["result"]["a"])


# --- the test environment ------------------------------------------------------------------------


async def test_the_documented_set_up_creates_the_scenario_for_its_user_and_mocks_both_services(
    client: httpx.AsyncClient,
) -> None:
    for removed in (0, 1):
        body = await succeeded(client, "/test/setup", SET_UP)
        assert len(body["removed"]) == removed
        (workflow,) = body["created"]
        assert {(entry["service_name"], entry["endpoint"]) for entry in body["mocks"]} == {
            ("source_agent", "/fetch"),
            ("analysis_service", "/analyze"),
        }
    detail = (await client.get(f"/workflows/{workflow['workflow_id']}")).json()
    assert (detail["name"], detail["created_by"]) == ("Document Analysis Workflow", "test-user-123")
    body = await run(client, workflow["workflow_id"], document_url="https://example.com/doc.pdf")
    assert body["status"] == "completed"
    assert body["result"]["analyze_content"]["response"] == ANALYSED


async def test_the_execution_of_a_scenario_is_started_once_with_its_workflow(client: httpx.AsyncClient) -> None:
    greeting = {"scenario": "greeting"}
    (workflow,) = (await succeeded(client, "/test/setup", greeting))["created"]
    assert (await succeeded(client, "/test/setup", greeting))["created"] == []
    listed = (await client.get(f"/workflows/{workflow['workflow_id']}/executions")).json()
    (execution,) = listed["executions"]
    cancelled = await client.post(f"/workflows/executions/{execution['execution_id']}/cancel")
    assert cancelled.json()["status"] == "cancelled"


async def test_an_unknown_scenario_is_a_404_that_names_the_known_ones(client: httpx.AsyncClient) -> None:
    refused = await client.post("/test/setup", json={**SET_UP, "scenario": "nothing"})
    detail = assert_envelope(refused, 404, "SCENARIO_NOT_FOUND")
    assert detail == "Scenario not found: nothing; known are document_analysis, failure, greeting, pagination"


async def test_the_documented_clean_up_removes_the_workflows_of_its_user_alone(client: httpx.AsyncClient) -> None:
    made = (await succeeded(client, "/test/setup", SET_UP))["created"]
    kept = await create(client, "mine")
    body = await succeeded(client, "/test/cleanup", CLEAN_UP)
    assert (body["removed"], len(body["mocks"])) == (made, 2)
    assert (await client.get(f"/workflows/{made[0]['workflow_id']}")).status_code == 404
    assert (await client.get(f"/workflows/{kept['workflow_id']}")).status_code == 200
    everybody = await succeeded(client, "/test/cleanup", {"cleanup_all": True})
    assert [workflow["name"] for workflow in everybody["removed"]] == ["mine"]


async def removed_by_others_first(ctx: Context, workflow_id: str, *, cancel_running: bool) -> WorkflowSummary:
    await delete_workflow(ctx, workflow_id)
    return await delete_workflow(ctx, workflow_id, cancel_running=cancel_running)


async def test_what_others_remove_meanwhile_is_left_out_of_a_clean_up(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path, body in (("/test/cleanup", {"cleanup_all": True}), ("/test/setup", SET_UP)):
        await succeeded(client, "/test/setup", SET_UP)
        with monkeypatch.context() as patch:
            patch.setattr(test_environment, "delete_workflow", removed_by_others_first)
            assert (await succeeded(client, path, body))["removed"] == []


async def test_what_others_remove_before_it_is_executed_is_set_up_all_the_same(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def executed_too_late(ctx: Context, workflow_id: str, command: ExecuteWorkflow) -> Accepted:
        await delete_workflow(ctx, workflow_id)
        return await execute_workflow(ctx, workflow_id, command)

    monkeypatch.setattr(test_environment, "execute_workflow", executed_too_late)
    assert len((await succeeded(client, "/test/setup", {"scenario": "greeting"}))["created"]) == 1
    assert (await client.get("/workflows")).json()["workflows"] == []


async def test_the_documented_mock_answers_in_place_of_the_service(
    client: httpx.AsyncClient, scripted: PartnerService
) -> None:
    body = await succeeded(client, "/test/mock-service", MOCK_SERVICE)
    assert {key: body[key] for key in MOCK_SERVICE} == MOCK_SERVICE
    workflow_id = (await create(client, "mocked", call("a", "/analyze")))["workflow_id"]
    scripted.answers["/analyze"] = answer({"real": True})
    assert (await called(client, workflow_id))["response"] == {"real": True}
    await mock(client, "/analyze", response={"mocked": 1})
    await mock(client, "/analyze", response={"mocked": 2})
    assert (await called(client, workflow_id))["response"] == {"mocked": 2}
    assert len(scripted.requests) == 1


async def test_a_mock_answers_with_its_status_so_often_and_for_its_method_alone(
    client: httpx.AsyncClient, scripted: PartnerService
) -> None:
    scripted.answers["/work"] = answer({"real": True})
    workflow_id = (await create(client, "mocked", call("a", "/work", {"method": "POST"})))["workflow_id"]
    await mock(client, "/work", response={"read": True}, method="GET")
    assert (await called(client, workflow_id))["response"] == {"real": True}
    await mock(client, "/work", response={"busy": True}, method="POST", status_code=503, times=1)
    failed = await called(client, workflow_id)
    assert (failed["status"], failed["error"]["http_status"]) == ("failed", 503)
    assert failed["response"] == {"busy": True}
    assert (await called(client, workflow_id))["response"] == {"real": True}


async def test_a_mock_can_refuse_the_connection_and_belongs_to_its_tenant(
    client: httpx.AsyncClient, scripted: PartnerService
) -> None:
    scripted.answers["/work"] = answer({"real": True})
    await mock(client, "/work", error="connection_error")
    workflow_id = (await create(client, "cut off", call("a", "/work")))["workflow_id"]
    assert (await called(client, workflow_id))["error"]["code"] == "CONNECTION_ERROR"
    async with httpx.AsyncClient(base_url=client.base_url, headers=token("eve", "elsewhere", "editor")) as elsewhere:
        other = (await create(elsewhere, "reached", call("a", "/work")))["workflow_id"]
        assert (await called(elsewhere, other))["response"] == {"real": True}
