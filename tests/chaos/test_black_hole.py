"""A database that takes connections and questions and never answers: 503 in time, and all else goes on."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import make_url

from tests.chaos.conftest import Figures
from tests.chaos.harm import journal_file
from tests.chaos.harm.black_hole import black_hole
from tests.chaos.harm.journal_server import read_journals
from tests.chaos.harm.ledger import Ledger
from tests.chaos.harm.load import FAN, Load, connect, says, settled
from tests.sizes import sized
from tests.support.calls import create
from tests.support.processes import Processes

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(sized(120, 1_200))]

ROUNDS = sized(1, 10)
NEWCOMERS = 8
REFUSALS = sized(16, 64)
"""Of starts in each round: who is told so after some seconds tries again."""

ACCEPTED_BETWEEN = 8
PAUSE_SECONDS = 0.05
SLOWEST_REFUSAL_SECONDS = sized(7.0, 5.0)
"""The small size may run beside other tests, which take from the machine what they can."""

SLOWEST_SIGN_OF_LIFE_SECONDS = sized(2.0, 0.5)
SLOWEST_HEALING_SECONDS = sized(15.0, 10.0)


class Times:
    """What a question that is asked again and again was answered, and how long that took at most."""

    def __init__(self) -> None:
        self.slowest_seconds = 0.0
        self.statuses: Counter[int] = Counter()

    async def ask(self, client: httpx.AsyncClient, path: str) -> None:
        """Ask for ever."""
        while True:
            asked_at = time.monotonic()
            answer = await client.get(path)
            self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - asked_at)
            self.statuses[answer.status_code] += 1
            await asyncio.sleep(PAUSE_SECONDS)


@asynccontextmanager
async def asking(client: httpx.AsyncClient, path: str) -> AsyncIterator[Times]:
    """Ask a question all the time."""
    times = Times()
    task = asyncio.create_task(times.ask(client, path))
    try:
        yield times
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_database_that_never_answers_delays_nobody_and_loses_nothing(
    database_url: str, ledger: Ledger, processes: Processes, figures: Figures
) -> None:
    direct = make_url(database_url)
    socket = Path(str(direct.query["host"])) / ".s.PGSQL.5432"
    healings: list[float] = []
    async with black_hole(socket) as hole:
        url = f"postgresql+asyncpg://postgres@127.0.0.1:{hole.port}/{direct.database}"
        orchestrator = await asyncio.to_thread(
            processes.orchestrator, {"ledger": ledger.url}, environ={"ORCHESTRATOR_DATABASE_URL": url}
        )
        async with connect(orchestrator.url) as client:
            workflow_id = (await create(client, "Fan", *FAN))["workflow_id"]
            load = Load(client, workflow_id, ledger, clients=4)
            loads = [load]
            async with (
                asking(client, "/healthz") as alive,
                asking(client, f"/workflows/{workflow_id}") as read,
                asking(client, "/readyz") as ready,
            ):
                for _ in range(ROUNDS):
                    await load.counts(len(load.accepted) + ACCEPTED_BETWEEN)
                    hole.swallow()
                    newcomers = Load(client, workflow_id, ledger, NEWCOMERS, name=f"newcomer-{len(loads)}")
                    loads.append(newcomers)
                    await newcomers.is_refused(REFUSALS)
                    hole.forward()
                    went_on = time.monotonic()
                    await newcomers.counts(NEWCOMERS)
                    await load.counts(len(load.accepted) + 1)
                    healings.append(time.monotonic() - went_on)
                    await newcomers.stop()
            await load.stop()
            await settled(client, workflow_id)
            await says(client, "healthy")
        status = await asyncio.to_thread(orchestrator.stop)
    journals = await read_journals(database_url.replace("+asyncpg", ""))
    calls = Counter(ledger.keys)
    accepted = [execution_id for load in loads for execution_id in load.accepted.values()]
    slowest_refusal = max(load.slowest_refusal_seconds for load in loads)
    figures(
        rounds=ROUNDS,
        executions=len(journals),
        repeated=len(ledger.calls) - len(calls),
        refused=sum(load.refused for load in loads),
        refused_max_seconds=slowest_refusal,
        read_max_seconds=read.slowest_seconds,
        healthz_max_seconds=alive.slowest_seconds,
        healed_max_seconds=max(healings),
        connections=hole.connections,
    )
    assert journal_file.faults(journals) == []
    assert journal_file.outcomes(journals) == {"completed": len(journals)}
    assert sorted(journals) == sorted(accepted)
    assert [key for key, count in calls.items() if count > 1] == []
    assert {(load.unanswered, load.refused_without_retry_after) for load in loads} == {(0, 0)}
    assert set(read.statuses) == set(ready.statuses) == {200, 503}
    assert set(alive.statuses) == {200}
    assert alive.slowest_seconds < SLOWEST_SIGN_OF_LIFE_SECONDS
    assert max(slowest_refusal, read.slowest_seconds) < SLOWEST_REFUSAL_SECONDS
    assert max(healings) < SLOWEST_HEALING_SECONDS
    assert status == 0
