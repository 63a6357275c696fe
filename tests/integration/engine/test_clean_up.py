"""What is done when the main part of an execution is over: compensations, `on_failure`, `on_exit`, and outputs."""

import json
from collections.abc import Iterable
from typing import Any

import httpx
import pytest

from tests.support.calls import Json, answer, call, create, ended, events, graphql, held, notify, run, soon, start
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

ONCE = {"retry": {"max_attempts": 1}}
BROKEN = answer({"reason": "sold out"}, 500)
READ = """
query ($id: ID!) {
  execution(id: $id) {
    status stopping outputs result
    error { code message compensationFailed }
    progress { completedActions totalActions percentage }
    actions { actionId status error { code } }
    logs { level message }
    events { type data }
    dag { nodes { actionId phase level } edges { source target isCompensation } mermaid }
    timeline { actionId spans { kind } }
  }
}
"""
CANCEL = """
mutation ($id: ID!) {
  cancelExecution(input: { id: $id }) { execution { status stopping } userErrors { code } }
}
"""


def undo(action_id: str, **more: Any) -> Json:
    """What undoes an action, and shows what it saw of it and of the execution."""
    seen = {
        "undone": f"{{{{{action_id}.response.id}}}}",
        "code": "{{execution.error.code}}",
        "status": "{{execution.status}}",
    }
    config = {"service": "scripted", "endpoint": f"/undo/{action_id}", "parameters": seen}
    return {"compensate": {"action_type": "service_call", "config": config, **ONCE, **more}}


def saga(scripted: ScriptedService, *, last: Any = BROKEN) -> list[Json]:
    """Books a flight and a hotel, and then a car."""
    scripted.answers |= {"/flight": answer({"id": "F1"}), "/hotel": answer({"id": "H1"}), "/car": last}
    return [
        call("flight", "/flight", **undo("flight")),
        call("hotel", "/hotel", depends_on=["flight"], **undo("hotel")),
        call("car", "/car", depends_on=["hotel"], **undo("car"), **ONCE),
    ]


def told(action_id: str, **more: Any) -> Json:
    """A step of a clean-up that shows what it sees."""
    return notify(action_id, "{{execution.status}} by {{execution.error.code}}", **more)


def paths(scripted: ScriptedService) -> list[str]:
    return [request["path"] for request in scripted.requests]


def bodies(scripted: ScriptedService, path: str) -> list[Json]:
    return [json.loads(request["body"]) for request in scripted.requests if request["path"] == path]


def kinds(journal: Iterable[Json]) -> list[str]:
    return [event["type"] for event in journal]


async def read(client: httpx.AsyncClient, execution_id: str) -> Json:
    return dict((await graphql(client, READ, id=execution_id))["execution"])


# --- a saga --------------------------------------------------------------------------------------


async def test_what_succeeded_is_undone_in_reverse_order_when_the_execution_fails(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    fields = {"on_failure": [told("alarm"), notify("after", depends_on=["alarm"])], "on_exit": [told("end")]}
    workflow = await create(client, "Saga", *saga(scripted), **fields)
    assert "warnings" not in workflow
    execution = await run(client, workflow["workflow_id"])
    assert (execution["status"], execution["error"]["action_id"]) == ("failed", "car")
    assert "compensation_failed" not in execution["error"]
    assert paths(scripted) == ["/flight", "/hotel", "/car", "/undo/hotel", "/undo/flight"]
    assert bodies(scripted, "/undo/hotel") == [{"undone": "H1", "code": "HTTP_ERROR", "status": "failed"}]
    assert bodies(scripted, "/undo/flight") == [{"undone": "F1", "code": "HTTP_ERROR", "status": "failed"}]
    keys = [request["headers"]["idempotency-key"] for request in scripted.requests]
    assert keys[-1] == f"{execution['execution_id']}:flight.compensate"
    names = ["flight", "hotel", "car", "flight.compensate", "hotel.compensate", "alarm", "after", "end"]
    assert list(execution["result"]) == names
    assert execution["result"]["alarm"]["response"]["message"] == "failed by HTTP_ERROR"
    seen = await read(client, execution["execution_id"])
    assert seen["progress"] == {"completedActions": 2, "totalActions": 3, "percentage": 66.67}
    assert (seen["status"], seen["stopping"]) == ("FAILED", None)
    clean_up = ["ACTION_STARTED", "ACTION_SUCCEEDED"] * 5
    assert kinds(seen["events"])[-12:] == ["EXECUTION_STOPPING", *clean_up, "EXECUTION_FAILED"]
    assert "Workflow execution is failing, the clean-up begins: HTTP_ERROR" in str(seen["logs"])


async def test_the_picture_of_a_saga(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    fields = {"on_failure": [told("alarm")], "on_exit": [told("end"), notify("last", "{{end.response.message}}")]}
    workflow = await create(client, "Picture", *saga(scripted), **fields)
    execution = await run(client, workflow["workflow_id"])
    seen = await read(client, execution["execution_id"])
    assert [(node["actionId"], node["phase"], node["level"]) for node in seen["dag"]["nodes"]] == [
        ("flight", "MAIN", 0),
        ("hotel", "MAIN", 1),
        ("car", "MAIN", 2),
        ("flight.compensate", "COMPENSATION", 3),
        ("hotel.compensate", "COMPENSATION", 3),
        ("car.compensate", "COMPENSATION", 3),
        ("alarm", "ON_FAILURE", 4),
        ("end", "ON_EXIT", 5),
        ("last", "ON_EXIT", 6),
    ]
    assert {"source": "car", "target": "car.compensate", "isCompensation": True} in seen["dag"]["edges"]
    assert seen["dag"]["mermaid"].splitlines() == [
        "flowchart TD",
        '  n0["flight"]:::success',
        '  n1["hotel"]:::success',
        '  n2["car"]:::failed',
        '  subgraph compensation["compensations, the last that ended first"]',
        '  n3["flight.compensate"]:::success',
        '  n4["hotel.compensate"]:::success',
        '  n5["car.compensate"]',
        "  end",
        '  subgraph on_failure["on failure"]',
        '  n6["alarm"]:::success',
        "  end",
        '  subgraph on_exit["on exit"]',
        '  n7["end"]:::success',
        '  n8["last"]:::success',
        "  end",
        "  n0 --> n1",
        "  n1 --> n2",
        "  n7 -.-> n8",
        "  n0 -. undone by .-> n3",
        "  n1 -. undone by .-> n4",
        "  n2 -. undone by .-> n5",
    ]
    rows = {row["actionId"]: [span["kind"] for span in row["spans"]] for row in seen["timeline"]}
    assert rows["hotel.compensate"] == ["RUNNING"]
    assert "car.compensate" not in rows


async def test_a_compensation_that_fails_is_told_and_keeps_nothing_else_from_being_done(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/undo/hotel"] = answer({}, 500)
    fields = {"on_failure": [told("alarm")], "on_exit": [told("end")]}
    workflow = await create(client, "Half undone", *saga(scripted), **fields)
    execution = await run(client, workflow["workflow_id"])
    assert execution["error"]["action_id"] == "car"
    assert execution["error"]["compensation_failed"] == ["hotel"]
    statuses = {name: result["status"] for name, result in execution["result"].items()}
    assert statuses == {
        "flight": "success",
        "hotel": "success",
        "car": "failed",
        "flight.compensate": "success",
        "hotel.compensate": "failed",
        "alarm": "success",
        "end": "success",
    }
    seen = await read(client, execution["execution_id"])
    assert seen["error"]["compensationFailed"] == ["hotel"]
    warnings = [line["message"] for line in seen["logs"] if line["level"] == "WARNING"]
    assert warnings[-1].startswith("hotel.compensate failed: HTTP_ERROR")


async def test_a_compensation_is_retried_by_its_own_policy(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    async def flaky(service: ScriptedService, send: Any) -> None:
        status = 503 if paths(service).count("/undo/flight") == 1 else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    actions = saga(scripted)
    scripted.answers["/undo/flight"] = flaky
    actions[0]["compensate"]["retry"] = {"max_attempts": 2, "initial_delay_seconds": 0.01}
    workflow = await create(client, "Retried", *actions)
    execution = await run(client, workflow["workflow_id"])
    assert paths(scripted)[-3:] == ["/undo/hotel", "/undo/flight", "/undo/flight"]
    assert execution["result"]["flight.compensate"]["status"] == "success"


async def test_an_action_for_each_item_is_undone_once_and_its_list_is_seen(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    config = {"service": "scripted", "endpoint": "/undo/each", "parameters": {"all": "{{each.response}}"}}
    undone = {"compensate": {"action_type": "service_call", "config": config}}
    scripted.answers["/bad"] = BROKEN
    each = call("each", "/each", for_each={"in": [1, 2]}, output="{{item}}", **undone)
    workflow = await create(client, "Items", each, call("bad", "/bad", depends_on=["each"], **ONCE))
    await run(client, workflow["workflow_id"])
    assert bodies(scripted, "/undo/each") == [{"all": [1, 2]}]


# --- each outcome --------------------------------------------------------------------------------


async def test_on_exit_alone_runs_after_success_and_sees_no_error(client: httpx.AsyncClient) -> None:
    fields = {"on_failure": [notify("never")], "on_exit": [told("end")], "outputs": {"said": "{{a.response.message}}"}}
    workflow = await create(client, "Well", notify("a", "hi"), **fields)
    execution = await run(client, workflow["workflow_id"])
    assert (execution["status"], execution["outputs"]) == ("completed", {"said": "hi"})
    assert list(execution["result"]) == ["a", "end"]
    assert execution["result"]["end"]["response"]["message"] == "completed by "


async def test_a_failure_of_the_clean_up_does_not_change_the_end(client: httpx.AsyncClient) -> None:
    bad = notify("bad", "{{nothing.at.all}}")
    rest = notify("rest", depends_on=["bad"])
    strict = notify("strict", depends_on=["bad"], run_if="all_success")
    workflow = await create(client, "Bad end", notify("a"), on_exit=[bad, rest, strict])
    assert len(workflow["warnings"]) == 1
    execution = await run(client, workflow["workflow_id"])
    assert execution["status"] == "completed"
    assert {name: result["status"] for name, result in execution["result"].items()} == {
        "a": "success",
        "bad": "failed",
        "rest": "success",
        "strict": "skipped",
    }


async def test_a_cancel_stops_the_main_part_and_cleans_up(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    fields = {"on_failure": [notify("never")], "on_exit": [told("end")]}
    workflow = await create(client, "Cancelled saga", *saga(scripted, last=held), **fields)
    scripted.answers["/undo/hotel"] = held
    execution_id = await start(client, workflow["workflow_id"])
    await _arrived(scripted, "/car")
    cancelled = (await client.post(f"/workflows/executions/{execution_id}/cancel")).json()
    assert cancelled == {
        "execution_id": execution_id,
        "status": "running",
        "stopping": "cancelled",
        "cancelled_at": None,
        "message": "Execution is stopping: it will be cancelled when its clean-up is over",
    }
    await _arrived(scripted, "/undo/hotel")
    again = (await graphql(client, CANCEL, id=execution_id))["cancelExecution"]
    assert again == {"execution": {"status": "RUNNING", "stopping": "CANCELLED"}, "userErrors": []}
    status = (await client.get(f"/workflows/executions/{execution_id}")).json()
    assert (status["status"], status["stopping"]) == ("running", "cancelled")
    scripted.released.set()
    execution = await ended(client, execution_id)
    assert (execution["status"], "stopping" in execution) == ("cancelled", False)
    assert {name: result["status"] for name, result in execution["result"].items()} == {
        "flight": "success",
        "hotel": "success",
        "car": "cancelled",
        "flight.compensate": "success",
        "hotel.compensate": "success",
        "end": "success",
    }
    assert paths(scripted)[3:] == ["/undo/hotel", "/undo/flight"]
    assert execution["result"]["end"]["response"]["message"] == "cancelled by "
    journal = [event async for event in events(client, execution_id)]
    assert kinds(journal).count("EXECUTION_STOPPING") == 1
    assert journal[-1]["data"] == {"user_id": "ada"}


async def _arrived(scripted: ScriptedService, path: str) -> None:
    while path not in paths(scripted):
        scripted.arrived.clear()
        await soon(scripted.arrived)


async def test_a_time_out_cleans_up(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    workflow = await create(client, "Late saga", *saga(scripted, last=held), timeout_seconds=3)
    execution = await run(client, workflow["workflow_id"])
    assert (execution["status"], execution["error"]["code"]) == ("failed", "TIMEOUT")
    assert paths(scripted) == ["/flight", "/hotel", "/car", "/undo/hotel", "/undo/flight"]
    assert execution["result"]["car"]["status"] == "cancelled"


async def test_a_clean_up_that_takes_too_long_is_cut_off(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    actions = saga(scripted)
    scripted.answers["/undo/hotel"] = held
    workflow = await create(client, "Endless clean-up", *actions, timeout_seconds=3)
    execution = await run(client, workflow["workflow_id"])
    assert execution["error"]["code"] == "HTTP_ERROR"
    assert execution["error"]["compensation_failed"] == ["hotel", "flight"]
    assert execution["result"]["hotel.compensate"]["status"] == "cancelled"
    assert "flight.compensate" not in execution["result"]


async def test_what_never_left_the_queue_has_nothing_to_clean_up(client: httpx.AsyncClient) -> None:
    """And a workflow that cleans up after failures alone is cancelled at once."""
    workflow = await create(client, "At once", call("a", "/none", **ONCE), on_failure=[notify("alarm")])
    execution_id = await start(client, workflow["workflow_id"])
    answered = await client.post(f"/workflows/executions/{execution_id}/cancel")
    assert answered.json().get("status", "finished") in ("cancelled", "finished")
    assert (await ended(client, execution_id))["status"] in ("cancelled", "failed")


# --- outputs -------------------------------------------------------------------------------------


async def test_outputs_are_filled_in_and_journaled(client: httpx.AsyncClient) -> None:
    outputs = {"total": "{{sum.response + n}}", "totalText": ["{{sum.response}} and {{n}}"]}
    add = {"action_id": "sum", "action_type": "transform", "config": {"output": "{{n * 2}}"}}
    parameters = [{"name": "n", "type": "integer", "required": True}]
    workflow = await create(client, "Sum", add, outputs=outputs, parameters=parameters)
    assert workflow["outputs"] == outputs
    execution = await run(client, workflow["workflow_id"], n=3)
    assert execution["outputs"] == {"total": 9, "totalText": ["6 and 3"]}
    status = (await client.get(f"/workflows/executions/{execution['execution_id']}")).json()
    assert status["outputs"] == execution["outputs"]
    seen = await read(client, execution["execution_id"])
    assert seen["outputs"] == execution["outputs"]
    assert seen["events"][-1]["data"] == {"outputs": execution["outputs"]}


async def test_an_output_without_a_value_fails_the_execution_which_is_then_cleaned_up(
    client: httpx.AsyncClient,
) -> None:
    undone = {"compensate": {"action_type": "notification", "config": {"message": "{{execution.error.message}}"}}}
    workflow = await create(
        client, "No value", notify("a", **undone), outputs={"x": "{{a.response.missing}}"}, on_exit=[told("end")]
    )
    execution = await run(client, workflow["workflow_id"])
    assert execution["error"] == {
        "code": "EXPRESSION_ERROR",
        "message": "outputs.x: '{{a.response.missing}}' has no value: 'a.response' has no 'missing'",
        "action_id": None,
        "retryable": False,
    }
    assert "outputs" not in execution
    assert execution["result"]["a.compensate"]["response"]["message"] == execution["error"]["message"]
    assert execution["result"]["end"]["response"]["message"] == "failed by EXPRESSION_ERROR"


async def test_without_these_fields_nothing_is_journaled_beyond_what_was(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "Plain", notify("a"))
    assert {"outputs", "on_exit", "on_failure"}.isdisjoint(workflow)
    execution = await run(client, workflow["workflow_id"])
    assert {"outputs", "stopping"}.isdisjoint(execution)
    seen = await read(client, execution["execution_id"])
    assert kinds(seen["events"]) == [
        "EXECUTION_QUEUED",
        "EXECUTION_STARTED",
        "ACTION_STARTED",
        "ACTION_SUCCEEDED",
        "EXECUTION_COMPLETED",
    ]
    assert seen["events"][-1]["data"] == {}
