"""Cancel against complete, and cancel against a call that hangs."""

import asyncio
import random
import time
from collections import Counter

import httpx
import pytest

from tests.chaos.conftest import Figures
from tests.chaos.harm import journal_file
from tests.chaos.harm.ledger import SLOW_SECONDS, Ledger
from tests.chaos.harm.load import connect
from tests.sizes import sized
from tests.support.calls import create, ended, notify, start
from tests.support.processes import Processes, service_call

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(sized(60, 900))]

RACES = sized(60, 1_000)
AT_ONCE = 20
HANGING = sized(10, 100)
ANSWERS = {200: "cancelled", 409: "completed"}
MAX_SECONDS_TO_CLOSE = 1.0


async def test_cancel_and_completion_leave_one_terminal_state_that_the_answer_agrees_with(
    ledger: Ledger, processes: Processes, figures: Figures
) -> None:
    moments = random.Random(RACES)  # noqa: S311 - to be repeatable is its purpose
    orchestrator = await asyncio.to_thread(processes.orchestrator, {"ledger": ledger.url})
    answers: dict[str, int] = {}
    final: dict[str, str] = {}
    close_to = SLOW_SECONDS

    async def race(client: httpx.AsyncClient, workflow_id: str) -> None:
        nonlocal close_to
        execution_id = await start(client, workflow_id)
        await ledger.has(f"{execution_id}:slow")
        await asyncio.sleep(close_to * moments.uniform(0.5, 1.5))
        answers[execution_id] = (await client.post(f"/workflows/executions/{execution_id}/cancel")).status_code
        close_to *= 1.25 if answers[execution_id] == 200 else 0.8  # however busy the machine is, neither always wins
        final[execution_id] = (await ended(client, execution_id))["status"]

    async with connect(orchestrator.url) as client:
        workflow_id = (await create(client, "Race", service_call("slow", "ledger", "/slow")))["workflow_id"]
        for _ in range(RACES // AT_ONCE):
            await asyncio.gather(*(race(client, workflow_id) for _ in range(AT_ONCE)))
    assert await asyncio.to_thread(orchestrator.stop) == 0
    outcomes = Counter(answers.values())
    figures(races=len(answers), cancelled=outcomes[200], completed=outcomes[409])
    journals = journal_file.read_journals(orchestrator.data_dir)
    assert journal_file.faults(journals) == []
    said = {execution_id: ANSWERS[status] for execution_id, status in answers.items()}
    assert final == said
    last = {execution_id: events[-1].type.removeprefix("execution_") for execution_id, events in journals.items()}
    assert last == said
    assert dict(journal_file.select(orchestrator.data_dir, "SELECT id, status FROM execution")) == said
    assert min(outcomes[200], outcomes[409]) > 0, "there was no race"


async def test_a_cancel_closes_the_hanging_call_within_a_second_and_dependants_never_start(
    ledger: Ledger, processes: Processes, figures: Figures
) -> None:
    orchestrator = await asyncio.to_thread(processes.orchestrator, {"ledger": ledger.url})
    async with connect(orchestrator.url) as client:
        actions = [
            service_call("hanging", "ledger", "/hang"),
            service_call("after", "ledger", "/fast", depends_on=["hanging"]),
            notify("told", "{{hanging.status}}"),
        ]
        workflow_id = (await create(client, "Hanging", *actions))["workflow_id"]
        ids = [await start(client, workflow_id) for _ in range(HANGING)]
        await ledger.reaches(HANGING)
        took = []
        for execution_id in ids:
            asked = time.monotonic()
            cancelled = await client.post(f"/workflows/executions/{execution_id}/cancel")
            assert cancelled.status_code == 200, cancelled.text
            took.append(await ledger.closes(f"{execution_id}:hanging") - asked)
    assert await asyncio.to_thread(orchestrator.stop) == 0
    journals = journal_file.read_journals(orchestrator.data_dir)
    started = {event.action_id for events in journals.values() for event in events if event.action_id}
    figures(cancelled=len(ids), slowest_close_seconds=max(took), actions_started=sorted(started))
    assert max(took) <= MAX_SECONDS_TO_CLOSE
    assert started == {"hanging"}
    assert ledger.keys == [f"{execution_id}:hanging" for execution_id in ids]
    assert journal_file.faults(journals) == []
