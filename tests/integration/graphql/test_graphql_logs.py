"""The whole log of an execution, paged through by a GraphQL connection (decision E9)."""

from typing import Any

import httpx
import pytest

from tests.support.calls import graphql, token

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


FOUND = """
query ($id: ID!, $filter: LogFilterInput, $order: Direction, $first: Int, $after: String, $last: Int, $before: String) {
  execution(id: $id) {
    logLines(filter: $filter, order: $order, first: $first, after: $after, last: $last, before: $before) {
      totalCount
      edges { cursor node { level message actionId } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}
"""


async def found(client: httpx.AsyncClient, execution_id: str, **variables: Any) -> dict[str, Any]:
    data = await graphql(client, FOUND, id=execution_id, **variables)
    lines: dict[str, Any] = data["execution"]["logLines"]
    return lines


def messages(lines: dict[str, Any]) -> list[str]:
    return [edge["node"]["message"] for edge in lines["edges"]]


async def test_lines_are_found_by_level_action_and_text(client: httpx.AsyncClient) -> None:
    execution_id = await executed(client)
    for filter_, expected in (
        ({"level": ["WARNING"]}, ["Unknown parameter: surplus"]),
        ({"level": ["ERROR"]}, []),
        ({"actionId": ["two"]}, ["Started action: two", "Completed action: two"]),
        ({"actionId": ["two", "three"], "text": "COMPLETED"}, ["Completed action: two", "Completed action: three"]),
        ({"text": "%"}, []),
        ({"level": None, "actionId": [], "text": "starting"}, ["Starting workflow execution"]),
    ):
        lines = await found(client, execution_id, filter=filter_)
        assert sorted(messages(lines)) == sorted(expected), filter_
        assert lines["totalCount"] == len(expected)


async def test_the_newest_come_first_where_that_is_asked_for_and_cursors_hold_either_way(
    client: httpx.AsyncClient,
) -> None:
    execution_id = await executed(client)
    oldest_first = messages(await found(client, execution_id))
    assert messages(await found(client, execution_id, order="DESC")) == oldest_first[::-1]
    page = await found(client, execution_id, order="DESC", first=4)
    assert messages(page) == oldest_first[::-1][:4]
    assert page["pageInfo"]["hasNextPage"] and not page["pageInfo"]["hasPreviousPage"]
    cursor = page["pageInfo"]["endCursor"]
    assert messages(await found(client, execution_id, order="DESC", after=cursor)) == oldest_first[::-1][4:]
    assert messages(await found(client, execution_id, order="DESC", last=2, before=cursor)) == oldest_first[::-1][1:3]
    assert messages(await found(client, execution_id, after=cursor)) == oldest_first[-3:]
    completed = await found(client, execution_id, filter={"text": "completed action"}, order="DESC", after=cursor)
    assert messages(completed) == [line for line in oldest_first[::-1][4:] if line.startswith("Completed action")]


@pytest.mark.parametrize("filter_", [{"text": ""}, {"text": "x" * 201}, {"actionId": ["a"] * 101}])
async def test_a_filter_that_is_none_is_refused(client: httpx.AsyncClient, filter_: dict[str, Any]) -> None:
    execution_id = await executed(client)
    body = {"query": FOUND, "variables": {"id": execution_id, "filter": filter_}}
    answer = (await client.post("/graphql", json=body)).json()
    assert answer["errors"][0]["extensions"]["code"] == "VALIDATION_ERROR"


async def test_who_may_not_see_payloads_finds_no_text_of_them(client: httpx.AsyncClient) -> None:
    actions = [{"action_id": "a", "action_type": "notification", "config": {"message": "{{words | number}}"}}]
    words = {"name": "words", "type": "string", "required": True}
    created = await client.post("/workflows", json={"name": "Fails", "actions": actions, "parameters": [words]})
    path = f"/workflows/{created.json()['workflow_id']}/execute"
    ended = (await client.post(path, json={"async_execution": False, "parameters": {"words": "canary"}})).json()
    assert ended["status"] == "failed"
    failed = await found(client, ended["execution_id"], filter={"level": ["ERROR"]})
    assert failed["totalCount"] == 2
    text = messages(failed)[0].partition(": ")[2][-20:]
    assert (await found(client, ended["execution_id"], filter={"text": text}))["totalCount"] == 2
    client.headers.update(token("eve", "default", "viewer"))
    assert (await found(client, ended["execution_id"], filter={"text": text}))["totalCount"] == 0
    assert (await found(client, ended["execution_id"], filter={"text": "hidden"}))["totalCount"] == 2


async def test_entries_of_the_journal_are_found_alike(client: httpx.AsyncClient) -> None:
    execution_id = await executed(client)
    query = """
    query ($id: ID!, $filter: JournalFilterInput, $order: Direction, $after: String) {
      execution(id: $id) {
        journal(filter: $filter, order: $order, after: $after) { totalCount edges { cursor node { sequence type } } }
      }
    }
    """
    filter_ = {"type": ["ACTION_SUCCEEDED"], "actionId": ["one", "three"]}
    data = await graphql(client, query, id=execution_id, filter=filter_, order="DESC")
    edges = data["execution"]["journal"]["edges"]
    assert [edge["node"]["type"] for edge in edges] == ["ACTION_SUCCEEDED"] * 2
    assert int(edges[0]["cursor"]) == edges[0]["node"]["sequence"] > edges[1]["node"]["sequence"]
    rest = await graphql(client, query, id=execution_id, filter=filter_, order="DESC", after=edges[0]["cursor"])
    assert rest["execution"]["journal"]["edges"] == edges[1:]
    assert rest["execution"]["journal"]["totalCount"] == 2
