"""Rules of the API reference and of the decisions that no other test shows, on both databases."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio
from sqlalchemy import Engine, event

from app.asgi import create_app
from app.server.serving import serving
from app.settings.settings import Environment, Settings
from models.commands.workflows import CreateWorkflow, ExecuteWorkflow
from resolvers.context import Context
from resolvers.executions.executions import execute_workflow
from resolvers.operations.statistics import get_statistics
from resolvers.workflows.workflows import create_workflow
from tests.conftest import NO_TLS
from tests.integration.conftest import PartnerService
from tests.support.calls import (
    Json,
    answer,
    assert_envelope,
    call,
    create,
    ended,
    graphql,
    held,
    notify,
    run,
    soon,
    start,
    token,
)

pytestmark = pytest.mark.asyncio

CREATE_WORKFLOW: Json = {
    "name": "Document Analysis Workflow",
    "description": "Analyze documents for quality and insights",
    "parameters": [
        {
            "name": "document_url",
            "type": "string",
            "description": "URL of document to analyze",
            "required": True,
        },
        {
            "name": "analysis_type",
            "type": "string",
            "description": "Type of analysis to perform",
            "required": False,
            "default_value": "comprehensive",
            "allowed_values": ["basic", "comprehensive", "detailed"],
        },
    ],
    "actions": [
        {
            "action_id": "fetch_document",
            "action_type": "service_call",
            "name": "Fetch Document",
            "description": "Retrieve document from URL",
            "config": {
                "service": "source_agent",
                "endpoint": "/fetch",
                "method": "POST",
                "parameters": {"url": "{{document_url}}"},
            },
        },
        {
            "action_id": "analyze_content",
            "action_type": "service_call",
            "name": "Analyze Content",
            "description": "Analyze document content",
            "config": {
                "service": "analysis_service",
                "endpoint": "/analyze",
                "method": "POST",
                "parameters": {"content": "{{fetch_document.response.content}}", "type": "{{analysis_type}}"},
            },
            "depends_on": ["fetch_document"],
        },
    ],
    "tags": ["analysis", "document"],
    "timeout_seconds": 300,
}
CREATED_KEYS = {*CREATE_WORKFLOW, "workflow_id", "status", "version", "created_by", "created_at", "updated_at"}
UPDATE_WORKFLOW: Json = {
    "description": "Updated description",
    "status": "inactive",
    "tags": ["updated", "v2"],
    "timeout_seconds": 600,
}
PARAMETERS: Json = {"document_url": "https://example.com/doc.pdf", "analysis_type": "comprehensive"}
EXECUTE_WORKFLOW: Json = {
    "parameters": PARAMETERS,
    "async_execution": True,
    "callback_url": "https://example.com/webhook",
}
FETCHED: Json = {"content": "Document content...", "metadata": {"size": 1024}}
ANALYSED: Json = {"quality_score": 0.85, "issues": []}
SET_UP: Json = {"scenario": "document_analysis", "user_id": "test-user-123", "cleanup_existing": True}
CLEAN_UP: Json = {"user_id": "test-user-123", "cleanup_all": False}
MOCK_SERVICE: Json = {
    "service_name": "analysis_service",
    "endpoint": "/analyze",
    "response": {"status": "success", "data": {"quality_score": 0.85, "issues": []}},
    "delay_ms": 100,
}
TEST_PATHS = {"/test/setup": SET_UP, "/test/cleanup": CLEAN_UP, "/test/mock-service": MOCK_SERVICE}
LITERAL_WORDS = ("search", "statistics", "health", "activity", "templates")


@pytest_asyncio.fixture
async def in_production(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service in production, signed in by a bearer token."""
    production = msgspec.structs.replace(settings, environment=Environment.PRODUCTION)
    async with (
        serving(create_app(production)) as url,
        httpx.AsyncClient(base_url=url, headers=token("ada", "default", "admin"), timeout=30, verify=NO_TLS) as client,
    ):
        yield client


async def succeeded(client: httpx.AsyncClient, path: str, body: Any) -> Json:
    """The body of a POST that must be answered with 200."""
    answered = await client.post(path, json=body)
    assert answered.status_code == 200, answered.text
    return dict(answered.json())


async def mock(client: httpx.AsyncClient, endpoint: str, **options: Any) -> Json:
    """Mock an endpoint of the partner service."""
    return await succeeded(client, "/test/mock-service", {"service_name": "scripted", "endpoint": endpoint, **options})


async def called(client: httpx.AsyncClient, workflow_id: str) -> Json:
    """What became of the action `a` of a workflow that is executed."""
    return dict((await run(client, workflow_id))["result"]["a"])


# --- the documented blocks, word for word --------------------------------------------------------


async def test_the_documented_create_request_is_answered_with_every_documented_field(
    client: httpx.AsyncClient,
) -> None:
    created = await client.post("/workflows", json=CREATE_WORKFLOW)
    body = created.json()
    assert (created.status_code, created.headers["content-type"]) == (201, "application/json")
    assert set(body) >= CREATED_KEYS
    assert {key: body[key] for key in CREATE_WORKFLOW} == CREATE_WORKFLOW
    assert (body["status"], body["version"], body["created_by"]) == ("active", "1.0", "ada")
    detail = (await client.get(f"/workflows/{body['workflow_id']}")).json()
    assert set(detail) >= CREATED_KEYS | {"execution_count", "last_execution"}
    assert "warnings" not in body


async def test_the_documented_update_request_is_answered_with_what_it_changed(client: httpx.AsyncClient) -> None:
    created = (await client.post("/workflows", json=CREATE_WORKFLOW)).json()
    changed = await client.put(f"/workflows/{created['workflow_id']}", json=UPDATE_WORKFLOW)
    body = changed.json()
    assert changed.status_code == 200
    assert body == {**created, **UPDATE_WORKFLOW, "updated_at": body["updated_at"]}
    assert body["updated_at"] > created["updated_at"]


async def test_the_documented_delete_request_is_answered_with_204_and_no_content(client: httpx.AsyncClient) -> None:
    created = await create(client, "to go")
    deleted = await client.delete(f"/workflows/{created['workflow_id']}")
    assert (deleted.status_code, deleted.content) == (204, b"")


async def test_the_documented_execute_request_is_queued_and_its_execution_ends_with_the_documented_result(
    client: httpx.AsyncClient,
) -> None:
    workflow_id = (await client.post("/workflows", json=CREATE_WORKFLOW)).json()["workflow_id"]
    for service_name, endpoint, response in (
        ("source_agent", "/fetch", FETCHED),
        ("analysis_service", "/analyze", ANALYSED),
    ):
        configured = {"service_name": service_name, "endpoint": endpoint, "response": response}
        await succeeded(client, "/test/mock-service", configured)
    accepted = await client.post(f"/workflows/{workflow_id}/execute", json=EXECUTE_WORKFLOW)
    queued = accepted.json()
    assert (accepted.status_code, queued["status"]) == (202, "queued")
    assert set(queued) >= {"execution_id", "workflow_id", "status", "created_at", "parameters"}
    assert (queued["workflow_id"], queued["parameters"]) == (workflow_id, PARAMETERS)
    final = await ended(client, queued["execution_id"])
    assert final["result"] == {
        "fetch_document": {"status": "success", "response": FETCHED},
        "analyze_content": {"status": "success", "response": ANALYSED},
    }
    assert final["progress"] == {
        "completed_actions": 2,
        "total_actions": 2,
        "current_action": None,
        "percentage": 100.0,
    }
    assert final["current_step"] is None
    assert [list(line) for line in final["logs"]] == [["timestamp", "level", "message", "action_id"]] * len(
        final["logs"]
    )
    assert {"Starting workflow execution", "Completed action: fetch_document"} <= {
        line["message"] for line in final["logs"]
    }
    synchronous = {**EXECUTE_WORKFLOW, "async_execution": False}
    done = await succeeded(client, f"/workflows/{workflow_id}/execute", synchronous)
    assert (done["status"], done["result"]) == ("completed", final["result"])
    assert set(done) >= {*queued, "completed_at", "result"}


async def test_a_running_execution_is_answered_with_every_documented_field(
    client: httpx.AsyncClient, scripted: PartnerService
) -> None:
    scripted.answers["/held"] = held
    parameters = [{"name": "text", "type": "string"}]
    workflow_id = (await create(client, "running", call("a", "/held"), parameters=parameters))["workflow_id"]
    execution_id = await start(client, workflow_id, text="Hello")
    await soon(scripted.arrived)
    body = (await client.get(f"/workflows/executions/{execution_id}")).json()
    assert (body["execution_id"], body["workflow_id"], body["status"]) == (execution_id, workflow_id, "running")
    assert body["parameters"] == {"text": "Hello"}
    assert body["created_at"] <= body["started_at"]
    assert body["started_at"].endswith("Z")
    assert set(body["progress"]) == {"completed_actions", "total_actions", "current_action", "percentage"}
    assert body["current_step"] == body["progress"]["current_action"] == "a"
    lines = [{**line, "timestamp": None} for line in body["logs"]]
    starting = {"timestamp": None, "level": "INFO", "message": "Starting workflow execution", "action_id": None}
    assert starting in lines


async def test_a_cancelled_execution_is_answered_with_the_documented_body(
    client: httpx.AsyncClient, scripted: PartnerService
) -> None:
    scripted.answers["/held"] = held
    execution_id = await start(client, (await create(client, "held", call("a", "/held")))["workflow_id"])
    await soon(scripted.arrived)
    body = (await client.post(f"/workflows/executions/{execution_id}/cancel")).json()
    assert body.pop("cancelled_at").endswith("Z")
    assert body == {
        "execution_id": execution_id,
        "status": "cancelled",
        "message": "Execution cancelled by user",
    }


async def test_the_documented_errors_are_answered_word_for_word(client: httpx.AsyncClient) -> None:
    missing = await client.post("/workflows", json={})
    assert assert_envelope(missing, 422, "VALIDATION_ERROR") == [
        {"loc": ["body", "name"], "msg": "field required", "type": "value_error.missing"}
    ]
    unknown = await client.get("/workflows/wf_nonexistent")
    assert assert_envelope(unknown, 404, "WORKFLOW_NOT_FOUND") == "Workflow not found: wf_nonexistent"
    await create(client, "Duplicate Name")
    taken = await client.post("/workflows", json={"name": "Duplicate Name"})
    assert assert_envelope(taken, 409, "NAME_TAKEN") == "Workflow with name 'Duplicate Name' already exists"


# --- credentials and limits ----------------------------------------------------------------------


async def test_each_documented_way_to_authenticate_is_answered(client: httpx.AsyncClient, server: str) -> None:
    made = await graphql(client, 'mutation { createApiKey(input: {name: "documented"}) { key } }')
    for headers, status in (
        (token("test-user-123"), 200),
        ({"X-API-Key": made["createApiKey"]["key"]}, 200),
        ({"X-User-ID": "test-user-123"}, 200),
        ({"X-API-Key": "your-api-key"}, 401),
    ):
        async with httpx.AsyncClient(base_url=server) as anonymous:
            answered = await anonymous.get("/workflows", headers={**headers, "Content-Type": "application/json"})
        assert (headers, answered.status_code) == (headers, status)


async def test_the_test_environment_limits_no_rate(client: httpx.AsyncClient) -> None:
    answers = [await client.get("/workflows/statistics") for _ in range(110)]
    assert {answered.status_code for answered in answers} == {200}


async def test_outside_the_test_environment_the_test_paths_do_not_exist(in_production: httpx.AsyncClient) -> None:
    for path, body in TEST_PATHS.items():
        assert_envelope(await in_production.post(path, json=body), 404, "NOT_FOUND")
    fields = await graphql(in_production, "{ __schema { mutationType { fields { name } } } }")
    names = {field["name"] for field in fields["__schema"]["mutationType"]["fields"]}
    assert not names & {"setUpTestData", "cleanUpTestData", "mockService"}
    assert "createWorkflow" in names


async def test_the_scope_of_a_token_narrows_its_role(client: httpx.AsyncClient) -> None:
    reader = token("eve", "default", "admin", scope="openid workflow:read")
    assert (await client.get("/workflows", headers=reader)).status_code == 200
    refused = await client.post("/workflows", json={"name": "w"}, headers=reader)
    assert "workflow:write" in assert_envelope(refused, 403, "PERMISSION_DENIED")
    nothing = await client.get("/workflows", headers=token("eve", "default", "admin", scope=""))
    assert_envelope(nothing, 403, "PERMISSION_DENIED")


async def test_in_production_a_user_id_is_no_credential(in_production: httpx.AsyncClient) -> None:
    async with httpx.AsyncClient(base_url=in_production.base_url, headers={"X-User-ID": "ada"}) as by_header:
        assert_envelope(await by_header.get("/workflows"), 401, "UNAUTHENTICATED")
    assert (await in_production.get("/workflows")).status_code == 200


async def test_the_literal_words_of_paths_are_no_ids(client: httpx.AsyncClient) -> None:
    for word in LITERAL_WORDS:
        answered = await client.get(f"/workflows/{word}", params={"q": "x"} if word == "search" else None)
        assert (word, answered.status_code) == (word, 200)


async def test_a_callback_url_is_kept_with_its_execution(client: httpx.AsyncClient) -> None:
    workflow_id = (await create(client, "called back", notify("a")))["workflow_id"]
    body = {"async_execution": False, "callback_url": "https://example.com/webhook"}
    done = await succeeded(client, f"/workflows/{workflow_id}/execute", body)
    query = "query ($id: ID!) { execution(id: $id) { status callbackUrl } }"
    read = (await graphql(client, query, id=done["execution_id"]))["execution"]
    assert read == {"status": "COMPLETED", "callbackUrl": "https://example.com/webhook"}


async def test_the_explicit_roots_of_templates_lead_to_their_values(client: httpx.AsyncClient) -> None:
    first = notify("first", "{{parameters.who}}")
    second = notify("a", "{{actions.first.response.message}} {{execution.id}} {{who}}")
    parameters = [{"name": "who", "type": "string", "default_value": "Ada"}]
    created = await create(client, "rooted", first, second, parameters=parameters)
    body = await run(client, created["workflow_id"])
    assert body["result"]["a"]["response"]["message"] == f"Ada {body['execution_id']} Ada"
    assert "warnings" not in created


async def test_graphql_gives_the_newest_log_lines_and_pages_through_the_whole_journal(
    client: httpx.AsyncClient,
) -> None:
    workflow_id = (await create(client, "told", notify("a"), notify("b", depends_on=["a"])))["workflow_id"]
    execution_id = (await run(client, workflow_id))["execution_id"]
    query = """query ($id: ID!, $last: Int!, $after: Int!) {
      execution(id: $id) { logs(last: $last) { message } events(after: $after, first: 3) { sequence } }
    }"""
    sequences: list[int] = []
    while page := (await graphql(client, query, id=execution_id, last=1, after=len(sequences)))["execution"]["events"]:
        sequences += [entry["sequence"] for entry in page]
    assert sequences == list(range(1, 8))
    documented = (await client.get(f"/workflows/executions/{execution_id}")).json()["logs"]
    for last, expected in ((1, documented[-1:]), (200, documented), (0, [])):
        told = (await graphql(client, query, id=execution_id, last=last, after=0))["execution"]["logs"]
        assert told == [{"message": line["message"]} for line in expected]


# --- statistics ----------------------------------------------------------------------------------


async def statistics(client: httpx.AsyncClient, **headers: str) -> Json:
    """The tenant's statistics."""
    found = await client.get("/workflows/statistics", headers=headers)
    assert found.status_code == 200, found.text
    return dict(found.json())


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


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements that are sent to any database."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(" ".join(statement.lower().split()))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


OF_THE_ENGINE = ("runnable_at", "expires_at", "node_id")
"""Columns that only the engine asks for: it looks for what is due at any moment."""


async def test_statistics_are_read_from_totals_and_never_from_the_executions(ctx: Context) -> None:
    workflow = await create_workflow(ctx, CreateWorkflow(name="counted"))
    await execute_workflow(ctx, workflow.id, ExecuteWorkflow(async_execution=False))
    with statements() as seen:
        assert (await get_statistics(ctx)).successful_executions == 1
    assert any("from workflow_statistics" in statement for statement in seen)
    asked = [statement for statement in seen if not any(column in statement for column in OF_THE_ENGINE)]
    assert not [statement for statement in asked if "from execution" in statement or "join execution" in statement]


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


async def test_an_unknown_scenario_is_a_404_that_names_the_known_ones(client: httpx.AsyncClient) -> None:
    refused = await client.post("/test/setup", json={**SET_UP, "scenario": "nothing"})
    detail = assert_envelope(refused, 404, "SCENARIO_NOT_FOUND")
    assert detail == "Scenario not found: nothing; known are document_analysis, failure, pagination"


async def test_the_documented_clean_up_removes_the_workflows_of_its_user_alone(client: httpx.AsyncClient) -> None:
    made = (await succeeded(client, "/test/setup", SET_UP))["created"]
    kept = await create(client, "mine")
    body = await succeeded(client, "/test/cleanup", CLEAN_UP)
    assert (body["removed"], len(body["mocks"])) == (made, 2)
    assert (await client.get(f"/workflows/{made[0]['workflow_id']}")).status_code == 404
    assert (await client.get(f"/workflows/{kept['workflow_id']}")).status_code == 200
    everybody = await succeeded(client, "/test/cleanup", {"cleanup_all": True})
    assert [workflow["name"] for workflow in everybody["removed"]] == ["mine"]


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
