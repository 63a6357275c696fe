"""What actions were given, and expressions that somebody tries: as the execution saw it, and nothing of a secret."""

import json
from typing import Any

import httpx
import pytest

from resolvers.context import Context, Services
from resolvers.executions import inputs
from schema.context import GraphQLContext
from schema.schema import build_schema
from tests.support.calls import Json, answer, call, create, ended, graphql, notify, run, start, token
from tests.support.edges.graphql_operations import top_level_errors
from tests.support.engine_calls import ADA
from tests.support.engine_calls import create as created
from tests.support.engine_calls import execute as executed
from tests.support.scripted_service import PartnerService, ScriptedService
from tests.support.secrets.secret_calls import VALUE, keep

pytestmark = pytest.mark.asyncio

ACTIONS = "query ($id: ID!) { execution(id: $id) { actions { actionId input idempotencyKey } } }"
TRY = "query ($id: ID!, $text: String!) { evaluateExpression(executionId: $id, expression: $text) }"
SCHEMA = build_schema(test_environment=True)
LAST = {"parameters": {"all": "{{order.response}}"}}
WHO = [{"name": "who", "type": "string", "required": True}]


async def given(client: httpx.AsyncClient, execution_id: str) -> dict[str, Json]:
    actions = (await graphql(client, ACTIONS, id=execution_id))["execution"]["actions"]
    return {action.pop("actionId"): action for action in actions}


async def tried(client: httpx.AsyncClient, execution_id: str, text: str) -> Any:
    return (await graphql(client, TRY, id=execution_id, text=text))["evaluateExpression"]


async def test_an_input_is_what_the_attempt_saw(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    scripted.answers["/order"] = answer({"id": 7})
    scripted.answers["/broken"] = answer({}, 500)
    undo = {"action_type": "notification", "config": {"message": "undo {{order.response.id}} {{execution.status}}"}}
    workflow = await create(
        client,
        "inputs",
        call("order", "/order", {"parameters": {"for": "{{who}}"}}, compensate=undo),
        notify("each", "{{item}}", depends_on=["order"], for_each={"in": ["a"]}),
        notify(
            "again",
            "{{iteration}} of {{order.response.id}}",
            depends_on=["each"],
            repeat={"until": "{{iteration == 2}}", "max_iterations": 3, "delay_seconds": 0},
        ),
        call("last", "/broken", LAST, depends_on=["again"], retry={"max_attempts": 1}),
        notify("never", depends_on=["last"]),
        parameters=WHO,
    )
    execution_id = await start(client, workflow["workflow_id"], who="Grace")
    await ended(client, execution_id)
    told = await given(client, execution_id)
    assert told["order"]["input"]["parameters"] == {"for": "Grace"}
    sent = {request["path"]: request["headers"]["idempotency-key"] for request in scripted.requests}
    assert told["order"]["idempotencyKey"] == sent["/order"] == f"{execution_id}:order"
    assert told["each"] == {"input": None, "idempotencyKey": None}
    assert told["again"] == {"input": {"message": "2 of 7"}, "idempotencyKey": f"{execution_id}:again:r2"}
    assert told["last"]["input"]["parameters"] == {"all": {"id": 7}}
    assert told["order.compensate"]["input"] == {"message": "undo 7 failed"}
    assert "never" not in told
    listed = await graphql(client, "{ executions { nodes { actions { actionId input } } } }")
    [node] = listed["executions"]["nodes"]
    assert node["actions"][0]["input"] == told["order"]["input"]


async def test_a_secret_is_its_name(ctx: Context, services: Services, scripted: PartnerService) -> None:
    await keep(ctx, "api_token")
    scripted.answers["/order"] = answer({"id": 7})
    headers = {"X-Token": "Bearer {{secrets.api_token}}"}
    workflow_id = await created(ctx, call("order", "/order", {"headers": headers}))
    execution = await executed(ctx, workflow_id, async_execution=False)
    context = GraphQLContext(Context(ADA, services), {})
    found = await SCHEMA.execute(ACTIONS, {"id": execution.id}, context_value=context)
    assert found.data is not None
    [action] = found.data["execution"]["actions"]
    told = bytes(action["input"])
    assert json.loads(told)["headers"] == {"X-Token": "Bearer [secret:api_token]"}
    values = {"id": execution.id, "text": "{{secrets.api_token}} {{secrets.api_token | upper}}"}
    found = await SCHEMA.execute(TRY, values, context_value=context)
    assert not found.errors
    assert VALUE not in str(found.data)
    assert VALUE.upper() not in str(found.data)


async def test_an_expression_is_tried_and_changes_nothing(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "tried", notify("a", "{{who}}"), parameters=WHO)
    execution = await run(client, workflow["workflow_id"], who="Grace")
    execution_id = execution["execution_id"]
    before = await ended(client, execution_id)
    assert await tried(client, execution_id, "who") == "Grace"
    assert await tried(client, execution_id, "a.response.message | upper") == "GRACE"
    assert await tried(client, execution_id, "Hello, {{who}}!") == "Hello, Grace!"
    assert await tried(client, execution_id, "parameters") == {"who": "Grace"}
    assert await ended(client, execution_id) == before
    for wrong in ("ghost", "who |", "", "secrets.other", "x" * (inputs.MAX_EXPRESSION + 1)):
        [error] = await top_level_errors(client, TRY, id=execution_id, text=wrong)
        assert error["extensions"]["code"] == "VALIDATION_ERROR"
        assert [fault["loc"] for fault in error["extensions"]["faults"]] == [["expression"]]


async def test_what_costs_too_much_is_refused(client: httpx.AsyncClient) -> None:
    items = [{"name": "items", "type": "array", "required": True}]
    workflow = await create(client, "costly", notify("a"), parameters=items)
    execution = await run(client, workflow["workflow_id"], items=["x" * 100] * 5_000)
    costly = "{{items | join(',') }}" * 400
    [error] = await top_level_errors(client, TRY, id=execution["execution_id"], text=costly)
    assert error["extensions"]["code"] == "VALIDATION_ERROR"
    assert "more than" in error["message"] or "more than" in str(error["extensions"])


async def test_who_may_not_see_payloads_sees_none(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "hidden", notify("a", "{{who}}"), parameters=WHO)
    execution = await run(client, workflow["workflow_id"], who="Grace")
    client.headers.pop("X-User-ID")
    client.headers.update(token("eve", "default", "viewer"))
    told = await given(client, execution["execution_id"])
    assert told["a"] == {"input": None, "idempotencyKey": f"{execution['execution_id']}:a"}
    [error] = await top_level_errors(client, TRY, id=execution["execution_id"], text="who")
    assert error["extensions"]["code"] == "PERMISSION_DENIED"
