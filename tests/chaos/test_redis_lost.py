"""Redis is lost and comes back under load: no accepted work is lost, listeners look for themselves, wake-ups return."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from resolvers.waking import POLL_SECONDS
from tests.chaos.conftest import Figures
from tests.chaos.harm import journal_file
from tests.chaos.harm.journal_server import read_journals
from tests.chaos.harm.ledger import Ledger
from tests.chaos.harm.load import FAN, Load, connect, says, settled
from tests.chaos.harm.wake_ups import HELD, hear, until_wake_ups_come
from tests.sizes import sized
from tests.support.calls import create
from tests.support.processes import Processes
from tests.support.redis_server import RedisServer

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(sized(120, 1_200))]

LOSSES = sized(1, 10)
ACCEPTED = sized(10, 300)
SLOWEST_NEWS_SECONDS = POLL_SECONDS + sized(5.0, 1.0)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_lost_redis_delays_the_news_and_loses_nothing(
    database_url: str, ledger: Ledger, processes: Processes, figures: Figures, tmp_path: Path
) -> None:
    redis = RedisServer(tmp_path)
    redis.start()
    environ = {"ORCHESTRATOR_DATABASE_URL": database_url, "ORCHESTRATOR_REDIS_URL": redis.url}
    nodes = [await asyncio.to_thread(processes.orchestrator, {"ledger": ledger.url}, environ=environ) for _ in range(2)]
    degraded: list[float] = []
    news: list[float] = []
    again: list[float] = []
    try:
        async with connect(nodes[0].url) as first, connect(nodes[1].url) as second:
            fan = (await create(first, "Fan", *FAN))["workflow_id"]
            held = (await create(first, "Held", HELD))["workflow_id"]
            before = await until_wake_ups_come(held, first, second, ledger)
            loads = [
                Load(client, fan, ledger, clients=2, name=name)
                for client, name in ((first, "first"), (second, "second"))
            ]
            for _ in range(LOSSES):
                await asyncio.to_thread(redis.kill)
                degraded.append(await says(second, "degraded"))
                await asyncio.gather(*(load.counts(len(load.accepted) + ACCEPTED) for load in loads))
                news.append((await hear(held, first, second, ledger)).took_seconds)
                await asyncio.to_thread(redis.start)
                again.append((await until_wake_ups_come(held, first, second, ledger)).after_seconds)
                await says(second, "healthy")
            await asyncio.gather(*(load.stop() for load in loads))
            await settled(first, fan)
        stopped = [await asyncio.to_thread(node.stop) for node in nodes]
    finally:
        redis.kill()
    accepted = [execution_id for load in loads for execution_id in load.accepted.values()]
    journals = await read_journals(database_url.replace("+asyncpg", ""))
    calls = Counter(ledger.keys)
    figures(
        losses=LOSSES,
        executions=len(accepted),
        repeated=len(ledger.calls) - len(calls),
        refused=sum(load.refused for load in loads),
        degraded_max_seconds=max(degraded),
        wake_up_before_seconds=before.took_seconds,
        news_without_max_seconds=max(news),
        wake_ups_again_max_seconds=max(again),
    )
    assert journal_file.faults(journals) == []
    assert journal_file.outcomes(journals) == {"completed": len(journals)}
    assert set(accepted) <= set(journals)
    assert len(set(accepted)) == sum(len(load.accepted) for load in loads)
    assert [key for key, count in calls.items() if count > 1] == []
    assert {(load.unanswered, load.refused) for load in loads} == {(0, 0)}
    assert max(news) < SLOWEST_NEWS_SECONDS
    assert stopped == [0, 0]
