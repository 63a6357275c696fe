"""A clock that tests turn forward, instead of waiting."""

from datetime import datetime, timedelta

from engine.core.clock import SystemClock


class TurnedClock:
    """The machine's clock, turned forward by the test."""

    def __init__(self) -> None:
        self._system = SystemClock()
        self._ahead = timedelta()

    def now(self) -> datetime:
        """See `Clock.now`."""
        return self._system.now() + self._ahead

    def turn(self, seconds: float) -> None:
        """Go forward."""
        self._ahead += timedelta(seconds=seconds)
