"""What got a better name is called by it, by its former name too, and never by both."""

from contextlib import aclosing
from typing import Any

import httpx
import pytest

from tests.support.calls import Json, create, graphql, notify, run, sse, start

pytestmark = pytest.mark.asyncio

EXECUTE = (
    "mutation ($input: ExecuteWorkflowInput!) {"
    " executeWorkflow(input: $input) { userErrors { code message path } execution { id status } } }"
)
REDELIVER = (
    "mutation ($input: RedeliverCallbackInput!) {"
    " redeliverCallback(input: $input) { userErrors { code message path } } }"
)
ASKS = {"action_id": "ask", "action_type": "approval", "config": {"message": "Ship it?"}}


async def refused(client: httpx.AsyncClient, query: str, field: str, **given: str) -> Json:
    """The one reason why a mutation was refused."""
    [error] = (await graphql(client, query, input=given))[field]["userErrors"]
    assert isinstance(error, dict)
    return error


async def failure(client: httpx.AsyncClient, query: str, **variables: Any) -> Json:
    """The error of an operation."""
    answer = (await client.post("/graphql", json={"query": query, "variables": variables})).json()
    [error] = answer["errors"]
    assert isinstance(error, dict)
    return error


async def test_a_workflow_is_executed_by_its_id_under_either_name(client: httpx.AsyncClient) -> None:
    workflow = (await create(client, "w", notify("a")))["workflow_id"]
    for name in ("id", "workflowId"):
        made = await graphql(client, EXECUTE, input={name: workflow, "wait": True})
        assert made["executeWorkflow"]["execution"]["status"] == "COMPLETED"
    for given in ({}, {"id": workflow, "workflowId": workflow}):
        error = await refused(client, EXECUTE, "executeWorkflow", **given)
        assert (error["code"], error["path"]) == ("VALIDATION_ERROR", ["input", "id"])
        assert "`id`" in error["message"] and "`workflowId`" in error["message"]


async def test_a_callback_is_delivered_again_by_its_id_under_either_name(client: httpx.AsyncClient) -> None:
    for name in ("id", "deliveryId"):
        assert (await refused(client, REDELIVER, "redeliverCallback", **{name: "cb_0"}))["code"].endswith("NOT_FOUND")
    error = await refused(client, REDELIVER, "redeliverCallback", id="cb_0", deliveryId="cb_0")
    assert error["message"] == "give `id`, or `deliveryId` as it was called before, and not both"


async def test_a_search_has_its_size_as_lists_have_theirs(client: httpx.AsyncClient) -> None:
    for number in range(3):
        await create(client, f"wanted {number}", notify("a"))
    for argument in ("first", "limit"):
        query = f'{{ searchWorkflows(query: "wanted", {argument}: 2) {{ totalCount nodes {{ id }} }} }}'
        found = (await graphql(client, query))["searchWorkflows"]
        assert (found["totalCount"], len(found["nodes"])) == (3, 2)
        wrong = await failure(client, query.replace("2", "0"))
        assert wrong["extensions"]["faults"][0]["loc"] == [argument]
    both = await failure(client, '{ searchWorkflows(query: "wanted", first: 2, limit: 2) { totalCount } }')
    assert "`first`" in both["message"] and "`limit`" in both["message"]


async def test_activities_are_found_in_a_range_of_time(client: httpx.AsyncClient) -> None:
    for name in ("one", "two", "three"):
        await create(client, name, notify("a"))
    query = "query ($filter: ActivityFilterInput) { activities(filter: $filter) { totalCount nodes { timestamp } } }"
    newest, middle, oldest = (node["timestamp"] for node in (await graphql(client, query))["activities"]["nodes"])

    async def told(**filter_: Any) -> list[str]:
        found = (await graphql(client, query, filter=filter_))["activities"]
        assert found["totalCount"] == len(found["nodes"])
        return [node["timestamp"] for node in found["nodes"]]

    assert await told(at={"since": middle}) == [newest, middle]
    assert await told(at={"until": middle}) == [oldest]
    assert await told(since=middle) == [newest]
    assert await told(since=oldest, at={"until": newest}) == [middle]


async def test_executions_are_ordered_in_both_directions(client: httpx.AsyncClient) -> None:
    workflow = (await create(client, "w", notify("a")))["workflow_id"]
    ids = [(await run(client, workflow))["execution_id"] for _ in range(3)]
    query = """query ($order: ExecutionOrderInput, $after: String) {
      executions(orderBy: $order, first: 2, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } }
    }"""
    for order, wanted in (
        ({"direction": "ASC"}, ids),
        ({"field": "CREATED_AT", "direction": "DESC"}, ids[::-1]),
        (None, ids[::-1]),
    ):
        page = (await graphql(client, query, order=order))["executions"]
        assert page["pageInfo"]["hasNextPage"] is True
        rest = (await graphql(client, query, order=order, after=page["pageInfo"]["endCursor"]))["executions"]
        assert [node["id"] for node in page["nodes"] + rest["nodes"]] == wanted


async def test_a_group_is_named_as_enums_are(client: httpx.AsyncClient) -> None:
    workflow = (await create(client, "w", notify("a")))["workflow_id"]
    await run(client, workflow)
    for field, key, value in (("STATUS", "completed", "COMPLETED"), ("WORKFLOW", workflow, workflow)):
        query = f"{{ executionsGroupedBy(field: {field}) {{ groups {{ key value }} }} }}"
        assert (await graphql(client, query))["executionsGroupedBy"]["groups"] == [{"key": key, "value": value}]


async def test_actions_and_approvals_have_ids_by_which_they_are_found(client: httpx.AsyncClient) -> None:
    execution = await start(client, (await create(client, "w", notify("a"), ASKS))["workflow_id"])
    async with aclosing(sse(client, "subscription { approvals { id actionId } }")) as lists:
        async for event in lists:
            if event["data"]["approvals"]:
                [approval] = event["data"]["approvals"]
                break
    query = (
        "query ($id: ID!) { node(id: $id) { __typename id ... on Approval { message } ... on ActionRun { status } } }"
    )
    found = (await graphql(client, query, id=approval["id"]))["node"]
    assert found == {"__typename": "Approval", "id": approval["id"], "message": "Ship it?"}
    of = "query ($id: ID!) { execution(id: $id) { actions { id actionId } } }"
    actions = (await graphql(client, of, id=execution))["execution"]["actions"]
    assert len({action["id"] for action in actions} | {approval["id"]}) == 3
    for action, status in zip(actions, ("SUCCESS", "WAITING"), strict=True):
        found = (await graphql(client, query, id=action["id"]))["node"]
        assert found == {"__typename": "ActionRun", "id": action["id"], "status": status}
    for strange in ("action_", "action_exec_0:a", f"action_{execution}:b", "approval_", f"approval_{execution}:a"):
        assert (await graphql(client, query, id=strange))["node"] is None


@pytest.mark.parametrize("name", ["executionChanges", "executions", "activityChanges", "activity"])
async def test_a_live_list_is_watched_under_either_name(client: httpx.AsyncClient, name: str) -> None:
    async with aclosing(sse(client, f"subscription {{ {name} {{ cursor }} }}")) as changes:
        async for event in changes:
            assert event["data"][name]["cursor"]
            break
