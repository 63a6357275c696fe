"""Both edges are one service: each REST operation has its GraphQL field, with the same data, faults and rights."""

from typing import Any

import httpx
import pytest
from graphql import GraphQLObjectType, GraphQLSchema, build_schema

from rest_compat.openapi_operations import OPERATIONS
from schema.schema import build_schema as build_edge
from tests.support.calls import Json, answer, call, create, ended, notify, run, start
from tests.support.edges.both_edges import (
    ACTIONS,
    CREATE,
    ERRORS,
    ITEM,
    MOCK,
    PARAMETERS,
    RETRY,
    SET_UP,
    WORKFLOW,
    as_graphql,
    told,
)
from tests.support.scripted_service import PartnerService

QUERIES = {
    "listWorkflows": "workflows",
    "readWorkflow": "workflow",
    "listTemplates": "workflowTemplates",
    "searchWorkflows": "searchWorkflows",
    "listExecutions": "executions",
    "readExecution": "execution",
    "readStatistics": "statistics",
    "listActivity": "activities",
    "readHealth": "health",
    "isAlive": "health",
    "isReady": "health",
    "readMetrics": "systemMetrics",
}
MUTATIONS = {"createFromTemplate": "createWorkflowFromTemplate"}
"""Those with another name than the operation."""

COUNTERPARTS = {
    operation.id: f"Query.{QUERIES[operation.id]}"
    if operation.id in QUERIES
    else f"Mutation.{MUTATIONS.get(operation.id, operation.id)}"
    for operation in OPERATIONS
}
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
    "retention": {"completed": "7d", "failed": "forever"},
}


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


# --- the fields ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def edge() -> GraphQLSchema:
    """The schema of the test environment."""
    return build_schema(build_edge(test_environment=True).as_str())


def test_every_counterpart_that_has_a_name_of_its_own_is_one_of_an_operation() -> None:
    assert QUERIES.keys() | MUTATIONS.keys() <= COUNTERPARTS.keys()


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
        "Query.previewRerun",
        "Query.executionsGroupedBy",
        "Query.executionSeries",
        "Query.compareExecutions",
        "Query.validateWorkflow",
        "Query.nodes",
        "Mutation.resolveAction",
        "Mutation.terminateExecution",
        "Query.evaluateExpression",
        "Mutation.restoreWorkflowVersion",
        "Mutation.saveWorkflowText",
        "Query.auditEntries",
        "Query.retentionPreview",
        "Mutation.deleteExecution",
        "Query.apiKeys",
        "Query.approvalLinks",
        "Query.bulkOperation",
        "Query.bulkOperations",
        "Query.secrets",
        "Query.approvals",
        "Query.pendingApprovals",
        "Mutation.abortBulkOperation",
        "Mutation.createBulkOperation",
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
        "Query.savedViews",
        "Mutation.saveView",
        "Mutation.renameView",
        "Mutation.deleteView",
        "Query.services",
        "Mutation.registerService",
        "Mutation.updateService",
        "Mutation.tryService",
        "Mutation.unregisterService",
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
    actions = ACTIONS.removesuffix("}") + f"compensate {{ actionType config timeoutSeconds {RETRY} }} }}"
    query = f"{{ workflowTemplates {{ templateName title description tags {PARAMETERS} {actions} }} }}"
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
