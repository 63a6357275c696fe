"""A reading is shared by all who ask while it is under way or fresh."""

import asyncio
from datetime import UTC, datetime

import pytest

from resolvers.operations.recent import Recent
from tests.support.timers import SetClock

pytestmark = pytest.mark.asyncio

START = datetime(2026, 1, 1, tzinfo=UTC)


class Source:
    """Gives 1, 2, 3 and so on; may be held, may take time, may fail."""

    def __init__(self, clock: SetClock) -> None:
        self.readings = 0
        self.takes_seconds = 0.0
        self.failure: Exception | None = None
        self.released = asyncio.Event()
        self.released.set()
        self._clock = clock

    async def read(self) -> int:
        self.readings += 1
        number = self.readings
        await self.released.wait()
        self._clock.put_forward(self.takes_seconds)
        if self.failure is not None:
            raise self.failure
        return number


@pytest.fixture
def clock() -> SetClock:
    return SetClock(START)


@pytest.fixture
def source(clock: SetClock) -> Source:
    return Source(clock)


async def test_a_hundred_who_ask_at_once_cause_one_reading(source: Source, clock: SetClock) -> None:
    recent = Recent(source.read, clock)
    source.released.clear()
    asking = [asyncio.create_task(recent.value()) for _ in range(100)]
    await asyncio.sleep(0)
    source.released.set()
    assert await asyncio.gather(*asking) == [1] * 100
    assert source.readings == 1


async def test_a_value_is_kept_while_it_is_fresh(source: Source, clock: SetClock) -> None:
    recent = Recent(source.read, clock, fresh_seconds=3)
    assert await recent.value() == 1
    clock.put_forward(2.999)
    assert await recent.value() == 1
    clock.put_forward(0.001)
    assert await recent.value() == 2


async def test_freshness_counts_from_the_end_of_the_reading(source: Source, clock: SetClock) -> None:
    recent = Recent(source.read, clock, fresh_seconds=3)
    source.takes_seconds = 2.0
    await recent.value()
    clock.put_forward(2.95)
    assert await recent.value() == 1


async def test_without_freshness_each_reading_is_new(source: Source, clock: SetClock) -> None:
    recent = Recent(source.read, clock)
    assert [await recent.value() for _ in range(3)] == [1, 2, 3]


async def test_the_value_may_say_how_long_it_is_kept(source: Source, clock: SetClock) -> None:
    recent = Recent(source.read, clock, fresh_by_value=lambda number: number / 10)
    assert await recent.value() == 1
    clock.put_forward(0.09)
    assert await recent.value() == 1
    clock.put_forward(0.01)
    assert await recent.value() == 2
    clock.put_forward(0.19)
    assert await recent.value() == 2


async def test_a_failure_is_kept_and_then_forgotten(source: Source, clock: SetClock) -> None:
    recent = Recent(source.read, clock, fresh_seconds=3)
    source.failure = OSError("gone")
    for _ in range(3):
        with pytest.raises(OSError, match="gone"):
            await recent.value()
    assert source.readings == 1
    source.failure = None
    clock.put_forward(3)
    assert await recent.value() == 2


async def test_patience_ends_but_the_reading_goes_on(source: Source, clock: SetClock) -> None:
    recent = Recent(source.read, clock, patience_seconds=0.01)
    source.released.clear()
    for _ in range(3):
        with pytest.raises(TimeoutError):
            await recent.value()
    asking = asyncio.create_task(recent.value())
    await asyncio.sleep(0)
    source.released.set()
    assert await asking == 1
    assert source.readings == 1


async def test_one_who_leaves_takes_nothing_from_the_others(source: Source, clock: SetClock) -> None:
    recent = Recent(source.read, clock)
    source.released.clear()
    leaving, staying = asyncio.create_task(recent.value()), asyncio.create_task(recent.value())
    await asyncio.sleep(0)
    leaving.cancel()
    source.released.set()
    assert await staying == 1
    assert leaving.cancelled()


async def test_closing_abandons_the_reading(source: Source, clock: SetClock) -> None:
    recent = Recent(source.read, clock)
    source.released.clear()
    asking = asyncio.create_task(recent.value())
    await asyncio.sleep(0)
    await recent.close()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_closing_what_was_never_read_does_nothing(source: Source, clock: SetClock) -> None:
    await Recent(source.read, clock).close()
    assert source.readings == 0
