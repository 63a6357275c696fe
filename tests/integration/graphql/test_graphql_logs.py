"""The whole log of an execution, paged through by a GraphQL connection (decision E9)."""

from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.asyncio

PAGE = """
query ($id: ID!, $after: String) {
  execution(id: $id) {
    logs { message }
    logLines(first: 3, after: $after) { totalCount nodes { message } pageInfo { hasNextPage endCursor } }
  }
}
"""


async def page(client: httpx.AsyncClient, execution_id: str, after: str | None) -> dict[str, Any]:
    variables = {"id": execution_id, "after": after}
    answer = (await client.post("/graphql", json={"query": PAGE, "variables": variables})).json()
    assert "errors" not in answer, answer
    execution: dict[str, Any] = answer["data"]["execution"]
    return execution


async def executed(client: httpx.AsyncClient) -> str:
    actions = [
        {"action_id": name, "action_type": "notification", "name": name, "config": {"message": name}}
        for name in ("one", "two", "three")
    ]
    created = await client.post("/workflows", json={"name": "Log", "actions": actions})
    path = f"/workflows/{created.json()['workflow_id']}/execute"
    ended = await client.post(path, json={"async_execution": False, "parameters": {"surplus": 1}})
    execution_id: str = ended.json()["execution_id"]
    return execution_id


async def test_the_whole_log_is_paged_through_by_a_connection(client: httpx.AsyncClient) -> None:
    execution_id = await executed(client)
    messages: list[str] = []
    after = None
    while True:
        execution = await page(client, execution_id, after)
        lines = execution["logLines"]
        messages += [line["message"] for line in lines["nodes"]]
        if not lines["pageInfo"]["hasNextPage"]:
            break
        after = lines["pageInfo"]["endCursor"]
    assert messages == [line["message"] for line in execution["logs"]]
    assert len(messages) == lines["totalCount"] == 10
    assert "Unknown parameter: surplus" in messages


async def test_a_cursor_that_is_none_is_refused(client: httpx.AsyncClient) -> None:
    execution_id = await executed(client)
    body = {"query": PAGE, "variables": {"id": execution_id, "after": "x"}}
    answer = (await client.post("/graphql", json=body)).json()
    assert answer["errors"][0]["extensions"]["code"] == "VALIDATION_ERROR"
