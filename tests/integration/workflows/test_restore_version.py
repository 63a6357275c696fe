"""An earlier version of a workflow is made its present one again: as a new version, judged by what holds now."""

import httpx
import pytest

from tests.support.calls import Json, create, graphql, notify, run, token

pytestmark = pytest.mark.asyncio

RESTORE = """
mutation ($input: RestoreWorkflowVersionInput!) {
  restoreWorkflowVersion(input: $input) {
    workflow { version updatedAt tags timeoutSeconds actions { config } atVersion(version: "1.0") { createdBy } }
    warnings
    userErrors { code message path }
  }
}
"""
AUDIT = '{ auditEntries(filter: { action: ["restore_workflow_version"] }) { nodes { actor target details } } }'
ROOT = token("root", "default", "admin")


async def restored(client: httpx.AsyncClient, workflow_id: str, version: str, **more: object) -> Json:
    asked = {"id": workflow_id, "version": version, **more}
    return dict((await graphql(client, RESTORE, input=asked))["restoreWorkflowVersion"])


async def changed(client: httpx.AsyncClient, *changes: Json, **fields: object) -> str:
    """A workflow that says `one`, with its changes."""
    workflow_id = str((await create(client, "Changed", notify("say", "one"), **fields))["workflow_id"])
    for change in changes:
        assert (await client.put(f"/workflows/{workflow_id}", json=change)).status_code == 200
    return workflow_id


async def test_an_earlier_version_is_restored_as_a_new_one(client: httpx.AsyncClient) -> None:
    two = {"actions": [notify("say", "two")], "outputs": {"said": "{{say.response.message}}"}}
    workflow_id = await changed(client, two, {"tags": ["new"], "timeout_seconds": 9})
    payload = await restored(client, workflow_id, "1.0", expectedVersion="1.1")
    assert (payload["userErrors"], payload["warnings"]) == ([], [])
    workflow = payload["workflow"]
    assert (workflow["version"], workflow["actions"]) == ("1.2", [{"config": {"message": "one"}}])
    assert (workflow["tags"], workflow["timeoutSeconds"]) == (["new"], 9)
    execution = await run(client, workflow_id)
    assert (execution["workflow_version"], execution["result"]["say"]["response"]["message"]) == ("1.2", "one")
    read = (await client.get(f"/workflows/{workflow_id}")).json()
    assert (read["version"], read["actions"], read.get("outputs")) == ("1.2", [notify("say", "one")], None)
    feed = (await client.get("/workflows/activity", params={"type": "workflow_updated"})).json()["activities"]
    assert len(feed) == 3
    entries = (await client.post("/graphql", json={"query": AUDIT}, headers=ROOT)).json()["data"]["auditEntries"]
    details = {"version": "1.2", "restored": "1.0"}
    assert entries["nodes"] == [{"actor": "ada", "target": workflow_id, "details": details}]


async def test_what_the_present_version_says_already_changes_nothing(client: httpx.AsyncClient) -> None:
    workflow_id = await changed(client, {"actions": [notify("say", "two")]}, {"actions": [notify("say", "one")]})
    before = (await client.get(f"/workflows/{workflow_id}")).json()
    for version in ("1.2", "1.0"):
        payload = await restored(client, workflow_id, version)
        assert (payload["userErrors"], payload["workflow"]["version"]) == ([], "1.2")
    assert (await client.get(f"/workflows/{workflow_id}")).json() == before
    feed = (await client.get("/workflows/activity", params={"type": "workflow_updated"})).json()["activities"]
    assert len(feed) == 2
    answered = (await client.post("/graphql", json={"query": AUDIT}, headers=ROOT)).json()
    assert answered["data"]["auditEntries"]["nodes"] == []


async def test_what_is_not_valid_today_is_refused_with_its_faults(client: httpx.AsyncClient) -> None:
    who = [{"name": "who", "type": "string", "required": True}]
    workflow_id = await changed(client, {"parameters": who}, {"concurrency": {"key": "{{who}}", "limit": 1}})
    payload = await restored(client, workflow_id, "1.0")
    assert payload["workflow"] is None
    [error] = payload["userErrors"]
    assert (error["code"], error["path"]) == ("VALIDATION_ERROR", ["input", "version"])
    assert error["message"].startswith("concurrency.key: '{{who}}' names no parameter of this workflow")
    assert (await client.get(f"/workflows/{workflow_id}")).json()["version"] == "1.1"


async def test_what_may_not_be_restored_is_refused_with_a_reason(client: httpx.AsyncClient) -> None:
    workflow_id = await changed(client, {"actions": []})
    for asked, code, text in (
        ({"version": "1.2"}, "VERSION_NOT_FOUND", "has no version 1.2: it has 1.0 to 1.1"),
        ({"version": "1.0", "expectedVersion": "1.0"}, "VERSION_MISMATCH", "at version 1.1, not 1.0"),
    ):
        [error] = (await restored(client, workflow_id, **asked))["userErrors"]  # type: ignore[arg-type]  # each value is of the type of its name
        assert (error["code"], error["path"]) == (code, ["input"])
        assert text in error["message"]
    [missing] = (await restored(client, "wf_0", "1.0"))["userErrors"]
    assert missing["code"] == "WORKFLOW_NOT_FOUND"
    body = {"query": RESTORE, "variables": {"input": {"id": workflow_id, "version": "1.0"}}}
    [denied] = (await client.post("/graphql", json=body, headers={"X-User-ID": "grace"})).json()["errors"]
    assert denied["extensions"]["code"] == "PERMISSION_DENIED"
    can = "query ($id: ID!) { workflow(id: $id) { viewerCan { restore } } }"
    assert (await graphql(client, can, id=workflow_id))["workflow"]["viewerCan"] == {"restore": True}
    theirs = {"query": can, "variables": {"id": workflow_id}}
    answered = (await client.post("/graphql", json=theirs, headers={"X-User-ID": "grace"})).json()
    assert answered["data"]["workflow"]["viewerCan"] == {"restore": False}
