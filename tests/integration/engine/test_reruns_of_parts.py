"""Executions that do others over: what was undone, what runs for each item of a list, and what others have started."""

from typing import Any

import httpx
import pytest

from tests.support.calls import Json, answer, call, create, ended, graphql, notify, run
from tests.support.edges.reruns import called, done_over, preview, preview_of, rerun
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

ONCE = {"retry": {"max_attempts": 1}}
BROKEN = answer({"reason": "away"}, 500)
REUSED, AGAIN, NOT_REACHED = "REUSED", "RUNS_AGAIN", "NOT_REACHED"
ITEMS = """
query ($id: ID!) {
  execution(id: $id) {
    actions { items { results(first: 10) { nodes { index reusedFrom } } } }
    timeline { spans { kind } }
  }
}
"""


def undo(action_id: str) -> Json:
    return {
        "compensate": {
            "action_type": "service_call",
            "config": {"service": "scripted", "endpoint": f"/undo/{action_id}"},
        }
    }


async def test_what_was_compensated_runs_again(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    scripted.answers["/car"] = BROKEN
    workflow = await create(
        client,
        "Saga",
        call("look", "/look"),
        call("flight", "/flight", depends_on=["look"], **undo("flight")),
        call("car", "/car", depends_on=["flight"], **ONCE),
    )
    before = (await run(client, workflow["workflow_id"]))["execution_id"]
    assert called(scripted) == ["/look", "/flight", "/car", "/undo/flight"]
    assert await preview(client, before) == {
        "look": (REUSED, "SUCCEEDED"),
        "flight": (AGAIN, "COMPENSATED"),
        "car": (AGAIN, "DEPENDENCY"),
    }
    phases = {
        each["phase"]: (each["verdict"], each["reason"]) for each in (await preview_of(client, before))["actions"]
    }
    assert phases["COMPENSATION"] == (NOT_REACHED, "CLEAN_UP")
    await done_over(client, before)
    assert called(scripted) == ["/flight", "/car", "/undo/flight"]


async def test_what_is_reused_is_compensated_by_the_new_one_and_then_by_no_other(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    workflow = await create(
        client,
        "Whole",
        call("flight", "/flight", **undo("flight")),
        call("hotel", "/hotel", depends_on=["flight"], **undo("hotel")),
        call("car", "/car", depends_on=["hotel"], **ONCE),
    )
    first = (await run(client, workflow["workflow_id"]))["execution_id"]
    scripted.answers["/car"] = BROKEN
    called(scripted)
    asked: Json = {"from": "ACTIONS", "actionIds": ["car"]}
    second = await rerun(client, first, **asked)
    failed = await ended(client, second)
    assert failed["status"] == "failed"
    keys = {request["path"]: request["headers"]["idempotency-key"] for request in scripted.requests}
    assert called(scripted) == ["/car", "/undo/hotel", "/undo/flight"]
    assert keys == {
        "/car": f"{second}:car",
        "/undo/hotel": f"{first}:hotel.compensate",
        "/undo/flight": f"{first}:flight.compensate",
    }
    for done in (first, second):
        assert await preview(client, done, **asked) == {
            "flight": (AGAIN, "COMPENSATED"),
            "hotel": (AGAIN, "DEPENDENCY"),
            "car": (AGAIN, "NAMED"),
        }
    await done_over(client, first, **asked)
    assert called(scripted) == ["/flight", "/hotel", "/car", "/undo/hotel", "/undo/flight"]
    assert (await preview(client, first, **asked))["flight"] == (AGAIN, "COMPENSATED")


async def test_what_a_later_version_compensated_is_not_reused_from_an_earlier_one(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/car"] = BROKEN
    car = call("car", "/car", depends_on=["flight"], **ONCE)
    workflow = await create(client, "Saga", call("flight", "/flight"), car)
    first = (await run(client, workflow["workflow_id"]))["execution_id"]
    later = {"actions": [call("flight", "/flight", **undo("flight")), car]}
    assert (await client.put(f"/workflows/{workflow['workflow_id']}", json=later)).status_code == 200
    await done_over(client, first, definition="LATEST")
    assert called(scripted) == ["/flight", "/car", "/car", "/undo/flight"]
    for definition in ("LATEST", "ORIGINAL"):
        judged = await preview(client, first, definition=definition)
        assert judged == {"flight": (AGAIN, "COMPENSATED"), "car": (AGAIN, "DEPENDENCY")}


async def test_of_a_list_only_what_failed_runs_again(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    scripted.answers |= {f"/{name}": answer({"is": name}) for name in "xyz"} | {"/y": BROKEN}
    parameters = [{"name": "list", "type": "array"}]
    each = {"in": "{{list}}", "max_concurrency": 1, "tolerated_failure_percentage": 40}
    workflow = await create(
        client,
        "List",
        call("each", "/{{item}}", for_each={**each, "tolerated_failure_percentage": 0}, **ONCE),
        notify("after", "{{each.response | length}}"),
        parameters=parameters,
    )
    before = (await run(client, workflow["workflow_id"], list=["x", "y", "z"]))["execution_id"]
    scripted.answers["/y"] = answer({"is": "y"})
    assert called(scripted) == ["/x", "/y"]
    [judged, _] = (await preview_of(client, before))["actions"]
    assert (judged["verdict"], judged["reason"], judged["totalItems"], judged["reusedItems"]) == (
        AGAIN,
        "FAILED",
        3,
        [0],
    )
    after = await done_over(client, before)
    assert called(scripted) == ["/y", "/z"]
    assert after["result"]["each"] == {"status": "success", "response": [{"is": "x"}, {"is": "y"}, {"is": "z"}]}
    shown = (await graphql(client, ITEMS, id=after["execution_id"]))["execution"]
    items = shown["actions"][0]["items"]["results"]["nodes"]
    assert [(item["index"], item["reusedFrom"]) for item in items] == [(0, before), (1, None), (2, None)]
    assert [span["kind"] for span in shown["timeline"][0]["spans"]] == ["RUNNING"]
    longer = await done_over(client, after["execution_id"], parameters={"list": ["x", "w", "z", "y"]})
    assert called(scripted) == ["/w", "/y"]
    assert longer["result"]["each"]["response"] == [{"is": "x"}, {}, {"is": "z"}, {"is": "y"}]
    whole = await done_over(client, after["execution_id"])
    assert whole["result"]["each"]["reused_from"] == after["execution_id"]
    shown = (await graphql(client, ITEMS, id=whole["execution_id"]))["execution"]
    items = shown["actions"][0]["items"]["results"]["nodes"]
    assert [item["reusedFrom"] for item in items] == [before, after["execution_id"], after["execution_id"]]


def sub(workflow: Json, action_id: str = "sub", **more: Any) -> Json:
    parameters = more.pop("parameters", {})
    config = {"workflow_id": workflow["workflow_id"], "parameters": parameters}
    return {"action_id": action_id, "action_type": "sub_workflow", "config": config, **more}


async def test_a_child_goes_on_from_what_failed_in_it(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    scripted.answers["/bad"] = BROKEN
    child = await create(client, "Child", call("one", "/one"), call("two", "/bad", depends_on=["one"], **ONCE))
    parent = await create(client, "Parent", call("first", "/first"), sub(child, depends_on=["first"]))
    before = await run(client, parent["workflow_id"])
    inner = before["result"]["sub"]["response"]["execution_id"]
    scripted.answers["/bad"] = answer({})
    called(scripted)
    judged = (await preview_of(client, before["execution_id"]))["actions"][1]
    assert (judged["verdict"], judged["reason"], judged["continues"]) == (AGAIN, "FAILED", [inner])
    after = await done_over(client, before["execution_id"])
    assert called(scripted) == ["/bad"]
    response = after["result"]["sub"]["response"]
    assert response["result"]["one"] == {"status": "success", "response": {}}
    nested = (await client.get(f"/workflows/executions/{response['execution_id']}")).json()
    assert (nested["rerun_of"], nested["result"]["one"]["reused_from"]) == (inner, inner)
    whole = await done_over(client, before["execution_id"], children="WHOLE")
    assert called(scripted) == ["/one", "/bad"]
    anew = (await client.get(f"/workflows/executions/{whole['result']['sub']['response']['execution_id']}")).json()
    assert "rerun_of" not in anew


async def test_each_child_of_a_list_goes_on_by_itself(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    scripted.answers |= {"/b": BROKEN}
    word = [{"name": "word", "type": "string"}]
    child = await create(
        client, "Child", call("one", "/one"), call("two", "/{{word}}", depends_on=["one"], **ONCE), parameters=word
    )
    listed = {"in": ["a", "b", "c"], "max_concurrency": 3, "tolerated_failure_percentage": 100}
    parent = await create(
        client,
        "Parent",
        sub(child, parameters={"word": "{{item}}"}, for_each=listed),
        call("last", "/last", depends_on=["sub"], **ONCE),
    )
    scripted.answers["/last"] = BROKEN
    before = (await run(client, parent["workflow_id"]))["execution_id"]
    await client.put(
        f"/workflows/{parent['workflow_id']}",
        json={
            "actions": [
                sub(child, parameters={"word": "{{item}}"}, for_each={**listed, "tolerated_failure_percentage": 0}),
                call("last", "/last", depends_on=["sub"], **ONCE),
            ]
        },
    )
    scripted.answers |= {"/b": answer({}), "/last": answer({})}
    called(scripted)
    assert (await preview(client, before))["sub"] == (REUSED, "SUCCEEDED")
    assert (await preview(client, before, definition="LATEST"))["sub"] == (AGAIN, "CONFIG_CHANGED")
    after = await done_over(client, before, definition="LATEST")
    assert after["status"] == "completed"
    assert called(scripted) == ["/b", "/last"]
