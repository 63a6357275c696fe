"""The one task that keeps the timers of all executions."""

import asyncio
from datetime import datetime

import pytest

from engine.core.clock import SystemClock
from engine.dispatch.timekeeper import Timekeeper
from models.errors import Unavailable

pytestmark = pytest.mark.asyncio

SWEEP_SECONDS = 1.0


async def test_a_sweep_that_failed_is_made_up_for_as_soon_as_the_database_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("engine.dispatch.timekeeper.SWEEP_SECONDS", SWEEP_SECONDS)
    monkeypatch.setattr("engine.dispatch.timekeeper.RETRY_SECONDS", 0.01)
    swept: list[datetime] = []
    came_again = asyncio.Event()

    async def nothing(now: datetime) -> None:
        return None

    async def fail_once(now: datetime) -> None:
        swept.append(now)
        if len(swept) == 1:
            raise Unavailable("away")
        came_again.set()

    keeper = Timekeeper(SystemClock(), take_up_due=nothing, take_up_strays=fail_once, next_timer=nothing)
    keeper.start()
    async with asyncio.timeout(10 * SWEEP_SECONDS):
        await came_again.wait()
    await keeper.stop()
    assert (swept[1] - swept[0]).total_seconds() < SWEEP_SECONDS
