"""Nested reads: a constant number of statements, filters and orders, and faults that stay where they are."""

from typing import Any

import httpx
import pytest
from sqlalchemy import delete

from models.database.connect import connect
from models.words import Role
from resolvers.workflows.rows import VERSIONS
from tests.support.calls import Json, create, graphql, notify, run, token
from tests.support.statements import statements

pytestmark = pytest.mark.asyncio

DEEP = """
query ($first: Int!) {
  workflows(first: $first) { nodes {
    name executionCount
    statistics { executions completed successRate }
    executions(first: 2) { totalCount nodes {
      id workflow { name }
      actions { actionId status attempts { number } items { results(first: 1) { nodes { index } } } }
      journal(first: 1) { edges { node { sequence } } } logs { message } callbackDeliveries { id }
      dag { nodes { actionId status } } timeline { actionId spans { kind } }
    } }
  } }
}
"""


def reads(seen: list[str]) -> list[str]:
    return [statement for statement in seen if statement.startswith("select")]


async def test_a_page_of_workflows_with_their_executions_costs_as_many_statements_as_one_of_them(
    client: httpx.AsyncClient,
) -> None:
    for number in range(12):
        workflow = await create(client, f"w{number}", notify("first"), notify("second", "{{first.response.message}}"))
        for _ in range(3):
            await run(client, workflow["workflow_id"])
    counts = []
    for first in (1, 12):
        costs = []
        for _ in range(3):  # a node looks at its lease and its queue meanwhile, which adds and never takes away
            with statements() as seen:
                page = (await graphql(client, DEEP, first=first))["workflows"]["nodes"]
            assert len(page) == first
            costs.append(len(reads(seen)))
        counts.append(min(costs))
    assert counts[0] == counts[1]
    assert counts[0] < 15
    for workflow in page:
        assert (workflow["executionCount"], workflow["executions"]["totalCount"]) == (3, 3)
        assert workflow["statistics"] == {"executions": 3, "completed": 3, "successRate": 1.0}
        assert [execution["workflow"]["name"] for execution in workflow["executions"]["nodes"]] == [
            workflow["name"]
        ] * 2
        for execution in workflow["executions"]["nodes"]:
            assert [action["status"] for action in execution["actions"]] == ["SUCCESS", "SUCCESS"]
            assert [node["status"] for node in execution["dag"]["nodes"]] == ["SUCCESS", "SUCCESS"]


NESTED = """
query ($filter: ExecutionFilterInput, $first: Int, $after: String, $last: Int, $before: String) {
  workflows { nodes { name executions(
    filter: $filter, first: $first, after: $after, last: $last, before: $before
  ) { totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage } } } }
}
"""


async def test_nested_executions_are_paged_and_filtered_as_the_list_of_all(client: httpx.AsyncClient) -> None:
    good, bad = await create(client, "good", notify("a")), await create(client, "bad", notify("a", "{{ghost}}"))
    ids: dict[str, list[str]] = {"good": [], "bad": []}
    for _ in range(3):
        ids["good"].insert(0, (await run(client, good["workflow_id"]))["execution_id"])
        ids["bad"].insert(0, (await run(client, bad["workflow_id"]))["execution_id"])

    async def nested(**arguments: Any) -> dict[str, Json]:
        found = await graphql(client, NESTED, **arguments)
        return {node["name"]: node["executions"] for node in found["workflows"]["nodes"]}

    def told(found: dict[str, Json]) -> dict[str, list[str]]:
        return {name: [edge["node"]["id"] for edge in slice_["edges"]] for name, slice_ in found.items()}

    page = await nested(first=2)
    assert told(page) == {name: own[:2] for name, own in ids.items()}
    assert [slice_["pageInfo"]["hasNextPage"] for slice_ in page.values()] == [True, True]
    assert told(await nested(last=2)) == {name: own[1:] for name, own in ids.items()}
    cursor = page["good"]["edges"][1]["cursor"]
    assert told(await nested(after=cursor))["good"] == ids["good"][2:]
    assert told(await nested(last=5, before=cursor))["good"] == ids["good"][:1]
    failed = await nested(filter={"status": ["FAILED", "CANCELLED"], "errorCode": "EXPRESSION_ERROR"})
    assert told(failed) == {"good": [], "bad": ids["bad"]}
    assert {name: slice_["totalCount"] for name, slice_ in failed.items()} == {"good": 0, "bad": 3}


async def test_workflows_are_ordered_and_filtered_in_both_directions(client: httpx.AsyncClient) -> None:
    names = ["beta", "Alpha", "gamma", "alpha|1", "zeta:é"]
    made = {name: await create(client, name) for name in names}
    await client.put(f"/workflows/{made['beta']['workflow_id']}", json={"description": "changed"})
    query = """
    query ($order: WorkflowOrderInput, $filter: WorkflowFilterInput, $first: Int, $after: String) {
      workflows(orderBy: $order, filter: $filter, first: $first, after: $after) {
        nodes { name } pageInfo { endCursor hasNextPage }
      }
    }
    """

    async def paged(**arguments: Any) -> list[str]:
        found: list[str] = []
        after = None
        while True:
            page = (await graphql(client, query, first=2, after=after, **arguments))["workflows"]
            found += [node["name"] for node in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                return found

    assert await paged(order={"field": "NAME", "direction": "ASC"}) == sorted(names)
    assert await paged(order={"field": "NAME"}) == sorted(names, reverse=True)
    assert await paged(order={"field": "CREATED_AT", "direction": "ASC"}) == names
    assert (await paged(order={"field": "UPDATED_AT"}))[0] == "beta"
    since = made["gamma"]["created_at"]
    assert sorted(await paged(filter={"created": {"since": since}})) == sorted(names[2:])
    assert await paged(filter={"created": {"until": since}}, order={"direction": "ASC"}) == names[:2]
    by_name = (await graphql(client, query, order={"field": "NAME"}, first=1))["workflows"]["pageInfo"]["endCursor"]
    for order in ({"field": "CREATED_AT"}, {"field": "UPDATED_AT"}):
        refused = await client.post(
            "/graphql", json={"query": query, "variables": {"order": order, "after": by_name, "first": 1}}
        )
        assert [error["extensions"]["code"] for error in refused.json()["errors"]] == ["VALIDATION_ERROR"]


async def test_a_field_that_fails_leaves_the_page(client: httpx.AsyncClient, database_url: str) -> None:
    broken, whole = await create(client, "broken", notify("a")), await create(client, "whole", notify("a"))
    database = await connect(database_url)
    await database.transaction(
        lambda connection: connection.execute(delete(VERSIONS).where(VERSIONS.c.workflow_id == broken["workflow_id"]))
    )
    await database.close()
    query = "{ workflows { nodes { id actions { actionId } parameters { name } dag { mermaid } } } viewer { userId } }"
    answered = (await client.post("/graphql", json={"query": query})).json()
    assert answered["data"]["viewer"] == {"userId": "ada"}
    kept, lost = answered["data"]["workflows"]["nodes"]
    assert (kept["id"], kept["actions"]) == (whole["workflow_id"], [{"actionId": "a"}])
    assert lost == {"id": broken["workflow_id"], "actions": None, "parameters": None, "dag": None}
    assert {error["extensions"]["code"] for error in answered["errors"]} == {"INTERNAL_ERROR"}
    assert {tuple(error["path"][:3]) for error in answered["errors"]} == {("workflows", "nodes", 1)}


async def test_every_object_is_found_by_its_id_and_none_of_another_tenant(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "w", notify("a"))
    await client.post(
        f"/workflows/{workflow['workflow_id']}/execute",
        json={"callback_url": "https://example.invalid/hook", "async_execution": False},
    )
    found = await graphql(
        client,
        "{ activities { nodes { id } } executions { nodes { id callbackDeliveries { id event } } } }",
    )
    execution = found["executions"]["nodes"][0]
    (delivery,) = execution["callbackDeliveries"]
    assert delivery["event"] == "EXECUTION_COMPLETED"
    activity = found["activities"]["nodes"][0]
    query = "query ($id: ID!) { node(id: $id) { __typename id } }"
    for kind, id_ in (
        ("Workflow", workflow["workflow_id"]),
        ("Execution", execution["id"]),
        ("CallbackDelivery", delivery["id"]),
        ("Activity", activity["id"]),
    ):
        assert (await graphql(client, query, id=id_))["node"] == {"__typename": kind, "id": id_}
        stranger = await client.post(
            "/graphql", json={"query": query, "variables": {"id": id_}}, headers=token("sam", "elsewhere", "admin")
        )
        assert stranger.json()["data"] == {"node": None}
    for nothing in ("", "act_", "cb_\x00", "own_1", "x" * 1000):
        assert (await graphql(client, query, id=nothing))["node"] is None


async def test_hints_are_what_the_operations_enforce(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "w", notify("a"))
    draft = await create(client, "draft", notify("a"), status="draft")
    execution = await run(client, workflow["workflow_id"])
    query = """
    query ($id: ID!, $draft: ID!, $execution: ID!) {
      viewer { userId tenant role canCreateWorkflows canExecuteWorkflows }
      workflow(id: $id) { viewerCan { update delete restore execute } }
      draft: workflow(id: $draft) { viewerCan { execute } }
      execution(id: $execution) { viewerCan { cancel redeliver signal } }
    }
    """
    variables = {"id": workflow["workflow_id"], "draft": draft["workflow_id"], "execution": execution["execution_id"]}
    for role in Role:
        headers = token("grace", "default", role.value)
        answered = await client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        data = answered.json()["data"]
        viewer, can = data["viewer"], data["workflow"]["viewerCan"]
        assert (viewer["userId"], viewer["tenant"], viewer["role"]) == ("grace", "default", role.name)
        path = f"/workflows/{workflow['workflow_id']}"
        executed = await client.post(f"{path}/execute", json={}, headers=headers)
        assert viewer["canExecuteWorkflows"] is can["execute"] is (executed.status_code == 202)
        changed = await client.put(path, json={"description": role.value}, headers=headers)
        assert can["update"] is can["delete"] is can["restore"] is (changed.status_code == 200)
        made = await client.post("/workflows", json={"name": f"of {role}"}, headers=headers)
        assert viewer["canCreateWorkflows"] is (made.status_code == 201)
        assert data["draft"]["viewerCan"] == {"execute": False}
        assert data["execution"]["viewerCan"] == {"cancel": False, "redeliver": can["update"], "signal": False}
