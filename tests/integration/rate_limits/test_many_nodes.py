"""A limit holds over all nodes, with Redis and without."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from redis.asyncio import Redis

from app.settings.settings import Settings
from app.shared_quota import KEY, RETRY_SECONDS
from app.shared_redis import SharedRedis
from engine.core.clock import SystemClock
from resolvers.access.quota import NodeQuota
from resolvers.operations.vitals import PROBE_FRESH_SECONDS
from tests.support.calls import (
    PATIENCE_SECONDS,
)
from tests.support.edges.rate_limits import LIMIT, left, served, statuses
from tests.support.redis_server import RedisServer
from tests.support.timers import MovableClock

pytestmark = pytest.mark.asyncio


# --- over all nodes ------------------------------------------------------------------------------


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest_asyncio.fixture
async def nodes(
    settings: Settings, clock: MovableClock, redis: RedisServer, tmp_path: Path
) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Clients of two nodes with one Redis."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                served(settings, clock, redis_url=redis.url, data_dir=tmp_path / f"node {number}")
            )
            for number in range(2)
        ]


async def health(client: httpx.AsyncClient, clock: MovableClock) -> tuple[str, str]:
    """The state of the whole and of Redis, as it is now."""
    clock.put_forward(PROBE_FRESH_SECONDS)
    body = (await client.get("/workflows/health")).json()
    return body["status"], body["services"]["redis"]


async def test_a_limit_holds_over_all_nodes(nodes: list[httpx.AsyncClient], clock: MovableClock) -> None:
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
    nodes: list[httpx.AsyncClient], clock: MovableClock, redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = nodes
    assert await statuses(first, LIMIT) == [200] * LIMIT
    assert await statuses(second, 1) == [429]
    redis.kill()
    with caplog.at_level(logging.WARNING, "orchestrator.redis"):
        for node in nodes:
            assert await statuses(node, LIMIT + 1) == [200] * LIMIT + [429]
            assert await health(node, clock) == ("degraded", "unhealthy")
        clock.put_forward(RETRY_SECONDS)
        assert await statuses(first, 1) == [429]  # asked again, and still lost
        redis.start()
        clock.put_forward(RETRY_SECONDS)
        assert await statuses(first, 4) == [200] * 4
        clock.put_forward(RETRY_SECONDS)
        assert await left(second) == LIMIT - 5
        assert await health(first, clock) == ("healthy", "healthy")
    said = [record.getMessage() for record in caplog.records if record.name == "orchestrator.redis"]
    assert [("lost" in message, "back" in message) for message in said] == [(True, False)] * 2 + [(False, True)] * 2


async def test_a_redis_that_never_answers_holds_nobody_up(settings: Settings, clock: MovableClock) -> None:
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
            clock = MovableClock()
            clock.put_forward(now - int(clock.now().timestamp()) - max(history, default=0))
            alone = NodeQuota(LIMIT, clock)
            for age in sorted(history, reverse=True):
                clock.put_forward(now - age - int(clock.now().timestamp()))
                await alone.take(caller, history[age])
            clock.put_forward(now - int(clock.now().timestamp()))
            shared = SharedRedis(redis.url, clock)
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
