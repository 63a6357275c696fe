"""What operations of GraphQL cost, and where the limit ends them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from app.settings.settings import PRODUCTION_RATE_LIMIT, Settings
from resolvers.access.quota import WINDOW_SECONDS
from resolvers.workflows import lists as workflow_lists
from tests.support.calls import (
    Json,
    create,
    graphql,
    notify,
    run,
    sse,
    token,
)
from tests.support.edges.rate_limits import CHEAP, LIMIT, answer, left, limited, quota_of, served, statuses
from tests.support.timers import MovableClock

pytestmark = pytest.mark.asyncio
COSTLY = "{ workflows(first: 100) { nodes { executions(first: 20) { nodes { id } } } } }"
"""At most 1 + 100 * (1 + 1 + 20) is 2,201 objects: five times 500, the last begun. In an empty database it is one."""
LARGE = "{ __schema { types { name fields { name type { name } } } } }"
"""What there is of it in any database."""
RESPONSE = "application/graphql-response+json"


# --- GraphQL -------------------------------------------------------------------------------------


async def test_an_operation_costs_a_unit_for_each_five_hundred_objects_that_it_read(node: httpx.AsyncClient) -> None:
    for user, (query, is_large) in enumerate(
        ((CHEAP, False), (COSTLY, False), ("{ __typename }", False), (LARGE, True))
    ):
        answered = await node.post("/graphql", json={"query": query}, headers=token(str(user), "default", "editor"))
        cost = answered.json()["extensions"]["cost"]
        assert (query, cost["requests"]) == (query, max(1, -(-cost["actual"] // 500)))
        assert (query, cost["requests"] > 1) == (query, is_large)
        assert (query, quota_of(answered)[1]) == (query, LIMIT - cost["requests"])


async def test_the_dashboard_of_the_documentation_is_a_small_part_of_a_minute(settings: Settings) -> None:
    page = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
    query = page.partition("## One query for a dashboard")[2].partition("```graphql")[2].partition("```")[0]
    async with served(settings, rate_limit=None) as client:
        bob = token("bob", "default", "editor")
        actions = [notify("a"), notify("b")]
        for number in range(20):
            made = await client.post("/workflows", json={"name": f"w{number}", "actions": actions}, headers=bob)
            for _ in range(3):
                path = f"/workflows/{made.json()['workflow_id']}/execute"
                assert (await client.post(path, json={}, headers=bob)).status_code == 202
        for number in range(5):
            answered = await client.post("/graphql", json={"query": query})
            cost = answered.json()["extensions"]["cost"]
            assert cost["requested"] > 10_000 and cost["requests"] < 5, (number, cost)
        assert quota_of(answered)[1] > PRODUCTION_RATE_LIMIT // 2


async def test_json_costs_by_its_size(node: httpx.AsyncClient) -> None:
    word = {"name": "w", "type": "string", "required": True}
    workflow = await create(node, "json", notify("a"), parameters=[word])
    for _ in range(2):
        answered = await node.post(
            f"/workflows/{workflow['workflow_id']}/execute", json={"parameters": {"w": "x" * 600_000}}
        )
        assert answered.status_code == 202
    costs = []
    for field in ("id", "parameters"):
        query = f"{{ executions {{ nodes {{ {field} }} }} }}"
        costs.append((await node.post("/graphql", json={"query": query})).json()["extensions"]["cost"])
    assert [cost["requests"] for cost in costs] == [1, 3]
    assert costs[1]["requested"] == costs[0]["requested"] + 50
    assert costs[1]["actual"] - costs[0]["actual"] == 2 * 600_008 // 1_024


async def test_an_operation_that_cost_more_than_the_limit_has_taken_all_of_it(settings: Settings) -> None:
    async with served(settings, rate_limit=2) as client:
        answered = await client.post("/graphql", json={"query": LARGE})
        assert answered.json()["extensions"]["cost"]["requests"] > 2
        assert quota_of(answered)[1] == 0
        limited(await client.post("/graphql", json={"query": CHEAP}))


@pytest.mark.parametrize("accept", ["application/json", RESPONSE])
async def test_an_operation_over_the_limit_is_a_429_in_either_form_and_is_not_carried_out(
    node: httpx.AsyncClient, clock: MovableClock, accept: str
) -> None:
    assert await statuses(node, LIMIT - 1) == [200] * (LIMIT - 1)
    headers = {"Accept": accept}
    costly = await node.post("/graphql", json={"query": COSTLY}, headers=headers)
    assert costly.json()["extensions"]["cost"] == {"requested": 2_201, "limit": 20_000, "requests": 5}
    assert limited(costly) <= WINDOW_SECONDS
    assert quota_of(costly)[1] == 1  # it has cost nothing
    assert await statuses(node, 1) == [200]
    mutation = 'mutation { createWorkflow(input: {name: "x", actions: []}) { workflow { id } } }'
    refused = await node.post("/graphql", json={"query": mutation}, headers=headers)
    assert limited(refused) <= WINDOW_SECONDS
    assert refused.headers["content-type"].startswith(accept)
    clock.put_forward(WINDOW_SECONDS)
    assert (await graphql(node, "{ workflows { totalCount } }"))["workflows"]["totalCount"] == 0


async def test_what_is_refused_costs_nothing_while_it_is_little_and_then_a_unit_each(node: httpx.AsyncClient) -> None:
    bodies = ('{"query": "{"}', '{"query": "{ nosuch }"}', '{"query": ""}', "{", "[]")
    for expected in (LIMIT, LIMIT, LIMIT - len(bodies)):
        for body in bodies:
            refused = await node.post("/graphql", content=body, headers={"Content-Type": "application/json"})
            assert refused.json()["errors"]
        assert quota_of(refused)[1] == expected


async def test_an_operation_that_is_cut_off_has_used_all_that_it_might_have(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forever(*_: Any) -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr(workflow_lists, "slice_workflows", forever)
    async with served(settings, graphql_timeout_seconds=0.2) as client:
        answered = await client.post("/graphql", json={"query": COSTLY})
        assert answered.json()["errors"][0]["extensions"]["code"] == "OPERATION_TIMED_OUT"
        assert quota_of(answered)[1] == LIMIT - 5


async def test_a_subscription_by_http_costs_a_unit_when_it_starts(node: httpx.AsyncClient) -> None:
    body = {"query": "subscription { systemMetrics(intervalSeconds: 3600) { timestamp } }"}
    headers = {"Accept": "text/event-stream"}
    async with node.stream("POST", "/graphql", json=body, headers=headers) as stream:
        assert (stream.status_code, stream.headers["ratelimit-remaining"]) == (200, str(LIMIT - 1))
    await statuses(node, LIMIT - 1)
    limited(await node.post("/graphql", json=body, headers=headers))


async def test_each_event_of_a_subscription_is_charged_and_what_is_missing_follows_by_cursor(
    node: httpx.AsyncClient, clock: MovableClock
) -> None:
    word = {"name": "w", "type": "string", "required": True}
    actions = [notify(f"a{number}", "{{w}}") for number in range(10)]
    workflow = await create(node, "large", *actions, parameters=[word])
    clock.put_forward(WINDOW_SECONDS)
    execution_id = (await run(node, workflow["workflow_id"], w="x" * 600_000))["execution_id"]
    clock.put_forward(WINDOW_SECONDS)
    seen, codes = await watched(node, execution_id, 0)
    assert codes == ["RATE_LIMITED"] and seen
    assert (await node.get("/workflows")).status_code == 429
    clock.put_forward(WINDOW_SECONDS)
    rest, codes = await watched(node, execution_id, seen[-1])
    assert codes == [] and rest and seen + rest == list(range(1, rest[-1] + 1))


async def watched(client: httpx.AsyncClient, execution_id: str, after: int) -> tuple[list[int], list[str]]:
    """The sequences that a stream told, and the codes of the errors that ended it."""
    seen: list[int] = []
    codes: list[str] = []
    query = (
        "subscription ($id: ID!, $after: Int) { executionEvents(executionId: $id, after: $after) { sequence data } }"
    )
    async for message in sse(client, query, id=execution_id, after=after):
        codes += [error["extensions"]["code"] for error in message.get("errors", [])]
        if "data" in message:
            seen.append(message["data"]["executionEvents"]["sequence"])
    return seen, codes


async def test_a_costly_operation_that_is_streamed_is_refused_in_the_stream(node: httpx.AsyncClient) -> None:
    await statuses(node, LIMIT - 1)
    stream = await node.post("/graphql", json={"query": COSTLY}, headers={"Accept": "text/event-stream"})
    assert '"code":"RATE_LIMITED"' in stream.text and '"data"' not in stream.text
    assert "event: complete" in stream.text


async def test_each_operation_on_a_socket_is_counted_and_a_refusal_leaves_the_socket_open(
    node: httpx.AsyncClient, clock: MovableClock
) -> None:
    async with socket_of(node, token("ada", "default", "editor")) as socket:
        for number in range(LIMIT - 1):  # the handshake was the first
            assert (await answer(socket, str(number), CHEAP))["type"] == "next"
            assert json.loads(await socket.recv())["type"] == "complete"
        refused = await answer(socket, "late", CHEAP)
        assert (refused["type"], refused["id"]) == ("error", "late")
        extensions = refused["payload"][0]["extensions"]
        assert extensions["code"] == "RATE_LIMITED" and 0 < extensions["retry_after_seconds"] <= WINDOW_SECONDS
        assert (await node.get("/workflows")).status_code == 429  # one quota for all
        clock.put_forward(WINDOW_SECONDS)
        assert (await answer(socket, "again", CHEAP))["type"] == "next"
        assert json.loads(await socket.recv())["type"] == "complete"
        assert (await answer(socket, "costly", COSTLY))["type"] == "next"
        assert json.loads(await socket.recv())["type"] == "complete"
        assert (await answer(socket, "wrong", "{ nosuch }"))["type"] == "error"
    assert await left(node) == LIMIT - 3


async def test_a_socket_is_not_opened_for_who_has_nothing_left(node: httpx.AsyncClient) -> None:
    await statuses(node, LIMIT)
    with pytest.raises(ConnectionClosed) as closed:
        async with socket_of(node, token("ada", "default", "editor")):
            pass
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason.partition(":")[0]) == (1013, "RATE_LIMITED")


@asynccontextmanager
async def socket_of(client: httpx.AsyncClient, payload: Json) -> AsyncIterator[Any]:
    """A WebSocket that is initialised."""
    url = str(client.base_url).replace("http", "ws").rstrip("/") + "/graphql"
    async with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        yield socket
