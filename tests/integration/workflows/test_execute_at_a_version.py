"""An execution of an earlier version of its workflow: by both edges, with the present settings, and refused clearly."""

import httpx
import pytest

from tests.integration.graphql.test_parity_of_refusals import EXECUTE, assert_same_refusal
from tests.support.calls import Json, assert_envelope, create, graphql, notify

pytestmark = pytest.mark.asyncio

WORD = {"name": "word", "type": "string", "required": True}
EXECUTE_AT = """
mutation ($input: ExecuteWorkflowInput!) {
  executeWorkflow(input: $input) { execution { workflowVersion result } userErrors { code message path } }
}
"""


async def changed(client: httpx.AsyncClient, name: str = "Changed", **fields: object) -> str:
    """A workflow that says `one` in version 1.0, and since 1.1 the word that it is given."""
    workflow_id = str((await create(client, name, notify("say", "one"), **fields))["workflow_id"])
    changes = {"parameters": [WORD], "actions": [notify("say", "{{word}}")]}
    assert (await client.put(f"/workflows/{workflow_id}", json=changes)).json()["version"] == "1.1"
    return workflow_id


def said(execution: Json) -> str:
    return str(execution["result"]["say"]["response"]["message"])


async def test_the_version_that_is_asked_for_is_executed(client: httpx.AsyncClient) -> None:
    workflow_id = await changed(client)
    body = {"version": "1.0", "async_execution": False}
    old = (await client.post(f"/workflows/{workflow_id}/execute", json=body)).json()
    assert (old["workflow_version"], said(old)) == ("1.0", "one")
    read = (await client.get(f"/workflows/executions/{old['execution_id']}")).json()
    assert (read["workflow_version"], read["parameters"]) == ("1.0", {})
    present = body | {"version": "1.1", "parameters": {"word": "two"}}
    assert said((await client.post(f"/workflows/{workflow_id}/execute", json=present)).json()) == "two"
    asked = {"id": workflow_id, "version": "1.0", "wait": True}
    payload = (await graphql(client, EXECUTE_AT, input=asked))["executeWorkflow"]
    assert (payload["userErrors"], payload["execution"]["workflowVersion"]) == ([], "1.0")
    assert said(payload["execution"]) == "one"


async def test_its_parameters_are_those_of_the_version_and_its_settings_the_present_ones(
    client: httpx.AsyncClient,
) -> None:
    workflow_id = await changed(client, timeout_seconds=10)
    url = f"/workflows/{workflow_id}"
    missing = await client.post(f"{url}/execute", json={"version": "1.1"})
    assert_envelope(missing, 422, "VALIDATION_ERROR")
    unknown = await client.post(f"{url}/execute", json={"version": "1.0", "parameters": {"word": "x"}})
    assert unknown.json()["warnings"] == ["Unknown parameter: word"]
    assert (await client.put(url, json={"concurrency": {"key": "{{word}}", "limit": 1}})).status_code == 200
    refused = await client.post(f"{url}/execute", json={"version": "1.0"})
    [fault] = assert_envelope(refused, 422, "VALIDATION_ERROR")
    assert "the concurrency key of the workflow has no value" in fault["msg"]


@pytest.mark.parametrize("version", ["1.2", "1.01", "2.0", "latest", "1.999999999", "1.٣"])
async def test_a_version_that_there_is_not_is_refused_with_those_that_there_are(
    client: httpx.AsyncClient, version: str
) -> None:
    workflow_id = await changed(client)
    request = ("POST", f"/workflows/{workflow_id}/execute", {"version": version})
    fields = {"id": workflow_id, "version": version}
    [(path, message)] = await assert_same_refusal(client, request, (EXECUTE, fields), "VERSION_NOT_FOUND")
    assert (path, message) == ([], f"Workflow {workflow_id} has no version {version}: it has 1.0 to 1.1")
    assert (await client.get(f"/workflows/{workflow_id}/executions")).json()["executions"] == []


async def test_what_is_no_word_of_a_version_is_told_at_its_place(client: httpx.AsyncClient) -> None:
    workflow_id = (await create(client, "New"))["workflow_id"]
    url = f"/workflows/{workflow_id}/execute"
    for version in (1.0, "", "1." + "0" * 40):
        [fault] = assert_envelope(await client.post(url, json={"version": version}), 422, "VALIDATION_ERROR")
        assert fault["loc"] == ["body", "version"]
    only = await client.post(url, json={"version": "1.1"})
    assert assert_envelope(only, 404, "VERSION_NOT_FOUND").endswith("has no version 1.1: it has 1.0")


async def test_an_inactive_workflow_stays_refused_at_each_of_its_versions(client: httpx.AsyncClient) -> None:
    workflow_id = await changed(client)
    await client.put(f"/workflows/{workflow_id}", json={"status": "inactive"})
    refused = await client.post(f"/workflows/{workflow_id}/execute", json={"version": "1.0"})
    assert_envelope(refused, 409, "WORKFLOW_NOT_ACTIVE")


async def test_the_version_is_part_of_what_a_key_was_used_for(client: httpx.AsyncClient) -> None:
    workflow_id = await changed(client)
    url, headers = f"/workflows/{workflow_id}/execute", {"Idempotency-Key": "once"}
    first = (await client.post(url, json={"version": "1.0"}, headers=headers)).json()
    again = await client.post(url, json={"version": "1.0"}, headers=headers)
    assert (again.headers["idempotent-replayed"], again.json()["execution_id"]) == ("true", first["execution_id"])
    for body in ({}, {"version": "1.1", "parameters": {"word": "x"}}):
        other = await client.post(url, json=body, headers=headers)
        assert_envelope(other, 422, "IDEMPOTENCY_KEY_REUSED")
