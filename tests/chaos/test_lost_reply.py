"""The commit is done and the reply is lost: the retry with the same key gets the same execution."""

import asyncio
from urllib.parse import urlsplit

import pytest

from tests.chaos.conftest import Figures
from tests.chaos.harm import journal_file
from tests.chaos.harm.ledger import Ledger
from tests.chaos.harm.load import connect
from tests.sizes import sized
from tests.support.calls import create, ended
from tests.support.processes import Processes, service_call

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(sized(60, 600))]

STARTS = sized(30, 1_000)


async def send_and_hang_up(url: str, path: str, key: str) -> None:
    """Send a whole request, and close the connection without reading a byte."""
    address = urlsplit(url)
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    head = f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\nX-User-ID: ada\r\nIdempotency-Key: {key}\r\n"
    writer.write(f"{head}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}".encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def test_a_retry_after_a_lost_reply_gets_the_execution_that_was_accepted(
    ledger: Ledger, processes: Processes, figures: Figures
) -> None:
    orchestrator = await asyncio.to_thread(processes.orchestrator, {"ledger": ledger.url})
    replayed = 0
    async with connect(orchestrator.url) as client:
        workflow = await create(client, "Once", service_call("once", "ledger", "/fast"))
        path = f"/workflows/{workflow['workflow_id']}/execute"
        for number in range(STARTS):
            await send_and_hang_up(orchestrator.url, path, f"key-{number}")
            # The call to the ledger says that the first request was committed; every other retry does not wait for it.
            if number % 2 == 0:
                await ledger.reaches(number + 1)
            again = await client.post(path, json={}, headers={"Idempotency-Key": f"key-{number}"})
            assert again.status_code in (200, 202), again.text
            await ledger.reaches(number + 1)
            assert ledger.keys[number] == f"{again.json()['execution_id']}:once"
            replayed += again.headers.get("idempotent-replayed") == "true"
            if number % 2 == 0:
                assert again.headers["idempotent-replayed"] == "true"
            assert (await ended(client, again.json()["execution_id"]))["status"] == "completed"
    await asyncio.to_thread(orchestrator.kill)
    executions = len(journal_file.read_journals(orchestrator.data_dir))
    figures(lost_replies=STARTS, retries_that_were_replays=replayed, executions=executions, calls=len(ledger.calls))
    assert (executions, len(ledger.calls)) == (STARTS, STARTS)
