"""A long reader on the database file: two hundred starts at once, and nobody is told of a lock."""

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing

import pytest

from tests.chaos.conftest import Figures
from tests.chaos.harm import journal_file
from tests.chaos.harm.load import connect, settled
from tests.sizes import sized
from tests.support.calls import create, notify
from tests.support.processes import Processes

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(sized(60, 600))]

STARTS = 200
ROUNDS = sized(1, 20)


async def test_two_hundred_starts_at_once_beside_a_long_reader_are_all_accepted(
    processes: Processes, figures: Figures
) -> None:
    orchestrator = await asyncio.to_thread(processes.orchestrator)
    answers: Counter[int] = Counter()
    async with connect(orchestrator.url) as client:
        workflow = await create(client, "Note", notify("one"), notify("two", "{{one.status}}"))
        path = f"/workflows/{workflow['workflow_id']}/execute"
        with closing(sqlite3.connect(orchestrator.data_dir / journal_file.FILE, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            seen_at_first = reader.execute("SELECT count(*) FROM execution").fetchone()
            for _ in range(ROUNDS):
                accepted = await asyncio.gather(*(client.post(path, json={}) for _ in range(STARTS)))
                answers.update(answer.status_code for answer in accepted)
            await settled(client, workflow["workflow_id"])
            assert reader.execute("SELECT count(*) FROM execution").fetchone() == seen_at_first
            reader.execute("COMMIT")
    assert await asyncio.to_thread(orchestrator.stop) == 0
    journals = journal_file.read_journals(orchestrator.data_dir)
    figures(starts=STARTS * ROUNDS, answers=dict(answers), ended=journal_file.outcomes(journals))
    assert answers == {202: STARTS * ROUNDS}
    assert "locked" not in orchestrator.log
    assert journal_file.outcomes(journals) == {"completed": STARTS * ROUNDS}
    assert journal_file.faults(journals) == []
