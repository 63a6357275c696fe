"""A mixed load with kills: everything accepted ends once, and the memory of the process comes to rest."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import psutil
import pytest

from tests.chaos.conftest import Figures
from tests.chaos.harm import journal_file
from tests.chaos.harm.ledger import Ledger
from tests.chaos.harm.load import FAN, Load, connect, settled
from tests.sizes import IS_FULL, sized
from tests.support.calls import create
from tests.support.processes import OrchestratorProcess, Processes, service_call

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(sized(120, 3_600))]

SECONDS = sized(15, 1_800)
KILLS_AT = (0.1, 0.2)
"""The parts of the time after which the process is killed; half of what is left is for warming up."""

MOST_GROWTH = 1.1
SAMPLE_SECONDS = sized(0.1, 1.0)
NOISE_PAUSE_SECONDS = 0.05
LAST = service_call("last", "ledger", "/fast")
BYTES_PER_MIB = 1_048_576


def transform(action_id: str, output: Any, **more: Any) -> dict[str, Any]:
    return {"action_id": action_id, "action_type": "transform", "config": {"output": output}, **more}


def mixture(child: str) -> dict[str, list[dict[str, Any]]]:
    """The actions of the workflows whose executions end with a call that the ledger sees."""
    items = service_call("each", "ledger", "/fast", for_each={"in": list(range(10)), "max_concurrency": 5})
    pause = {"action_id": "pause", "action_type": "wait", "config": {"seconds": 1}}
    start = {"action_id": "start", "action_type": "sub_workflow", "config": {"workflow_id": child}}
    broken = transform("broken", "{{nowhere}}", on_error="continue")
    return {
        "Fan": FAN,
        "Items": [items, {**LAST, "depends_on": ["each"]}],
        "Pause": [pause, {**LAST, "depends_on": ["pause"]}],
        "Parent": [start, {**LAST, "depends_on": ["start"]}],
        "Broken": [broken, {**LAST, "depends_on": ["broken"]}],
    }


DASHBOARD = """{
  executions(first: 20) { nodes { id status result actions { actionId status } } }
  statistics { totalExecutions }
}"""
FAULTY = "{ executions(first: 20) { nodes { nothing } } "


async def asks(client: httpx.AsyncClient) -> None:
    """What a dashboard asks for, and what nobody can answer."""
    for query in (DASHBOARD, FAULTY):
        await client.post("/graphql", json={"query": query})
    await client.get("/workflows", params={"page_size": 50})


async def watches(client: httpx.AsyncClient) -> None:
    """A subscriber that leaves after its first event."""
    body = {"query": "subscription { executions { cursor execution { id status } } }"}
    async with client.stream("POST", "/graphql", json=body, headers={"Accept": "text/event-stream"}) as answer:
        async for _ in answer.aiter_raw():
            return


async def repeated(work: Callable[[], Awaitable[None]]) -> None:
    """Do it again and again: while the process is away there is nobody to do it with."""
    while True:
        try:
            await work()
        except httpx.TransportError:
            """It was killed, and comes back."""
        await asyncio.sleep(NOISE_PAUSE_SECONDS)


class Memory:
    """Samples of what the process keeps in memory, in MiB, each with its moment."""

    def __init__(self, orchestrator: OrchestratorProcess) -> None:
        self.samples: list[tuple[float, float]] = []
        self._orchestrator = orchestrator

    async def watch(self) -> None:
        while True:
            if self._orchestrator.is_running:
                rss = psutil.Process(self._orchestrator.pid).memory_info().rss
                self.samples.append((time.monotonic(), rss / BYTES_PER_MIB))
            await asyncio.sleep(SAMPLE_SECONDS)

    def median(self, since: float, until: float) -> float:
        return statistics.median(mib for at, mib in self.samples if since <= at <= until)


async def test_a_mixed_load_with_kills_loses_nothing_and_takes_no_more_memory(
    ledger: Ledger, processes: Processes, figures: Figures
) -> None:
    orchestrator = await asyncio.to_thread(processes.orchestrator, {"ledger": ledger.url})
    memory = Memory(orchestrator)
    async with connect(orchestrator.url) as client:
        child = await create(client, "Child", transform("answer", {"n": 1}))
        ids = [
            (await create(client, name, *actions))["workflow_id"]
            for name, actions in mixture(child["workflow_id"]).items()
        ]
        loads = [Load(client, workflow_id, ledger, clients=2, name=workflow_id) for workflow_id in ids]
        noise = [
            asyncio.create_task(work)
            for work in (repeated(lambda: asks(client)), repeated(lambda: watches(client)), memory.watch())
        ]
        began = time.monotonic()
        for part in KILLS_AT:
            await asyncio.sleep(began + part * SECONDS - time.monotonic())
            await asyncio.to_thread(orchestrator.kill)
            await asyncio.to_thread(orchestrator.start)
        await asyncio.sleep(began + SECONDS - time.monotonic())
        for load in loads:
            await load.stop()
        for task in noise:
            task.cancel()
        await asyncio.gather(*noise, return_exceptions=True)
        for workflow_id in [*ids, child["workflow_id"]]:
            await settled(client, workflow_id)
    assert await asyncio.to_thread(orchestrator.stop) == 0

    journals = journal_file.read_journals(orchestrator.data_dir)
    accepted = {execution_id for load in loads for execution_id in load.accepted.values()}
    ended_at = began + SECONDS
    warm_at = began + (max(KILLS_AT) + 1) / 2 * SECONDS
    middle = (warm_at + ended_at) / 2
    warm, last = memory.median(warm_at, middle), memory.median(middle, ended_at)
    figures(executions=len(journals), calls=len(ledger.calls), warm_mib=warm, last_mib=last, growth=last / warm)
    assert "Traceback" not in orchestrator.log
    assert journal_file.faults(journals) == []
    assert journal_file.outcomes(journals) == {"completed": len(journals)}
    assert accepted <= set(journals)
    if IS_FULL:  # a short one ends before the memory has come to rest
        assert last / warm <= MOST_GROWTH
