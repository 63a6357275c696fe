"""Time as the engine sees it: injected, so that tests can run on a virtual clock."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """The only source of wall-clock time in the engine; waiting goes by the event loop's own time."""

    def now(self) -> datetime:
        """The present moment in UTC; it never goes backwards."""
        ...


class SystemClock:
    """The machine's clock, read once: a later jump of the wall clock moves no time-out and no duration.

    `not_before` is the newest moment that was written down: a clock that was put back meanwhile starts there.
    """

    def __init__(self, not_before: datetime | None = None) -> None:
        wall = datetime.now(UTC)
        self._wall = wall if not_before is None else max(wall, not_before)
        self._started = _elapsed()

    def put_forward(self, moment: datetime) -> None:
        """Something was written down at `moment`: it is no earlier now."""
        self._wall += max(timedelta(), moment - self.now())

    def now(self) -> datetime:
        """See `Clock.now`."""
        return self._wall + timedelta(seconds=_elapsed() - self._started)


class WallClock:
    """The machine's clock as it stands at each moment: what is agreed on with other machines goes by it."""

    def now(self) -> datetime:
        """The present moment in UTC. A correction of the clock moves it, back too."""
        return datetime.now(UTC)


ELAPSED_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Where the system has it, a clock that goes on while the machine sleeps."""


def _elapsed() -> float:
    return time.clock_gettime(ELAPSED_CLOCK)
