"""SIGTERM under load: nothing new is accepted, the process ends in its time, and the next start loses nothing."""

import asyncio
import time
from collections import Counter
from urllib.parse import urlsplit

import pytest

from tests.chaos.conftest import Figures
from tests.chaos.harm import journal_file
from tests.chaos.harm.ledger import Ledger
from tests.chaos.harm.load import FAN, Load, connect
from tests.sizes import sized
from tests.support.calls import create, ended, start
from tests.support.processes import Processes, service_call

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(sized(60, 300))]

CALLS_BEFORE = sized(60, 600)
MAX_EXIT_SECONDS = 30
MAX_SECONDS_TO_REFUSE = 2.0


async def refuses(url: str, seconds: float) -> float:
    """Return the moment from which connections are refused."""
    address = urlsplit(url)
    async with asyncio.timeout(seconds):
        while True:
            try:
                _, writer = await asyncio.open_connection(address.hostname, address.port)
            except ConnectionRefusedError:
                return time.monotonic()
            except ConnectionResetError:
                continue  # it stood in line when the line was closed: the next one is refused
            writer.close()
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("ends_in_time", sized([True], [True, False]))
async def test_sigterm_under_load_accepts_nothing_new_and_loses_nothing(
    ends_in_time: bool, ledger: Ledger, processes: Processes, figures: Figures
) -> None:
    orchestrator = await asyncio.to_thread(processes.orchestrator, {"ledger": ledger.url})
    async with connect(orchestrator.url) as client:
        fan = (await create(client, "Fan", *FAN))["workflow_id"]
        waiting = (await create(client, "Waiting", service_call("held", "ledger", "/held"), FAN[0]))["workflow_id"]
        held = await start(client, waiting)
        load = Load(client, fan, ledger, clients=8)
        await ledger.reaches(CALLS_BEFORE)

        asked = time.monotonic()
        orchestrator.terminate()
        refused = await refuses(orchestrator.url, seconds=10)
        if ends_in_time:
            ledger.released.set()
        status = await asyncio.to_thread(orchestrator.ended)
        took = time.monotonic() - asked
        last_accepted = load.last_accepted_at
        left = journal_file.read_journals(orchestrator.data_dir).values()
        unfinished = sum(events[-1].type not in journal_file.TERMINAL for events in left)

        ledger.released.set()
        await asyncio.to_thread(orchestrator.start)
        await load.stop()
        ids = [held, *load.accepted.values()]
        final = Counter([(await ended(client, execution_id))["status"] for execution_id in ids])
    assert await asyncio.to_thread(orchestrator.stop) == 0
    journals = journal_file.read_journals(orchestrator.data_dir)
    figures(
        seconds_to_refuse=refused - asked,
        last_accepted_seconds=last_accepted - asked,
        seconds_to_exit=took,
        unfinished_at_exit=unfinished,
        ended=dict(final),
    )
    assert status == 0
    assert took <= MAX_EXIT_SECONDS
    assert refused - asked < MAX_SECONDS_TO_REFUSE
    assert last_accepted - asked < MAX_SECONDS_TO_REFUSE
    assert unfinished == (0 if ends_in_time else 1)
    assert final == {"completed": len(ids)}
    assert set(journals) == set(ids)
    assert journal_file.faults(journals) == []
    repeated = {key: count for key, count in Counter(ledger.keys).items() if count > 1}
    assert repeated == ({} if ends_in_time else {f"{held}:held": 2})
