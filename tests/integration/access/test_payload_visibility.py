"""Who may see that something ran, but not what it worked on, on both edges and live (`execution:payload`)."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from resolvers.executions.payload import HIDDEN
from tests.support.calls import Json, answer, call, create, notify, run, sse, token
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

CANARY = "canary-in-the-payload"
VIEWER = token("vic", "default", "viewer")
EXECUTION = """
query ($id: ID!) { execution(id: $id) {
  status parameters callbackUrl error { code message } result progress { percentage }
  actions { actionId status response http { status headers }
    error { code message httpStatus } attempts { number error { message } } }
  logs { message } logLines { nodes { message } } events { type data } timeline { actionId }
  callbackDeliveries { url status attempts { error } } viewerCan { readPayload }
} }
"""
LISTS = """
{ executions { nodes { parameters callbackUrl error { message } } }
  workflows { nodes { executions { nodes { parameters result } } } }
  activities { nodes { execution { parameters result } } } }
"""


@pytest_asyncio.fixture
async def execution_id(client: httpx.AsyncClient, scripted: ScriptedService) -> str:
    """An execution with a payload in parameters, results, messages, errors, and the name of an unknown parameter."""
    _, headers, body = answer({"echo": CANARY})
    scripted.answers["/good"] = (200, {**headers, "x-echo": CANARY}, body)
    scripted.answers["/bad"] = answer({"echo": CANARY}, 500)
    actions = [
        call("good", "/good"),
        notify("told", "{{word}} {{good.response.echo}}"),
        call("bad", "/bad", {"endpoint": "/bad?word={{word}}"}, on_error="continue"),
        notify("missing", "{{good.response.nothing}}", depends_on=["bad"]),
    ]
    workflow = await create(
        client, "payload", *actions, parameters=[{"name": "word", "type": "string", "required": True}]
    )
    body = {"parameters": {"word": CANARY, CANARY: 1}, "async_execution": False}
    ended = await client.post(f"/workflows/{workflow['workflow_id']}/execute", json=body)
    assert ended.json()["status"] == "failed", ended.text
    assert CANARY in ended.text
    return str(ended.json()["execution_id"])


async def test_a_viewer_sees_status_and_shape_and_no_payload_on_either_edge(
    client: httpx.AsyncClient, execution_id: str
) -> None:
    whole = await client.get(f"/workflows/executions/{execution_id}")
    assert whole.text.count(CANARY) > 5
    rest = await client.get(f"/workflows/executions/{execution_id}", headers=VIEWER)
    body = {"query": EXECUTION, "variables": {"id": execution_id}}
    graphql = await client.post("/graphql", json=body, headers=VIEWER)
    lists = await client.post("/graphql", json={"query": LISTS}, headers=VIEWER)
    for seen in (rest, graphql, lists):
        assert seen.status_code == 200 and "errors" not in seen.json(), seen.text
        assert CANARY not in seen.text
    shown = rest.json()
    assert set(shown) == set(whole.json())
    assert (shown["status"], shown["parameters"]) == ("failed", None)
    assert shown["progress"] == whole.json()["progress"]
    assert {name: action["status"] for name, action in shown["result"].items()} == {
        name: action["status"] for name, action in whole.json()["result"].items()
    }
    assert all(action["response"] is None for action in shown["result"].values())
    assert shown["error"] | {"message": ""} == whole.json()["error"] | {"message": ""}
    assert shown["error"]["message"] == HIDDEN
    execution = graphql.json()["data"]["execution"]
    assert execution["viewerCan"] == {"readPayload": False}
    (bad,) = (action for action in execution["actions"] if action["actionId"] == "bad")
    assert bad["error"] == {"code": "HTTP_ERROR", "message": HIDDEN, "httpStatus": 500}
    assert execution["events"][0]["type"] == "EXECUTION_QUEUED"


async def test_a_viewer_who_listens_hears_no_payload(client: httpx.AsyncClient, server: str, execution_id: str) -> None:
    async with httpx.AsyncClient(base_url=server, headers=VIEWER, timeout=30) as viewer:
        for query in (
            "subscription ($id: ID!) { executionEvents(executionId: $id) { sequence type actionId data } }",
            "subscription ($id: ID!) { execution(id: $id) { parameters result actions { response } events { data } } }",
        ):
            messages = [message async for message in sse(viewer, query, id=execution_id)]
            assert messages and all("errors" not in message for message in messages)
            assert CANARY not in json.dumps(messages)
        workflow_id = (await client.get(f"/workflows/executions/{execution_id}")).json()["workflow_id"]
        live: AsyncIterator[Json] = sse(
            viewer, "subscription { executions { execution { status parameters result } } }"
        )
        both: AsyncIterator[Json] = sse(client, "subscription { executions { execution { status parameters } } }")
        assert (await anext(live))["data"]["executions"]["execution"] is None
        assert (await anext(both))["data"]["executions"]["execution"] is None
        await client.post(f"/workflows/{workflow_id}/execute", json={"parameters": {"word": CANARY}})
        heard, owners = (await anext(live))["data"], (await anext(both))["data"]
        assert heard["executions"]["execution"]["parameters"] is None
        assert owners["executions"]["execution"]["parameters"] == {"word": CANARY}


async def test_a_callback_carries_the_payload_whoever_may_see_it(client: httpx.AsyncClient) -> None:
    ended = await run(client, (await create(client, "w", notify("a", CANARY)))["workflow_id"])
    seen: dict[str, Any] = (await client.get(f"/workflows/executions/{ended['execution_id']}")).json()
    assert seen["result"]["a"]["response"]["message"] == CANARY
