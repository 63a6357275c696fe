"""Executions that other executions start and wait for, on both edges and both databases."""

import asyncio
from contextlib import aclosing
from typing import Any

import httpx
import pytest

from tests.support.calls import (
    PATIENCE_SECONDS,
    Json,
    answer,
    call,
    create,
    ended,
    events,
    graphql,
    held,
    notify,
    run,
    soon,
    start,
)
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

CHILDREN = """
query ($id: ID!) {
  executions(filter: { parentId: [$id] }) { nodes { id status parent { id } error { code } createdBy } }
}
"""
SAVE = """
mutation ($input: UpdateWorkflowInput!) {
  updateWorkflow(input: $input) { warnings userErrors { message } }
}
"""
ONCE = {"retry": {"max_attempts": 1}}
WORD = {"name": "word", "type": "string", "required": True}


def execute(action_id: str, workflow: Json, parameters: Json | None = None, **more: Any) -> Json:
    config = {"workflow_id": workflow["workflow_id"], "parameters": parameters or {}}
    config |= {key: more.pop(key) for key in ("version", "on_parent_end") if key in more}
    return {"action_id": action_id, "action_type": "sub_workflow", "config": config, **more}


async def children(client: httpx.AsyncClient, execution_id: str) -> list[Json]:
    return list((await graphql(client, CHILDREN, id=execution_id))["executions"]["nodes"])


async def test_what_a_child_gives_is_the_response(client: httpx.AsyncClient) -> None:
    child = await create(client, "Child", notify("say", "{{word}}!"), parameters=[WORD])
    parent = await create(
        client,
        "Parent",
        execute("sub", child, {"word": "hello"}),
        notify("n", "{{sub.response.result.say.response.message}}"),
    )
    execution = await run(client, parent["workflow_id"])
    assert execution["status"] == "completed"
    assert execution["result"]["n"]["response"]["message"] == "hello!"
    [found] = await children(client, execution["execution_id"])
    assert found == {
        "id": execution["result"]["sub"]["response"]["execution_id"],
        "status": "COMPLETED",
        "parent": {"id": execution["execution_id"]},
        "error": None,
        "createdBy": parent["created_by"],
    }


async def test_a_child_that_fails_fails_its_action(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    scripted.answers["/broken"] = answer({}, 500)
    child = await create(client, "Broken child", call("try", "/broken", **ONCE))
    parent = await create(client, "Parent", execute("sub", child))
    execution = await run(client, parent["workflow_id"])
    error = execution["error"]
    assert (error["code"], error["action_id"]) == ("SUB_WORKFLOW_FAILED", "sub")
    assert "failed: HTTP_ERROR" in error["message"]
    assert execution["result"]["sub"]["response"]["status"] == "failed"


async def test_a_version_is_pinned(client: httpx.AsyncClient) -> None:
    child = await create(client, "Versions", notify("say", "one"))
    url = f"/workflows/{child['workflow_id']}"
    assert (await client.put(url, json={"actions": [notify("say", "two")]})).json()["version"] == "1.1"
    parent = await create(
        client,
        "Parent",
        execute("old", child, version="1.0"),
        execute("new", child),
        execute("none", child, version="1.9", on_error="continue"),
    )
    execution = await run(client, parent["workflow_id"])
    said = [execution["result"][name]["response"]["result"]["say"]["response"]["message"] for name in ("old", "new")]
    assert said == ["one", "two"]
    assert execution["result"]["none"]["error"]["message"].endswith("has no version 1.9: it has 1.0 to 1.1")


@pytest.mark.parametrize(
    ("fields", "config", "reason"),
    [
        ({"status": "draft"}, {}, "is draft"),
        ({"parameters": [WORD]}, {}, "parameters.word: field required"),
        ({}, {"workflow_id": "wf_of_nobody"}, "'wf_of_nobody' does not exist"),
    ],
)
async def test_what_cannot_be_executed_is_told(
    client: httpx.AsyncClient, fields: Json, config: Json, reason: str
) -> None:
    child = await create(client, "Child", notify("say"), **fields)
    action = execute("sub", child)
    action["config"] |= config
    error = (await run(client, (await create(client, "Parent", action))["workflow_id"]))["error"]
    assert error["code"] == "INVALID_CONFIG"
    assert reason in error["message"]


@pytest.mark.parametrize(("on_parent_end", "status"), [("cancel", "cancelled"), ("abandon", "completed")])
async def test_what_becomes_of_a_child_whose_parent_is_cancelled(
    client: httpx.AsyncClient, scripted: ScriptedService, on_parent_end: str, status: str
) -> None:
    scripted.answers["/slow"] = held
    child = await create(client, "Slow child", call("slow", "/slow"))
    parent = await create(client, "Parent", execute("sub", child, on_parent_end=on_parent_end))
    execution_id = await start(client, parent["workflow_id"])
    await soon(scripted.arrived)
    [found] = await children(client, execution_id)
    await client.post(f"/workflows/executions/{execution_id}/cancel")
    if on_parent_end == "abandon":
        scripted.released.set()
    child_status = await ended(client, found["id"])
    assert child_status["status"] == status
    if status == "cancelled":
        [found] = await children(client, execution_id)
        assert found["error"]["code"] == "PARENT_ENDED"


async def test_a_child_that_takes_too_long_is_cancelled(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    scripted.answers["/slow"] = held
    child = await create(client, "Slow child", call("slow", "/slow"))
    parent = await create(client, "Parent", execute("sub", child, timeout_seconds=1))
    execution = await run(client, parent["workflow_id"])
    assert execution["error"]["code"] == "TIMEOUT"
    [found] = await children(client, execution["execution_id"])
    assert (await ended(client, found["id"]))["status"] == "cancelled"


async def test_each_item_has_a_child(client: httpx.AsyncClient) -> None:
    child = await create(client, "Child", notify("say", "{{word}}!"), parameters=[WORD])
    action = execute(
        "sub",
        child,
        {"word": "{{item}}"},
        for_each={"in": ["a", "b", "c"]},
        output="{{response.result.say.response.message}}",
    )
    execution = await run(client, (await create(client, "Parent", action))["workflow_id"])
    assert execution["result"]["sub"]["response"] == ["a!", "b!", "c!"]
    assert len(await children(client, execution["execution_id"])) == 3


async def test_ten_levels_come_back_up(client: httpx.AsyncClient) -> None:
    below = await create(client, "Level 0", notify("say", "from below"))
    path = "say.response.message"
    for level in range(1, 11):
        below = await create(client, f"Level {level}", execute("sub", below, output=f"{{{{response.result.{path}}}}}"))
        path = "sub.response"
    execution = await run(client, below["workflow_id"])
    assert (execution["status"], execution["result"]["sub"]["response"]) == ("completed", "from below")


async def test_a_workflow_that_executes_itself_comes_to_an_end(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "Itself", notify("say"))
    action = execute("sub", workflow, output="{{response}}")
    await client.put(f"/workflows/{workflow['workflow_id']}", json={"actions": [action]})
    execution = await run(client, workflow["workflow_id"])
    assert "TOO_DEEP: executions start others 20 deep" in execution["error"]["message"]


async def test_a_workflow_that_executes_itself_is_warned_of_when_it_is_saved(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "Itself", notify("say"))
    below = await create(client, "Below", execute("back", workflow))
    actions = [execute("sub", below)]
    saved = (await client.put(f"/workflows/{workflow['workflow_id']}", json={"actions": actions})).json()
    [warning] = saved["warnings"]
    assert warning.startswith(f"action 'sub': the workflow executes itself, through {below['workflow_id']}:")
    limited = {"concurrency": {"limit": 1}}
    saved = (await client.put(f"/workflows/{workflow['workflow_id']}", json=limited)).json()
    assert saved["warnings"][0] == warning
    assert f"no more than 1 of {workflow['workflow_id']} run at once" in saved["warnings"][1]
    action = {"actionId": "s", "actionType": "sub_workflow", "config": actions[0]["config"]}
    answered = await graphql(client, SAVE, input={"id": workflow["workflow_id"], "actions": [action]})
    assert [found.partition(":")[0] for found in answered["updateWorkflow"]["warnings"]] == [
        "action 's'",
        "action 's'",
    ]


async def test_an_execution_waits_for_its_child_without_a_task(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/slow"] = held
    child = await create(client, "Slow child", call("slow", "/slow"))
    parent = await create(client, "Parent", execute("sub", child))
    execution_id = await start(client, parent["workflow_id"])
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(events(client, execution_id)) as journal:
        async for event in journal:
            if event["type"] == "ACTION_WAITING":
                break
    assert event["data"]["reason"] == "execution"
    await soon(scripted.arrived)
    scripted.released.set()
    assert (await ended(client, execution_id))["status"] == "completed"
