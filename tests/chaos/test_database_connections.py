"""Database connections that are killed one by one under load: nothing is lost, nothing comes twice, all of it heals."""

import asyncio
import random
import time
from collections import Counter

import asyncpg
import pytest

from tests.chaos.conftest import Figures
from tests.chaos.harm import journal_file
from tests.chaos.harm.journal_server import read_journals
from tests.chaos.harm.ledger import Ledger
from tests.chaos.harm.load import FAN, Load, connect, says, settled
from tests.chaos.harm.wake_ups import HELD, until_wake_ups_come
from tests.sizes import IS_FULL, sized
from tests.support.calls import create
from tests.support.processes import Processes

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(sized(120, 1_800))]

KILLS = sized(15, 1_000)
MAX_SECONDS_BETWEEN = 0.2
SLOWEST_REFUSAL_SECONDS = 5.0

OTHERS = """
SELECT pid, query LIKE 'LISTEN%' OR query LIKE '%pg_notify%' OR query = 'SELECT 1' AS listens FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
ORDER BY pid
"""


async def kill_connections(dsn: str, chance: random.Random) -> tuple[int, int]:
    """Kill random connections of the service, one at a time; return how many, and how many of those could listen."""
    killed = listeners = 0
    connection = await asyncpg.connect(dsn)
    try:
        while killed < KILLS:
            others = await connection.fetch(OTHERS)
            listening = [other for other in others if other["listens"]]
            # Of many connections only one or two listen, and they should have their turn.
            choice = listening if listening and chance.random() < 0.2 else others
            if choice:
                victim = chance.choice(choice)
                killed += await connection.fetchval("SELECT pg_terminate_backend($1)::int", victim["pid"])
                listeners += victim["listens"]
            await asyncio.sleep(chance.uniform(0, MAX_SECONDS_BETWEEN))
    finally:
        await connection.close()
    return killed, listeners


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_killed_connections_lose_nothing_repeat_nothing_and_come_again(
    database_url: str, ledger: Ledger, processes: Processes, figures: Figures
) -> None:
    chance = random.Random(KILLS)  # noqa: S311 - to be repeatable is its purpose
    dsn = database_url.replace("+asyncpg", "")
    environ = {"ORCHESTRATOR_DATABASE_URL": database_url}
    nodes = [await asyncio.to_thread(processes.orchestrator, {"ledger": ledger.url}, environ=environ) for _ in range(2)]
    async with connect(nodes[0].url) as first, connect(nodes[1].url) as second:
        workflow_id = (await create(first, "Fan", *FAN))["workflow_id"]
        loads = [
            Load(client, workflow_id, ledger, clients=4, name=name)
            for client, name in ((first, "first"), (second, "second"))
        ]
        killed, listeners = await kill_connections(dsn, chance)
        went_on = time.monotonic()
        await asyncio.gather(*(load.counts(len(load.accepted) + 1) for load in loads))
        healed = time.monotonic() - went_on
        await asyncio.gather(*(load.stop() for load in loads))
        await settled(first, workflow_id)
        await says(first, "healthy")
        await says(second, "healthy")
        journals = await read_journals(dsn)
        calls = Counter(ledger.keys)
        held = (await create(first, "Held", HELD))["workflow_id"]
        heard = await until_wake_ups_come(held, first, second, ledger)
    accepted = [execution_id for load in loads for execution_id in load.accepted.values()]
    figures(
        killed=killed,
        of_which_could_listen=listeners,
        executions=len(journals),
        repeated=sum(calls.values()) - len(calls),
        refused=sum(load.refused for load in loads),
        refused_max_seconds=max(load.slowest_refusal_seconds for load in loads),
        healed_seconds=healed,
        wake_ups_again_seconds=heard.after_seconds,
        wake_up_seconds=heard.took_seconds,
    )
    assert listeners > 0
    assert journal_file.faults(journals) == []
    assert journal_file.outcomes(journals) == {"completed": len(journals)}
    assert sorted(journals) == sorted(accepted)
    assert [key for key, count in calls.items() if count > 1] == []
    assert {(load.unanswered, load.refused_without_retry_after) for load in loads} == {(0, 0)}
    assert [await asyncio.to_thread(node.stop) for node in nodes] == [0, 0]
    if IS_FULL:  # beside other tests this time would tell how busy the machine is
        assert max(load.slowest_refusal_seconds for load in loads) <= SLOWEST_REFUSAL_SECONDS
