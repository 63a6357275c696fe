"""A workflow with a limit, and nodes that are killed: never too many at once, and the queue always goes on."""

import asyncio
import random
import time

import pytest

from tests.chaos.conftest import Figures
from tests.chaos.harm import journal_file
from tests.chaos.harm.cluster import Cluster
from tests.chaos.harm.ledger import Ledger
from tests.chaos.harm.load import settled
from tests.sizes import sized
from tests.support.calls import ended, start
from tests.support.processes import service_call

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(sized(120, 3_600))]

LIMIT = 2
EXECUTIONS = sized(60, 2_000)
CALLS = 2 * EXECUTIONS
KILLS = sized(3, 60)
GOES_ON_SECONDS = 10.0
LOOK_SECONDS = 0.005
RUNNING = "SELECT count(*) FROM execution WHERE status = 'running'"


async def limited(cluster: Cluster, path: str, limit: int) -> str:
    """A workflow of two calls, of which so many executions may run at once."""
    actions = [service_call("first", "ledger", path), service_call("last", "ledger", "/fast", depends_on=["first"])]
    body = {"name": "Limited", "actions": actions, "concurrency": {"limit": limit}}
    created = await cluster.clients[0].post("/workflows", json=body)
    assert created.status_code == 201, created.text
    return str(created.json()["workflow_id"])


class Watch:
    """Looks at the database again and again: `most` were running at once."""

    def __init__(self, cluster: Cluster) -> None:
        self.most = 0
        self.looks = 0
        self._cluster = cluster
        self._task = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """Look no more; raise what a look met."""
        self._task.cancel()
        (met,) = await asyncio.gather(self._task, return_exceptions=True)
        assert isinstance(met, asyncio.CancelledError)

    async def _look(self) -> None:
        while True:
            ((running,),) = await self._cluster.select(RUNNING)
            self.most = max(self.most, running)
            self.looks += 1
            await asyncio.sleep(LOOK_SECONDS)


async def test_kills_of_any_process_neither_exceed_the_limit_nor_stop_the_queue(
    cluster: Cluster, ledger: Ledger, figures: Figures
) -> None:
    moments = random.Random(KILLS)  # noqa: S311 - to be repeatable is its purpose
    await cluster.start(api=1, workers=2)
    workflow_id = await limited(cluster, "/slow", LIMIT)
    watch = Watch(cluster)
    ids = await asyncio.gather(*(start(cluster.clients[0], workflow_id) for _ in range(EXECUTIONS)))
    for number in range(1, KILLS + 1):
        await ledger.reaches(number * CALLS // (KILLS + 1))
        process = moments.choice(cluster.nodes)
        await asyncio.to_thread(process.kill)
        await asyncio.to_thread(process.start)
    await settled(cluster, workflow_id)
    await watch.stop()
    journals = await cluster.journals()
    figures(kills=KILLS, executions=len(ids), at_once=watch.most, looks=watch.looks)
    assert 0 < watch.most <= LIMIT
    assert set(journals) == set(ids)
    assert journal_file.faults(journals) == []
    assert journal_file.outcomes(journals) == {"completed": EXECUTIONS}


async def test_the_next_begins_elsewhere_when_the_worker_dies_that_would_have_called_it(
    cluster: Cluster, ledger: Ledger, figures: Figures
) -> None:
    await cluster.start(api=1, workers=1)
    client = cluster.clients[0]
    workflow_id = await limited(cluster, "/held", 1)
    ids = [await start(client, workflow_id) for _ in range(3)]
    await ledger.has(f"{ids[0]}:first")
    (first,) = cluster.workers
    await cluster.add_worker()
    killed_at = time.monotonic()
    await asyncio.to_thread(first.kill)
    ledger.released.set()
    await ledger.has(f"{ids[1]}:first")
    goes_on = time.monotonic() - killed_at
    for execution_id in ids:
        assert (await ended(client, execution_id))["status"] == "completed"
    figures(executions=len(ids), next_began_within_seconds=goes_on)
    assert goes_on < GOES_ON_SECONDS
    assert list(dict.fromkeys(key for key in ledger.keys if key.endswith(":first"))) == [
        f"{execution_id}:first" for execution_id in ids
    ]
