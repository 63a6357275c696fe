"""Workflows that execute others by their names, and themselves, on both edges and both databases."""

from typing import Any

import httpx
import pytest

from tests.support.calls import Json, create, notify, run

pytestmark = pytest.mark.asyncio

WORD = {"name": "word", "type": "string", "required": True}
NUMBER = {"name": "n", "type": "integer", "required": True}
SAID = "{{sub.response.result.say.response.message}}"


def by_name(name: str, parameters: Any = None, **more: Any) -> Json:
    config = {"workflow": name, "parameters": {} if parameters is None else parameters}
    config |= {key: more.pop(key) for key in ("version", "workflow_id") if key in more}
    return {"action_id": "sub", "action_type": "sub_workflow", "config": config, **more}


async def test_a_name_is_that_of_one_workflow_from_the_save_on(client: httpx.AsyncClient) -> None:
    child = await create(client, "Child", notify("say", "{{word}}!"), parameters=[WORD])
    undo = {key: value for key, value in by_name("Child", {"word": "back"}).items() if key != "action_id"}
    parent = await create(
        client,
        "Parent",
        by_name("Child", "{{item}}", for_each={"in": [{"word": "a"}, {"word": "b"}]}, compensate=undo),
        on_exit=[by_name("Child", {"word": "end"}) | {"action_id": "last"}],
    )
    assert "warnings" not in parent
    [action] = parent["actions"]
    for typed in (action, action["compensate"], parent["on_exit"][0]):
        assert (typed["config"]["workflow"], typed["config"]["workflow_id"]) == ("Child", child["workflow_id"])
    same = await client.put(f"/workflows/{parent['workflow_id']}", json={"actions": parent["actions"]})
    assert same.json()["version"] == parent["version"]
    await client.put(f"/workflows/{child['workflow_id']}", json={"name": "Renamed"})
    execution = await run(client, parent["workflow_id"])
    said = [one["result"]["say"]["response"]["message"] for one in execution["result"]["sub"]["response"]]
    assert (execution["status"], said) == ("completed", ["a!", "b!"])
    refused = await client.put(
        f"/workflows/{parent['workflow_id']}", json={"actions": [by_name("Child", {"word": ""})]}
    )
    assert refused.json()["detail"][0]["loc"] == ["body", "actions", 0, "config", "workflow"]


async def test_a_workflow_executes_itself_by_its_own_name(client: httpx.AsyncClient) -> None:
    more = by_name("Countdown", {"n": "{{n - 1}}"}, when="{{n > 0}}")
    workflow = await create(client, "Countdown", more, notify("say", "{{n}} left"), parameters=[NUMBER])
    assert workflow["actions"][0]["config"]["workflow_id"] == workflow["workflow_id"]
    result = (await run(client, workflow["workflow_id"], n=3))["result"]
    for left in (3, 2, 1):
        assert result["say"]["response"]["message"] == f"{left} left"
        result = result["sub"]["response"]["result"]
    deep = await run(client, workflow["workflow_id"], n=40)
    assert "TOO_DEEP: executions start others 20 deep" in deep["error"]["message"]


async def test_parameters_that_come_to_no_object_fail_the_action(client: httpx.AsyncClient) -> None:
    await create(client, "Child", notify("say"))
    parent = await create(client, "Parent", by_name("Child", "{{word}}"), parameters=[WORD])
    for word in ("text", "{{word}}"):
        error = (await run(client, parent["workflow_id"], word=word))["error"]
        assert error["code"] == "INVALID_CONFIG", error


async def test_what_names_nothing_is_refused_at_its_place(client: httpx.AsyncClient) -> None:
    await create(client, "Child", notify("say"))
    cases: list[tuple[Json, list[str]]] = [
        (by_name("Chidl"), ["workflow"]),
        (by_name("Child", version="1.7"), ["version"]),
        (by_name("{{name}}"), ["workflow"]),
        (by_name("Child", "text"), ["parameters"]),
        ({"action_id": "sub", "action_type": "sub_workflow", "config": {}}, []),
    ]
    for action, where in cases:
        refused = await client.post("/workflows", json={"name": "Parent", "actions": [action]})
        assert refused.status_code == 422, refused.text
        assert [fault["loc"] for fault in refused.json()["detail"]] == [["body", "actions", 0, "config", *where]]
    for user in ("grace", "eve"):
        await client.post("/workflows", json={"name": "Twin", "actions": []}, headers={"X-User-ID": user})
    refused = await client.post("/workflows", json={"name": "Parent", "actions": [by_name("Twin")]})
    assert "several workflows of others" in refused.json()["detail"][0]["msg"]
