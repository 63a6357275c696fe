"""A workflow is checked before it is saved: each finding at its place, with what mends it, and nothing is written."""

import json

import httpx
import pytest

from tests.support.calls import Json, graphql, notify

pytestmark = pytest.mark.asyncio

VALIDATE = """
query ($text: String, $definition: JSON) {
  validateWorkflow(text: $text, definition: $definition) {
    isValid
    diagnostics { severity code message path line column endLine endColumn fix }
    graph { nodes { actionId level } edges { source target } }
  }
}
"""
SOUND = """\
name: Greeting
parameters:
  - {name: who, type: string, required: true}
actions:
  - action_id: greet
    action_type: notification
    config: {message: "Hello, {{who}}!"}
  - action_id: again
    action_type: notification
    config: {message: "{{greet.response.message}}"}
"""


async def validated(client: httpx.AsyncClient, text: str | None = None, definition: Json | None = None) -> Json:
    found = (await graphql(client, VALIDATE, text=text, definition=definition))["validateWorkflow"]
    assert (await client.get("/workflows")).json()["workflows"] == []
    return dict(found)


async def test_a_sound_text_has_its_graph_and_no_finding(client: httpx.AsyncClient) -> None:
    assert await validated(client, SOUND) == {
        "isValid": True,
        "diagnostics": [],
        "graph": {
            "nodes": [{"actionId": "greet", "level": 0}, {"actionId": "again", "level": 1}],
            "edges": [{"source": "greet", "target": "again"}],
        },
    }


async def test_a_misspelt_key_is_found_at_its_place_and_mended_by_its_fix(client: httpx.AsyncClient) -> None:
    text = SOUND.replace("action_id: greet", "action_di: greet")
    found = await validated(client, text)
    assert (found["isValid"], found["graph"]) == (False, None)
    [misspelt] = [one for one in found["diagnostics"] if one["code"] == "value_error.extra"]
    assert misspelt["path"] == ["actions", "0", "action_di"]
    assert (misspelt["line"], misspelt["column"], misspelt["endLine"], misspelt["endColumn"]) == (5, 5, 5, 14)
    lines = text.split("\n")
    line = lines[misspelt["line"] - 1]
    lines[misspelt["line"] - 1] = line[: misspelt["column"] - 1] + misspelt["fix"] + line[misspelt["endColumn"] - 1 :]
    assert "\n".join(lines) == SOUND


async def test_a_dependency_that_is_nearly_an_action_is_mended_by_its_id(client: httpx.AsyncClient) -> None:
    found = await validated(client, SOUND + "    depends_on: [gret, nobody]\n")
    assert [(one["code"], one["column"], one["fix"]) for one in found["diagnostics"]] == [
        ("value_error.unknown_dependency", 18, "greet"),
        ("value_error.unknown_dependency", 24, None),
    ]


async def test_a_text_without_quotes_is_mended_by_them(client: httpx.AsyncClient) -> None:
    found = await validated(client, SOUND.replace("name: Greeting", "name: 2026"))
    assert [(one["severity"], one["line"], one["column"], one["fix"]) for one in found["diagnostics"]] == [
        ("ERROR", 1, 7, '"2026"')
    ]


async def test_what_is_no_yaml_is_one_finding_where_reading_ended(client: httpx.AsyncClient) -> None:
    found = await validated(client, "name: Greeting\nactions: [\n")
    assert [(one["code"], one["line"]) for one in found["diagnostics"]] == [("syntax", 3)]


async def test_what_only_a_server_knows_is_a_warning_and_leaves_it_valid(client: httpx.AsyncClient) -> None:
    call = """\
name: Call
actions:
  - action_id: ask
    action_type: service_call
    config: {service: nowhere, endpoint: /, headers: {Authorization: "Bearer {{secrets.nobody}}"}}
"""
    found = await validated(client, call)
    assert found["isValid"]
    assert {(one["severity"], one["code"], one["line"]) for one in found["diagnostics"]} == {
        ("WARNING", "unknown_service", 5),
        ("WARNING", "unknown_secret", 5),
    }


async def test_a_definition_has_findings_without_places(client: httpx.AsyncClient) -> None:
    found = await validated(client, definition={"name": "A", "actions": [notify("say", "{{nobody.response}}")]})
    assert found["isValid"]
    [warning] = found["diagnostics"]
    assert (warning["code"], warning["path"], warning["line"]) == (
        "unknown_reference",
        ["actions", "0", "config", "message"],
        None,
    )


@pytest.mark.parametrize("given", [{}, {"text": "name: A", "definition": {}}])
async def test_it_is_a_text_or_a_definition(client: httpx.AsyncClient, given: Json) -> None:
    answered = await client.post("/graphql", json={"query": VALIDATE, "variables": given})
    [error] = answered.json()["errors"]
    assert error["extensions"]["code"] == "VALIDATION_ERROR"
    assert "as a text, or as a definition" in error["message"]


@pytest.mark.parametrize(("character", "name"), [("\x00", "NUL"), ("\ud800", "lone surrogate")])
async def test_a_text_that_cannot_be_stored_is_found_at_its_place_in_a_definition(
    client: httpx.AsyncClient, character: str, name: str
) -> None:
    body = {"query": VALIDATE, "variables": {"definition": {"name": "w", "actions": [], "description": character}}}
    headers = {"Content-Type": "application/json"}
    answered = (await client.post("/graphql", content=json.dumps(body), headers=headers)).json()
    [found] = answered["data"]["validateWorkflow"]["diagnostics"]
    message = f"description: holds a {name} character, which cannot be stored"
    assert (found["code"], found["path"], found["message"]) == ("value_error.unicode", ["description"], message)
