"""A PostgreSQL that crashes again and again under load: nothing accepted is lost, nothing journaled is called again."""

import asyncio
import random
import time
from collections import Counter

import httpx
import pytest

from tests.chaos.conftest import Figures
from tests.chaos.harm import journal_file
from tests.chaos.harm.crashable_postgres import CrashablePostgres
from tests.chaos.harm.journal_server import read_journals
from tests.chaos.harm.ledger import Ledger
from tests.chaos.harm.load import FAN, PAUSE_SECONDS, Load, connect, says, settled
from tests.sizes import IS_FULL, sized
from tests.support.calls import create
from tests.support.processes import Processes

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(sized(120, 3_600))]

CRASHES = sized(2, 40)
SECONDS_BETWEEN = sized((0.2, 1.0), (5.0, 40.0))
SECONDS_DOWN = sized((0.2, 1.0), (0.0, 8.0))
NODES = 2
SLOWEST_REFUSAL_SECONDS = 5.0
SLOWEST_HEALING_SECONDS = 10.0


async def refused(client: httpx.AsyncClient, workflow_id: str) -> None:
    """Return when a read is refused, which may be repeated; the clients of the load may all wait for an end."""
    while True:
        answer = await client.get(f"/workflows/{workflow_id}")
        if answer.status_code == 503:
            assert int(answer.headers["Retry-After"]) > 0
            return
        await asyncio.sleep(PAUSE_SECONDS)


async def test_nothing_accepted_is_lost_and_nothing_is_called_twice(
    ledger: Ledger, processes: Processes, crashable_postgres: CrashablePostgres, figures: Figures
) -> None:
    chance = random.Random(CRASHES)  # noqa: S311 - to be repeatable is its purpose
    environ = {"ORCHESTRATOR_DATABASE_URL": crashable_postgres.url}
    nodes = [
        await asyncio.to_thread(processes.orchestrator, {"ledger": ledger.url}, environ=environ) for _ in range(NODES)
    ]
    kinds: Counter[str] = Counter()
    outages: list[float] = []
    healings: list[float] = []
    async with connect(nodes[0].url) as first, connect(nodes[1].url) as second:
        workflow_id = (await create(first, "Fan", *FAN))["workflow_id"]
        loads = [
            Load(client, workflow_id, ledger, clients=4, name=name)
            for client, name in ((first, "first"), (second, "second"))
        ]
        for number in range(CRASHES):
            await asyncio.gather(*(load.counts(len(load.accepted) + 1) for load in loads))
            await asyncio.sleep(chance.uniform(*SECONDS_BETWEEN))
            went_down = time.monotonic()
            crash = [crashable_postgres.kill, crashable_postgres.stop_at_once, crashable_postgres.kill_backend]
            kinds[await asyncio.to_thread(crash[number % len(crash)])] += 1
            if not crashable_postgres.is_running:
                await asyncio.gather(*(refused(client, workflow_id) for client in (first, second)))
                await asyncio.sleep(chance.uniform(*SECONDS_DOWN))
                await asyncio.to_thread(crashable_postgres.start)
            came_up = time.monotonic()
            outages.append(came_up - went_down)
            await asyncio.gather(*(load.counts(len(load.accepted) + 1) for load in loads))
            healings.append(time.monotonic() - came_up)
        await asyncio.gather(*(load.stop() for load in loads))
        await settled(first, workflow_id)
        await asyncio.gather(says(first, "healthy"), says(second, "healthy"))
    journals = await read_journals(crashable_postgres.dsn)
    calls = Counter(ledger.keys)
    accepted = {execution_id for load in loads for execution_id in load.accepted.values()}
    figures(
        crashes=dict(kinds),
        executions=len(journals),
        calls=len(ledger.calls),
        repeated=len(ledger.calls) - len(calls),
        refused=sum(load.refused for load in loads),
        refused_max_seconds=max(load.slowest_refusal_seconds for load in loads),
        down_max_seconds=max(outages),
        healed_max_seconds=max(healings),
    )
    assert journal_file.faults(journals) == []
    assert journal_file.outcomes(journals) == {"completed": len(journals)}
    assert set(journals) == accepted
    assert len(journals) == sum(len(load.accepted) for load in loads)
    assert [key for key, count in calls.items() if count > 1] == []
    assert set(calls) == {f"{execution_id}:{action['action_id']}" for execution_id in journals for action in FAN}
    assert [load.unanswered for load in loads] == [0] * NODES
    assert [load.refused_without_retry_after for load in loads] == [0] * NODES
    assert [await asyncio.to_thread(node.stop) for node in nodes] == [0] * NODES
    if IS_FULL:  # beside other tests these times would tell how busy the machine is
        assert max(load.slowest_refusal_seconds for load in loads) <= SLOWEST_REFUSAL_SECONDS
        assert max(healings) <= SLOWEST_HEALING_SECONDS
