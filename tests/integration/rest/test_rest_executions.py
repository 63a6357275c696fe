"""The documented paths of executions, on both databases, with a real service at the other end."""

import asyncio
import json
import re
from typing import Any

import httpx
import pytest

from tests.support.calls import (
    Json,
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
)
from tests.support.edges.rest_executions import status, workflow
from tests.support.scripted_service import PartnerService, ScriptedService

pytestmark = pytest.mark.asyncio

GRACE = {"X-User-ID": "grace"}


# --- asynchronous and synchronous ----------------------------------------------------------------


async def test_an_execution_is_queued_by_default_and_completes(client: httpx.AsyncClient) -> None:
    workflow_id = await workflow(client, notify("note", "{{text}}"), parameters=[{"name": "text", "type": "string"}])
    accepted = await client.post(f"/workflows/{workflow_id}/execute", json={"parameters": {"text": "Hello"}})
    assert accepted.status_code == 202
    body = accepted.json()
    assert re.fullmatch(r"exec_[0-9a-f]{16}", body["execution_id"])
    assert (body["workflow_id"], body["status"]) == (workflow_id, "queued")
    assert (body["parameters"], body["workflow_version"]) == ({"text": "Hello"}, "1.0")
    assert accepted.headers["location"] == f"/workflows/executions/{body['execution_id']}"
    assert not {"result", "error", "completed_at"} & set(body)
    final = await ended(client, body["execution_id"])
    assert (final["status"], final["created_at"]) == ("completed", body["created_at"])
    assert final["result"]["note"]["status"] == "success"
    assert final["result"]["note"]["response"]["message"] == "Hello"
    assert final["created_at"] <= final["started_at"] <= final["completed_at"]
    assert "error" not in final
    bare = await client.post(f"/workflows/{workflow_id}/execute")  # a body is optional
    assert (bare.status_code, bare.json()["parameters"]) == (202, {})


async def test_a_synchronous_execution_answers_with_its_result(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/fetch"] = answer({"content": "text", "size": 4})
    first = call("fetch_document", "/fetch", {"parameters": {"url": "{{url}}"}})
    second = call("analyze", "/analyze", {"parameters": {"got": "{{fetch_document.response}}", "n": "{{url}}!"}})
    workflow_id = await workflow(client, second, first, parameters=[{"name": "url", "type": "string"}])
    body = await run(client, workflow_id, url="https://example.com/doc.pdf")
    assert body["status"] == "completed"
    assert body["result"] == {
        "fetch_document": {"status": "success", "response": {"content": "text", "size": 4}},
        "analyze": {"status": "success", "response": {}},
    }
    assert json.loads(scripted.requests[1]["body"]) == {
        "got": {"content": "text", "size": 4},
        "n": "https://example.com/doc.pdf!",
    }
    read = await status(client, body["execution_id"])
    assert {key: read[key] for key in body} == body


async def test_a_workflow_without_actions_completes_at_once(client: httpx.AsyncClient) -> None:
    body = await run(client, await workflow(client))
    assert (body["status"], body["result"]) == ("completed", {})
    assert (await status(client, body["execution_id"]))["progress"] == {
        "completed_actions": 0,
        "total_actions": 0,
        "current_action": None,
        "percentage": 100.0,
    }


async def test_a_failed_synchronous_execution_tells_the_error_and_what_succeeded(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/broken"] = answer({"reason": "no"}, 503)
    actions = [notify("first"), call("second", "/broken", depends_on=["first"]), notify("third", "{{second.response}}")]
    body = await run(client, await workflow(client, *actions))
    assert body["status"] == "failed"
    assert set(body["result"]) == {"first", "second"}
    assert body["result"]["first"]["status"] == "success"
    assert (body["result"]["second"]["status"], body["result"]["second"]["response"]) == ("failed", {"reason": "no"})
    error = body["error"]
    assert body["result"]["second"]["error"] == error
    assert (error["code"], error["action_id"], error["http_status"]) == ("HTTP_ERROR", "second", 503)
    assert (error["attempt"], error["retryable"]) == (1, True)
    assert "503" in error["message"]
    read = await status(client, body["execution_id"])
    assert {key: read[key] for key in body} == body


# --- service_call --------------------------------------------------------------------------------


async def test_parameters_go_into_the_query_of_get_and_delete_and_into_the_json_body_of_other_methods(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    sent = {"text": "a b&c 漢", "number": 1, "flag": True, "list": [1, "x"]}
    methods = ["DELETE", "GET", "PATCH", "POST", "PUT"]
    await run(client, await workflow(client, *(call(m, "/x", {"method": m, "parameters": sent}) for m in methods)))
    by_method = {request["method"]: request for request in scripted.requests}
    assert sorted(by_method) == methods
    for method in ("DELETE", "GET"):
        query = httpx.QueryParams(by_method[method]["query"])
        assert query == httpx.QueryParams({"text": "a b&c 漢", "number": "1", "flag": "true", "list": ["1", "x"]})
        assert by_method[method]["body"] == b""
    for method in ("PATCH", "POST", "PUT"):
        assert (by_method[method]["query"], json.loads(by_method[method]["body"])) == ("", sent)
        assert by_method[method]["headers"]["content-type"] == "application/json"


async def test_a_call_carries_its_idempotency_key_its_execution_and_its_own_headers(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    config = {"headers": {"X-Own": "{{who}}"}}
    workflow_id = await workflow(client, call("send", "/save", config), parameters=[{"name": "who", "type": "string"}])
    body = await run(client, workflow_id, who="ada")
    (request,) = scripted.requests
    assert request["headers"]["idempotency-key"] == f"{body['execution_id']}:send"
    assert request["headers"]["x-execution-id"] == body["execution_id"]
    assert request["headers"]["x-own"] == "ada"


ANSWERS: dict[str, tuple[tuple[int, dict[str, str], bytes], str, Any]] = {
    "json": (answer([1, {"a": None}]), "success", [1, {"a": None}]),
    "created": (answer({"id": 7}, 201), "success", {"id": 7}),
    "nothing": ((204, {}, b""), "success", None),
    "plain text": ((200, {"content-type": "text/plain"}, b"plain"), "success", "plain"),
    "latin text": ((200, {"content-type": "text/plain; charset=latin-1"}, b"caf\xe9"), "success", "café"),
    "no json after all": ((200, {"content-type": "application/json"}, b"{oops"), "success", "{oops"),
    "an unknown charset": ((200, {"content-type": "text/plain; charset=klingon"}, b"ok"), "success", "ok"),
    "a NUL": ((200, {"content-type": "text/plain"}, b"a\x00b"), "success", "a\ufffdb"),
    "a problem": (answer({"detail": "no"}, 400), "failed", {"detail": "no"}),
    "not found in text": ((404, {"content-type": "text/html"}, b"<h1>Gone</h1>"), "failed", "<h1>Gone</h1>"),
    "a redirect": ((302, {"location": "http://169.254.169.254/"}, b""), "failed", None),
    "server error": ((500, {}, b""), "failed", None),
}


async def test_the_answer_of_a_service_is_kept_as_json_or_text_and_only_2xx_succeeds(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    actions = []
    for number, (reply, _, _) in enumerate(ANSWERS.values()):
        scripted.answers[f"/{number}"] = reply
        actions.append(call(f"a{number}", f"/{number}", on_error="continue"))
    result = (await run(client, await workflow(client, *actions)))["result"]
    found = {
        rule: (result[f"a{number}"]["status"], result[f"a{number}"]["response"]) for number, rule in enumerate(ANSWERS)
    }
    assert found == {rule: (outcome, response) for rule, (_, outcome, response) in ANSWERS.items()}
    assert len(scripted.requests) == len(ANSWERS)  # one call each: no redirect was followed


async def test_a_response_over_the_limit_is_cut_with_a_marker_and_does_not_fail(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/big"] = answer("x" * 2_000_000)
    body = await run(client, await workflow(client, call("big", "/big")))
    response = body["result"]["big"]["response"]
    assert (body["status"], response["truncated"], response["limit_bytes"]) == ("completed", True, 1_048_576)
    assert len(response["text"]) == 1_048_576


async def test_a_service_that_hangs_is_given_up_at_the_timeout_of_the_action(
    client: httpx.AsyncClient, scripted: PartnerService
) -> None:
    body = await run(client, await workflow(client, call("slow", "/hang", timeout_seconds=1)))
    assert body["status"] == "failed"
    assert (body["error"]["code"], body["error"]["action_id"]) == ("TIMEOUT", "slow")
    await soon(scripted.given_up)


async def test_what_cannot_be_called_fails_the_action_with_the_reason(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    unknown = {"action_id": "a", "action_type": "service_call", "config": {"service": "nobody", "endpoint": "/x"}}
    cases = {
        "SERVICE_NOT_REGISTERED": [unknown],
        "INVALID_CONFIG": [call("a", "//evil.example/x")],
        "EXPRESSION_ERROR": [notify("a", "{{missing}}")],
    }
    for code, actions in cases.items():
        created = await create(client, code, *actions)
        body = await run(client, created["workflow_id"])
        assert (body["status"], body["error"]["code"], body["error"]["action_id"]) == ("failed", code, "a")
    assert scripted.requests == []


# --- order and failure ---------------------------------------------------------------------------


async def test_independent_actions_run_in_parallel(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    both_arrived = asyncio.Barrier(2)

    async def meet(service: ScriptedService, send: Any) -> None:
        await both_arrived.wait()
        service.released.set()
        await held(service, send)

    scripted.answers |= {"/left": meet, "/right": meet}
    actions = [call("left", "/left"), call("right", "/right"), notify("both", "{{left.status}} {{right.status}}")]
    body = await run(client, await workflow(client, *actions))
    assert body["status"] == "completed"
    assert body["result"]["both"]["response"]["message"] == "success success"


async def test_after_a_failure_running_siblings_finish_and_nothing_new_starts(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers |= {"/fail": answer({}, 400), "/held": held}
    actions = [call("bad", "/fail"), call("slow", "/held"), notify("later", "{{slow.response}}")]
    execution_id = await start(client, await workflow(client, *actions))
    async for event in events(client, execution_id):
        if event["type"] == "ACTION_FAILED":
            assert (await status(client, execution_id))["status"] == "running"
            scripted.released.set()
    final = await status(client, execution_id)
    assert (final["status"], final["error"]["action_id"]) == ("failed", "bad")
    assert {name: action["status"] for name, action in final["result"].items()} == {"bad": "failed", "slow": "success"}


async def test_an_action_with_on_error_continue_does_not_end_the_execution(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/fail"] = answer({"why": "no"}, 500)
    actions = [call("bad", "/fail", on_error="continue"), notify("after", "{{bad.status}}: {{bad.error.code}}")]
    body = await run(client, await workflow(client, *actions))
    assert (body["status"], "error" in body) == ("completed", False)
    assert (body["result"]["bad"]["status"], body["result"]["bad"]["error"]["http_status"]) == ("failed", 500)
    assert body["result"]["after"]["response"]["message"] == "failed: HTTP_ERROR"
    progress = (await status(client, body["execution_id"]))["progress"]
    assert (progress["completed_actions"], progress["percentage"]) == (1, 50.0)


async def test_an_execution_past_its_timeout_fails_and_its_call_is_aborted(
    client: httpx.AsyncClient, scripted: PartnerService
) -> None:
    workflow_id = await workflow(client, call("slow", "/hang"), notify("later", "{{slow}}"), timeout_seconds=1)
    body = await ended(client, await start(client, workflow_id))
    assert (body["status"], body["error"]["code"], body["error"]["action_id"]) == ("failed", "TIMEOUT", None)
    assert {name: action["status"] for name, action in body["result"].items()} == {"slow": "cancelled"}
    await soon(scripted.given_up)


# --- parameters ----------------------------------------------------------------------------------

KINDS: list[Json] = [
    {"name": "text", "type": "string", "required": True},
    {"name": "level", "type": "string", "required": True, "default_value": "low", "allowed_values": ["low", "high"]},
    {"name": "count", "type": "integer", "allowed_values": [1, 2]},
    {"name": "ratio", "type": "number"},
    {"name": "flag", "type": "boolean"},
    {"name": "items", "type": "array"},
    {"name": "options", "type": "object"},
]

PARAMETER_FAULTS: dict[str, tuple[Json, str, str]] = {
    "missing": ({}, "text", "value_error.missing"),
    "number for text": ({"text": 1}, "text", "type_error.string"),
    "null for a required one": ({"text": None}, "text", "type_error.string"),
    "word not allowed": ({"text": "", "level": "LOW"}, "level", "value_error.const"),
    "text for an integer": ({"text": "", "count": "1"}, "count", "type_error.integer"),
    "true for an integer": ({"text": "", "count": True}, "count", "type_error.integer"),
    "fraction for an integer": ({"text": "", "count": 1.5}, "count", "type_error.integer"),
    "integer not allowed": ({"text": "", "count": 3}, "count", "value_error.const"),
    "true for a number": ({"text": "", "ratio": True}, "ratio", "type_error.number"),
    "text for a number": ({"text": "", "ratio": "1.0"}, "ratio", "type_error.number"),
    "integer for a boolean": ({"text": "", "flag": 1}, "flag", "type_error.boolean"),
    "text for a boolean": ({"text": "", "flag": "true"}, "flag", "type_error.boolean"),
    "object for an array": ({"text": "", "items": {}}, "items", "type_error.array"),
    "array for an object": ({"text": "", "options": []}, "options", "type_error.object"),
}


async def test_a_faulty_parameter_is_located_and_nothing_is_created(client: httpx.AsyncClient) -> None:
    workflow_id = await workflow(client, parameters=KINDS)
    found, expected = {}, {}
    for rule, (values, name, kind) in PARAMETER_FAULTS.items():
        found[rule] = faults(await client.post(f"/workflows/{workflow_id}/execute", json={"parameters": values}))
        expected[rule] = [(["body", "parameters", name], kind)]
    assert found == expected
    assert (await client.get(f"/workflows/{workflow_id}")).json()["execution_count"] == 0


async def test_valid_parameters_keep_their_values_and_defaults_are_filled_in(client: httpx.AsyncClient) -> None:
    workflow_id = await workflow(
        client, notify("n", "n", config={"message": "m", "data": "{{items}}"}), parameters=KINDS
    )
    given = {"text": "ü", "count": 2, "ratio": 3, "flag": False, "items": [1, "2"], "options": {"a": None}}
    body = await run(client, workflow_id, **given)
    assert body["parameters"] == {**given, "level": "low"}
    assert body["result"]["n"]["response"]["data"] == [1, "2"]


async def test_an_unknown_parameter_is_accepted_with_a_warning_in_the_log(client: httpx.AsyncClient) -> None:
    body = await run(client, await workflow(client), extra=1)
    assert body["parameters"] == {"extra": 1}
    logs = (await status(client, body["execution_id"]))["logs"]
    assert [line["message"] for line in logs if line["level"] == "WARNING"] == ["Unknown parameter: extra"]


async def test_faulty_options_of_an_execution_are_refused(client: httpx.AsyncClient) -> None:
    path = f"/workflows/{await workflow(client)}/execute"
    for body, loc in (
        ({"parameters": []}, ["parameters"]),
        ({"parameters": None}, ["parameters"]),
        ({"async_execution": "true"}, ["async_execution"]),
        ({"async_execution": 1}, ["async_execution"]),
        ({"callback_url": "ftp://example.com/"}, ["callback_url"]),
        ({"callback_url": "example.com/hook"}, ["callback_url"]),
        ({"callback_url": 1}, ["callback_url"]),
        ({"paramters": {}}, ["paramters"]),
    ):
        assert [found for found, _ in faults(await client.post(path, json=body))] == [["body", *loc]], body


async def test_only_an_active_workflow_can_be_executed(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    scripted.answers["/held"] = held
    workflow_id = await workflow(client, call("held", "/held"))
    execution_id = await start(client, workflow_id)
    await soon(scripted.arrived)
    for word in ("inactive", "draft"):
        await client.put(f"/workflows/{workflow_id}", json={"status": word})
        refused = await client.post(f"/workflows/{workflow_id}/execute", json={})
        assert word in assert_envelope(refused, 409, "WORKFLOW_NOT_ACTIVE")
    scripted.released.set()
    assert (await ended(client, execution_id))["status"] == "completed"
