"""Both edges are one service: each REST operation has its GraphQL field, with the same data, faults and rights."""

import re
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from graphql import GraphQLObjectType, GraphQLSchema, build_schema

from rest_compat.openapi_operations import OPERATIONS
from schema.schema import build_schema as build_edge
from tests.integration.conftest import PartnerService
from tests.support.calls import Json, answer, call, create, ended, graphql, notify, run, start, token

COUNTERPARTS = {
    "createWorkflow": "Mutation.createWorkflow",
    "listWorkflows": "Query.workflows",
    "readWorkflow": "Query.workflow",
    "updateWorkflow": "Mutation.updateWorkflow",
    "deleteWorkflow": "Mutation.deleteWorkflow",
    "createFromTemplate": "Mutation.createWorkflowFromTemplate",
    "listTemplates": "Query.workflowTemplates",
    "searchWorkflows": "Query.searchWorkflows",
    "executeWorkflow": "Mutation.executeWorkflow",
    "listExecutions": "Query.executions",
    "readExecution": "Query.execution",
    "cancelExecution": "Mutation.cancelExecution",
    "readStatistics": "Query.statistics",
    "listActivity": "Query.activities",
    "readHealth": "Query.health",
    "isAlive": "Query.health",
    "isReady": "Query.health",
    "readMetrics": "Query.systemMetrics",
    "setUpTestData": "Mutation.setUpTestData",
    "cleanUpTestData": "Mutation.cleanUpTestData",
    "mockService": "Mutation.mockService",
}

ENUM_KEYS = {"status", "type", "on_error", "backoff", "wait_reason", "database", "redis", "wake_ups", "on_limit"}
ERRORS = "userErrors { code message path }"
PARAMETERS = "parameters { name type description required defaultValue allowedValues }"
LIMIT = "concurrency { key limit onLimit }"
RETRY = """retry {
  maxAttempts backoff initialDelaySeconds backoffRate maxDelaySeconds jitter maxTotalSeconds retryOn neverRetryOn
  respectRetryAfter
}"""
ACTIONS = f"actions {{ actionId actionType name description config dependsOn timeoutSeconds {RETRY} onError }}"
ITEM = "workflowId: id name description status createdBy createdAt tags version"
WORKFLOW = (
    f"{ITEM} updatedAt timeoutSeconds queueTimeoutSeconds {LIMIT} executionCount lastExecution {PARAMETERS} {ACTIONS}"
)
RUN_ITEM = """
  executionId: id workflow { workflowId: id } workflowVersion status createdBy createdAt startedAt completedAt
  durationSeconds
"""
EXECUTION = f"""
  {RUN_ITEM} parameters result
  progress {{ completedActions totalActions currentAction percentage }}
  logs {{ timestamp level message actionId }}
  waiting {{ actionId waitReason dependsOn until }}
  error {{ code message actionId attempt retryable httpStatus }}
"""
MOCK = "serviceName endpoint method response statusCode delayMs times error"
CREATE = f"""
mutation ($input: CreateWorkflowInput!) {{
  createWorkflow(input: $input) {{ workflow {{ {WORKFLOW} }} {ERRORS} }}
}}
"""
UPDATE = f"mutation ($input: UpdateWorkflowInput!) {{ updateWorkflow(input: $input) {{ {ERRORS} }} }}"
DELETE = f"mutation ($input: DeleteWorkflowInput!) {{ deleteWorkflow(input: $input) {{ {ERRORS} }} }}"
EXECUTE = f"mutation ($input: ExecuteWorkflowInput!) {{ executeWorkflow(input: $input) {{ {ERRORS} }} }}"
CANCEL = f"mutation ($input: CancelExecutionInput!) {{ cancelExecution(input: $input) {{ {ERRORS} }} }}"
FROM_TEMPLATE = f"""
mutation ($input: CreateWorkflowFromTemplateInput!) {{
  createWorkflowFromTemplate(input: $input) {{ {ERRORS} }}
}}
"""
SET_UP = f"""
mutation ($input: SetUpTestDataInput!) {{
  setUpTestData(input: $input) {{ created {{ workflowId: id name }} removedIds mocks {{ {MOCK} }} {ERRORS} }}
}}
"""
CLEAN_UP = f"""
mutation ($input: CleanUpTestDataInput!) {{
  cleanUpTestData(input: $input) {{ created {{ workflowId: id name }} removedIds mocks {{ {MOCK} }} {ERRORS} }}
}}
"""
MOCK_SERVICE = f"mutation ($input: MockServiceInput!) {{ mockService(input: $input) {{ mock {{ {MOCK} }} {ERRORS} }} }}"

WHOLE: Json = {
    "name": "Whole",
    "description": "Every field is given",
    "parameters": [
        {
            "name": "level",
            "type": "string",
            "description": "How deep",
            "required": False,
            "default_value": "low",
            "allowed_values": ["low", "high"],
        }
    ],
    "actions": [
        {
            "action_id": "note",
            "action_type": "notification",
            "name": "Note",
            "description": "Tells the level",
            "config": {"message": "{{level}}"},
            "depends_on": [],
            "timeout_seconds": 5,
            "retry": {
                "max_attempts": 4,
                "backoff": "linear",
                "initial_delay_seconds": 0.5,
                "backoff_rate": 2.0,
                "max_delay_seconds": 60.0,
                "jitter": False,
                "max_total_seconds": 90.0,
                "retry_on": ["TIMEOUT", "5xx"],
                "never_retry_on": ["501"],
                "respect_retry_after": True,
            },
            "on_error": "continue",
        }
    ],
    "status": "active",
    "tags": ["alpha", "beta"],
    "timeout_seconds": 300,
    "queue_timeout_seconds": 60,
    "concurrency": {"key": "{{level}}", "limit": 3, "on_limit": "cancel_oldest"},
}


def as_rest(value: Any, key: str = "") -> Any:
    """What GraphQL answers, in the spelling of REST: snake_case names and lower-case words of enums."""
    if isinstance(value, dict):
        return {_snake(name): as_rest(entry, _snake(name)) for name, entry in value.items()}
    if isinstance(value, list):
        return [as_rest(entry, key) for entry in value]
    if key in ENUM_KEYS and isinstance(value, str) and value.isupper():
        return value.lower()
    return value


def as_graphql(value: Any, key: str = "") -> Any:
    """What REST takes, in the spelling of GraphQL."""
    if isinstance(value, dict):
        return {_camel(name): as_graphql(entry, name) for name, entry in value.items()}
    if isinstance(value, list):
        return [as_graphql(entry, key) for entry in value]
    return value.upper() if key in ENUM_KEYS and isinstance(value, str) else value


def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda letter: letter[1].upper(), name)


def without_nulls(body: Json) -> Json:
    """An object without its empty keys: GraphQL says null where REST leaves out."""
    return {key: value for key, value in body.items() if value is not None}


def as_documented(told: Any, documented: Any) -> Any:
    """What GraphQL told, cut to the keys that REST answers: definitions come back there as they were sent."""
    if isinstance(told, dict) and isinstance(documented, dict):
        return {key: as_documented(told.get(key), entry) for key, entry in documented.items()}
    if isinstance(told, list) and isinstance(documented, list) and len(told) == len(documented):
        return [as_documented(one, entry) for one, entry in zip(told, documented, strict=True)]
    return told


def flat(execution: Json) -> Json:
    """An execution with its workflow's id as REST places it."""
    return {**execution, **execution["workflow"]} | {"workflow": None}


async def rest(client: httpx.AsyncClient, path: str, **query: Any) -> Json:
    """The body of a GET that must not fail."""
    answered = await client.get(path, params=query)
    assert answered.status_code == 200, answered.text
    return dict(answered.json())


async def told(client: httpx.AsyncClient, query: str, **variables: Any) -> Any:
    """The one field of an operation that must not fail, in the spelling of REST."""
    (value,) = (await graphql(client, query, **variables)).values()
    return as_rest(value)


# --- the fields ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def edge() -> GraphQLSchema:
    """The schema of the test environment."""
    return build_schema(build_edge(test_environment=True).as_str())


def test_every_rest_operation_has_a_counterpart_in_graphql_and_no_other_is_listed() -> None:
    assert sorted(COUNTERPARTS) == sorted(operation.id for operation in OPERATIONS)


@pytest.mark.parametrize("counterpart", sorted(set(COUNTERPARTS.values())))
def test_every_counterpart_is_a_field_of_the_schema(edge: GraphQLSchema, counterpart: str) -> None:
    type_name, _, field = counterpart.partition(".")
    found = edge.get_type(type_name)
    assert isinstance(found, GraphQLObjectType)
    assert field in found.fields


def test_every_query_and_mutation_but_those_of_graphql_itself_is_a_counterpart(edge: GraphQLSchema) -> None:
    roots = [kind for kind in (edge.query_type, edge.mutation_type) if kind]
    fields = {f"{kind.name}.{field}" for kind in roots for field in kind.fields}
    assert fields - set(COUNTERPARTS.values()) == {
        "Query.node",
        "Query.viewer",
        "Query.executionsGroupedBy",
        "Query.auditEntries",
        "Query.apiKeys",
        "Query.approvalLinks",
        "Query.secrets",
        "Query.approvals",
        "Mutation.sendSignal",
        "Mutation.decideApproval",
        "Mutation.createApprovalLink",
        "Mutation.revokeApprovalLink",
        "Mutation.redeliverCallback",
        "Mutation.createApiKey",
        "Mutation.rotateApiKey",
        "Mutation.revokeApiKey",
        "Mutation.setSecret",
        "Mutation.deleteSecret",
    }


# --- the same data -------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_workflow_is_the_same_on_both_edges(client: httpx.AsyncClient) -> None:
    created = (await client.post("/workflows", json=WHOLE)).json()
    await run(client, created["workflow_id"])
    query = f"query ($id: ID!) {{ workflow(id: $id) {{ {WORKFLOW} }} }}"
    documented = await rest(client, f"/workflows/{created['workflow_id']}")
    assert documented["execution_count"] == 1
    assert await told(client, query, id=created["workflow_id"]) == documented


@pytest.mark.asyncio
async def test_a_workflow_that_graphql_creates_is_as_rest_creates_it(client: httpx.AsyncClient) -> None:
    created = (await client.post("/workflows", json=WHOLE)).json()
    payload = await told(client, CREATE, input=as_graphql({**WHOLE, "name": "Whole as well"}))
    assert payload["user_errors"] == []
    made = await rest(client, f"/workflows/{payload['workflow']['workflow_id']}")
    assert payload["workflow"] == made
    own = ("workflow_id", "name", "created_at", "updated_at")
    assert {**made, **{key: created[key] for key in own}} == created


@pytest.mark.asyncio
async def test_the_items_of_a_list_are_the_same_on_both_edges(client: httpx.AsyncClient) -> None:
    await create(client, "one", tags=["a", "b"], description="100% first")
    await create(client, "two", tags=["b"], status="draft")
    await create(client, "three", description="Third")
    query = f"query ($filter: WorkflowFilterInput) {{ workflows(filter: $filter) {{ totalCount nodes {{ {ITEM} }} }} }}"
    for filter_, spelled in (
        ({}, {}),
        ({"status": "DRAFT"}, {"status": "draft"}),
        ({"tags": ["a", "b"]}, {"tags": "a,b"}),
        ({"tags": ["a", "b"], "tagsMode": "ANY"}, {"tags": "a,b", "tags_mode": "any"}),
        ({"createdBy": "grace"}, {"created_by": "grace"}),
        ({"search": "100%"}, {"search": "100%"}),
    ):
        listed = await rest(client, "/workflows", **spelled)
        found = await told(client, query, filter=filter_)
        assert (filter_, found["nodes"]) == (filter_, listed["workflows"])
        assert found["total_count"] == listed["pagination"]["total_items"]


@pytest.mark.asyncio
async def test_an_execution_is_the_same_on_both_edges(client: httpx.AsyncClient, scripted: PartnerService) -> None:
    scripted.answers |= {"/good": answer({"score": 1}), "/bad": answer({"reason": "no"}, 400)}
    steps = [call("good", "/good"), call("bad", "/bad"), notify("never", "{{bad.response}}")]
    failing = await create(client, "failing", *steps)
    completing = await create(
        client, "completing", call("good", "/good"), notify("note", "score {{good.response.score}}")
    )
    query = f"query ($id: ID!) {{ execution(id: $id) {{ {EXECUTION} }} }}"
    for workflow, status in ((failing, "failed"), (completing, "completed")):
        documented = await ended(client, await start(client, workflow["workflow_id"]))
        assert documented["status"] == status
        found = without_nulls(flat(await told(client, query, id=documented["execution_id"])))
        assert documented.pop("current_step") == found["progress"]["current_action"]
        assert found == documented


@pytest.mark.asyncio
async def test_the_executions_of_a_workflow_are_the_same_on_both_edges(client: httpx.AsyncClient) -> None:
    workflow_id = (await create(client, "twice", notify("note")))["workflow_id"]
    await run(client, workflow_id)
    await run(client, workflow_id)
    query = f"query ($filter: ExecutionFilterInput) {{ executions(filter: $filter) {{ nodes {{ {RUN_ITEM} }} }} }}"
    for status, filter_ in ((None, {}), ("completed", {"status": "COMPLETED"}), ("failed", {"status": "FAILED"})):
        found = await told(client, query, filter={"workflowId": workflow_id, **filter_})
        listed = await rest(client, f"/workflows/{workflow_id}/executions", **({"status": status} if status else {}))
        assert [without_nulls(flat(execution)) for execution in found["nodes"]] == listed["executions"]


@pytest.mark.asyncio
async def test_statistics_activity_and_search_are_the_same_on_both_edges(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "Report of sales", notify("note"), tags=["report", "sales"])
    await create(client, "Sales report", description="draft of a report", status="draft", tags=["report"])
    await run(client, workflow["workflow_id"])
    await client.put(f"/workflows/{workflow['workflow_id']}", json={"description": "changed"})
    statistics = """{ statistics {
      totalWorkflows activeWorkflows totalExecutions successfulExecutions failedExecutions averageExecutionTime
      popularTags { tag count }
    } }"""
    assert await told(client, statistics) == await rest(client, "/workflows/statistics")
    activities = "{ activities { nodes { id type timestamp userId details } } }"
    documented = await rest(client, "/workflows/activity")
    assert len(documented["activities"]) == 5
    assert (await told(client, activities))["nodes"] == documented["activities"]
    search = f"query ($q: String!) {{ searchWorkflows(query: $q) {{ totalCount nodes {{ {ITEM} }} }} }}"
    for q in ("report", "sales rep", "draft", "nothing"):
        matches = await rest(client, "/workflows/search", q=q)
        found = await told(client, search, q=q)
        assert (q, found) == (q, {"total_count": matches["total"], "nodes": matches["workflows"]})


@pytest.mark.asyncio
async def test_templates_are_the_same_on_both_edges(client: httpx.AsyncClient) -> None:
    query = f"{{ workflowTemplates {{ templateName title description tags {PARAMETERS} {ACTIONS} }} }}"
    documented = (await rest(client, "/workflows/templates"))["templates"]
    assert len(documented) >= 4
    assert as_documented(await told(client, query), documented) == documented


@pytest.mark.asyncio
async def test_health_and_the_figures_of_executions_are_the_same_on_both_edges(
    client: httpx.AsyncClient, scripted: PartnerService
) -> None:
    workflow = await create(client, "done", notify("note"))
    await run(client, workflow["workflow_id"])
    query = """{ health {
      status version
      services { database redis wakeUps externalServices { name status } }
      metrics { activeExecutions queuedExecutions }
    } }"""
    health = await told(client, query)
    external = {entry["name"]: entry["status"] for entry in health["services"]["external_services"]}
    documented = await rest(client, "/workflows/health")
    assert (health["status"], health["version"]) == (documented["status"], documented["version"])
    services = health["services"] | {"external_services": external}
    if services["wake_ups"] == "not_configured":
        del services["wake_ups"]  # one process wakes itself, and the documented answer does not speak of it
    assert services == documented["services"]
    assert health["metrics"] == as_documented(documented["metrics"], health["metrics"])
    metrics = """{ systemMetrics {
      system { cpuUsagePercent memoryUsageMb diskUsagePercent }
      application { activeConnections requestsPerSecond averageResponseTimeMs }
      workflows { activeExecutions queuedExecutions completedToday failedToday }
    } }"""
    figures, by_rest = await told(client, metrics), await rest(client, "/metrics")
    assert figures["workflows"] == by_rest["workflows"]
    assert {part: set(values) for part, values in figures.items()} == {part: set(by_rest[part]) for part in figures}


@pytest.mark.asyncio
async def test_test_data_is_the_same_on_both_edges(client: httpx.AsyncClient) -> None:
    mock = {"service_name": "s", "endpoint": "/e", "response": {"ok": True}, "method": "GET", "times": 2}
    by_rest = (await client.post("/test/mock-service", json=mock)).json()
    assert (await told(client, MOCK_SERVICE, input=as_graphql(mock)))["mock"] == by_rest
    setting = {"scenario": "document_analysis", "user_id": "ada", "cleanup_existing": True}
    first = (await client.post("/test/setup", json=setting)).json()
    second = await told(client, SET_UP, input=as_graphql(setting))
    assert [workflow["name"] for workflow in second["created"]] == [workflow["name"] for workflow in first["created"]]
    assert second["removed_ids"] == [workflow["workflow_id"] for workflow in first["created"]]
    assert second["mocks"] == first["mocks"]
    cleaned = (await client.post("/test/cleanup", json={"user_id": "ada"})).json()
    assert [workflow["workflow_id"] for workflow in cleaned["removed"]] == [
        workflow["workflow_id"] for workflow in second["created"]
    ]
    again = await told(client, CLEAN_UP, input={"userId": "ada"})
    assert (again["created"], again["removed_ids"], again["mocks"]) == ([], [], [])


# --- the same faults -----------------------------------------------------------------------------

Request = tuple[str, str, Any]
"""A method, a path and a body."""

Refusal = tuple[str, list[tuple[list[str], str]]]
"""The code word, and the messages with where in the input they belong: nowhere for a fault of the whole."""


def rest_refusal(refused: httpx.Response) -> Refusal:
    """A failure as the REST edge tells it."""
    assert refused.status_code >= 400, refused.text
    body = refused.json()
    detail = body["detail"]
    if isinstance(detail, str):
        return body["error_code"], [([], detail)]
    return body["error_code"], [([str(part) for part in fault["loc"][1:]], fault["msg"]) for fault in detail]


def graphql_refusal(answered: httpx.Response) -> Refusal:
    """A failure as the GraphQL edge tells it: user errors, or the top-level errors."""
    body = answered.json()
    faults: list[tuple[list[str], str]]
    if "errors" in body:
        codes = {error["extensions"]["code"] for error in body["errors"]}
        faults = [([], error["message"]) for error in body["errors"]]
    else:
        (payload,) = body["data"].values()
        codes = {error["code"] for error in payload["userErrors"]}
        faults = [([_snake(part) for part in error["path"][1:]], error["message"]) for error in payload["userErrors"]]
    assert len(codes) == 1, body
    return codes.pop(), faults


async def assert_same_refusal(
    client: httpx.AsyncClient,
    request: Request,
    operation: tuple[str, Json],
    code: str,
    headers: dict[str, str] | None = None,
) -> Sequence[tuple[list[str], str]]:
    """Check that both edges refuse for the same reason with `code`, and return the faults."""
    method, path, body = request
    refused = await client.request(method, path, json=body, headers=headers)
    query, fields = operation
    answered = await client.post("/graphql", json={"query": query, "variables": {"input": fields}}, headers=headers)
    assert graphql_refusal(answered) == rest_refusal(refused)
    assert rest_refusal(refused)[0] == code
    return rest_refusal(refused)[1]


@pytest.mark.asyncio
async def test_the_same_fault_has_the_same_code_and_message_on_both_edges(client: httpx.AsyncClient) -> None:
    await create(client, "taken")
    draft = (await create(client, "draft", status="draft"))["workflow_id"]
    done = (await run(client, (await create(client, "done", notify("note")))["workflow_id"]))["execution_id"]
    setting = {"scenario": "nothing"}
    template = {"template_name": "nothing"}
    unknown = {"id": "wf_0", "name": "x"}
    for request, operation, code in (
        (("PUT", "/workflows/wf_0", {"name": "x"}), (UPDATE, unknown), "WORKFLOW_NOT_FOUND"),
        (("DELETE", "/workflows/wf_0", None), (DELETE, {"id": "wf_0"}), "WORKFLOW_NOT_FOUND"),
        (("POST", "/workflows/wf_0/execute", {}), (EXECUTE, {"workflowId": "wf_0"}), "WORKFLOW_NOT_FOUND"),
        (("POST", "/workflows", {"name": "taken"}), (CREATE, {"name": "taken"}), "NAME_TAKEN"),
        (("PUT", f"/workflows/{draft}", {"name": "taken"}), (UPDATE, {"id": draft, "name": "taken"}), "NAME_TAKEN"),
        (("POST", f"/workflows/{draft}/execute", {}), (EXECUTE, {"workflowId": draft}), "WORKFLOW_NOT_ACTIVE"),
        (("POST", f"/workflows/executions/{done}/cancel", None), (CANCEL, {"id": done}), "EXECUTION_FINISHED"),
        (("POST", "/workflows/executions/exec_0/cancel", None), (CANCEL, {"id": "exec_0"}), "EXECUTION_NOT_FOUND"),
        (("POST", "/workflows/from-template", template), (FROM_TEMPLATE, as_graphql(template)), "TEMPLATE_NOT_FOUND"),
        (("POST", "/test/setup", setting), (SET_UP, setting), "SCENARIO_NOT_FOUND"),
    ):
        ((path, message),) = await assert_same_refusal(client, request, operation, code)
        assert path == []
        assert message


@pytest.mark.asyncio
async def test_the_same_fault_of_the_input_has_the_same_message_at_the_same_place_on_both_edges(
    client: httpx.AsyncClient,
) -> None:
    cyclic = [notify("a", depends_on=["b"]), notify("b", depends_on=["a"])]
    unnamed = {"name": "x", "actions": [notify("a", depends_on=["ghost"])]}
    for body, places in (
        ({"name": ""}, [["name"]]),
        ({"name": "x" * 201, "timeout_seconds": 0}, [["name"], ["timeout_seconds"]]),
        ({"name": "x\x00"}, [["name"]]),
        ({"name": "x", "tags": ["ok", "t" * 65]}, [["tags", "1"]]),
        ({"name": "x", "actions": cyclic}, [["actions"]]),
        (unnamed, [["actions", "0", "depends_on", "0"]]),
        ({"name": "x", "actions": [{"action_id": "a", "action_type": "magic"}]}, [["actions", "0", "action_type"]]),
        ({"name": "x", "actions": [notify("a"), notify("a")]}, [["actions", "1", "action_id"]]),
        ({"name": "x", "parameters": [{"name": "a b", "type": "string"}]}, [["parameters", "0", "name"]]),
    ):
        request: Request = ("POST", "/workflows", body)
        faults = await assert_same_refusal(client, request, (CREATE, as_graphql(body)), "VALIDATION_ERROR")
        assert [path for path, _ in faults] == places
    needs = [{"name": "n", "type": "integer", "required": True}]
    workflow_id = (await create(client, "needs", parameters=needs))["workflow_id"]
    for parameters in ({}, {"n": True}, {"n": "1"}):
        request = ("POST", f"/workflows/{workflow_id}/execute", {"parameters": parameters})
        operation = (EXECUTE, {"workflowId": workflow_id, "parameters": parameters})
        faults = await assert_same_refusal(client, request, operation, "VALIDATION_ERROR")
        assert [path for path, _ in faults] == [["parameters", "n"]]
    request = ("POST", f"/workflows/{workflow_id}/execute", {"parameters": {"n": 1}, "callback_url": "ftp://x/"})
    operation = (EXECUTE, {"workflowId": workflow_id, "parameters": {"n": 1}, "callbackUrl": "ftp://x/"})
    faults = await assert_same_refusal(client, request, operation, "VALIDATION_ERROR")
    assert [path for path, _ in faults] == [["callback_url"]]


@pytest.mark.asyncio
async def test_a_reused_idempotency_key_is_refused_alike_on_both_edges(client: httpx.AsyncClient) -> None:
    workflow_id = (await create(client, "once", parameters=[{"name": "n", "type": "integer"}]))["workflow_id"]
    path, key = f"/workflows/{workflow_id}/execute", {"Idempotency-Key": "k1"}
    assert (await client.post(path, json={"parameters": {"n": 1}}, headers=key)).status_code == 202
    other = {"n": 2}
    fields = {"workflowId": workflow_id, "parameters": other, "idempotencyKey": "k1"}
    refused = rest_refusal(await client.post(path, json={"parameters": other}, headers=key))
    answered = graphql_refusal(await client.post("/graphql", json={"query": EXECUTE, "variables": {"input": fields}}))
    assert (refused[0], answered[0]) == ("IDEMPOTENCY_KEY_REUSED", "IDEMPOTENCY_KEY_REUSED")
    assert [message for _, message in answered[1]] == [message for _, message in refused[1]]


@pytest.mark.asyncio
async def test_an_execution_that_one_edge_started_is_repeated_by_the_key_of_the_other(
    client: httpx.AsyncClient,
) -> None:
    workflow_id = (await create(client, "once", parameters=[{"name": "n", "type": "integer"}]))["workflow_id"]
    body, key = {"parameters": {"n": 1}}, {"Idempotency-Key": "shared"}
    first = (await client.post(f"/workflows/{workflow_id}/execute", json=body, headers=key)).json()
    query = """mutation ($input: ExecuteWorkflowInput!) {
      executeWorkflow(input: $input) { isReplay execution { id } userErrors { code } }
    }"""
    fields = {"workflowId": workflow_id, "parameters": {"n": 1}, "idempotencyKey": "shared"}
    again = await told(client, query, input=fields)
    assert again == {"is_replay": True, "execution": {"id": first["execution_id"]}, "user_errors": []}


@pytest.mark.asyncio
async def test_whoever_may_not_is_refused_alike_on_both_edges(client: httpx.AsyncClient) -> None:
    workflow_id = (await create(client, "mine", notify("note")))["workflow_id"]
    execution_id = (await run(client, workflow_id))["execution_id"]
    execution = f"/workflows/executions/{execution_id}/cancel"
    grace, viewer = {"X-User-ID": "grace"}, token("vic", "default", "viewer")
    for headers, request, operation in (
        (grace, ("PUT", f"/workflows/{workflow_id}", {"name": "x"}), (UPDATE, {"id": workflow_id, "name": "x"})),
        (grace, ("DELETE", f"/workflows/{workflow_id}", None), (DELETE, {"id": workflow_id})),
        (grace, ("POST", execution, None), (CANCEL, {"id": execution_id})),
        (viewer, ("POST", "/workflows", {"name": "x"}), (CREATE, {"name": "x"})),
        (viewer, ("POST", f"/workflows/{workflow_id}/execute", {}), (EXECUTE, {"workflowId": workflow_id})),
    ):
        await assert_same_refusal(client, request, operation, "PERMISSION_DENIED", headers=headers)
        method, path, body = request
        assert (await client.request(method, path, json=body, headers=headers)).status_code == 403


@pytest.mark.asyncio
async def test_whoever_sends_no_credential_or_a_bad_one_is_refused_alike_on_both_edges(server: str) -> None:
    async with httpx.AsyncClient(base_url=server) as anonymous:
        request, operation = ("POST", "/workflows", {"name": "x"}), (CREATE, {"name": "x"})
        await assert_same_refusal(anonymous, request, operation, "UNAUTHENTICATED")
        assert (await anonymous.get("/workflows")).status_code == 401
        for headers in ({"X-API-Key": "wrong"}, {"Authorization": "Bearer wrong"}, token("eve", exp=1)):
            await assert_same_refusal(anonymous, request, operation, "UNAUTHENTICATED", headers=headers)
