"""Time in the hands of a test: a clock that it puts forward, and waits that end when it says so."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests.support.calls import PATIENCE_SECONDS


class MovableClock:
    """The machine's clock, put forward by `ahead`."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        """See `Clock.now`."""
        return datetime.now(UTC) + self.ahead

    def put_forward(self, seconds: float) -> None:
        """Let so much time pass."""
        self.ahead += timedelta(seconds=seconds)


class SetClock:
    """A clock that stands still at `moment` until the test moves it."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """See `Clock.now`."""
        return self.moment

    def put_forward(self, seconds: float) -> None:
        """Let so much time pass."""
        self.moment += timedelta(seconds=seconds)


class Timers:
    """Waits that are as long as the test lets them be: a `Wait`."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Event, float] = {}
        self._changed = asyncio.Event()

    async def __call__(self, woken: asyncio.Event, seconds: float) -> None:
        """Return when `woken` is set, or when the test lets the time pass."""
        elapsed = asyncio.Event()
        self._waiting[elapsed] = seconds
        self._changed.set()
        waits = [asyncio.create_task(event.wait()) for event in (woken, elapsed)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            self._waiting.pop(elapsed, None)
            self._changed.set()

    async def until(self, expected: Callable[[list[float]], bool]) -> list[float]:
        """For how many seconds is waited, shortest first, as soon as that is as expected."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not expected(waits := sorted(self._waiting.values())):
                self._changed.clear()
                await self._changed.wait()
        return waits

    def elapse(self) -> None:
        """Let the time of all waits under way pass."""
        for elapsed in self._waiting:
            elapsed.set()
        self._waiting.clear()
