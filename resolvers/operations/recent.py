"""Shares one costly reading among all who ask for it at about the same moment."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from engine.core.clock import Clock
from models.log_context import task_for_all

T_co = TypeVar("T_co", covariant=True)


class Recent(Generic[T_co]):
    """A value that is read at most once at a time, and then kept for `fresh_seconds`; a failure is kept as well.

    Where the value tells how costly it was, `fresh_by_value` gives the seconds to keep it.
    """

    def __init__(
        self,
        read: Callable[[], Awaitable[T_co]],
        clock: Clock,
        *,
        fresh_seconds: float = 0.0,
        fresh_by_value: Callable[[T_co], float] | None = None,
        patience_seconds: float | None = None,
    ) -> None:
        self._read = read
        self._clock = clock
        self._fresh_seconds = fresh_seconds
        self._fresh_by_value = fresh_by_value
        self._patience_seconds = patience_seconds
        self._reading: asyncio.Task[T_co] | None = None
        self._fresh_until = datetime.min.replace(tzinfo=UTC)

    async def value(self) -> T_co:
        """The value. Raises what the reading raised, and `TimeoutError` after `patience_seconds`.

        A reading that is waited for no longer goes on, and whoever asks next waits for the same one: a database
        that hangs is asked once, not once for each probe.
        """
        reading = self._reading
        if reading is None or (reading.done() and self._clock.now() >= self._fresh_until):
            reading = self._reading = task_for_all(self._kept_reading())
            reading.add_done_callback(_consume_exception)
        await asyncio.wait([reading], timeout=self._patience_seconds)
        if not reading.done():
            raise TimeoutError(f"no answer within {self._patience_seconds:g} s")
        return reading.result()

    async def close(self) -> None:
        """Abandon a reading under way."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _kept_reading(self) -> T_co:
        seconds = self._fresh_seconds
        try:
            value = await self._read()
            if self._fresh_by_value is not None:
                seconds = self._fresh_by_value(value)
            return value
        finally:
            self._fresh_until = self._clock.now() + timedelta(seconds=seconds)


def _consume_exception(reading: "asyncio.Task[T_co]") -> None:
    """All who waited may have gone, and then nobody else asks what became of it."""
    if not reading.cancelled():
        reading.exception()
