"""What follows an accepted execution by REST: status, lists, cancel, repeated requests, its pinned definition."""

import asyncio

import httpx
import pytest

from tests.support.calls import (
    answer,
    assert_envelope,
    call,
    create,
    ended,
    events,
    faults,
    held,
    notify,
    run,
    soon,
    start,
    token,
)
from tests.support.edges.rest_executions import status, workflow
from tests.support.scripted_service import PartnerService, ScriptedService

pytestmark = pytest.mark.asyncio

GRACE = {"X-User-ID": "grace"}


# --- status, progress, log -----------------------------------------------------------------------


async def test_the_status_of_a_running_execution_shows_its_progress(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/held"] = held
    actions = [
        notify("first"),
        call("second", "/held", depends_on=["first"]),
        notify("third", "got {{second.response}}"),
    ]
    execution_id = await start(client, await workflow(client, *actions))
    await soon(scripted.arrived)
    running = await status(client, execution_id)
    assert running["status"] == "running"
    assert running["progress"] == {
        "completed_actions": 1,
        "total_actions": 3,
        "current_action": "second",
        "percentage": 33.33,
    }
    assert (running["current_step"], running["duration_seconds"]) == ("second", None)
    assert not {"result", "error"} & set(running)
    scripted.released.set()
    final = await ended(client, execution_id)
    assert (final["current_step"], final["progress"]["percentage"]) == (None, 100.0)


async def test_the_log_has_the_documented_lines_oldest_first_and_the_last_two_hundred(
    client: httpx.AsyncClient,
) -> None:
    body = await run(client, await workflow(client, notify("one"), notify("two", "{{one.status}}")))
    logs = (await status(client, body["execution_id"]))["logs"]
    assert all(set(line) == {"timestamp", "level", "message", "action_id"} for line in logs)
    assert [line["timestamp"] for line in logs] == sorted(line["timestamp"] for line in logs)
    lines = [(line["level"], line["message"], line["action_id"]) for line in logs]
    starting = ("INFO", "Starting workflow execution", None)
    one, two = ("INFO", "Completed action: one", "one"), ("INFO", "Completed action: two", "two")
    assert [line for line in lines if line in (starting, one, two)] == [starting, one, two]
    long = await create(client, "long", *(notify(f"a{number}") for number in range(150)))
    body = await run(client, long["workflow_id"])
    logs = (await status(client, body["execution_id"]))["logs"]
    assert (len(logs), logs[-1]["message"]) == (200, "Workflow execution completed")


# --- list ----------------------------------------------------------------------------------------


async def test_the_executions_of_a_workflow_are_listed_in_pages_and_by_status(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/switch"] = answer({})
    workflow_id = await workflow(client, call("work", "/switch"))
    path = f"/workflows/{workflow_id}/executions"
    assert (await client.get(path)).json()["pagination"]["total_pages"] == 0
    done = [await run(client, workflow_id) for _ in range(2)]
    scripted.answers["/switch"] = answer({}, 400)
    failed = await run(client, workflow_id)
    await create(client, "another")

    body = (await client.get(path, params={"page_size": 2})).json()
    newest_first = [execution["execution_id"] for execution in (failed, done[1], done[0])]
    assert [item["execution_id"] for item in body["executions"]] == newest_first[:2]
    assert body["pagination"] == {
        "page": 1,
        "page_size": 2,
        "total_items": 3,
        "total_pages": 2,
        "has_next": True,
        "has_previous": False,
    }
    item = body["executions"][0]
    assert {"execution_id", "status", "created_at", "completed_at", "duration_seconds"} <= set(item)
    assert item["duration_seconds"] >= 0

    for word, ids in (("failed", newest_first[:1]), ("completed", newest_first[1:]), ("running", [])):
        listed = (await client.get(path, params={"status": word})).json()
        assert [item["execution_id"] for item in listed["executions"]] == ids
        assert listed["pagination"]["total_items"] == len(ids)
    assert (await client.get(path, params={"page": 9})).json()["executions"] == []
    for query in ({"status": "done"}, {"page": 0}, {"page_size": 101}):
        assert [loc for loc, _ in faults(await client.get(path, params=query))] == [["query", *query]]


# --- cancel --------------------------------------------------------------------------------------


async def test_cancelling_a_running_execution_aborts_its_call(
    client: httpx.AsyncClient, scripted: PartnerService
) -> None:
    workflow_id = await workflow(client, call("slow", "/hang"), notify("later", "{{slow.response}}"))
    execution_id = await start(client, workflow_id)
    await soon(scripted.arrived)
    cancelled = await client.post(f"/workflows/executions/{execution_id}/cancel")
    assert cancelled.status_code == 200
    body = cancelled.json()
    assert body == {
        "execution_id": execution_id,
        "status": "cancelled",
        "cancelled_at": body["cancelled_at"],
        "message": "Execution cancelled by user",
    }
    await soon(scripted.given_up)
    final = await status(client, execution_id)
    assert (final["status"], final["completed_at"]) == ("cancelled", body["cancelled_at"])
    assert {name: action["status"] for name, action in final["result"].items()} == {"slow": "cancelled"}
    again = await client.post(f"/workflows/executions/{execution_id}/cancel")
    assert (again.status_code, again.json()) == (200, body)


async def test_a_finished_or_unknown_execution_cannot_be_cancelled(client: httpx.AsyncClient) -> None:
    for actions, word in (([notify("note")], "completed"), ([notify("note", "{{missing}}")], "failed")):
        created = await create(client, word, *actions)
        body = await run(client, created["workflow_id"])
        refused = await client.post(f"/workflows/executions/{body['execution_id']}/cancel")
        assert assert_envelope(refused, 409, "EXECUTION_FINISHED") == f"Execution already {word}"
        assert (await status(client, body["execution_id"]))["status"] == word
    path = "/workflows/executions/exec_unknown"
    for answered in (await client.get(path), await client.post(f"{path}/cancel")):
        assert assert_envelope(answered, 404, "EXECUTION_NOT_FOUND") == "Execution not found: exec_unknown"


async def test_only_the_owner_or_an_operator_cancels(client: httpx.AsyncClient, scripted: PartnerService) -> None:
    execution_id = await start(client, await workflow(client, call("slow", "/hang")))
    path = f"/workflows/executions/{execution_id}"
    stranger = token("sam", "elsewhere", "admin")
    assert_envelope(await client.post(f"{path}/cancel", headers=GRACE), 403, "PERMISSION_DENIED")
    assert_envelope(await client.post(f"{path}/cancel", headers=stranger), 404, "EXECUTION_NOT_FOUND")
    assert_envelope(await client.get(path, headers=stranger), 404, "EXECUTION_NOT_FOUND")
    assert (await client.get(path, headers=GRACE)).status_code == 200
    operator = token("oz", "default", "operator")
    assert (await client.post(f"{path}/cancel", headers=operator)).status_code == 200


async def test_completion_and_cancellation_at_the_same_moment_leave_one_terminal_state(
    client: httpx.AsyncClient,
) -> None:
    workflow_id = await workflow(client, *(notify(f"a{number}") for number in range(3)))
    ids = [await start(client, workflow_id) for _ in range(20)]
    answers = await asyncio.gather(*(client.post(f"/workflows/executions/{one}/cancel") for one in ids))
    for execution_id, cancelled in zip(ids, answers, strict=True):
        journal = [event["type"] async for event in events(client, execution_id)]
        terminal = [kind for kind in journal if kind in ("EXECUTION_COMPLETED", "EXECUTION_CANCELLED")]
        assert terminal == ["EXECUTION_CANCELLED" if cancelled.status_code == 200 else "EXECUTION_COMPLETED"]
        assert journal[-1:] == terminal


# --- idempotency ---------------------------------------------------------------------------------


async def test_an_idempotency_key_gives_the_first_execution_again(client: httpx.AsyncClient) -> None:
    path = f"/workflows/{await workflow(client, notify('note'))}/execute"
    key = {"Idempotency-Key": "order-17"}
    body = {"parameters": {"n": 1}, "async_execution": False}
    first = await client.post(path, json=body, headers=key)
    assert "idempotent-replayed" not in first.headers
    again = await client.post(path, json=body, headers=key)
    assert (again.status_code, again.headers["idempotent-replayed"]) == (200, "true")
    assert again.json() == first.json()
    other = await client.post(path, json={**body, "parameters": {"n": 2}}, headers=key)
    detail = assert_envelope(other, 422, "IDEMPOTENCY_KEY_REUSED")
    assert [set(fault) for fault in detail] == [{"loc", "msg", "type"}]
    for headers in (key | GRACE, {"Idempotency-Key": "order-18"}, {}):
        fresh = await client.post(path, json=body, headers=headers)
        assert fresh.json()["execution_id"] != first.json()["execution_id"]


async def test_fifty_parallel_starts_with_one_key_give_one_execution(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    workflow_id = await workflow(client, call("once", "/once"))
    starts = [
        client.post(f"/workflows/{workflow_id}/execute", json={}, headers={"Idempotency-Key": "k"}) for _ in range(50)
    ]
    answers = await asyncio.gather(*starts)
    assert {accepted.status_code for accepted in answers} <= {200, 202}
    ids = {accepted.json()["execution_id"] for accepted in answers}
    assert len(ids) == 1
    assert sum("idempotent-replayed" not in accepted.headers for accepted in answers) == 1
    assert (await ended(client, ids.pop()))["status"] == "completed"
    assert (await client.get(f"/workflows/{workflow_id}")).json()["execution_count"] == 1
    assert len(scripted.requests) == 1


# --- snapshots -----------------------------------------------------------------------------------


async def test_an_execution_finishes_on_the_definition_that_it_was_accepted_with(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/held"] = held
    workflow_id = await workflow(client, call("held", "/held"), notify("old", "{{held.status}}"))
    execution_id = await start(client, workflow_id)
    await soon(scripted.arrived)
    await client.put(f"/workflows/{workflow_id}", json={"actions": [notify("new")]})
    scripted.released.set()
    final = await ended(client, execution_id)
    assert (final["workflow_version"], list(final["result"])) == ("1.0", ["held", "old"])
    fresh = await run(client, workflow_id)
    assert (fresh["workflow_version"], list(fresh["result"])) == ("1.1", ["new"])


async def test_an_execution_outlives_its_deleted_workflow(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    scripted.answers["/held"] = held
    workflow_id = await workflow(client, call("held", "/held"), notify("after", "{{held.status}}"))
    execution_id = await start(client, workflow_id)
    await soon(scripted.arrived)
    assert (await client.delete(f"/workflows/{workflow_id}")).status_code == 204
    assert (await status(client, execution_id))["status"] == "running"
    scripted.released.set()
    final = await ended(client, execution_id)
    assert (final["status"], final["workflow_id"]) == ("completed", workflow_id)


async def test_delete_with_cancel_running_cancels_the_executions(
    client: httpx.AsyncClient, scripted: PartnerService
) -> None:
    workflow_id = await workflow(client, call("slow", "/hang"))
    execution_id = await start(client, workflow_id)
    await soon(scripted.arrived)
    wrong = await client.delete(f"/workflows/{workflow_id}", params={"cancel_running": "perhaps"})
    assert [loc for loc, _ in faults(wrong)] == [["query", "cancel_running"]]
    deleted = await client.delete(f"/workflows/{workflow_id}", params={"cancel_running": "true"})
    assert deleted.status_code == 204
    await soon(scripted.given_up)
    assert (await status(client, execution_id))["status"] == "cancelled"
