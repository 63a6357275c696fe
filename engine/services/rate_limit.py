"""How many calls a second: the generic cell rate algorithm, which keeps one moment and no timer."""

from datetime import UTC, datetime, timedelta
from math import ceil

MICROSECONDS = 1_000_000


class RateLimit:
    """Lets `per_second` calls through, evenly, and at once as many as were saved up: at most a second's worth.

    Everything is counted in whole microseconds, in favour of the one that is called.
    """

    def __init__(self, per_second: float) -> None:
        self._interval = timedelta(microseconds=ceil(MICROSECONDS / per_second))
        self._saved_up = self._interval * (max(1, int(per_second)) - 1)
        self._taken_until = datetime.min.replace(tzinfo=UTC)

    def next_at(self, now: datetime, ahead: int = 0) -> datetime:
        """From when on the next call may be made, where `ahead` others are made before it."""
        return max(now, max(self._taken_until, now) + ahead * self._interval - self._saved_up)

    def count(self, now: datetime) -> None:
        """Count a call that is made now."""
        self._taken_until = max(self._taken_until, now) + self._interval
