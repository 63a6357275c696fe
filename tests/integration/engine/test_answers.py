"""What came back steers what is done: statuses, headers, success and repetition, over crashes and reruns alike."""

import json
from typing import Any

import httpx
import pytest

from resolvers.executions.payload import HIDDEN
from tests.support.calls import Json, answer, call, create, graphql, run, token
from tests.support.edges.reruns import done_over
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

AT_ONCE = {"initial_delay_seconds": 0, "jitter": False}
KEYS = "query ($id: ID!) { execution(id: $id) { actions { idempotencyKey } } }"
READ = """
query ($id: ID!) {
  execution(id: $id) {
    actions {
      actionId response reusedFrom
      http { status headers }
      items { results { nodes { index http { status headers } } } }
    }
  }
}
"""


def transform(action_id: str, output: Any, **more: Any) -> Json:
    return {"action_id": action_id, "action_type": "transform", "config": {"output": output}, **more}


def in_turn(*answers: tuple[int, dict[str, str], bytes]) -> Any:
    """Give these answers, one after the other."""
    left = list(answers)

    async def give(_service: ScriptedService, send: Any) -> None:
        status, headers, body = left.pop(0)
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})

    return give


async def runs(client: httpx.AsyncClient, name: str, *actions: Json, **parameters: Any) -> Json:
    """What comes of a new workflow with parameters of these names."""
    declared = [{"name": key, "type": "array", "required": True} for key in parameters]
    workflow = await create(client, name, *actions, parameters=declared)
    assert workflow.get("warnings", []) == []
    return await run(client, workflow["workflow_id"], **parameters)


def error_of(execution: Json, action_id: str) -> Json:
    assert execution["status"] == "failed"
    return dict(execution["result"][action_id]["error"])


async def test_the_status_and_the_headers_of_an_answer_can_be_used(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    headers = {"Location": f"{scripted.url}/jobs/7?view=all", "Set-Cookie": "session=1", "X-Total-Count": "12"}
    scripted.answers |= {"/jobs": (201, headers, b'{"id": 7}'), "/jobs/7": answer({"state": "done"})}
    execution = await runs(
        client,
        "Location",
        call("a", "/jobs", output={"code": "{{http.status}}", "id": "{{response.id}}"}),
        call("b", "{{a.http.headers.location}}", {"method": "GET"}, when="{{a.http.status == 201}}"),
        transform(
            "c", ["{{a.http.status}}", "{{a.http.headers.x-total-count}}", "{{a.response}}", "{{b.response.state}}"]
        ),
        transform("d", "{{a.http.headers | length}} {{c.http | default('none')}}"),
    )
    assert execution["result"]["c"]["response"] == [201, "12", {"code": 201, "id": 7}, "done"]
    assert execution["result"]["d"]["response"] == "2 none"
    assert [(one["path"], one["query"]) for one in scripted.requests] == [("/jobs", ""), ("/jobs/7", "view=all")]
    shown = (await graphql(client, READ, id=execution["execution_id"]))["execution"]["actions"]
    kept = {"location": headers["Location"], "x-total-count": "12"}
    assert [action["http"] for action in shown if action["actionId"] in "ac"] == [
        {"status": 201, "headers": kept},
        None,
    ]


async def test_a_url_of_an_answer_that_leads_elsewhere_is_not_followed(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/jobs"] = (201, {"Location": "http://evil.example/jobs/7"}, b"")
    execution = await runs(
        client, "Evil", call("a", "/jobs"), call("b", "{{a.http.headers.location}}", {"method": "GET"})
    )
    error = error_of(execution, "b")
    assert error["code"] == "INVALID_CONFIG"
    assert "does not lie below that of the service" in error["message"]


async def test_an_action_says_by_itself_what_a_success_is(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    scripted.answers |= {"/gone": answer({"why": "gone"}, 404), "/bad": answer({"ok": False, "code": 17})}
    execution = await runs(
        client,
        "Success",
        call("a", "/gone", success_when="{{http.status == 404}}"),
        transform("b", "{{a.status}} {{a.http.status}} {{a.response.why}}"),
        call("c", "/bad", success_when="{{response.ok}}", on_error="continue"),
        transform("d", "{{c.error.code}} {{c.http.status}} {{c.response.code}}"),
        call("e", "/gone", success_when="{{http.status < 400}}", depends_on=["d"]),
    )
    assert execution["result"]["b"]["response"] == "success 404 gone"
    assert execution["result"]["d"]["response"] == "UNSUCCESSFUL 200 17"
    error = error_of(execution, "e")
    assert (error["code"], error["http_status"]) == ("HTTP_ERROR", 404)


async def test_what_came_back_says_whether_a_failure_is_repeated(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    busy = answer({"code": "BUSY"}, 409)
    wants = {"when": "{{response.code == 'BUSY' or error.code == 'UNSUCCESSFUL'}}", "max_attempts": 4, **AT_ONCE}
    scripted.answers |= {
        "/a": in_turn(busy, answer({"code": "LATER"}), answer({"code": "OK"})),
        "/b": in_turn(busy, answer({"code": "NO"}, 503)),
        "/c": (500, {}, b""),
    }
    execution = await runs(
        client,
        "Again",
        call("a", "/a", success_when="{{response.code == 'OK'}}", retry=wants),
        call("b", "/b", retry=wants, on_error="continue"),
        call("c", "/c", retry={**wants, "when": "{{response.code == 'BUSY'}}"}, depends_on=["a", "b"]),
    )
    paths = [one["path"] for one in scripted.requests]
    assert {path: paths.count(path) for path in paths} == {"/a": 3, "/b": 2, "/c": 1}
    assert execution["result"]["a"]["response"] == {"code": "OK"}
    assert execution["result"]["b"]["error"]["http_status"] == 503
    error = error_of(execution, "c")
    assert error["code"] == "HTTP_ERROR"
    assert "answered 500" in error["message"]
    assert "retry.when: " in error["message"]


async def test_a_call_may_have_an_idempotency_key_of_its_own(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/pay"] = in_turn(answer({}, 503), answer({}), answer({}), answer({}))
    execution = await runs(
        client,
        "Keys",
        call("a", "/pay", {"idempotency_key": "order-{{ids[0]}}-pay"}, retry=AT_ONCE),
        call("b", "/pay", {"idempotency_key": "item-{{item}}"}, for_each={"in": "{{ids}}"}, depends_on=["a"]),
        ids=[7, 8],
    )
    keys = [one["headers"]["idempotency-key"] for one in scripted.requests]
    assert (keys[:2], sorted(keys[2:])) == (["order-7-pay"] * 2, ["item-7", "item-8"])
    for headers, shown in ({}, "order-7-pay"), (token("vic", "default", "viewer"), HIDDEN):
        found = await client.post(
            "/graphql", json={"query": KEYS, "variables": {"id": execution["execution_id"]}}, headers=headers
        )
        assert [one["idempotencyKey"] for one in found.json()["data"]["execution"]["actions"]] == [shown, None]


async def test_all_pages_are_collected(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    pages = {"": (["a", "b"], "2"), "2": (["c"], "3"), "3": ([], None)}

    async def page(service: ScriptedService, send: Any) -> None:
        entries, after = pages[dict(httpx.QueryParams(service.requests[-1]["query"])).get("cursor", "")]
        await in_turn(answer({"entries": entries, "next": after}))(service, send)

    scripted.answers["/orders"] = page
    execution = await runs(
        client,
        "Pages",
        call(
            "pages",
            "/orders",
            {"method": "GET", "query": {"cursor": "{{previous.next | default(null)}}"}},
            repeat={
                "until": "{{response.next == null or (collected | length) > 9}}",
                "collect": "{{response.entries}}",
                "delay_seconds": 0,
            },
            output={"pages": "{{response}}", "first": "{{response[0][0]}}", "ends_with": "{{http.status}}"},
        ),
    )
    assert execution["result"]["pages"]["response"] == {
        "pages": [["a", "b"], ["c"], []],
        "first": "a",
        "ends_with": 200,
    }
    assert [one["query"] for one in scripted.requests] == ["", "cursor=2", "cursor=3"]


async def test_each_item_has_an_answer_of_its_own_and_a_rerun_reuses_it(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    for name in "xy":
        scripted.answers[f"/{name}"] = (200, {"ETag": f'"{name}"'}, b"{}")
    scripted.answers |= {"/z": answer({}, 404), "/last": (500, {}, b"")}
    workflow = await create(
        client,
        "Items",
        call(
            "each",
            "/{{item}}",
            for_each={"in": ["x", "y", "z"], "tolerated_failure_percentage": 50, "max_concurrency": 1},
        ),
        call("one", "/x"),
        call(
            "last",
            "/last",
            {
                "body": [
                    "{{each.items[1].http.headers.etag}}",
                    "{{each.items[2].http.status}}",
                    "{{one.http.headers.etag}}",
                ]
            },
        ),
    )
    failed = await run(client, workflow["workflow_id"])
    sent = json.loads(scripted.requests[-1]["body"])
    assert sent == ['"y"', 404, '"x"']
    scripted.answers["/last"] = (200, {}, b"{}")
    scripted.requests.clear()
    again = await done_over(client, failed["execution_id"])
    assert again["status"] == "completed"
    assert [json.loads(one["body"]) for one in scripted.requests] == [sent]
    shown = (await graphql(client, READ, id=again["execution_id"]))["execution"]["actions"]
    each, one, _ = sorted(shown, key=lambda action: str(action["actionId"]))[0], shown[1], shown[2]
    assert each["http"] is None
    assert [found["http"]["status"] for found in each["items"]["results"]["nodes"]] == [200, 200, 404]
    assert one["http"] == {"status": 200, "headers": {"etag": '"x"'}}


async def test_what_was_filled_in_as_an_idempotency_key_is_no_template_and_is_checked(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/pay"] = answer({})
    keyed = call("a", "/pay", {"idempotency_key": "{{key}}"})
    workflow = await create(client, "Filled in", keyed, parameters=[{"name": "key", "type": "string"}])
    for key in ("{{x\r\nX-More: 1", "{{" + "k" * 255, "{{\u00e9"):
        execution = await run(client, workflow["workflow_id"], key=key)
        error = error_of(execution, "a")
        assert (error["code"], "printable ASCII" in error["message"]) == ("INVALID_CONFIG", True)
    assert scripted.requests == []
    await run(client, workflow["workflow_id"], key="{{x}}")
    assert [one["headers"]["idempotency-key"] for one in scripted.requests] == ["{{x}}"]
