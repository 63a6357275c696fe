"""Executions that end by their workflow's own word: `fail` and `finish`, on both edges and both databases."""

from typing import Any

import httpx
import pytest

from tests.support.calls import Json, answer, call, create, graphql, held, notify, run
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

READ = """
query ($id: ID!) {
  execution(id: $id) {
    status outputs reason progress { percentage }
    error { code ownCode message actionId retryable }
    actions { actionId status response error { code ownCode } }
  }
}
"""


def end(action_type: str, config: Json, **more: Any) -> Json:
    return {"action_id": "end", "action_type": action_type, "config": config, **more}


async def test_a_failure_on_purpose_says_what_the_workflow_says(client: httpx.AsyncClient) -> None:
    failing = end("fail", {"code": "NO_STOCK", "message": "no {{what}}", "data": {"left": [0]}})
    workflow = await create(
        client,
        "No stock",
        failing,
        notify("never", depends_on=["end"]),
        parameters=[{"name": "what", "type": "string", "required": True}],
        on_failure=[notify("told", "{{execution.error.own_code}}: {{end.response.left.0}}")],
    )
    assert "warnings" not in workflow
    execution = await run(client, workflow["workflow_id"], what="stock")
    assert execution["status"] == "failed"
    error = {"code": "RAISED", "own_code": "NO_STOCK", "message": "no stock", "action_id": "end", "retryable": False}
    assert {key: execution["error"][key] for key in error} == error
    assert execution["result"]["end"]["response"] == {"left": [0]}
    assert execution["result"]["told"]["response"]["message"] == "NO_STOCK: 0"
    assert "never" not in execution["result"]
    read = (await graphql(client, READ, id=execution["execution_id"]))["execution"]
    assert (read["error"]["code"], read["error"]["ownCode"]) == ("RAISED", "NO_STOCK")
    assert read["reason"] == "end: NO_STOCK: no stock"
    assert len([action for action in read["actions"] if action["status"] == "FAILED"]) == 1


async def test_a_failure_on_purpose_is_borne_like_any_other(client: httpx.AsyncClient) -> None:
    borne = end("fail", {"message": "so what"}, on_error="continue")
    workflow = await create(
        client, "Borne", borne, notify("after", "{{end.error.message}}", depends_on=["end"], run_if="any_failed")
    )
    execution = await run(client, workflow["workflow_id"])
    assert (execution["status"], execution["result"]["after"]["response"]["message"]) == ("completed", "so what")
    assert "own_code" not in execution["result"]["end"]["error"]


async def test_an_early_end_cuts_off_what_runs_and_gives_outputs(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers |= {"/quick": answer({"found": 7}), "/slow": held}
    workflow = await create(
        client,
        "Early",
        call("quick", "/quick"),
        call("slow", "/slow"),
        end("finish", {"outputs": {"found": "{{quick.response.found}}"}}, when="{{quick.response.found > 1}}"),
        call("never", "/never", depends_on=["end"]),
        outputs={"of_the_rest": "{{never.response}}"},
        on_exit=[notify("tidy", "{{execution.status}}")],
    )
    execution = await run(client, workflow["workflow_id"])
    assert execution["status"] == "completed"
    assert {name: result["status"] for name, result in execution["result"].items()} == {
        "quick": "success",
        "slow": "cancelled",
        "end": "success",
        "tidy": "success",
    }
    read = (await graphql(client, READ, id=execution["execution_id"]))["execution"]
    assert (read["outputs"], read["progress"]["percentage"]) == ({"found": 7}, 100)
    assert [request["path"] for request in scripted.requests if request["path"] == "/never"] == []


async def test_what_could_begin_beside_an_end_does_not(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    workflow = await create(client, "Alone", call("first", "/first"), end("finish", {}), call("last", "/last"))
    execution = await run(client, workflow["workflow_id"])
    assert (execution["status"], list(execution["result"])) == ("completed", ["end"])
    assert scripted.requests == []
    skipped = end("finish", {}, when=False)
    workflow = await create(client, "Not alone", call("first", "/first"), skipped, outputs={"seen": "{{end.status}}"})
    execution = await run(client, workflow["workflow_id"])
    assert execution["result"]["first"]["status"] == "success"
    assert execution["outputs"] == {"seen": "skipped"}


FAULTY: list[tuple[Json, list[Any]]] = [
    ({"actions": [end("fail", {})]}, ["actions", 0, "config", "message"]),
    ({"actions": [end("fail", {"message": "{{secrets.s}}"})]}, ["actions", 0, "config", "message"]),
    ({"actions": [end("fail", {"message": "m"}, retry={})]}, ["actions", 0, "retry"]),
    ({"actions": [end("finish", {}, for_each={"in": [1]})]}, ["actions", 0, "for_each"]),
    ({"actions": [end("finish", {"outputs": 1})]}, ["actions", 0, "config", "outputs"]),
    ({"actions": [end("raise", {})]}, ["actions", 0, "action_type"]),
    ({"actions": [], "on_exit": [end("finish", {})]}, ["on_exit", 0, "action_type"]),
    (
        {"actions": [notify("a", compensate={"action_type": "fail", "config": {"message": "m"}})]},
        ["actions", 0, "compensate", "action_type"],
    ),
]


async def test_a_faulty_end_is_refused_at_its_place(client: httpx.AsyncClient) -> None:
    for body, where in FAULTY:
        refused = await client.post("/workflows", json={"name": "Faulty", **body})
        assert refused.status_code == 422, refused.text
        assert [fault["loc"] for fault in refused.json()["detail"]] == [["body", *where]]
