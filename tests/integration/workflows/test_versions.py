"""The versions of a workflow in GraphQL: listed, read, and linked from the executions that ran them."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.support.calls import Json, create, graphql, notify, run, token
from tests.support.statements import statements

pytestmark = pytest.mark.asyncio

VERSIONS = """
query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  workflow(id: $id) {
    versions(first: $first, after: $after, last: $last, before: $before) {
      totalCount
      edges { cursor node { version isCurrent createdBy createdAt } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}
"""
AT_VERSION = """
query ($id: ID!, $version: String!) {
  workflow(id: $id) {
    version
    atVersion(version: $version) {
      version isCurrent outputs parameters { name } actions { actionId config } onFailure { actionId }
      onExit { actionId } dag { nodes { actionId } }
    }
  }
}
"""


async def of_versions(client: httpx.AsyncClient, count: int, name: str = "Many") -> str:
    """A workflow with so many versions, of which each says its own number."""
    workflow_id = str((await create(client, name, notify("say", "0")))["workflow_id"])
    for number in range(1, count):
        changed = await client.put(f"/workflows/{workflow_id}", json={"actions": [notify("say", str(number))]})
        assert changed.json()["version"] == f"1.{number}"
    return workflow_id


async def listed(client: httpx.AsyncClient, workflow_id: str, **place: object) -> Json:
    found = (await graphql(client, VERSIONS, id=workflow_id, **place))["workflow"]["versions"]
    return dict(found)


def words(connection: Json) -> list[str]:
    return [edge["node"]["version"] for edge in connection["edges"]]


async def test_versions_are_listed_newest_first_with_who_made_them(client: httpx.AsyncClient) -> None:
    workflow_id = await of_versions(client, 3)
    root = token("root", "default", "admin")
    changed = await client.put(f"/workflows/{workflow_id}", json={"actions": []}, headers=root)
    assert changed.json()["version"] == "1.3"
    found = await listed(client, workflow_id)
    assert (words(found), found["totalCount"]) == (["1.3", "1.2", "1.1", "1.0"], 4)
    nodes = [edge["node"] for edge in found["edges"]]
    assert [node["createdBy"] for node in nodes] == ["root", "ada", "ada", "ada"]
    assert [node["isCurrent"] for node in nodes] == [True, False, False, False]
    assert [node["createdAt"] for node in nodes] == sorted((node["createdAt"] for node in nodes), reverse=True)


async def pages(client: httpx.AsyncClient, workflow_id: str, *, backward: bool) -> AsyncIterator[list[str]]:
    """The pages of two, as a client walks from one to the next."""
    place: Json = {"last": 2} if backward else {"first": 2}
    while True:
        found = await listed(client, workflow_id, **place)
        yield words(found)
        info = found["pageInfo"]
        if not info["hasPreviousPage" if backward else "hasNextPage"]:
            return
        place |= {"before": info["startCursor"]} if backward else {"after": info["endCursor"]}


async def test_a_walk_over_the_pages_sees_each_version_once_whatever_is_added(client: httpx.AsyncClient) -> None:
    workflow_id = await of_versions(client, 5)
    assert [page async for page in pages(client, workflow_id, backward=False)] == [
        ["1.4", "1.3"],
        ["1.2", "1.1"],
        ["1.0"],
    ]
    assert [page async for page in pages(client, workflow_id, backward=True)] == [
        ["1.1", "1.0"],
        ["1.3", "1.2"],
        ["1.4"],
    ]
    first = await listed(client, workflow_id, first=2)
    await client.put(f"/workflows/{workflow_id}", json={"actions": []})
    cursor = first["pageInfo"]["endCursor"]
    assert words(await listed(client, workflow_id, first=2, after=cursor)) == ["1.2", "1.1"]
    newer = await listed(client, workflow_id, last=9, before=cursor)
    assert (words(newer), newer["pageInfo"]["hasPreviousPage"]) == (["1.5", "1.4"], False)
    between = {"after": first["pageInfo"]["startCursor"], "before": (await listed(client, workflow_id, last=1))}
    between["before"] = between["before"]["pageInfo"]["startCursor"]
    assert words(await listed(client, workflow_id, first=1, **between)) == ["1.3"]
    assert words(await listed(client, workflow_id, last=1, **between)) == ["1.1"]
    none = await listed(client, workflow_id, first=0)
    assert (words(none), none["pageInfo"]["hasNextPage"]) == ([], True)


async def test_a_cursor_of_another_list_is_refused(client: httpx.AsyncClient) -> None:
    workflow_id = await of_versions(client, 2)
    workflows = await graphql(client, "{ workflows { pageInfo { endCursor } } }")
    for cursor in (workflows["workflows"]["pageInfo"]["endCursor"], "cmV2aXNpb246eHx3Zg", "1.0"):
        body = {"query": VERSIONS, "variables": {"id": workflow_id, "after": cursor}}
        [error] = (await client.post("/graphql", json=body)).json()["errors"]
        assert error["extensions"]["code"] == "VALIDATION_ERROR"
        assert "is no cursor of this list" in error["message"]


async def test_a_version_is_read_as_it_was(client: httpx.AsyncClient) -> None:
    parameters = [{"name": "who", "type": "string"}]
    before = {"parameters": parameters, "on_exit": [notify("bye")], "outputs": {"said": "{{say.response.message}}"}}
    workflow_id = (await create(client, "Was", notify("say", "{{who}}"), **before))["workflow_id"]
    await client.put(f"/workflows/{workflow_id}", json={"parameters": [], "actions": [], "on_exit": [], "outputs": {}})
    workflow = (await graphql(client, AT_VERSION, id=workflow_id, version="1.0"))["workflow"]
    assert workflow == {
        "version": "1.1",
        "atVersion": {
            "version": "1.0",
            "isCurrent": False,
            "outputs": {"said": "{{say.response.message}}"},
            "parameters": [{"name": "who"}],
            "actions": [{"actionId": "say", "config": {"message": "{{who}}"}}],
            "onFailure": [],
            "onExit": [{"actionId": "bye"}],
            "dag": {"nodes": [{"actionId": "say"}, {"actionId": "bye"}]},
        },
    }
    for unknown in ("1.2", "latest", ""):
        missing = await graphql(client, AT_VERSION, id=workflow_id, version=unknown)
        assert missing["workflow"]["atVersion"] is None


async def test_an_execution_leads_to_the_version_that_it_ran_also_of_a_deleted_workflow(
    client: httpx.AsyncClient,
) -> None:
    workflow_id = await of_versions(client, 2)
    execution_id = (await run(client, workflow_id))["execution_id"]
    await client.put(f"/workflows/{workflow_id}", json={"actions": []})
    query = """query ($id: ID!) {
      execution(id: $id) { workflowVersion definition { version isCurrent createdBy actions { config } } }
    }"""
    linked = {"version": "1.1", "isCurrent": False, "createdBy": "ada", "actions": [{"config": {"message": "1"}}]}
    expected = {"workflowVersion": "1.1", "definition": linked}
    assert (await graphql(client, query, id=execution_id))["execution"] == expected
    assert (await client.delete(f"/workflows/{workflow_id}")).status_code == 204
    assert (await graphql(client, query, id=execution_id))["execution"] == expected


OF_WORKFLOWS = """{
  workflows { nodes {
    versions(first: 2) { nodes { version changesSince(version: "1.0") { name } } }
    atVersion(version: "1.0") { version }
  } }
}"""
OF_EXECUTIONS = "{ executions { nodes { definition { version actions { actionId } } } } }"


@pytest.mark.parametrize("query", [OF_WORKFLOWS, OF_EXECUTIONS])
async def test_the_versions_of_many_cost_as_many_statements_as_those_of_one(
    client: httpx.AsyncClient, query: str
) -> None:
    async def cost() -> int:
        with statements() as seen:
            await graphql(client, query)
        return sum("from workflow_version" in statement for statement in seen)

    await run(client, await of_versions(client, 3, "first"))
    one = await cost()
    for number in range(4):
        await run(client, await of_versions(client, number + 1, f"another {number}"))
    assert await cost() == one > 0


CHANGES = """
query ($id: ID!, $of: String!, $since: String) {
  workflow(id: $id) { atVersion(version: $of) { changesSince(version: $since) {
    part name kind isMoved position before after fields { kind path before after }
  } } }
}
"""


async def test_the_changes_since_another_version_are_told_by_the_ids_of_the_actions(client: httpx.AsyncClient) -> None:
    workflow_id = await of_versions(client, 3)
    more = {
        "parameters": [{"name": "who", "type": "string"}],
        "actions": [notify("say", "2"), notify("more", "{{who}}")],
    }
    assert (await client.put(f"/workflows/{workflow_id}", json=more)).json()["version"] == "1.3"

    async def changes(of: str, since: str | None = None) -> list[Json]:
        found = await graphql(client, CHANGES, id=workflow_id, of=of, since=since)
        return list(found["workflow"]["atVersion"]["changesSince"])

    [parameter, added] = await changes("1.3")
    whole = {"name": "who", "type": "string"}
    of_parameter = {"part": "PARAMETERS", "name": "who", "kind": "ADDED", "before": None, "after": whole, "fields": []}
    assert parameter == of_parameter | {"isMoved": False, "position": 0}
    assert (added["part"], added["name"], added["kind"], added["position"]) == ("ACTIONS", "more", "ADDED", 1)
    [changed] = await changes("1.2", "1.0")
    assert (changed["name"], changed["kind"], changed["before"]) == ("say", "CHANGED", notify("say", "0"))
    field = {"kind": "CHANGED", "path": ["config", "message"], "before": "0", "after": "2"}
    assert changed["fields"] == [field]
    [back] = await changes("1.0", "1.2")
    assert back["fields"] == [field | {"before": "2", "after": "0"}]
    assert await changes("1.1", "1.1") == []
    first = await graphql(client, CHANGES, id=workflow_id, of="1.0", since=None)
    assert first["workflow"]["atVersion"]["changesSince"] is None
    asked = {"query": CHANGES, "variables": {"id": workflow_id, "of": "1.0", "since": "1.9"}}
    [error] = (await client.post("/graphql", json=asked)).json()["errors"]
    assert error["extensions"]["code"] == "VERSION_NOT_FOUND"
    assert error["message"].endswith("has no version 1.9: it has 1.0 to 1.3")
