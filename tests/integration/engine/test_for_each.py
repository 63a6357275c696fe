"""Actions that run for each item of a list, or again until they are done, on both edges and both databases."""

import asyncio
import json
from collections import Counter
from typing import Any

import httpx
import pytest

from tests.support.calls import Json, answer, call, create, ended, graphql, run, soon, start
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

READ = """
query ($id: ID!) {
  execution(id: $id) {
    actions {
      actionId status attempts { number }
      items { total succeeded failed skipped nodes { index status attempt response error { code } } }
    }
    logs { message }
    timeline { actionId spans { kind } }
  }
}
"""
DEFINITION = """
query ($id: ID!) {
  workflow(id: $id) {
    actions {
      forEach { in as indexAs when maxConcurrency toleratedFailurePercentage }
      repeat { until maxIterations delaySeconds }
      output
    }
  }
}
"""
OF_AN_ITEM = """
query ($id: ID!) {
  execution(id: $id) {
    actions {
      items {
        results(first: 1, after: "0") {
          nodes {
            index
            attempts { number startedAt completedAt nextAttemptAt error { httpStatus } }
            spans { kind startedAt endedAt attempt reason }
          }
        }
      }
    }
  }
}
"""
ONCE = {"retry": {"max_attempts": 1}}
LIST = {"name": "ids", "type": "array", "required": True}


class Answers:
    """Answers each call by its body, and remembers how many were under way at once."""

    def __init__(self) -> None:
        self.under_way = 0
        self.most = 0
        self.wanted = 1
        self.full = asyncio.Event()

    async def __call__(self, service: ScriptedService, send: Any) -> None:
        asked = json.loads(service.requests[-1]["body"])
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        if self.under_way >= self.wanted:
            self.full.set()
        await self.full.wait()
        self.under_way -= 1
        status = 500 if asked["id"] == "bad" else 200
        _, headers, body = answer({"echo": asked}, status)
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})


def each(in_: Any = "{{ids}}", **more: Any) -> Json:
    config = {"parameters": {"id": "{{item}}", "place": "{{index}}"}}
    form = {key: more.pop(key) for key in ("max_concurrency", "tolerated_failure_percentage") if key in more}
    return call("each", "/each", config, for_each={"in": in_, **form}, **ONCE, **more)


async def test_results_come_in_the_order_of_the_items_and_no_more_run_at_once_than_may(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/each"] = answers = Answers()
    answers.wanted = 3
    last = call("last", "/last", {"parameters": {"first": "{{each.response[0]}}", "all": "{{each.response | length}}"}})
    shaped = each(max_concurrency=3, output="{{response.echo.id}} at {{index}}")
    workflow = await create(client, "Fan-out", shaped, last, parameters=[LIST])
    execution = await run(client, workflow["workflow_id"], ids=["a", "b", "c", "d", "e"])
    assert execution["status"] == "completed"
    assert execution["result"]["each"]["response"] == ["a at 0", "b at 1", "c at 2", "d at 3", "e at 4"]
    assert answers.most == 3
    assert json.loads(scripted.requests[-1]["body"]) == {"first": "a at 0", "all": 5}
    keys = {request["headers"]["idempotency-key"] for request in scripted.requests[:-1]}
    assert keys == {f"{execution['execution_id']}:each:{index}" for index in range(5)}
    seen = (await graphql(client, READ, id=execution["execution_id"]))["execution"]
    items = seen["actions"][0]["items"]
    assert (items["total"], items["succeeded"], items["failed"]) == (5, 5, 0)
    assert items["nodes"][1] == {
        "index": 1,
        "status": "SUCCESS",
        "attempt": 1,
        "response": "b at 1",
        "error": None,
    }
    assert "Completed action: each[4]" in [line["message"] for line in seen["logs"]]
    assert seen["timeline"][0]["spans"][-1] == {"kind": "RUNNING"}


def transform(action_id: str, output: Any, **more: Any) -> Json:
    return {"action_id": action_id, "action_type": "transform", "config": {"output": output}, **more}


@pytest.mark.parametrize(("tolerated", "status"), [(34, "completed"), (33, "failed"), (0, "failed")])
async def test_so_many_items_may_fail(
    client: httpx.AsyncClient, scripted: ScriptedService, tolerated: int, status: str
) -> None:
    scripted.answers["/each"] = Answers()
    workflow = await create(client, "Tolerant", each(tolerated_failure_percentage=tolerated), parameters=[LIST])
    execution = await run(client, workflow["workflow_id"], ids=["a", "bad", "c"])
    assert execution["status"] == status
    result = execution["result"]["each"]
    assert [item and item["echo"]["id"] for item in result["response"]] == ["a", None, "c"]
    if status == "failed":
        assert result["error"]["code"] == "ITEMS_FAILED"
        assert "item 1 by HTTP_ERROR" in result["error"]["message"]


async def test_an_item_that_fails_stops_those_that_have_not_begun(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/each"] = Answers()
    workflow = await create(client, "Strict", each(max_concurrency=1), parameters=[LIST])
    execution = await run(client, workflow["workflow_id"], ids=["a", "bad", "c", "d"])
    assert execution["result"]["each"]["response"][2:] == [None, None]
    assert len(scripted.requests) == 2


async def test_each_item_is_retried_by_itself(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    seen: Counter[str] = Counter()

    async def flaky(service: ScriptedService, send: Any) -> None:
        key = service.requests[-1]["headers"]["idempotency-key"]
        seen[key] += 1
        status = 503 if key.endswith(":1") and seen[key] == 1 else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    scripted.answers["/each"] = flaky
    retry = {"retry": {"max_attempts": 2, "initial_delay_seconds": 0.01}}
    action = {**each(), **retry}
    workflow = await create(client, "Flaky items", action, parameters=[LIST])
    execution = await run(client, workflow["workflow_id"], ids=["a", "b", "c"])
    assert execution["status"] == "completed"
    assert sorted(seen.values()) == [1, 1, 2]
    read = (await graphql(client, READ, id=execution["execution_id"]))["execution"]["actions"][0]
    assert [node["attempt"] for node in read["items"]["nodes"]] == [1, 2, 1]
    assert read["attempts"] == [{"number": 1}]
    told = (await graphql(client, OF_AN_ITEM, id=execution["execution_id"]))["execution"]["actions"][0]["items"]
    item = told["results"]["nodes"][0]
    assert item["index"] == 1
    first, second = item["attempts"]
    assert (first["number"], first["error"]["httpStatus"], second["number"], second["error"]) == (1, 503, 2, None)
    assert first["startedAt"] <= first["completedAt"] <= first["nextAttemptAt"] <= second["startedAt"]
    spans = [(span["kind"], span["attempt"], span["reason"]) for span in item["spans"]]
    waited = [("RUNNING", 1, None), ("WAITING", 2, "RETRY_BACKOFF"), ("RUNNING", 2, None)]
    assert [span for span in spans if span[0] != "QUEUED"] == waited
    assert item["spans"][-1]["endedAt"] == second["completedAt"]


@pytest.mark.parametrize("items", [[], ["only"]])
@pytest.mark.usefixtures("scripted")
async def test_short_lists(client: httpx.AsyncClient, items: list[str]) -> None:
    workflow = await create(client, "Short", each(), parameters=[LIST])
    execution = await run(client, workflow["workflow_id"], ids=items)
    assert (execution["status"], len(execution["result"]["each"]["response"])) == ("completed", len(items))


@pytest.mark.usefixtures("scripted")
async def test_what_is_no_list_fails_the_action(client: httpx.AsyncClient) -> None:
    first = call("first", "/first")
    workflow = await create(client, "No list", first, each("{{first.response}}"))
    error = (await run(client, workflow["workflow_id"]))["error"]
    assert (error["code"], error["message"]) == (
        "EXPRESSION_ERROR",
        "for_each.in: it is an object, and must be a list",
    )


async def test_a_condition_is_asked_once_for_all_items(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "Unwanted", each(when="{{ids | length > 2}}"), parameters=[LIST])
    execution = await run(client, workflow["workflow_id"], ids=["a"])
    assert execution["result"]["each"]["status"] == "skipped"


async def test_items_are_passed_by_and_told_from_those_that_failed_or_gave_nothing(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers |= {"/null": (200, {}, b"null"), "/bad": answer({"no": 1}, 404)}
    workflow = await create(
        client,
        "Choosy",
        call(
            "each",
            "/{{item}}",
            for_each={"in": "{{ids}}", "when": "{{item != 'no'}}", "tolerated_failure_percentage": 50},
        ),
        transform("told", "{{each.items}}"),
        transform("left", {"failed": "{{each.items | where('status', 'failed') | map('error') | map('code')}}"}),
        parameters=[LIST],
    )
    assert "warnings" not in workflow
    execution = await run(client, workflow["workflow_id"], ids=["null", "no", "bad"])
    assert execution["status"] == "completed"
    assert execution["result"]["each"]["response"] == [None, None, None]
    told = execution["result"]["told"]["response"]
    assert [(item["status"], item["response"], (item["error"] or {}).get("code")) for item in told] == [
        ("success", None, None),
        ("skipped", None, None),
        ("failed", {"no": 1}, "HTTP_ERROR"),
    ]
    assert execution["result"]["left"]["response"] == {"failed": ["HTTP_ERROR"]}
    assert len(scripted.requests) == 2
    read = (await graphql(client, READ, id=execution["execution_id"]))["execution"]
    assert {key: read["actions"][0]["items"][key] for key in ("total", "succeeded", "failed", "skipped")} == {
        "total": 3,
        "succeeded": 1,
        "failed": 1,
        "skipped": 1,
    }
    assert "Skipped action: each[1]: its condition is false" in [line["message"] for line in read["logs"]]


async def test_a_condition_over_an_item_that_has_no_value_fails_that_item(client: httpx.AsyncClient) -> None:
    tolerant = {"in": [{"n": 1}, {}], "when": "{{item.n > 1}}", "tolerated_failure_percentage": 50}
    workflow = await create(client, "Half", transform("each", "{{item}}", for_each=tolerant))
    execution = await run(client, workflow["workflow_id"])
    read = (await graphql(client, READ, id=execution["execution_id"]))["execution"]["actions"][0]["items"]["nodes"]
    assert [(node["status"], (node["error"] or {}).get("code")) for node in read] == [
        ("SKIPPED", None),
        ("FAILED", "EXPRESSION_ERROR"),
    ]


async def test_a_cancel_ends_the_items_under_way(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    scripted.answers["/each"] = answers = Answers()
    answers.wanted = 10
    workflow = await create(client, "Cancelled", each(max_concurrency=2), parameters=[LIST])
    execution_id = await start(client, workflow["workflow_id"], ids=["a", "b", "c"])
    await soon(scripted.arrived)
    await client.post(f"/workflows/executions/{execution_id}/cancel")
    assert (await ended(client, execution_id))["status"] == "cancelled"
    items = (await graphql(client, READ, id=execution_id))["execution"]["actions"][0]["items"]
    assert {node["status"] for node in items["nodes"]} <= {"CANCELLED"}
    answers.full.set()


async def test_an_action_is_repeated_until_it_is_done(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    async def poll(service: ScriptedService, send: Any) -> None:
        count = len(service.requests)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        body = json.dumps({"state": "done" if count == 3 else "running", "count": count}).encode()
        await send({"type": "http.response.body", "body": body})

    scripted.answers["/poll"] = poll
    sent = {"parameters": {"iteration": "{{iteration}}", "seen": "{{previous.count | default(0)}}"}}
    repeat = {"until": "{{response.state == 'done'}}", "delay_seconds": 0.01}
    workflow = await create(client, "Poll", call("poll", "/poll", sent, repeat=repeat, output="{{response.count}}"))
    execution = await run(client, workflow["workflow_id"])
    assert execution["result"]["poll"]["response"] == 3
    bodies = [json.loads(request["body"]) for request in scripted.requests]
    assert bodies == [{"iteration": n, "seen": n - 1} for n in (1, 2, 3)]
    keys = [request["headers"]["idempotency-key"] for request in scripted.requests]
    name = f"{execution['execution_id']}:poll"
    assert keys == [name, f"{name}:r2", f"{name}:r3"]
    read = (await graphql(client, READ, id=execution["execution_id"]))["execution"]
    assert [attempt["number"] for attempt in read["actions"][0]["attempts"]] == [1, 2, 3]
    kinds = [span["kind"] for span in read["timeline"][0]["spans"] if span["kind"] != "QUEUED"]
    assert kinds == ["RUNNING", "WAITING", "RUNNING", "WAITING", "RUNNING"]


async def test_a_repetition_comes_to_an_end(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    scripted.answers["/poll"] = answer({"state": "running"})
    repeat = {"until": "{{response.state == 'done'}}", "max_iterations": 2, "delay_seconds": 0}
    workflow = await create(client, "Endless", call("poll", "/poll", repeat=repeat))
    execution = await run(client, workflow["workflow_id"])
    assert execution["error"]["code"] == "REPEAT_EXHAUSTED"
    assert execution["result"]["poll"]["response"] == {"state": "running"}
    assert len(scripted.requests) == 2


@pytest.mark.usefixtures("scripted")
async def test_the_forms_are_read_back_as_they_were_sent(client: httpx.AsyncClient) -> None:
    form = {"in": [1, 2], "as": "number", "index_as": "place", "when": "{{number > 0}}", "max_concurrency": 4}
    repeat = {"until": "{{iteration > 1}}"}
    action = call(
        "a", "/a", {"parameters": {"n": "{{number}}{{place}}"}}, for_each=form, repeat=repeat, output=["{{response}}"]
    )
    created = await create(client, "Forms", action)
    assert "warnings" not in created
    read = (await client.get(f"/workflows/{created['workflow_id']}")).json()["actions"][0]
    assert {key: read[key] for key in ("for_each", "repeat", "output")} == {
        "for_each": form,
        "repeat": repeat,
        "output": ["{{response}}"],
    }
    [told] = (await graphql(client, DEFINITION, id=created["workflow_id"]))["workflow"]["actions"]
    assert told == {
        "forEach": {
            "in": [1, 2],
            "as": "number",
            "indexAs": "place",
            "when": "{{number > 0}}",
            "maxConcurrency": 4,
            "toleratedFailurePercentage": 0,
        },
        "repeat": {"until": "{{iteration > 1}}", "maxIterations": 100, "delaySeconds": 1},
        "output": ["{{response}}"],
    }


@pytest.mark.parametrize(
    ("form", "where"),
    [
        ({"for_each": {"in": "{{a b}}"}}, ["for_each", "in"]),
        ({"for_each": {"in": "x {{ids}}"}}, ["for_each", "in"]),
        ({"for_each": {"in": "{{secrets.list}}"}}, ["for_each", "in"]),
        ({"for_each": {"in": [], "as": "ids"}}, ["for_each", "as"]),
        ({"for_each": {"in": [], "as": "secrets"}}, ["for_each", "as"]),
        ({"for_each": {"in": [], "as": "index"}}, ["for_each", "index_as"]),
        ({"for_each": {"in": [], "max_concurrency": 0}}, ["for_each", "max_concurrency"]),
        ({"for_each": {}}, ["for_each", "in"]),
        ({"for_each": {"in": [], "when": "item"}}, ["for_each", "when"]),
        ({"for_each": {"in": []}, "when": "{{item > 1}}"}, ["when"]),
        ({"for_each": {"in": [], "as": "one"}, "when": "{{not one.paid}}"}, ["when"]),
        ({"repeat": {"until": "done"}}, ["repeat", "until"]),
        ({"repeat": {"until": "{{1 +}}"}}, ["repeat", "until"]),
        ({"output": {"deep": ["{{a b}}"]}}, ["output", "deep", 0]),
        ({"output": "{{secrets.token}}"}, ["output"]),
    ],
)
async def test_a_faulty_form_is_refused_at_its_place(client: httpx.AsyncClient, form: Json, where: list[str]) -> None:
    body = {"name": "Faulty", "parameters": [LIST], "actions": [call("a", "/a", **form)]}
    refused = await client.post("/workflows", json=body)
    assert refused.status_code == 422, refused.text
    assert next(fault["loc"] for fault in refused.json()["detail"]) == ["body", "actions", 0, *where]
