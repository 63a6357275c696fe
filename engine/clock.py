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
    """The machine's clock, read once: a later jump of the wall clock moves no time-out and no duration."""

    def __init__(self) -> None:
        self._wall = datetime.now(UTC)
        self._started = time.monotonic()

    def now(self) -> datetime:
        """See `Clock.now`."""
        return self._wall + timedelta(seconds=time.monotonic() - self._started)
