"""Two executions side by side: their versions, parameters, results, attempts and times."""

from typing import Any

import httpx
import pytest

from tests.support.calls import Json, answer, call, create, graphql, held, notify, run, soon, start, token
from tests.support.scripted_service import PartnerService, ScriptedService

pytestmark = pytest.mark.asyncio

COMPARE = """
query ($base: ID!, $other: ID!, $all: Boolean) {
  compareExecutions(base: $base, other: $other) {
    base { id workflowVersion status parameters } other { id workflowVersion status }
    definition { part name kind fields { path before after } }
    settings { path before after }
    parameters { kind path before after }
    outputs { kind path before after }
    actions(all: $all) {
      actionId differs secondsBefore secondsAfter
      before { status attempt response attempts { number error { code } } }
      after { status attempt error { code message } }
      response { kind path before after }
    }
  }
}
"""
WHO = {"name": "who", "type": "string"}


async def compared(client: httpx.AsyncClient, base: str, other: str, **more: object) -> Json:
    return dict((await graphql(client, COMPARE, base=base, other=other, **more))["compareExecutions"])


async def refused_once(service: ScriptedService, send: Any) -> None:
    """Answer 503, and then something else than before."""
    service.answers["/ask"] = answer({"n": 2, "same": True})
    await send({"type": "http.response.start", "status": 503, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def test_an_execution_compared_with_another_one_of_another_version(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/ask"] = answer({"n": 1, "same": True})
    ask = call("ask", "/ask", retry={"max_attempts": 2, "initial_delay_seconds": 0.01})
    fields = {"parameters": [WHO], "outputs": {"n": "{{ask.response.n}}"}}
    workflow = await create(client, "Compared", ask, notify("same"), notify("tell", "{{who}}"), **fields)
    workflow_id = workflow["workflow_id"]
    base = (await run(client, workflow_id, who="Ada"))["execution_id"]
    changes = {"actions": [ask, notify("same"), notify("more", "{{who}}")], "timeout_seconds": 60}
    await client.put(f"/workflows/{workflow_id}", json=changes)
    scripted.answers["/ask"] = refused_once
    other = (await run(client, workflow_id, who="Grace"))["execution_id"]

    found = await compared(client, base, other)
    assert (found["base"]["workflowVersion"], found["other"]["workflowVersion"]) == ("1.0", "1.1")
    assert [(one["name"], one["kind"]) for one in found["definition"]] == [("more", "ADDED"), ("tell", "REMOVED")]
    assert found["settings"] == [{"path": ["timeout_seconds"], "before": 3600, "after": 60}]
    assert found["parameters"] == [{"kind": "CHANGED", "path": ["who"], "before": "Ada", "after": "Grace"}]
    assert found["outputs"] == [{"kind": "CHANGED", "path": ["n"], "before": 1, "after": 2}]
    asked, told, more = found["actions"]
    assert (asked["actionId"], asked["differs"]) == ("ask", ["ATTEMPTS", "RESPONSE"])
    assert asked["response"] == [{"kind": "CHANGED", "path": ["n"], "before": 1, "after": 2}]
    assert (asked["before"]["attempt"], asked["after"]["attempt"]) == (1, 2)
    assert [attempt["number"] for attempt in asked["before"]["attempts"]] == [1]
    assert asked["secondsAfter"] >= 0.005 > 0 <= asked["secondsBefore"]
    assert (told["actionId"], told["differs"][0], told["after"]) == ("tell", "STATUS", None)
    assert (more["actionId"], more["differs"][0], more["before"]) == ("more", "STATUS", None)
    assert (told["secondsAfter"], more["secondsBefore"]) == (None, None)
    every = await compared(client, base, other, all=True)
    assert [(one["actionId"], bool(one["differs"])) for one in every["actions"]] == [
        ("ask", True),
        ("same", False),
        ("tell", True),
        ("more", True),
    ]
    back = await compared(client, other, base)
    assert back["parameters"] == [{"kind": "CHANGED", "path": ["who"], "before": "Grace", "after": "Ada"}]


async def test_an_execution_does_not_differ_from_itself_nor_from_its_like(client: httpx.AsyncClient) -> None:
    workflow_id = (await create(client, "Alike", notify("say", "{{who}}"), parameters=[WHO]))["workflow_id"]
    one, two = [(await run(client, workflow_id, who="Ada"))["execution_id"] for _ in range(2)]
    for base, other in ((one, one), (one, two)):
        found = await compared(client, base, other)
        assert [found[name] for name in ("definition", "settings", "parameters", "outputs", "actions")] == [[]] * 5


async def test_executions_of_two_workflows_and_one_that_has_not_ended_are_compared_as_well(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/held"] = held
    one = (await create(client, "One", notify("a", "1"), call("b", "/held")))["workflow_id"]
    two = (await create(client, "Two", notify("a", "2"), call("b", "/no", on_error="continue")))["workflow_id"]
    scripted.answers["/no"] = answer({}, 400)
    running = await start(client, one)
    await soon(scripted.arrived)
    other = (await run(client, two))["execution_id"]
    found = await compared(client, running, other)
    assert [(one["name"], one["kind"]) for one in found["definition"]] == [("a", "CHANGED"), ("b", "CHANGED")]
    actions = {action["actionId"]: action for action in found["actions"]}
    assert (actions["b"]["before"]["status"], actions["b"]["secondsBefore"]) == ("RUNNING", None)
    assert set(actions["b"]["differs"]) >= {"STATUS", "ERROR"}
    assert actions["b"]["after"]["error"]["code"] == "HTTP_ERROR"
    scripted.released.set()


async def test_what_may_not_be_seen_is_not_told_by_what_differs(client: httpx.AsyncClient) -> None:
    outputs = {"said": "{{say.response.message}}"}
    workflow = await create(client, "Seen", notify("say", "{{who}}"), parameters=[WHO], outputs=outputs)
    one, two = [(await run(client, workflow["workflow_id"], who=who))["execution_id"] for who in ("Ada", "canary")]
    body = {"query": COMPARE, "variables": {"base": one, "other": two, "all": True}}
    answered = await client.post("/graphql", json=body, headers=token("vera", "default", "viewer"))
    assert "errors" not in answered.json(), answered.text
    assert "canary" not in answered.text
    assert "Ada" not in answered.text
    found = answered.json()["data"]["compareExecutions"]
    assert (found["parameters"], found["outputs"], found["settings"]) == (None, None, [])
    [action] = found["actions"]
    assert (action["response"], action["differs"], action["before"]["status"]) == (None, [], "SUCCESS")


async def test_the_one_that_there_is_not_is_named(client: httpx.AsyncClient) -> None:
    workflow_id = (await create(client, "Only", notify("say")))["workflow_id"]
    mine = (await run(client, workflow_id))["execution_id"]
    theirs = token("eve", "elsewhere", "admin")
    for base, other, missing, headers in (
        (mine, "exec_0", "exec_0", {}),
        ("exec_0", mine, "exec_0", {}),
        (mine, mine, mine, theirs),
    ):
        body = {"query": COMPARE, "variables": {"base": base, "other": other}}
        answered = (await client.post("/graphql", json=body, headers=headers)).json()
        [error] = answered["errors"]
        assert (answered["data"], error["extensions"]["code"]) == ({"compareExecutions": None}, "EXECUTION_NOT_FOUND")
        assert error["message"] == f"Execution not found: {missing}"


async def test_a_response_with_very_many_differences_is_told_as_a_whole(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    workflow_id = (await create(client, "Many", call("ask", "/many")))["workflow_id"]
    ids = []
    for shift in (0, 1):
        scripted.answers["/many"] = answer(list(range(shift, 5_000 + shift)))
        ids.append((await run(client, workflow_id))["execution_id"])
    [action] = (await compared(client, *ids))["actions"]
    [whole] = action["response"]
    assert (whole["path"], whole["before"][:2], whole["after"][:2]) == ([], [0, 1], [1, 2])


async def test_two_of_the_largest_are_refused_where_an_answer_has_no_room_for_them(
    client: httpx.AsyncClient, scripted: PartnerService
) -> None:
    scripted.answers["/large"] = answer("x" * 1_000_000)
    actions = [call(f"ask{number}", "/large") for number in range(10)]
    workflow_id = (await create(client, "Large", *actions))["workflow_id"]
    one, two = [(await run(client, workflow_id))["execution_id"] for _ in range(2)]
    body = {"query": COMPARE, "variables": {"base": one, "other": two}}
    [error] = (await client.post("/graphql", json=body)).json()["errors"]
    assert error["extensions"]["code"] == "ANSWER_TOO_LARGE"
