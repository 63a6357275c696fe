"""One scenario from set-up to clean-up, through GraphQL alone and through REST alone, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.support.calls import PATIENCE_SECONDS, Json, events, graphql

pytestmark = pytest.mark.asyncio

USER = "test-user-123"
DOCUMENT = "https://example.com/doc.pdf"
ANALYSIS: Json = {"quality_score": 0.42, "issues": ["too short"]}
FETCHED: Json = {"content": "Document content. It has two sentences.", "metadata": {"size": 1024}}
RESULT: Json = {
    "fetch_document": {"status": "success", "response": FETCHED},
    "analyze_content": {"status": "success", "response": ANALYSIS},
}
CUSTOM = "Custom Document Analysis"
ACTIVITIES = {"workflow_created": 2, "workflow_executed": 1, "execution_completed": 1}

SET_UP = """
mutation ($input: SetUpTestDataInput!) {
  setUpTestData(input: $input) { created { id name createdBy } mocks { serviceName endpoint } userErrors { message } }
}
"""
FROM_TEMPLATE = """
mutation ($input: CreateWorkflowFromTemplateInput!) {
  createWorkflowFromTemplate(input: $input) { workflow { id name version } warnings userErrors { message } }
}
"""
MOCK_SERVICE = """
mutation ($input: MockServiceInput!) { mockService(input: $input) { mock { response } userErrors { message } } }
"""
EXECUTE = """
mutation ($input: ExecuteWorkflowInput!) {
  executeWorkflow(input: $input) { execution { id status parameters } userErrors { message } }
}
"""
READ = """
query ($id: ID!) {
  execution(id: $id) { status result progress { percentage } logs { message } workflow { executionCount } }
}
"""
OVERVIEW = """
{
  statistics { totalWorkflows totalExecutions successfulExecutions failedExecutions popularTags { tag count } }
  activities { nodes { type userId workflowId executionId } }
}
"""
CLEAN_UP = """
mutation ($input: CleanUpTestDataInput!) {
  cleanUpTestData(input: $input) { removedIds mocks { serviceName } userErrors { message } }
}
"""


@pytest.fixture
def paths() -> list[str]:
    """The paths that the user asked for."""
    return []


@pytest_asyncio.fixture
async def user(server: str, paths: list[str]) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the documented user; it notes each path that it asks for."""

    async def note(request: httpx.Request) -> None:
        paths.append(request.url.path)

    hooks = {"request": [note]}
    async with httpx.AsyncClient(
        base_url=server, headers={"X-User-ID": USER}, timeout=30, event_hooks=hooks
    ) as signed_in:
        yield signed_in


async def mutate(client: httpx.AsyncClient, mutation: str, **fields: Any) -> Json:
    """The payload of a mutation that must be carried out."""
    (payload,) = (await graphql(client, mutation, input=fields)).values()
    assert payload.pop("userErrors") == []
    return dict(payload)


async def post(client: httpx.AsyncClient, path: str, body: Json, status: int = 200) -> Json:
    """The body of a POST that must be answered with `status`."""
    answered = await client.post(path, json=body)
    assert answered.status_code == status, answered.text
    return dict(answered.json())


async def get(client: httpx.AsyncClient, path: str) -> Json:
    """The body of a GET that must not fail."""
    answered = await client.get(path)
    assert answered.status_code == 200, answered.text
    return dict(answered.json())


async def polled(client: httpx.AsyncClient, execution_id: str) -> Json:
    """The status of an execution once it has ended, as a client of REST alone can know it."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            body = await get(client, f"/workflows/executions/{execution_id}")
            if body["status"] not in ("queued", "running"):
                return body


def counted(types: list[str]) -> dict[str, int]:
    """How often each type occurs."""
    return {type_: types.count(type_) for type_ in types}


async def test_the_scenario_runs_through_graphql_alone(user: httpx.AsyncClient, paths: list[str]) -> None:
    made = await mutate(user, SET_UP, scenario="document_analysis", userId=USER, cleanupExisting=True)
    assert [(workflow["name"], workflow["createdBy"]) for workflow in made["created"]] == [
        ("Document Analysis Workflow", USER)
    ]
    assert [mock["serviceName"] for mock in made["mocks"]] == ["source_agent", "analysis_service"]

    payload = await mutate(
        user, FROM_TEMPLATE, templateName="document_analysis", customizations={"name": CUSTOM, "tags": ["mine"]}
    )
    workflow = payload["workflow"]
    assert (workflow["name"], workflow["version"], payload["warnings"]) == (CUSTOM, "1.0", [])

    mocked = await mutate(user, MOCK_SERVICE, serviceName="analysis_service", endpoint="/analyze", response=ANALYSIS)
    assert mocked["mock"] == {"response": ANALYSIS}

    execution = (await mutate(user, EXECUTE, workflowId=workflow["id"], parameters={"document_url": DOCUMENT}))[
        "execution"
    ]
    assert execution["status"] == "QUEUED"
    assert execution["parameters"] == {"document_url": DOCUMENT, "analysis_type": "comprehensive"}

    watched = [event async for event in events(user, execution["id"])]
    assert [(event["type"], event["actionId"]) for event in watched] == [
        ("EXECUTION_QUEUED", None),
        ("EXECUTION_STARTED", None),
        ("ACTION_STARTED", "fetch_document"),
        ("ACTION_SUCCEEDED", "fetch_document"),
        ("ACTION_STARTED", "analyze_content"),
        ("ACTION_SUCCEEDED", "analyze_content"),
        ("EXECUTION_COMPLETED", None),
    ]
    assert [event["sequence"] for event in watched] == list(range(1, 8))

    final = (await graphql(user, READ, id=execution["id"]))["execution"]
    assert (final["status"], final["result"], final["progress"]) == ("COMPLETED", RESULT, {"percentage": 100.0})
    assert final["workflow"] == {"executionCount": 1}
    assert "Starting workflow execution" in [line["message"] for line in final["logs"]]

    overview = await graphql(user, OVERVIEW)
    tags = {entry["tag"]: entry["count"] for entry in overview["statistics"].pop("popularTags")}
    assert tags == {"analysis": 2, "document": 2, "mine": 1}
    assert overview["statistics"] == {
        "totalWorkflows": 2,
        "totalExecutions": 1,
        "successfulExecutions": 1,
        "failedExecutions": 0,
    }
    assert counted([line["type"].lower() for line in overview["activities"]["nodes"]]) == ACTIVITIES
    assert {line["userId"] for line in overview["activities"]["nodes"]} == {USER}

    removed = await mutate(user, CLEAN_UP, userId=USER)
    assert sorted(removed["removedIds"]) == sorted([made["created"][0]["id"], workflow["id"]])
    assert len(removed["mocks"]) == 2
    assert await graphql(user, "{ workflows { totalCount } }") == {"workflows": {"totalCount": 0}}
    assert set(paths) == {"/graphql"}


async def test_the_scenario_runs_through_rest_alone(user: httpx.AsyncClient, paths: list[str]) -> None:
    setting = {"scenario": "document_analysis", "user_id": USER, "cleanup_existing": True}
    made = await post(user, "/test/setup", setting)
    assert [workflow["name"] for workflow in made["created"]] == ["Document Analysis Workflow"]
    assert [mock["service_name"] for mock in made["mocks"]] == ["source_agent", "analysis_service"]

    chosen = {"template_name": "document_analysis", "customizations": {"name": CUSTOM, "tags": ["mine"]}}
    workflow = await post(user, "/workflows/from-template", chosen, 201)
    assert (workflow["name"], workflow["version"], workflow["created_by"]) == (CUSTOM, "1.0", USER)
    assert "warnings" not in workflow

    mock = {"service_name": "analysis_service", "endpoint": "/analyze", "response": ANALYSIS}
    assert (await post(user, "/test/mock-service", mock))["response"] == ANALYSIS

    path = f"/workflows/{workflow['workflow_id']}"
    execution = await post(user, f"{path}/execute", {"parameters": {"document_url": DOCUMENT}}, 202)
    assert execution["status"] == "queued"
    assert execution["parameters"] == {"document_url": DOCUMENT, "analysis_type": "comprehensive"}

    final = await polled(user, execution["execution_id"])
    assert (final["status"], final["result"]) == ("completed", RESULT)
    assert final["progress"] == {
        "completed_actions": 2,
        "total_actions": 2,
        "current_action": None,
        "percentage": 100.0,
    }
    assert "Starting workflow execution" in [line["message"] for line in final["logs"]]
    listed = (await get(user, f"{path}/executions"))["executions"]
    assert [item["execution_id"] for item in listed] == [execution["execution_id"]]
    assert (await get(user, path))["execution_count"] == 1

    statistics = await get(user, "/workflows/statistics")
    tags = {entry["tag"]: entry["count"] for entry in statistics.pop("popular_tags")}
    assert tags == {"analysis": 2, "document": 2, "mine": 1}
    assert statistics.pop("average_execution_time") >= 0
    assert statistics == {
        "total_workflows": 2,
        "active_workflows": 2,
        "total_executions": 1,
        "successful_executions": 1,
        "failed_executions": 0,
    }
    activities = (await get(user, "/workflows/activity"))["activities"]
    assert counted([line["type"] for line in activities]) == ACTIVITIES
    assert {line["user_id"] for line in activities} == {USER}

    removed = await post(user, "/test/cleanup", {"user_id": USER})
    assert sorted(entry["workflow_id"] for entry in removed["removed"]) == sorted(
        [made["created"][0]["workflow_id"], workflow["workflow_id"]]
    )
    assert len(removed["mocks"]) == 2
    assert (await get(user, "/workflows"))["pagination"]["total_items"] == 0
    assert "/graphql" not in paths
