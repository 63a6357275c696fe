"""Many starts at the same moment with one idempotency key are one execution, with one id in all answers."""

import asyncio

import pytest

from tests.chaos.conftest import Figures
from tests.chaos.harm import journal_file
from tests.chaos.harm.ledger import Ledger
from tests.chaos.harm.load import connect
from tests.sizes import sized
from tests.support.calls import create, ended
from tests.support.processes import Processes, service_call

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(sized(60, 600))]

ROUNDS = sized(3, 40)
STARTS = 50


async def test_fifty_starts_at_once_with_one_key_are_one_execution(
    ledger: Ledger, processes: Processes, figures: Figures
) -> None:
    orchestrator = await asyncio.to_thread(processes.orchestrator, {"ledger": ledger.url})
    replays = 0
    async with connect(orchestrator.url) as client:
        workflow = await create(client, "Once", service_call("once", "ledger", "/fast"))
        path = f"/workflows/{workflow['workflow_id']}/execute"
        for number in range(ROUNDS):
            headers = {"Idempotency-Key": f"key-{number}"}
            answers = await asyncio.gather(*(client.post(path, json={}, headers=headers) for _ in range(STARTS)))
            assert {answer.status_code for answer in answers} <= {200, 202}
            (execution_id,) = {answer.json()["execution_id"] for answer in answers}
            replays += sum(answer.headers.get("idempotent-replayed") == "true" for answer in answers)
            assert (await ended(client, execution_id))["status"] == "completed"
    await asyncio.to_thread(orchestrator.kill)
    executions = len(journal_file.read_journals(orchestrator.data_dir))
    figures(rounds=ROUNDS, starts=ROUNDS * STARTS, replays=replays, executions=executions, calls=len(ledger.calls))
    assert (executions, len(ledger.calls)) == (ROUNDS, ROUNDS)
    assert replays == ROUNDS * (STARTS - 1)
