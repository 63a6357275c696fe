"""What a caller may ask for in a minute: on both edges, by cost, and over all nodes (X5, S15)."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio
from redis.asyncio import Redis
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from app.asgi import create_app
from app.server.serving import serving
from app.settings.settings import PRODUCTION_RATE_LIMIT, Environment, Settings
from app.shared_quota import KEY, RETRY_SECONDS
from app.shared_redis import SharedRedis
from engine.core.clock import SystemClock
from resolvers.access.quota import WINDOW_SECONDS, NodeQuota
from resolvers.operations.vitals import PROBE_FRESH_SECONDS
from resolvers.workflows import lists as workflow_lists
from tests.conftest import NO_TLS
from tests.support.calls import (
    JWT_SECRET,
    PATIENCE_SECONDS,
    Json,
    assert_envelope,
    create,
    graphql,
    notify,
    run,
    sse,
    token,
)
from tests.support.redis_server import RedisServer
from tests.support.turned_clock import TurnedClock

pytestmark = pytest.mark.asyncio

LIMIT = 10
CHEAP = "{ viewer { userId } }"
COSTLY = "{ workflows(first: 100) { nodes { executions(first: 20) { nodes { id } } } } }"
"""At most 1 + 100 * (1 + 1 + 20) is 2,201 objects: five times 500, the last begun. In an empty database it is one."""
LARGE = "{ __schema { types { name fields { name type { name } } } } }"
"""What there is of it in any database."""
RESPONSE = "application/graphql-response+json"


@pytest.fixture
def settings(data_dir: Path) -> Settings:
    """A limit is counted before any database is asked, so one will do."""
    return Settings(data_dir=data_dir, jwt_secret=JWT_SECRET, environment=Environment.PRODUCTION, rate_limit=LIMIT)


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@asynccontextmanager
async def served(
    settings: Settings, clock: TurnedClock | None = None, user: str | None = "ada", **changes: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a node, signed in as `user`."""
    app = create_app(msgspec.structs.replace(settings, **changes), clock=clock)
    headers = token(user, "default", "editor") if user else {}
    async with (
        serving(app) as url,
        httpx.AsyncClient(base_url=url, headers=headers, timeout=30, verify=NO_TLS) as client,
    ):
        yield client


@pytest_asyncio.fixture
async def node(settings: Settings, clock: TurnedClock) -> AsyncIterator[httpx.AsyncClient]:
    async with served(settings, clock) as client:
        yield client


async def statuses(client: httpx.AsyncClient, count: int, path: str = "/workflows", **options: Any) -> list[int]:
    """The statuses of so many requests, one after the other."""
    return [(await client.get(path, **options)).status_code for _ in range(count)]


def quota_of(answered: httpx.Response) -> tuple[int, int, int, str]:
    """What an answer says of the quota."""
    limit, remaining, reset = (int(answered.headers[f"ratelimit-{name}"]) for name in ("limit", "remaining", "reset"))
    return limit, remaining, reset, answered.headers["ratelimit-policy"]


async def left(client: httpx.AsyncClient) -> int:
    """What is left after one more request."""
    return quota_of(await client.get("/workflows"))[1]


def limited(answered: httpx.Response) -> int:
    """Check that an operation was refused by the limit alone, and return when it may be repeated."""
    (error,) = answered.json()["errors"]
    seconds = int(answered.headers["retry-after"])
    assert answered.status_code == 429
    assert error["extensions"] == {"code": "RATE_LIMITED", "retry_after_seconds": seconds}
    assert "data" not in answered.json()
    return seconds


# --- REST ----------------------------------------------------------------------------------------


async def test_production_takes_a_hundred_requests_a_minute_of_a_user(settings: Settings) -> None:
    async with served(settings, rate_limit=None) as client:
        answered = [await client.get("/workflows") for _ in range(PRODUCTION_RATE_LIMIT)]
        assert {answer.status_code for answer in answered} == {200}
        said = [quota_of(answer) for answer in answered]
        assert [remaining for _, remaining, _, _ in said] == list(range(PRODUCTION_RATE_LIMIT - 1, -1, -1))
        assert {(limit, policy) for limit, _, _, policy in said} == {(100, "100;w=60")}
        assert all(0 < reset <= WINDOW_SECONDS for _, _, reset, _ in said)
        refused = await client.get("/workflows")
        assert "try again in" in assert_envelope(refused, 429, "RATE_LIMITED")
        assert quota_of(refused)[1] == 0
        assert int(refused.headers["retry-after"]) == quota_of(refused)[2]


async def test_after_the_time_that_was_told_and_not_before_there_is_room_again(
    node: httpx.AsyncClient, clock: TurnedClock
) -> None:
    assert await statuses(node, LIMIT) == [200] * LIMIT
    seconds = int((await node.get("/workflows")).headers["retry-after"])
    clock.turn(seconds - 2)
    assert (await node.get("/workflows")).status_code == 429
    clock.turn(2)
    assert (await node.get("/workflows")).status_code == 200


async def test_each_user_of_each_tenant_has_a_quota(node: httpx.AsyncClient) -> None:
    assert await statuses(node, LIMIT + 1) == [200] * LIMIT + [429]
    for others in (token("eve", "default", "editor"), token("ada", "another", "editor")):
        assert await statuses(node, 1, headers=others) == [200]


async def test_what_is_refused_is_not_done_and_a_refusal_costs_nothing(
    node: httpx.AsyncClient, clock: TurnedClock
) -> None:
    assert await statuses(node, LIMIT) == [200] * LIMIT
    refused = await node.post("/workflows", json={"name": "w", "actions": []})
    assert_envelope(refused, 429, "RATE_LIMITED")
    assert set(await statuses(node, 2 * LIMIT)) == {429}
    clock.turn(WINDOW_SECONDS)
    listed = await node.get("/workflows")
    assert (listed.json()["workflows"], quota_of(listed)[1]) == ([], LIMIT - 1)


async def test_health_and_metrics_are_free_and_say_nothing_of_a_quota(node: httpx.AsyncClient) -> None:
    for path in ("/workflows/health", "/healthz", "/readyz", "/metrics", "/openapi.json"):
        answered = [await node.get(path) for _ in range(LIMIT + 1)]
        assert {answer.status_code for answer in answered} == {200}
        assert not any("ratelimit-limit" in answer.headers for answer in answered)
    assert await left(node) == LIMIT - 1


async def test_a_limit_of_0_is_none(settings: Settings) -> None:
    async with served(settings, rate_limit=0) as client:
        answered = [await client.get("/workflows") for _ in range(LIMIT + 1)]
        assert {answer.status_code for answer in answered} == {200}
        assert not any("ratelimit-limit" in answer.headers for answer in answered)


# --- strangers -----------------------------------------------------------------------------------


async def test_whoever_is_not_signed_in_is_counted_by_address(node: httpx.AsyncClient) -> None:
    async with httpx.AsyncClient(base_url=node.base_url) as stranger:
        assert await statuses(stranger, LIMIT + 1) == [401] * LIMIT + [429]
        refused = await stranger.post("/graphql", json={"query": "{ health { status } }"})
        limited(refused)
    assert (await node.get("/workflows")).status_code == 200  # the same address, and signed in


async def test_guesses_at_a_credential_are_counted_by_address_wherever_they_are_tried(node: httpx.AsyncClient) -> None:
    async with httpx.AsyncClient(base_url=node.base_url) as guesser:
        guesses = [{"X-API-Key": f"orc_{number}"} for number in range(LIMIT)]
        paths = ("/workflows", "/workflows/health", "/metrics", "/graphql")
        tried = [
            (await guesser.get(paths[number % 4], headers=guess, params={"query": CHEAP})).status_code
            for number, guess in enumerate(guesses)
        ]
        assert tried == [401] * LIMIT
        for path in paths[:3]:
            refused = await guesser.get(path, headers={"Authorization": "Bearer guess"})
            assert_envelope(refused, 429, "RATE_LIMITED")


async def test_who_forwards_is_believed_only_as_a_trusted_proxy(settings: Settings) -> None:
    for proxies, expected in (((), [401] * LIMIT + [429]), (("127.0.0.0/8",), [401] * (LIMIT + 1))):
        parsed = load_proxies(*proxies)
        app = create_app(settings)
        async with (
            serving(app, trusted_proxies=parsed) as url,
            httpx.AsyncClient(base_url=url, verify=NO_TLS) as stranger,
        ):
            found = [
                (await stranger.get("/workflows", headers={"X-Forwarded-For": f"198.51.100.{number}"})).status_code
                for number in range(LIMIT + 1)
            ]
        assert (proxies, found) == (proxies, expected)


def load_proxies(*networks: str) -> Any:
    from app.settings.settings import load_settings

    return load_settings({"ORCHESTRATOR_TRUSTED_PROXIES": ",".join(networks)}).trusted_proxies


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
    node: httpx.AsyncClient, clock: TurnedClock, accept: str
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
    clock.turn(WINDOW_SECONDS)
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
    node: httpx.AsyncClient, clock: TurnedClock
) -> None:
    word = {"name": "w", "type": "string", "required": True}
    actions = [notify(f"a{number}", "{{w}}") for number in range(10)]
    workflow = await create(node, "large", *actions, parameters=[word])
    clock.turn(WINDOW_SECONDS)
    execution_id = (await run(node, workflow["workflow_id"], w="x" * 600_000))["execution_id"]
    clock.turn(WINDOW_SECONDS)
    seen, codes = await watched(node, execution_id, 0)
    assert codes == ["RATE_LIMITED"] and seen
    assert (await node.get("/workflows")).status_code == 429
    clock.turn(WINDOW_SECONDS)
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
    node: httpx.AsyncClient, clock: TurnedClock
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
        clock.turn(WINDOW_SECONDS)
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


async def answer(socket: Any, id_: str, query: str) -> Json:
    """The first message for an operation."""
    await socket.send(json.dumps({"type": "subscribe", "id": id_, "payload": {"query": query}}))
    async with asyncio.timeout(PATIENCE_SECONDS):
        return dict(json.loads(await socket.recv()))


# --- over all nodes ------------------------------------------------------------------------------


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest_asyncio.fixture
async def nodes(
    settings: Settings, clock: TurnedClock, redis: RedisServer, tmp_path: Path
) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Clients of two nodes with one Redis."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                served(settings, clock, redis_url=redis.url, data_dir=tmp_path / f"node {number}")
            )
            for number in range(2)
        ]


async def health(client: httpx.AsyncClient, clock: TurnedClock) -> tuple[str, str]:
    """The state of the whole and of Redis, as it is now."""
    clock.turn(PROBE_FRESH_SECONDS)
    body = (await client.get("/workflows/health")).json()
    return body["status"], body["services"]["redis"]


async def test_a_limit_holds_over_all_nodes(nodes: list[httpx.AsyncClient], clock: TurnedClock) -> None:
    first, second = nodes
    assert await statuses(first, 6) == [200] * 6
    assert await left(second) == LIMIT - 7
    assert await statuses(second, 4) == [200] * 3 + [429]
    assert await statuses(first, 1) == [429]
    assert await health(first, clock) == ("healthy", "healthy")


async def test_of_many_requests_at_once_on_all_nodes_as_many_pass_as_may(nodes: list[httpx.AsyncClient]) -> None:
    asked = [node.get("/workflows") for _ in range(LIMIT) for node in nodes]
    found = sorted([answered.status_code for answered in await asyncio.gather(*asked)])
    assert found == [200] * LIMIT + [429] * LIMIT


async def test_without_redis_each_node_counts_for_itself_until_it_is_back(
    nodes: list[httpx.AsyncClient], clock: TurnedClock, redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = nodes
    assert await statuses(first, LIMIT) == [200] * LIMIT
    assert await statuses(second, 1) == [429]
    redis.kill()
    with caplog.at_level(logging.WARNING, "orchestrator.quota"):
        for node in nodes:
            assert await statuses(node, LIMIT + 1) == [200] * LIMIT + [429]
            assert await health(node, clock) == ("degraded", "unhealthy")
        clock.turn(RETRY_SECONDS)
        assert await statuses(first, 1) == [429]  # asked again, and still lost
        redis.start()
        clock.turn(RETRY_SECONDS)
        assert await statuses(first, 4) == [200] * 4
        clock.turn(RETRY_SECONDS)
        assert await left(second) == LIMIT - 5
        assert await health(first, clock) == ("healthy", "healthy")
    said = [record.getMessage() for record in caplog.records if record.name == "orchestrator.quota"]
    assert [("lost" in message, "back" in message) for message in said] == [(True, False)] * 2 + [(False, True)] * 2


async def test_a_redis_that_never_answers_holds_nobody_up(settings: Settings, clock: TurnedClock) -> None:
    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1024):
            pass
        writer.close()

    hole = await asyncio.start_server(swallow, "127.0.0.1", 0)
    port = hole.sockets[0].getsockname()[1]
    async with served(settings, clock, redis_url=f"redis://127.0.0.1:{port}/0") as client:
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await statuses(client, LIMIT + 1) == [200] * LIMIT + [429]
            assert await health(client, clock) == ("degraded", "unhealthy")
    hole.close()
    await hole.wait_closed()


async def test_redis_and_memory_count_alike(redis: RedisServer) -> None:
    histories: list[dict[int, int]] = [
        {},
        {0: 3},
        {59: 2, 30: 4, 0: 1},
        {60: 9, 59: 1},
        {61: LIMIT},
        {40: 5, 20: 5},
        {40: 1, 39: 2, 38: 3, 37: 4},
        {5: LIMIT},
    ]
    for number, history in enumerate(histories):
        for units in (1, 2, 5, LIMIT):
            assert await told(redis, f"caller {number} {units}", history, units)


async def told(redis: RedisServer, caller: str, history: dict[int, int], units: int) -> bool:
    """Ask both for `units` after the same history, of units by the seconds since they were taken."""
    async with Redis.from_url(redis.url) as client:
        while True:
            now = int((await client.time())[0])
            await client.delete(KEY + caller)
            if history:
                await client.hset(KEY + caller, mapping={str(now - age): taken for age, taken in history.items()})
            clock = TurnedClock()
            clock.turn(now - int(clock.now().timestamp()) - max(history, default=0))
            alone = NodeQuota(LIMIT, clock)
            for age in sorted(history, reverse=True):
                clock.turn(now - age - int(clock.now().timestamp()))
                await alone.take(caller, history[age])
            clock.turn(now - int(clock.now().timestamp()))
            shared = SharedRedis(redis.url)
            by_redis, by_memory = [
                [
                    taken := await quota.take(caller, units),
                    await quota.give_back(caller, 2, taken.taken_at if is_now else now - 30),
                    await quota.owe(caller, LIMIT),
                    await quota.take(caller, 1),
                ]
                for quota in (shared.quota(LIMIT, SystemClock(), alone), alone)
                for is_now in [not history]
            ]
            await shared.close()
            if now == int((await client.time())[0]) == int(clock.now().timestamp()):  # all within one second
                assert (caller, by_redis) == (caller, by_memory)
                return True


# --- pages ---------------------------------------------------------------------------------------


async def test_pages_have_a_budget_of_their_own_and_their_files_are_free(settings: Settings) -> None:
    async with served(settings, user=None) as client:
        password = token("ada", "default", "editor")["Authorization"].removeprefix("Bearer ")
        assert (await statuses(client, LIMIT + 1, headers=token("ada", "default", "editor")))[-1] == 429
        for path in ("/graphql", "/docs"):
            page = await client.get(path, headers={"Accept": "text/html"}, auth=("ada", password))
            assert (path, page.status_code, "ratelimit-limit" in page.headers) == (path, 200, False)
        options: Json = {"headers": {"Accept": "text/html"}, "auth": ("ada", password)}
        assert await statuses(client, LIMIT - 1, "/graphql", **options) == [200] * (LIMIT - 2) + [429]
        for _ in range(LIMIT + 1):
            asset = await client.get("/graphql/assets/nothing.js", auth=("ada", password))
            assert (asset.status_code, "ratelimit-limit" in asset.headers) == (404, False)
        by_guess = [
            (await client.get("/graphql/assets/nothing.js", auth=("ada", "guess"))).status_code
            for _ in range(LIMIT + 1)
        ]
        assert by_guess == [401] * LIMIT + [429]


async def test_a_workflow_is_created_within_the_limit(node: httpx.AsyncClient) -> None:
    assert (await create(node, "w", notify("a")))["name"] == "w"
