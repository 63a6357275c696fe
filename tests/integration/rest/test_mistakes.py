"""The table of mistakes at a real server: each answer says what is wrong, where, and what to do, and none is a bug."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from schema.input_paths import input_path
from schema.types.inputs import CreateWorkflowInput
from tests.support.calls import create, graphql, notify
from tests.support.mistakes.requests import COMMANDS, CREATE, FILES, OPERATIONS, REQUESTS, SETTINGS
from tests.support.mistakes.workflows import BODIES, RIGHT, RIGHT_IN_GRAPHQL, SAVED

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

WORDS = ("type", "on_error", "run_if", "status")
"""The fields whose words GraphQL writes in capitals."""


def as_input(value: Any, key: str = "") -> Any:
    """The fields of a body as GraphQL spells them, its JSON as it is."""
    if isinstance(value, dict):
        return {
            _camel(name): child if name in ("config", "outputs") else as_input(child, name)
            for name, child in value.items()
        }
    if isinstance(value, list):
        return [as_input(item, key) for item in value]
    return value.upper() if key in WORDS and isinstance(value, str) else value


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)


def place_in_input(place: str) -> list[str]:
    parts = [int(part) if part.isdecimal() else part for part in place.split(".")]
    return ["input", *map(str, input_path(CreateWorkflowInput, parts))]


async def test_the_table_has_a_hundred_and_twenty_mistakes_at_least(client: httpx.AsyncClient) -> None:
    tables = (BODIES, SAVED, REQUESTS, OPERATIONS, FILES, COMMANDS, SETTINGS)
    assert sum(map(len, tables)) >= 120
    assert (await client.get("/healthz")).status_code == 200


async def test_a_faulty_body_is_told_by_rest_with_its_place(client: httpx.AsyncClient) -> None:
    wrong = []
    for mistake in BODIES:
        answered = await client.post("/workflows", json={"name": "x", **mistake.fields})
        told = {".".join(map(str, fault["loc"])): fault["msg"] for fault in _faults(answered)}
        if mistake.says not in told.get(f"body.{mistake.place}", ""):
            wrong.append((mistake, answered.status_code, told))
    assert not wrong, "\n".join(map(str, wrong))


async def test_a_faulty_input_is_told_by_graphql_with_its_place(client: httpx.AsyncClient) -> None:
    wrong = []
    for mistake in (mistake for mistake in BODIES if mistake.place not in RIGHT_IN_GRAPHQL):
        body = {"query": CREATE, "variables": {"input": as_input({"name": "x", **mistake.fields})}}
        answered = (await client.post("/graphql", json=body)).json()
        if "errors" in answered:  # what GraphQL itself refuses: it names the field and the type
            [error, *_] = answered["errors"]
            is_told = error["extensions"]["code"] == "VALIDATION_ERROR" and "$input" in error["message"]
        else:
            errors = answered["data"]["createWorkflow"]["userErrors"]
            told = {tuple(error["path"]): error["message"] for error in errors}
            is_told = mistake.says in told.get(tuple(place_in_input(mistake.place)), "")
        if not is_told:
            wrong.append((mistake, answered))
    assert not wrong, "\n".join(map(str, wrong))


async def test_all_faults_of_a_body_are_told_in_one_round(client: httpx.AsyncClient) -> None:
    sent = {
        "name": "",
        "timeout_seconds": 0,
        "actions": [
            {"action_id": "a", "action_type": "notification", "config": {"text": "x"}, "timeout_seconds": 0},
            {"action_id": "b", "action_type": "notificaton", "depends_on": ["gone"]},
            {"action_id": "c", "action_type": "transform", "config": {"output": 1}, "when": "{{a >}}"},
        ],
        "outputs": {"x": "{{a >}}"},
    }
    places = {
        ("name",),
        ("timeout_seconds",),
        ("actions", 0, "timeout_seconds"),
        ("actions", 0, "config", "text"),
        ("actions", 0, "config", "message"),
        ("actions", 1, "action_type"),
        ("actions", 1, "depends_on", 0),
        ("actions", 2, "when"),
        ("outputs", "x"),
    }
    told = _faults(await client.post("/workflows", json=sent))
    assert {tuple(fault["loc"][1:]) for fault in told} == places
    workflow = await create(client, "Changed", notify("a"))
    changed = _faults(await client.put(f"/workflows/{workflow['workflow_id']}", json=sent))
    assert {tuple(fault["loc"][1:]) for fault in changed} == places
    made = await graphql(client, CREATE, input=as_input(sent))
    assert {tuple(error["path"]) for error in made["createWorkflow"]["userErrors"]} == {
        ("input", *map(str, input_path(CreateWorkflowInput, place))) for place in places
    }


async def test_all_faults_of_customizations_are_told_in_one_round(client: httpx.AsyncClient) -> None:
    wrong = {"action_id": "fetch_document", "action_type": "notificaton"}
    more = {"action_id": "more", "action_type": "transform", "config": {"output": "x"}}
    sent = {
        "template_name": "document_analysis",
        "customizations": {"name": "", "actions": [wrong, more, {"id": "b"}], "timeout_seconds": 0},
    }
    told = _faults(await client.post("/workflows/from-template", json=sent))
    assert {tuple(fault["loc"][2:]) for fault in told} == {
        ("name",),
        ("timeout_seconds",),
        ("actions", 0, "action_type"),
        ("actions", 2, "action_id"),
        ("actions", 2, "action_type"),
        ("actions", 2, "id"),
    }


async def test_what_will_not_work_is_warned_of_when_it_is_saved(client: httpx.AsyncClient) -> None:
    wrong = []
    for number, mistake in enumerate(SAVED):
        saved = (await client.post("/workflows", json={"name": f"Saved {number}", **mistake.fields})).json()
        told = saved.get("warning_details", [])
        if not any(_place(each) == (mistake.place, mistake.code) and mistake.says in each["message"] for each in told):
            wrong.append((mistake, saved))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("fields", RIGHT)
async def test_what_is_meant_as_it_stands_is_not_warned_of(client: httpx.AsyncClient, fields: dict[str, Any]) -> None:
    saved = await client.post("/workflows", json={"name": "Right", **fields})
    assert (saved.status_code, saved.json().get("warnings")) == (201, None)


async def test_a_wrong_request_is_told_what_to_do(client: httpx.AsyncClient) -> None:
    parameters = [{"name": "who", "type": "string", "required": True}]
    workflow = await create(client, "Taken", notify("a", "Hi {{who}}"), parameters=parameters)
    wrong = []
    for mistake in REQUESTS:
        path = mistake.path.format(workflow=workflow["workflow_id"])
        answered = await client.request(mistake.method, path, **mistake.sent)
        if answered.status_code != mistake.status or not all(said in answered.text for said in mistake.says):
            wrong.append((mistake, answered.status_code, answered.text))
    assert not wrong, "\n".join(map(str, wrong))


async def test_a_wrong_operation_is_told_what_to_do(client: httpx.AsyncClient) -> None:
    await create(client, "Taken", notify("a"))
    wrong = []
    for mistake in OPERATIONS:
        answered = await client.post("/graphql", json={"query": mistake.query, "variables": mistake.variables})
        text = answered.text.replace('\\"', "'")
        if "INTERNAL_ERROR" in text or not all(said in text for said in mistake.says):
            wrong.append((mistake, text))
    assert not wrong, "\n".join(map(str, wrong))


def _place(warning: Mapping[str, Any]) -> tuple[str, str]:
    return ".".join(map(str, warning["path"])), warning["code"]


def _faults(answered: httpx.Response) -> list[Mapping[str, Any]]:
    assert answered.status_code == 422, answered.text
    return list(answered.json()["detail"])
