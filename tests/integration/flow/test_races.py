"""Actions that begin with the first success of several, on both edges and both databases."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.support.calls import Json, answer, call, create, ended, graphql, held, notify, run, soon, start
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

BEST: Json = {
    "action_id": "best",
    "action_type": "transform",
    "config": {"output": "{{a.response | default(b.response)}}"},
    "depends_on": ["a", "b"],
    "run_if": "first_success",
}
READ = """
query ($id: ID!) {
  execution(id: $id) {
    status
    actions { actionId status }
    logs { message }
    timeline { actionId spans { kind } }
  }
}
"""
RERUN = """
query ($input: PreviewRerunInput!) {
  previewRerun(input: $input) { actions { actionId verdict reason } }
}
"""


def racer(action_id: str, **more: Any) -> Json:
    return call(action_id, f"/{action_id}", on_error="continue", **more)


async def test_the_losers_of_a_race_are_cancelled(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    scripted.answers |= {"/a": held, "/b": answer({"price": 7})}
    last = notify("last", "{{a.status}}", depends_on=["a"])
    workflow = await create(client, "Race", racer("a"), racer("b"), {**BEST, "cancel_losers": True}, last)
    assert "warnings" not in workflow
    execution = await run(client, workflow["workflow_id"])
    assert execution["status"] == "completed"
    assert {name: result["status"] for name, result in execution["result"].items()} == {
        "a": "cancelled",
        "b": "success",
        "best": "success",
        "last": "success",
    }
    assert execution["result"]["best"]["response"] == {"price": 7}
    assert execution["result"]["last"]["response"]["message"] == "cancelled"
    read = (await graphql(client, READ, id=execution["execution_id"]))["execution"]
    lines = [line["message"] for line in read["logs"]]
    assert "Cancelled action: a: another one of those that best waits for was first" in lines
    preview = await graphql(client, RERUN, input={"id": execution["execution_id"]})
    assert {each["actionId"]: (each["verdict"], each["reason"]) for each in preview["previewRerun"]["actions"]} == {
        "a": ("REUSED", "LOST_RACE"),
        "b": ("REUSED", "SUCCEEDED"),
        "best": ("REUSED", "SUCCEEDED"),
        "last": ("REUSED", "SUCCEEDED"),
    }


async def test_without_that_the_others_come_to_their_end(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    begun = asyncio.Event()

    async def begins(service: ScriptedService, send: Any) -> None:
        begun.set()
        await held(service, send)

    scripted.answers |= {"/a": held, "/b": answer({"price": 7}), "/begins": begins}
    after = call("begins", "/begins", depends_on=["best"])
    workflow = await create(client, "Open race", racer("a"), racer("b"), BEST, after)
    execution_id = await start(client, workflow["workflow_id"])
    await soon(begun)
    read = (await graphql(client, READ, id=execution_id))["execution"]
    statuses = {action["actionId"]: action["status"] for action in read["actions"]}
    assert (read["status"], statuses["a"]) == ("RUNNING", "RUNNING")
    scripted.released.set()
    execution = await ended(client, execution_id)
    assert (execution["status"], execution["result"]["a"]["status"]) == ("completed", "success")


async def test_where_nobody_wins_it_is_skipped(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    scripted.answers |= {"/a": answer({}, 404), "/b": answer({}, 404)}
    workflow = await create(client, "Lost race", racer("a"), racer("b"), {**BEST, "cancel_losers": True})
    execution = await run(client, workflow["workflow_id"])
    assert (execution["status"], execution["result"]["best"]["status"]) == ("completed", "skipped")


async def test_losers_without_a_race_are_refused(client: httpx.AsyncClient) -> None:
    for run_if in ("any_success", None):
        action = {**BEST, "run_if": run_if, "cancel_losers": True}
        body = {"name": "No race", "actions": [racer("a"), racer("b"), action]}
        refused = await client.post("/workflows", json=body)
        assert [fault["loc"] for fault in refused.json()["detail"]] == [["body", "actions", 2, "cancel_losers"]]
