"""Executions that do others over: what is reused, what runs again, and that the preview says so; both databases."""

from typing import Any

import httpx
import pytest

from tests.support.calls import Json, answer, call, create, ended, graphql, notify, run, start
from tests.support.edges.reruns import called, done_over, preview, preview_of, refusals, rerun
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

ONCE = {"retry": {"max_attempts": 1}}
BROKEN = answer({"reason": "away"}, 500)
REUSED, GIVEN, AGAIN, NOT_REACHED = "REUSED", "GIVEN", "RUNS_AGAIN", "NOT_REACHED"
MARKS = """
query ($id: ID!) {
  execution(id: $id) {
    rerunOf { id } rerunReason
    reruns(first: 10) { totalCount nodes { id } }
    actions {
      actionId reusedFrom isGiven attempts { number reusedFrom }
    }
    logs { message }
    timeline { actionId reusedFrom spans { kind } }
    dag { nodes { actionId reusedFrom status } mermaid }
    viewerCan { rerun }
  }
}
"""


async def broken_chain(client: httpx.AsyncClient, scripted: ScriptedService, **fields: Any) -> tuple[Json, str]:
    """A workflow whose second action failed, and the execution; then the service is well again."""
    scripted.answers |= {"/a": answer({"id": "A1"}), "/b": BROKEN}
    workflow = await create(
        client,
        "Chain",
        call("a", "/a"),
        call("b", "/b", {"method": "POST", "parameters": {"of": "{{a.response.id}}"}}, **ONCE),
        notify("c", "{{b.response.id}} of {{execution.rerun_of}}"),
        **fields,
    )
    execution = await run(client, workflow["workflow_id"])
    assert execution["status"] == "failed"
    scripted.answers["/b"] = answer({"id": "B1"})
    called(scripted)
    return workflow, execution["execution_id"]


async def test_what_succeeded_is_reused_and_marked_as_such_everywhere(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    _, before = await broken_chain(client, scripted)
    assert await preview(client, before) == {
        "a": (REUSED, "SUCCEEDED"),
        "b": (AGAIN, "FAILED"),
        "c": (NOT_REACHED, "NEVER_STARTED"),
    }
    after = await ended(client, await rerun(client, before, reason="the service is back"))
    new = after["execution_id"]
    assert after["status"] == "completed"
    assert after["rerun_of"] == before
    assert after["result"]["a"] == {"status": "success", "response": {"id": "A1"}, "reused_from": before}
    assert after["result"]["c"]["response"]["message"] == f"B1 of {before}"
    [request] = scripted.requests
    assert (request["path"], request["body"]) == ("/b", b'{"of":"A1"}')
    assert request["headers"]["idempotency-key"] == f"{new}:b"
    assert request["headers"]["x-rerun-of"] == before
    shown = (await graphql(client, MARKS, id=new))["execution"]
    assert (shown["rerunOf"], shown["rerunReason"]) == ({"id": before}, "the service is back")
    assert [(each["actionId"], each["reusedFrom"]) for each in shown["actions"]] == [
        ("a", before),
        ("b", None),
        ("c", None),
    ]
    assert shown["actions"][0]["attempts"] == [{"number": 1, "reusedFrom": before}]
    assert shown["logs"][0]["message"] == f"Workflow execution queued, to do {before} over: the service is back"
    assert shown["logs"][1]["message"] == f"Reused result of action: a: success in {before}"
    assert shown["timeline"][0] == {"actionId": "a", "reusedFrom": before, "spans": []}
    assert shown["dag"]["nodes"][0] == {"actionId": "a", "reusedFrom": before, "status": "SUCCESS"}
    assert '"a, reused"' in shown["dag"]["mermaid"]
    old = (await graphql(client, MARKS, id=before))["execution"]
    assert (old["rerunOf"], old["rerunReason"], old["reruns"]) == (
        None,
        None,
        {"totalCount": 1, "nodes": [{"id": new}]},
    )
    assert old["viewerCan"] == {"rerun": True}
    assert old["actions"][0]["attempts"] == [{"number": 1, "reusedFrom": None}]


async def test_a_rerun_of_a_rerun_names_who_did_it(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    _, first = await broken_chain(client, scripted)
    scripted.answers["/b"] = BROKEN
    second = await done_over(client, first)
    scripted.answers["/b"] = answer({"id": "B3"})
    third = await done_over(client, second["execution_id"])
    assert third["result"]["a"]["reused_from"] == first
    assert third["rerun_of"] == second["execution_id"]
    assert called(scripted) == ["/b", "/b"]


async def test_from_the_start_and_from_named_actions(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    _, before = await broken_chain(client, scripted)
    again = await done_over(client, before, **{"from": "START"})
    assert called(scripted) == ["/a", "/b"]
    assert await preview(client, again["execution_id"], **{"from": "ACTIONS"}, actionIds=["b"]) == {
        "a": (REUSED, "SUCCEEDED"),
        "b": (AGAIN, "NAMED"),
        "c": (AGAIN, "DEPENDENCY"),
    }
    await done_over(client, again["execution_id"], **{"from": "ACTIONS"}, actionIds=["b"])
    assert called(scripted) == ["/b"]
    whole = await preview_of(client, again["execution_id"])
    assert {each["verdict"] for each in whole["actions"]} == {REUSED}
    assert "Every result is reused" in whole["warnings"][0]
    assert (await done_over(client, again["execution_id"]))["status"] == "completed"
    assert called(scripted) == []


async def test_a_result_by_hand_stands_and_what_depends_on_it_runs(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    _, before = await broken_chain(client, scripted)
    after = await done_over(client, before, actionOutputs={"b": {"id": "by hand"}})
    assert after["result"]["b"] == {"status": "success", "response": {"id": "by hand"}, "given": True}
    assert after["result"]["c"]["response"]["message"] == f"by hand of {before}"
    assert called(scripted) == []
    lines = [line["message"] for line in after["logs"]]
    assert "Given result of action: b" in lines


async def test_a_result_by_hand_sets_free_what_depends_on_it_alone(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/a"] = BROKEN
    workflow = await create(
        client,
        "Given",
        call("a", "/a", on_error="continue", **ONCE),
        call("b", "/b", depends_on=["a"]),
        notify("c", "{{b.response.id}}"),
    )
    before = await run(client, workflow["workflow_id"])
    after = await done_over(client, before["execution_id"], actionOutputs={"b": {"id": "by hand"}})
    assert after["status"] == "completed"
    assert after["result"]["a"]["status"] == "failed"
    assert after["result"]["c"]["response"]["message"] == "by hand"


async def test_new_parameters_run_again_what_they_reach(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    scripted.answers["/bad"] = BROKEN
    parameters = [{"name": "who", "type": "string"}, {"name": "path", "type": "string"}]
    workflow = await create(
        client,
        "Parameters",
        call("fixed", "/fixed"),
        call("named", "/named", {"method": "POST", "parameters": {"who": "{{who}}"}}),
        notify("after", "{{named.status}}"),
        notify("unless", "x", when="{{who == 'bob'}}"),
        call("last", "/{{path}}", depends_on=["fixed"], **ONCE),
        parameters=parameters,
    )
    before = (await run(client, workflow["workflow_id"], who="ada", path="bad"))["execution_id"]
    called(scripted)
    foreseen = await preview(client, before, parameters={"path": "good"})
    assert foreseen == {
        "fixed": (REUSED, "SUCCEEDED"),
        "named": (REUSED, "SUCCEEDED"),
        "after": (REUSED, "SUCCEEDED"),
        "unless": (REUSED, "SKIPPED"),
        "last": (AGAIN, "FAILED"),
    }
    after = await done_over(client, before, parameters={"path": "good"})
    assert (after["status"], after["parameters"]) == ("completed", {"who": "ada", "path": "good"})
    assert called(scripted) == ["/good"]
    other = await done_over(client, before, parameters={"path": "good", "who": "bob"})
    assert await preview(client, before, parameters={"path": "good", "who": "bob"}) == {
        "fixed": (REUSED, "SUCCEEDED"),
        "named": (AGAIN, "CONFIG_CHANGED"),
        "after": (AGAIN, "DEPENDENCY"),
        "unless": (AGAIN, "CONDITION_CHANGED"),
        "last": (AGAIN, "FAILED"),
    }
    assert sorted(called(scripted)) == ["/good", "/named"]
    assert other["result"]["unless"]["status"] == "success"
    assert await refusals(client, before, parameters={"who": 7}) == [
        ("VALIDATION_ERROR", ["input", "parameters", "who"])
    ]


async def test_people_are_asked_again_unless_told_otherwise(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/b"] = BROKEN
    ask = {"action_id": "ask", "action_type": "approval", "config": {"message": "Go?"}}
    workflow = await create(client, "Asked", ask, call("b", "/b", depends_on=["ask"], **ONCE))
    decide = """mutation ($id: ID!) { decideApproval(input: { executionId: $id, actionId: "ask", approved: true })
                { userErrors { code } } }"""
    before = await start(client, workflow["workflow_id"])
    while (await graphql(client, decide, id=before))["decideApproval"]["userErrors"]:
        pass
    await ended(client, before)
    scripted.answers["/b"] = answer({})
    assert await preview(client, before) == {"ask": (AGAIN, "APPROVAL"), "b": (AGAIN, "DEPENDENCY")}
    assert (await done_over(client, before, reuseApprovals=True))["status"] == "completed"
    again = await rerun(client, before)
    while (await graphql(client, decide, id=again))["decideApproval"]["userErrors"]:
        pass
    assert (await ended(client, again))["status"] == "completed"


async def test_by_another_version_what_it_does_not_change_is_reused(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    workflow, before = await broken_chain(client, scripted)
    changed = [
        call("a", "/a", timeout_seconds=7),
        call("b", "/mended", {"method": "POST", "parameters": {"of": "{{actions.a.response.id}}"}}, **ONCE),
        notify("c", "{{b.status}}"),
        notify("d", "new"),
    ]
    updated = await client.put(f"/workflows/{workflow['workflow_id']}", json={"actions": changed})
    assert updated.json()["version"] == "1.1"
    assert await preview(client, before, definition="LATEST") == {
        "a": (REUSED, "SUCCEEDED"),
        "b": (AGAIN, "FAILED"),
        "c": (NOT_REACHED, "NEVER_STARTED"),
        "d": (NOT_REACHED, "NEW"),
    }
    latest = await done_over(client, before, definition="LATEST")
    assert (latest["workflow_version"], called(scripted)) == ("1.1", ["/mended"])
    original = await done_over(client, before)
    assert (original["workflow_version"], called(scripted)) == ("1.0", ["/b"])
    assert (await done_over(client, before, version="1.1"))["workflow_version"] == "1.1"
    assert await refusals(client, before, version="1.7") == [("VERSION_NOT_FOUND", ["input"])]


async def test_a_preview_that_holds_no_more_is_refused_by_its_token(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    workflow, before = await broken_chain(client, scripted)

    async def token(**asked: Any) -> str:
        return str((await preview_of(client, before, **asked))["token"])

    shown = await token(definition="LATEST")
    assert shown == await token(definition="LATEST")
    assert len({shown, await token(), await token(**{"from": "START"}), await token(parameters={"of": 1})}) == 4
    await client.put(f"/workflows/{workflow['workflow_id']}", json={"actions": [notify("c", "new")]})
    assert await refusals(client, before, definition="LATEST", previewToken=shown, idempotencyKey="k") == [
        ("PREVIEW_OUTDATED", ["input"])
    ]
    assert await refusals(client, before, previewToken=await token(**{"from": "START"})) == [
        ("PREVIEW_OUTDATED", ["input"])
    ]
    assert called(scripted) == []
    # What was refused has not used its key, and a look at the preview between two tries makes no other request of them.
    anew = await token(definition="LATEST")
    first = await rerun(client, before, definition="LATEST", previewToken=anew, idempotencyKey="k")
    assert await rerun(client, before, definition="LATEST", previewToken=shown, idempotencyKey="k") == first
    assert await rerun(client, before, previewToken=await token()) != first
    path = f"/workflows/executions/{before}/rerun"
    refused = await client.post(path, json={"preview_token": shown})
    assert (refused.status_code, refused.json()["error_code"]) == (409, "PREVIEW_OUTDATED")


async def test_a_rerun_is_repeated_by_its_key_though_what_it_did_over_is_deleted(client: httpx.AsyncClient) -> None:
    workflow_id = (await create(client, "Short", notify("a")))["workflow_id"]
    before = (await run(client, workflow_id))["execution_id"]
    path, body = f"/workflows/executions/{before}/rerun", {"idempotency_key": "k", "async_execution": False}
    first = (await client.post(path, json=body)).json()["execution_id"]
    deletion = f'mutation {{ deleteExecution(input: {{ id: "{before}" }}) {{ deletedId userErrors {{ code }} }} }}'
    assert (await graphql(client, deletion))["deleteExecution"] == {"deletedId": before, "userErrors": []}
    assert (await client.post(path, json=body)).json()["execution_id"] == first
    await client.delete(f"/workflows/{workflow_id}")
    assert (await client.post(path, json=body)).json()["execution_id"] == first
    assert (await client.post(path, json=body | {"idempotency_key": "another"})).status_code == 404


async def test_what_cannot_be_done_over_is_refused(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    workflow, before = await broken_chain(client, scripted)
    assert await refusals(client, "exec_0000000000000000") == [("EXECUTION_NOT_FOUND", ["input"])]
    assert await refusals(client, before, **{"from": "ACTIONS"}) == [("VALIDATION_ERROR", ["input"])]
    assert await refusals(client, before, **{"from": "ACTIONS"}, actionIds=["nobody"], actionOutputs={"none": 1}) == [
        ("VALIDATION_ERROR", ["input", "actionIds", "0"]),
        ("VALIDATION_ERROR", ["input", "actionOutputs", "none"]),
    ]
    wait = {"action_id": "w", "action_type": "wait", "config": {"signal": "go"}}
    live = await start(client, (await create(client, "Live", wait))["workflow_id"])
    assert await refusals(client, live) == [("EXECUTION_NOT_FINISHED", ["input"])]
    await client.put(f"/workflows/{workflow['workflow_id']}", json={"status": "inactive"})
    assert await refusals(client, before) == [("WORKFLOW_NOT_ACTIVE", ["input"])]
    await client.delete(f"/workflows/{workflow['workflow_id']}")
    assert await refusals(client, before) == [("WORKFLOW_NOT_FOUND", ["input"])]
    assert (await client.get(f"/workflows/executions/{before}")).status_code == 200


async def test_over_rest_with_a_key_and_in_the_audit_log(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    _, before = await broken_chain(client, scripted)
    path, body = f"/workflows/executions/{before}/rerun", {"reason": "once", "async_execution": False}
    first = await client.post(path, json=body, headers={"Idempotency-Key": "again"})
    second = await client.post(path, json=body, headers={"Idempotency-Key": "again"})
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["rerun_of"] == before
    assert first.json()["result"]["a"]["reused_from"] == before
    assert second.json()["execution_id"] == first.json()["execution_id"]
    assert second.headers["Idempotent-Replayed"] == "true"
    other = await client.post(path, json={**body, "reason": "twice"}, headers={"Idempotency-Key": "again"})
    assert (other.status_code, other.json()["error_code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    accepted = await client.post(path)
    assert accepted.status_code == 202
    assert accepted.headers["Location"] == f"/workflows/executions/{accepted.json()['execution_id']}"
    await ended(client, accepted.json()["execution_id"])
    live = await client.post(f"/workflows/executions/{'exec_' + '0' * 16}/rerun")
    assert live.status_code == 404
