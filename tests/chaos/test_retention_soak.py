"""A steady load under a retention of minutes: what is kept, its file and the memory come to rest."""

import asyncio
import itertools
import time
from pathlib import Path

import httpx
import pytest

from tests.chaos.conftest import Figures
from tests.chaos.harm import journal_file
from tests.chaos.harm.growth import Growth
from tests.chaos.harm.ledger import Ledger
from tests.chaos.harm.load import connect
from tests.chaos.test_soak import asks, transform
from tests.sizes import IS_FULL, sized
from tests.support.calls import create
from tests.support.processes import Processes, service_call

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(sized(120, 4_500))]

SECONDS = sized(40, 3_600)
KEPT = sized("3s", "2m")
EACH_SECOND = sized(20, 25)
SAMPLE_SECONDS = sized(2, 30)
LOOK_SECONDS = 2.0
MOST_GROWTH = 1.15
STORED = """
SELECT (SELECT sum(accepted) FROM workflow_statistics) - (SELECT sum(deleted) FROM deleted_executions)
"""
"""How many are left by the running totals."""

SAMPLES = Path(__file__).parents[2] / "artefacts" / "retention-soak.csv"
SETTINGS = {
    "ORCHESTRATOR_ALLOW_PRIVATE_NETWORKS": "127.0.0.0/8",
    "ORCHESTRATOR_RETENTION": KEPT,
    "ORCHESTRATOR_RETENTION_FAILED": KEPT,
    "ORCHESTRATOR_RETENTION_ACTIVITIES": KEPT,
    "ORCHESTRATOR_RETENTION_KEYS": KEPT,
    "ORCHESTRATOR_RETENTION_AUDIT": KEPT,
}


class Steady:
    """Starts executions at a rate, of one workflow after the other; every third has an idempotency key."""

    def __init__(self, client: httpx.AsyncClient, ledger: Ledger, workflow_ids: list[str]) -> None:
        self.accepted = 0
        self.refused: list[str] = []
        self._client = client
        self._callback = f"{ledger.url}/callback"
        self._workflow_ids = itertools.cycle(workflow_ids)
        self._numbers = itertools.count(1)
        self._asked: set[asyncio.Task[None]] = set()

    async def run(self, seconds: float) -> None:
        began = time.monotonic()
        while (now := time.monotonic() - began) < seconds:
            due = int(now * EACH_SECOND) - self.accepted - len(self.refused) - len(self._asked)
            for _ in range(max(0, min(due, EACH_SECOND))):
                task = asyncio.create_task(self._start())
                self._asked.add(task)
                task.add_done_callback(self._asked.discard)
            await asyncio.sleep(0.5 / EACH_SECOND)
        await asyncio.gather(*self._asked)

    async def _start(self) -> None:
        number = next(self._numbers)
        headers = {} if number % 3 else {"Idempotency-Key": f"soak-{number}"}
        body = {} if number % 5 else {"callback_url": self._callback}
        path = f"/workflows/{next(self._workflow_ids)}/execute"
        answer = await self._client.post(path, json=body, headers=headers)
        if answer.status_code == 202:
            self.accepted += 1
        else:
            self.refused.append(answer.text)


async def looks(client: httpx.AsyncClient) -> None:
    """A dashboard that is open all the time."""
    while True:
        await asks(client)
        await asyncio.sleep(LOOK_SECONDS)


async def test_with_a_retention_of_minutes_nothing_grows(
    ledger: Ledger, processes: Processes, figures: Figures
) -> None:
    orchestrator = await asyncio.to_thread(processes.orchestrator, {"ledger": ledger.url}, environ=SETTINGS)
    growth = Growth(orchestrator, SAMPLE_SECONDS, SAMPLES)
    payload = "".join(f"{number:04x}" for number in range(500))
    async with connect(orchestrator.url) as client:
        child = await create(client, "Child", transform("answer", {"n": 1}))
        kinds = {
            "Small": [transform("only", {"n": 1})],
            "Large": [transform("first", payload), transform("second", "{{first.response}}")],
            "Called": [service_call("call", "ledger", "/fast")],
            "Failed": [transform("broken", "{{nowhere}}")],
            "Pause": [{"action_id": "pause", "action_type": "wait", "config": {"seconds": 1}}],
            "Parent": [
                {
                    "action_id": "start",
                    "action_type": "sub_workflow",
                    "config": {"workflow_id": child["workflow_id"]},
                }
            ],
        }
        ids = [(await create(client, name, *actions))["workflow_id"] for name, actions in kinds.items()]
        load = Steady(client, ledger, ids)
        noise = [asyncio.create_task(work) for work in (looks(client), growth.watch())]
        await load.run(SECONDS)
        for task in noise:
            task.cancel()
        await asyncio.gather(*noise, return_exceptions=True)
        statistics = (await client.get("/workflows/statistics")).json()
    assert await asyncio.to_thread(orchestrator.stop) == 0

    kept = journal_file.select(orchestrator.data_dir, "SELECT count(*) FROM execution")[0][0]
    assert journal_file.select(orchestrator.data_dir, STORED)[0][0] == kept
    names = ("memory", "pages", "file", "wal", "execution", "execution_event", "activity", "spent_key", "audit_entry")
    grown = {name: growth.median(name, 0.75, 1) / max(growth.median(name, 0.25, 0.5), 1) for name in names}
    last = {f"last_{name}": growth.median(name, 0.75, 1) for name in names}
    figures(accepted=load.accepted, kept=kept, **last, **{f"growth_of_{name}": value for name, value in grown.items()})
    assert "Traceback" not in orchestrator.log
    assert load.refused == []
    assert statistics["total_executions"] >= load.accepted
    assert kept < load.accepted
    if IS_FULL:  # a short one ends before all has come to rest
        assert max(grown.values()) <= MOST_GROWTH, grown
