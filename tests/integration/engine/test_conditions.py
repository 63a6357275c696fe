"""Conditions, expressions and transforms of a running service, on both edges and both databases."""

import httpx
import pytest

from tests.support.calls import Json, answer, assert_envelope, call, create, faults, graphql, notify, run
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

READ = """
query ($id: ID!) {
  execution(id: $id) {
    status
    progress { percentage completedActions }
    actions { actionId status }
    logs { message }
    timeline { actionId }
    waiting { actionId }
  }
}
"""
DEFINITION = "query ($id: ID!) { workflow(id: $id) { actions { actionId when runIf } } }"


def statuses(execution: Json) -> dict[str, str]:
    return {action_id: result["status"] for action_id, result in execution["result"].items()}


async def test_what_a_condition_rules_out_is_skipped_and_what_depends_on_it_runs(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/check"] = answer({"score": 0.4, "tags": ["new", "urgent"]})
    workflow = await create(
        client,
        "Conditions",
        call("check", "/check"),
        notify("praise", "Well done", when="{{check.response.score > 0.5}}"),
        notify("alarm", "Look: {{check.response.tags | join(', ')}}", when="{{'urgent' in check.response.tags}}"),
        notify("never", "", when=False),
        notify("after", "{{praise.status}} {{alarm.status}}", depends_on=["praise", "alarm"]),
    )
    execution = await run(client, workflow["workflow_id"])
    assert execution["status"] == "completed"
    assert statuses(execution) == {
        "check": "success",
        "praise": "skipped",
        "alarm": "success",
        "never": "skipped",
        "after": "success",
    }
    assert execution["result"]["alarm"]["response"]["message"] == "Look: new, urgent"
    assert execution["result"]["after"]["response"]["message"] == "skipped success"
    seen = (await graphql(client, READ, id=execution["execution_id"]))["execution"]
    assert seen["progress"] == {"percentage": 100.0, "completedActions": 5}
    assert {"actionId": "praise", "status": "SKIPPED"} in seen["actions"]
    assert "Skipped action: praise: its condition is false" in [line["message"] for line in seen["logs"]]
    assert seen["waiting"] == []


async def test_run_if_looks_at_what_came_before(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    scripted.answers["/broken"] = answer({}, 500)
    once = {"retry": {"max_attempts": 1}}
    workflow = await create(
        client,
        "Branches",
        call("try", "/broken", on_error="continue", **once),
        notify("celebrate", "done", depends_on=["try"], run_if="all_success"),
        notify("clean_up", "{{try.error.code}}", depends_on=["try"], run_if="any_failed"),
        notify("report", "{{celebrate.status}}", depends_on=["celebrate", "clean_up"], run_if="all_done"),
    )
    execution = await run(client, workflow["workflow_id"])
    assert execution["status"] == "completed"
    assert statuses(execution) == {
        "try": "failed",
        "celebrate": "skipped",
        "clean_up": "success",
        "report": "success",
    }
    assert execution["result"]["clean_up"]["response"]["message"] == "HTTP_ERROR"
    definition = (await graphql(client, DEFINITION, id=workflow["workflow_id"]))["workflow"]["actions"]
    assert definition[1] == {"actionId": "celebrate", "when": None, "runIf": "ALL_SUCCESS"}


async def test_a_transform_reshapes_what_others_returned(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    orders = [{"id": 1, "paid": True, "sum": 5}, {"id": 2, "paid": False, "sum": 7}]
    scripted.answers["/orders"] = answer({"orders": orders})
    output = {
        "ids": "{{orders.response.orders | where('paid') | map('id')}}",
        "total": "{{orders.response.orders | map('sum') | sum}}",
        "note": "of {{orders.response.orders | length}}",
        "limit": "{{limit | default(10)}}",
    }
    workflow = await create(
        client,
        "Reshape",
        call("orders", "/orders"),
        {"action_id": "shape", "action_type": "transform", "config": {"output": output}},
        parameters=[{"name": "limit", "type": "integer"}],
    )
    execution = await run(client, workflow["workflow_id"])
    assert execution["result"]["shape"] == {
        "status": "success",
        "response": {"ids": [1], "total": 12, "note": "of 2", "limit": 10},
    }


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ("{{p}}", "when: it is a text, and must be true or false: compare it with something"),
        (
            "{{p > 3}}",
            "when: '{{p > 3}}' at character 3: '>' needs two numbers or two texts, p is a text and 3 is a number",
        ),
    ],
)
async def test_a_condition_that_has_no_truth_fails_its_action(
    client: httpx.AsyncClient, when: str, message: str
) -> None:
    parameters = [{"name": "p", "type": "string", "required": True}]
    workflow = await create(client, "No truth", notify("step", when=when), parameters=parameters)
    execution = await run(client, workflow["workflow_id"], p="text")
    assert execution["status"] == "failed"
    assert (execution["error"]["code"], execution["error"]["message"]) == ("EXPRESSION_ERROR", message)


async def test_a_faulty_condition_is_refused_where_it_stands(client: httpx.AsyncClient) -> None:
    actions = [notify("a"), notify("b", when="{{a.response >}}"), notify("c", run_if="any_failed")]
    refused = await client.post("/workflows", json={"name": "Faulty", "actions": actions})
    assert_envelope(refused, 422, "VALIDATION_ERROR")
    assert [loc for loc, _ in faults(refused)] == [["body", "actions", 1, "when"], ["body", "actions", 2, "run_if"]]
    assert "at character 13" in refused.text


async def test_what_never_fits_and_what_never_runs_is_saved_with_a_warning_that_comes_true(
    client: httpx.AsyncClient,
) -> None:
    workflow = await create(
        client,
        "Warned of",
        notify("adds", "{{count + 'a'}}", on_error="continue"),
        notify("tells", "{{count}}", on_error="continue"),
        notify("never", when=False),
        notify("after", depends_on=["never"], run_if="any_success"),
        parameters=[{"name": "count", "type": "integer", "default_value": 1}],
    )
    assert workflow["warnings"] == [
        "action 'adds': '{{count + 'a'}}': '+' adds numbers, texts or lists, not a number and a text at character 7 "
        "(put '| string' after the number, or '| number' after the text), so the action will fail with "
        "EXPRESSION_ERROR",
        "action 'tells': '{{count}}' is a number at character 1, and config.message takes a text (put '| string' after "
        "the value), so the action will fail with INVALID_CONFIG",
        "action 'never' can never run: its 'when' is always false: give it another condition, or remove the action",
        "action 'after' can never run: run_if any_success never holds: 'never' can never run either, so none succeeds: "
        "depend on an action that does",
    ]
    execution = await run(client, workflow["workflow_id"])
    codes = {action_id: (result.get("error") or {}).get("code") for action_id, result in execution["result"].items()}
    assert codes == {"adds": "EXPRESSION_ERROR", "tells": "INVALID_CONFIG", "never": None, "after": None}
    assert (statuses(execution)["never"], statuses(execution)["after"]) == ("skipped", "skipped")
