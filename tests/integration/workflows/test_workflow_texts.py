"""A workflow is saved as the text of a file and read back as one: the same, whatever it holds."""

from pathlib import Path

import httpx
import pytest

from tests.support.calls import Json, create, graphql, notify

pytestmark = pytest.mark.asyncio

FILES = sorted((Path(__file__).parents[3] / "examples" / "workflows").glob("*.yaml"))
EXAMPLES = {file.stem: file.read_text() for file in FILES}
SAVE = """
mutation ($input: SaveWorkflowTextInput!) {
  saveWorkflowText(input: $input) {
    workflow { id name version status tags timeoutSeconds source }
    userErrors { code message path }
  }
}
"""
SOURCE = "query ($id: ID!) { workflow(id: $id) { source } }"
SETTINGS = ("workflow_id", "version", "created_at", "updated_at")


async def saved(client: httpx.AsyncClient, text: str, **more: str) -> Json:
    return dict((await graphql(client, SAVE, input={"text": text, **more}))["saveWorkflowText"])


@pytest.mark.parametrize("name", EXAMPLES)
async def test_what_is_read_back_saves_the_same(client: httpx.AsyncClient, name: str) -> None:
    first = await saved(client, EXAMPLES[name])
    assert first["userErrors"] == []
    workflow_id = first["workflow"]["id"]
    before = (await client.get(f"/workflows/{workflow_id}")).json()
    again = await saved(client, first["workflow"]["source"], id=workflow_id)
    assert (again["userErrors"], again["workflow"]["version"]) == ([], "1.0")
    after = (await client.get(f"/workflows/{workflow_id}")).json()
    assert {key: after[key] for key in after if key not in SETTINGS} == {
        key: before[key] for key in before if key not in SETTINGS
    }


async def test_a_text_is_the_whole_workflow_but_for_its_status(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "Old", notify("say", "one"), tags=["old"], timeout_seconds=9, status="inactive")
    text = "name: New\nactions:\n- action_id: say\n  action_type: notification\n  config: {message: two}\n"
    payload = await saved(client, text, id=workflow["workflow_id"], expectedVersion="1.0")
    assert payload["userErrors"] == []
    found = payload["workflow"]
    assert (found["name"], found["version"], found["status"]) == ("New", "1.1", "INACTIVE")
    assert (found["tags"], found["timeoutSeconds"]) == ([], None)
    refused = await saved(client, text, id=workflow["workflow_id"], expectedVersion="1.0")
    assert [error["code"] for error in refused["userErrors"]] == ["VERSION_MISMATCH"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: A\nactions: [\n", "line 3, column 1: "),
        ("name: A\nactions:\n- action_id: a\n", "line 3, column 3: "),
        ("- 1\n", "line 1, column 1: the file must begin with name: and actions:"),
    ],
)
async def test_a_fault_says_its_line_and_nothing_is_saved(client: httpx.AsyncClient, text: str, message: str) -> None:
    payload = await saved(client, text)
    [error] = payload["userErrors"]
    assert (payload["workflow"], error["code"], error["path"]) == (None, "VALIDATION_ERROR", ["input", "text"])
    assert error["message"].startswith(message)
    assert (await client.get("/workflows")).json()["workflows"] == []


async def test_texts_of_several_lines_and_templates_are_read_as_they_were_written(client: httpx.AsyncClient) -> None:
    message = "Dear {{who}},\n\n  it is: yes # no comment\n- and {{'a: b'}}\n"
    workflow = await create(
        client, "Odd: [name]", notify("say", message), parameters=[{"name": "who", "type": "string"}]
    )
    source = (await graphql(client, SOURCE, id=workflow["workflow_id"]))["workflow"]["source"]
    again = await saved(client, source, id=workflow["workflow_id"])
    assert (again["userErrors"], again["workflow"]["version"]) == ([], "1.0")
