"""A full disk and a failing one: writes are refused while it lasts, and nothing acknowledged is lost."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.conftest import Figures
from tests.chaos.harm import journal_file
from tests.chaos.harm.ledger import Ledger
from tests.chaos.harm.load import FAN, Load, connect
from tests.chaos.harm.small_disk import SmallDisk, small_disk
from tests.chaos.harm.tracing import WAL, failing
from tests.sizes import sized
from tests.support.calls import create, ended, start
from tests.support.processes import Processes, service_call

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(sized(60, 1_800))]

TIMES_FULL = sized(2, 20)
REFUSALS = 3
MAX_STARTS = 5_000

FAILING_STARTS = sized(30, 600)
ONE_WRITE_OF = 401
ONE_SYNC_OF = 7


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A small disk for the data."""
    with small_disk(tmp_path / "disk") as disk:
        yield disk


async def test_a_full_disk_refuses_writes_serves_reads_and_goes_on_when_it_is_freed(
    disk: SmallDisk, ledger: Ledger, processes: Processes, figures: Figures
) -> None:
    options = {"services": {"ledger": ledger.url}, "data_dir": disk.folder}
    orchestrator = await asyncio.to_thread(lambda: processes.orchestrator(**options))
    answers: Counter[int] = Counter()
    accepted: list[str] = []
    async with connect(orchestrator.url) as client:
        workflow = await create(client, "Note", service_call("call", "ledger", "/fast"))
        waiting = await create(client, "Waiting", service_call("held", "ledger", "/held"), FAN[0])
        for _ in range(TIMES_FULL):
            ledger.released.clear()
            accepted.append(await start(client, waiting["workflow_id"]))
            await ledger.has(f"{accepted[-1]}:held")
            disk.fill(orchestrator)
            refused = 0
            while refused < REFUSALS:
                answer = await client.post(f"/workflows/{workflow['workflow_id']}/execute", json={})
                answers[answer.status_code] += 1
                assert answer.status_code in (202, 503, 507), answer.text
                assert sum(answers.values()) < MAX_STARTS, "the disk is not full"
                if answer.status_code == 202:
                    accepted.append(answer.json()["execution_id"])
                else:
                    assert int(answer.headers["retry-after"]) > 0
                    refused += 1
            for path in ("/workflows", f"/workflows/{workflow['workflow_id']}", f"/workflows/executions/{accepted[0]}"):
                assert (await client.get(path)).status_code == 200
            ledger.released.set()  # this result cannot be journaled yet
            disk.free(orchestrator)
            assert (await ended(client, accepted[-1]))["status"] == "completed"
            accepted.append(await start(client, workflow["workflow_id"]))
        final = Counter([(await ended(client, execution_id))["status"] for execution_id in accepted])
    assert await asyncio.to_thread(orchestrator.stop) == 0
    journals = journal_file.read_journals(orchestrator.data_dir)
    figures(disk=disk.kind, times_full=TIMES_FULL, answers=dict(answers), accepted=len(accepted), ended=dict(final))
    assert final == {"completed": len(accepted)}
    assert set(accepted) <= set(journals)
    assert journal_file.faults(journals) == []
    assert journal_file.select(orchestrator.data_dir, "PRAGMA integrity_check") == [("ok",)]


async def test_of_a_disk_that_fails_now_and_then_nothing_acknowledged_is_lost(
    ledger: Ledger, processes: Processes, figures: Figures, tmp_path: Path
) -> None:
    orchestrator = await asyncio.to_thread(processes.orchestrator, {"ledger": ledger.url})
    async with connect(orchestrator.url) as client:
        workflow = await create(client, "Fan", *FAN)
    assert await asyncio.to_thread(orchestrator.stop) == 0
    trace = tmp_path / "trace"
    files = [orchestrator.data_dir / journal_file.FILE, orchestrator.data_dir / WAL]
    await asyncio.to_thread(orchestrator.start, *failing(trace, files, ONE_WRITE_OF, ONE_SYNC_OF))
    async with connect(orchestrator.url) as client:
        load = Load(client, workflow["workflow_id"], ledger, clients=4)
        await load.counts(FAILING_STARTS)
        await load.stop()
        final = Counter([(await ended(client, execution_id))["status"] for execution_id in load.accepted.values()])
    await asyncio.to_thread(orchestrator.kill)

    system_calls = trace.read_text().splitlines()
    injected = sum("(INJECTED)" in line for line in system_calls)
    journals = journal_file.read_journals(orchestrator.data_dir)
    calls = Counter(ledger.keys)
    figures(
        failed_writes_and_syncs=injected,
        of=len(system_calls),
        refused=load.refused,
        accepted=len(load.accepted),
        ended=dict(final),
        calls=len(ledger.calls),
        repeated=sum(calls.values()) - len(calls),
    )
    assert injected > 0
    assert final == {"completed": len(load.accepted)}
    assert set(journals) == set(load.accepted.values())
    assert journal_file.faults(journals) == []
    assert set(calls.values()) == {1}
    assert journal_file.select(orchestrator.data_dir, "PRAGMA integrity_check") == [("ok",)]
