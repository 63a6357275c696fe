"""The wall clock jumps two hours forward and back: no time-out is lost or early, and no duration is negative."""

import asyncio
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.chaos.conftest import Figures
from tests.chaos.harm import journal_file
from tests.chaos.harm.jumping_clock import OFFSET_FILE
from tests.chaos.harm.ledger import Ledger
from tests.chaos.harm.load import FAN, connect
from tests.sizes import sized
from tests.support.calls import create, ended, start
from tests.support.processes import OrchestratorProcess, Processes, service_call

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(sized(60, 900))]

LAUNCHER = Path(__file__).with_name("harm") / "jumping_clock.py"
JUMP_SECONDS = 7_200
OFFSETS = (JUMP_SECONDS, 0, -JUMP_SECONDS, 0) * sized(1, 10)
TIMEOUT_SECONDS = 1
OVERTIME_SECONDS = 1.5
DISORDER = """
SELECT count(*) FROM execution_event earlier JOIN execution_event later
ON later.execution_id = earlier.execution_id AND later.sequence = earlier.sequence + 1 AND later.at < earlier.at
"""


class WallClock:
    """The wall clock of a process, moved by way of a file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.environ = {OFFSET_FILE: str(file)}
        self.moves_to(0)

    def moves_to(self, seconds: int) -> None:
        """Put it so far before or after the real one, in one step that no reader sees half."""
        part = self._file.with_suffix(".new")
        part.write_text(str(seconds))
        part.replace(self._file)


@pytest.fixture
def clock(tmp_path: Path) -> WallClock:
    """A wall clock that shows the real time at first."""
    return WallClock(tmp_path / "offset")


def launch(processes: Processes, ledger: Ledger, clock: WallClock) -> OrchestratorProcess:
    """A process on the movable clock."""
    program = (sys.executable, str(LAUNCHER))
    return processes.orchestrator({"ledger": ledger.url}, program=program, environ=clock.environ)


async def elapsed(client: httpx.AsyncClient, execution_id: str, since: float) -> tuple[float, dict[str, Any]]:
    """Wait for an end; return the real seconds since then, and the last status."""
    final = await ended(client, execution_id)
    return time.monotonic() - since, final


async def test_a_jump_moves_no_timeout_and_no_duration(
    ledger: Ledger, processes: Processes, figures: Figures, clock: WallClock
) -> None:
    orchestrator = await asyncio.to_thread(launch, processes, ledger, clock)
    timed_out: list[float] = []
    durations: list[float] = []
    async with connect(orchestrator.url) as client:
        hanging = service_call("hanging", "ledger", "/hang", timeout_seconds=TIMEOUT_SECONDS)
        endless = service_call("endless", "ledger", "/hang")
        slow_action = (await create(client, "Slow action", hanging))["workflow_id"]
        slow_whole = (await create(client, "Slow", endless, timeout_seconds=TIMEOUT_SECONDS))["workflow_id"]
        waiting = (await create(client, "Waiting", service_call("held", "ledger", "/held")))["workflow_id"]
        quick = (await create(client, "Quick", *FAN))["workflow_id"]
        for offset in OFFSETS:
            ledger.released.clear()
            calls = len(ledger.calls)
            began = time.monotonic()
            slow = [await start(client, workflow_id) for workflow_id in (slow_action, slow_whole)]
            held = await start(client, waiting)
            await ledger.reaches(calls + 3)
            clock.moves_to(offset)
            quickly = await elapsed(client, await start(client, quick), began)
            late = await asyncio.gather(*(elapsed(client, execution_id, began) for execution_id in slow))
            ledger.released.set()
            finally_ = await elapsed(client, held, began)
            assert [final["error"]["code"] for _, final in late] == ["TIMEOUT", "TIMEOUT"]
            assert [final["status"] for _, final in (quickly, finally_)] == ["completed", "completed"]
            timed_out += [seconds for seconds, _ in late]
            for seconds, final in (quickly, finally_, *late):
                durations.append(final["duration_seconds"])
                assert 0 <= final["duration_seconds"] <= seconds
    assert await asyncio.to_thread(orchestrator.stop) == 0
    figures(
        jumps=len(OFFSETS),
        earliest_timeout_seconds=min(timed_out),
        latest_timeout_seconds=max(timed_out),
        shortest_duration_seconds=min(durations),
        longest_duration_seconds=max(durations),
    )
    assert min(timed_out) >= TIMEOUT_SECONDS
    assert max(timed_out) < TIMEOUT_SECONDS + OVERTIME_SECONDS
    assert journal_file.select(orchestrator.data_dir, DISORDER) == [(0,)]


async def test_a_clock_that_was_put_back_between_two_starts_loses_no_timeout_and_makes_no_negative_duration(
    ledger: Ledger, processes: Processes, figures: Figures, clock: WallClock
) -> None:
    orchestrator = await asyncio.to_thread(launch, processes, ledger, clock)
    async with connect(orchestrator.url) as client:
        endless = service_call("endless", "ledger", "/hang")
        slow_whole = (await create(client, "Slow", endless, timeout_seconds=TIMEOUT_SECONDS))["workflow_id"]
        waiting = (await create(client, "Waiting", service_call("held", "ledger", "/held")))["workflow_id"]
        slow, held = await start(client, slow_whole), await start(client, waiting)
        await ledger.reaches(2)
        await asyncio.to_thread(orchestrator.kill)
        clock.moves_to(-JUMP_SECONDS)
        ledger.released.set()
        await asyncio.to_thread(orchestrator.start)
        began = time.monotonic()
        took, late = await elapsed(client, slow, began)
        final = await ended(client, held)
    assert await asyncio.to_thread(orchestrator.stop) == 0
    figures(timeout_seconds_after_the_start=took, duration_seconds=final["duration_seconds"])
    assert (late["error"]["code"], final["status"]) == ("TIMEOUT", "completed")
    assert took < TIMEOUT_SECONDS + OVERTIME_SECONDS
    assert final["duration_seconds"] >= 0
    assert journal_file.select(orchestrator.data_dir, DISORDER) == [(0,)]
