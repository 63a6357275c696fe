"""Keeps one eye on the timers of all executions: wakes when the next one is due, and sweeps every few seconds."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

from engine.core.clock import Clock
from models.errors import Unavailable

log = logging.getLogger("orchestrator.timekeeper")

RETRY_SECONDS = 1.0

SWEEP_SECONDS = 10.0
"""How often the database is asked for executions that nobody works on: there are some after an acceptance whose
answer was lost, and whatever else goes wrong, nothing stays behind for longer than this."""

TakeUp = Callable[[datetime], Awaitable[None]]


class Timekeeper:
    """One task, however many timers there are.

    `take_up_due` and `take_up_strays` are given the present moment; `next_timer` returns the first one after it.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        take_up_due: TakeUp,
        take_up_strays: TakeUp,
        next_timer: Callable[[datetime], Awaitable[datetime | None]],
    ) -> None:
        self._clock = clock
        self._take_up_due = take_up_due
        self._take_up_strays = take_up_strays
        self._next_timer = next_timer
        self._alarm = asyncio.Event()
        self._next_wake: datetime | None = None
        self._next_sweep = clock.now()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to keep time."""
        self._task = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """Take up nothing any more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def expect(self, moment: datetime | None) -> None:
        """A timer is due at `moment`: look again where that is earlier than all others."""
        if moment is not None and (self._next_wake is None or moment < self._next_wake):
            self._alarm.set()

    def look(self) -> None:
        """There may be a timer that is due before all others: look again."""
        self._alarm.set()

    async def _keep(self) -> None:
        self._next_sweep = self._clock.now() + timedelta(seconds=SWEEP_SECONDS)
        while True:
            self._alarm.clear()
            self._next_wake = None  # until it is known again, every new timer rings
            next_wake = await self._look(self._clock.now())
            self._next_wake = self._next_sweep if next_wake is None else min(self._next_sweep, next_wake)
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, (self._next_wake - self._clock.now()).total_seconds())):
                    await self._alarm.wait()

    async def _look(self, now: datetime) -> datetime | None:
        """Take up what is due, and now and then what was left behind; return when there will be more."""
        try:
            await self._take_up_due(now)
            if now >= self._next_sweep:
                await self._take_up_strays(now)
                self._next_sweep = now + timedelta(seconds=SWEEP_SECONDS)
            return await self._next_timer(now)
        except Unavailable:
            log.warning("the database is away: the timers go on when it is back")
        except Exception:
            log.exception("the timers stumbled on a fault of the engine, and go on in a moment")
        again = self._clock.now() + timedelta(seconds=RETRY_SECONDS)
        self._next_sweep = max(self._next_sweep, again)  # one that failed is made up for soon
        return again
