"""`kill -9` at random moments under load: nothing accepted is lost, and nothing journaled is called again."""

import asyncio
import random
import time
from collections import Counter

import httpx
import pytest

from tests.chaos.conftest import Figures
from tests.chaos.harm import journal_file
from tests.chaos.harm.ledger import Ledger
from tests.chaos.harm.load import FAN, Load, connect, settled
from tests.sizes import IS_FULL, sized
from tests.support.calls import create, ended, notify, start
from tests.support.processes import OrchestratorProcess, Processes, service_call

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(sized(120, 3_600))]

KILLS = sized(6, 200)
MAX_CALLS_BETWEEN_KILLS = 60
SLOWEST_RESTART_SECONDS = 5.0
MEDIAN_RESTART_SECONDS = 1.0


def restart(orchestrator: OrchestratorProcess) -> float:
    """Start again; return the seconds until it says that it is ready."""
    began = time.monotonic()
    orchestrator.start()
    assert httpx.get(f"{orchestrator.url}/readyz").status_code == 200
    return time.monotonic() - began


async def test_nothing_accepted_is_lost_and_nothing_journaled_is_called_again(
    ledger: Ledger, processes: Processes, figures: Figures
) -> None:
    moments = random.Random(KILLS)  # noqa: S311 - to be repeatable is its purpose
    orchestrator = await asyncio.to_thread(processes.orchestrator, {"ledger": ledger.url})
    in_flight: Counter[str] = Counter()
    calls_before_result: dict[str, int] = {}
    restarts: list[float] = []
    async with connect(orchestrator.url) as client:
        workflow = await create(client, "Fan", *FAN)
        load = Load(client, workflow["workflow_id"], ledger, clients=8)
        for _ in range(KILLS):
            await ledger.reaches(len(ledger.calls) + moments.randrange(1, MAX_CALLS_BETWEEN_KILLS))
            await asyncio.sleep(moments.uniform(0, 0.03))
            await asyncio.to_thread(orchestrator.kill)
            journals = await asyncio.to_thread(journal_file.read_journals, orchestrator.data_dir)
            in_flight.update(journal_file.keys_in_flight(journals))
            for key in journal_file.keys_with_result(journals):
                calls_before_result.setdefault(key, len(ledger.calls))
            restarts.append(await asyncio.to_thread(restart, orchestrator))
        await load.stop()
        await settled(client, workflow["workflow_id"])
    assert await asyncio.to_thread(orchestrator.stop) == 0

    journals = journal_file.read_journals(orchestrator.data_dir)
    keys = ledger.keys
    again = [key for at, key in enumerate(keys) if at >= calls_before_result.get(key, len(keys))]
    calls = Counter(keys)
    restarts.sort()
    figures(
        kills=KILLS,
        executions=len(journals),
        calls=len(ledger.calls),
        repeated_in_flight=sum(calls.values()) - len(calls),
        repeated_after_result=len(again),
        ready_p50_seconds=restarts[len(restarts) // 2],
        ready_max_seconds=restarts[-1],
    )
    assert journal_file.faults(journals) == []
    assert journal_file.outcomes(journals) == {"completed": len(journals)}
    assert set(journals) == set(load.accepted.values())
    assert len(journals) == len(load.accepted)
    assert again == []
    assert [key for key, count in calls.items() if count > 1 + in_flight[key]] == []
    assert set(calls) == {f"{execution_id}:{action['action_id']}" for execution_id in journals for action in FAN}
    if IS_FULL:  # beside other tests these times would tell how busy the machine is
        assert restarts[-1] <= SLOWEST_RESTART_SECONDS
        assert restarts[len(restarts) // 2] <= MEDIAN_RESTART_SECONDS


async def test_executions_go_on_after_a_kill_on_the_definition_that_they_were_accepted_with(
    ledger: Ledger, processes: Processes
) -> None:
    orchestrator = await asyncio.to_thread(processes.orchestrator, {"ledger": ledger.url})
    held = service_call("held", "ledger", "/held")
    async with connect(orchestrator.url) as client:
        changed = await create(client, "Changed", held, notify("old", "{{held.status}}"))
        deleted = await create(client, "Deleted", held, notify("old", "{{held.status}}"))
        ids = [await start(client, workflow["workflow_id"]) for workflow in (changed, deleted)]
        await ledger.reaches(2)
        change = await client.put(f"/workflows/{changed['workflow_id']}", json={"actions": [notify("new")]})
        assert change.status_code == 200
        assert (await client.delete(f"/workflows/{deleted['workflow_id']}")).status_code == 204
        await asyncio.to_thread(orchestrator.kill)
        ledger.released.set()
        await asyncio.to_thread(orchestrator.start)
        for execution_id in ids:
            final = await ended(client, execution_id)
            assert (final["status"], final["workflow_version"]) == ("completed", "1.0")
            assert list(final["result"]) == ["held", "old"]
