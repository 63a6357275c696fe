"""Rules of the API reference and of the decisions that no other test shows, on both databases."""

from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
import pytest_asyncio

from app.asgi import create_app
from app.server.serving import serving
from app.settings.settings import Environment, Settings
from tests.support.calls import (
    NO_TLS,
    Json,
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
from tests.support.edges.documented import ANALYSED, CLEAN_UP, MOCK_SERVICE, SET_UP, succeeded
from tests.support.scripted_service import PartnerService

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
