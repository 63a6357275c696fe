"""Expressions that cost too much fail their own action, wherever they stand, on both databases (F43); endpoints."""

import httpx
import pytest

from tests.support.calls import Json, answer, call, create, faults, notify, run
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

LARGE = {"x": "a" * 60_000, "l": [{"a": number} for number in range(20_000)]}
PARAMETERS = [{"name": "x", "type": "string"}, {"name": "l", "type": "array"}]
COSTLY = "{{x | replace('a', x) | length > 0}}"
FAILURE = "makes a text of more than 4,194,304 characters"
HEAVY = "{{l | map('a') | sort | unique | length}}"
"""More than the loop does in one go, and less than there is."""


def transform(action_id: str, made: object, **more: object) -> Json:
    return {"action_id": action_id, "action_type": "transform", "config": {"output": made}, **more}


@pytest.mark.parametrize(
    ("action", "where"),
    [
        (transform("a", [1, COSTLY]), "output.1: "),
        (transform("a", 1, when=COSTLY), "when: "),
        (transform("a", 1, for_each={"in": COSTLY}), "for_each.in: "),
        (transform("a", 1, repeat={"until": COSTLY}), "repeat.until: "),
        (transform("a", 1, output={"kept": COSTLY}), "output.kept: "),
        (notify("a", "not: " + COSTLY), "message: "),
        (call("a", "/at/" + COSTLY), "endpoint: "),
    ],
)
async def test_what_costs_too_much_fails_its_action_with_a_word_of_its_own(
    client: httpx.AsyncClient, action: Json, where: str
) -> None:
    workflow = await create(client, "Costly", {**action, "on_error": "continue"}, notify("b"), parameters=PARAMETERS)
    execution = await run(client, workflow["workflow_id"], **LARGE)
    assert execution["status"] == "completed"
    error = execution["result"]["a"]["error"]
    assert (error["code"], error["retryable"]) == ("EXPRESSION_TOO_COSTLY", False)
    assert error["message"] == f"{where}'{COSTLY}' {FAILURE}"
    assert execution["result"]["b"]["status"] == "success"


async def test_what_costs_too_much_in_the_outputs_fails_the_execution(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "Costly", notify("a"), parameters=PARAMETERS, outputs={"o": COSTLY})
    execution = await run(client, workflow["workflow_id"], **LARGE)
    assert (execution["status"], execution["error"]["code"]) == ("failed", "EXPRESSION_TOO_COSTLY")
    assert execution["error"]["message"].startswith("outputs.o: ")


async def test_what_is_heavy_and_not_too_costly_has_its_value_in_every_place(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    enough = HEAVY.replace("}}", " > 1}}")
    workflow = await create(
        client,
        "Heavy",
        call("a", "/" + HEAVY, {"parameters": {"n": HEAVY}}, when=enough, repeat={"until": enough}, output=HEAVY),
        transform("b", [HEAVY, "{{a.response}}"]),
        parameters=PARAMETERS,
        outputs={"all": HEAVY},
    )
    execution = await run(client, workflow["workflow_id"], **LARGE)
    assert execution["status"] == "completed"
    assert [request["path"] for request in scripted.requests] == ["/20000"]
    assert scripted.requests[0]["body"] == b'{"n":20000}'
    assert execution["result"]["b"]["response"] == [20_000, 20_000]
    assert execution["outputs"] == {"all": 20_000}


async def test_a_concurrency_key_that_costs_too_much_refuses_the_execution(client: httpx.AsyncClient) -> None:
    rule = {"limit": 1, "key": COSTLY}
    workflow = await create(client, "Key", notify("a"), parameters=PARAMETERS, concurrency=rule)
    refused = await client.post(f"/workflows/{workflow['workflow_id']}/execute", json={"parameters": LARGE})
    assert faults(refused) == [(["body", "parameters"], "value_error.concurrency_key")]
    assert "takes more than the 5,000 steps" in refused.text


@pytest.mark.parametrize("text", ["{{a}}" * 20_001, "{{" + "+".join(["a"] * 99) + "}}"])
async def test_a_definition_with_too_many_expressions_is_refused_before_they_are_read(
    client: httpx.AsyncClient, text: str
) -> None:
    actions = [notify(f"n{number}", text) for number in range(1 if len(text) > 10_000 else 150)]
    refused = await client.post("/workflows", json={"name": "Large", "actions": actions})
    assert faults(refused) == [(["body"], "value_error.expression_too_costly")]
    assert "more than 20,000 words" in refused.text
    workflow = await create(client, "Small", notify("a"))
    changed = await client.put(f"/workflows/{workflow['workflow_id']}", json={"actions": actions})
    assert faults(changed) == [(["body"], "value_error.expression_too_costly")]


async def test_what_executions_are_given_does_not_grow_from_one_to_the_next(client: httpx.AsyncClient) -> None:
    child = await create(client, "Child", notify("a"), parameters=PARAMETERS)
    config = {"workflow_id": child["workflow_id"], "parameters": {"l": ["{{x}}"] * 20}}
    parent = await create(
        client,
        "Parent",
        {"action_id": "s", "action_type": "sub_workflow", "config": config},
        parameters=PARAMETERS,
    )
    execution = await run(client, parent["workflow_id"], **LARGE)
    assert execution["error"]["code"] == "INVALID_CONFIG"
    assert execution["error"]["message"].startswith("its parameters come to more than 1,048,576 bytes")


async def test_values_stay_in_their_part_of_the_endpoint_and_both_queries_arrive(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    config = {"method": "GET", "parameters": {"b": "{{v}}"}}
    workflow = await create(
        client,
        "Endpoint",
        call("a", "/users/{{v}}/orders?a={{v}}", config),
        parameters=[{"name": "v", "type": "string"}],
    )
    scripted.answers["/users/x?y=1/z/orders"] = answer({})
    execution = await run(client, workflow["workflow_id"], v="x?y=1/z")
    assert execution["status"] == "completed"
    [request] = scripted.requests
    assert request["raw_path"].partition("?")[0] == "/users/x%3Fy%3D1%2Fz/orders"
    assert request["query"] == "a=x%3Fy%3D1%2Fz&b=x%3Fy%3D1%2Fz"
