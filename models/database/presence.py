"""Whether something answers that the service relies on: told once when it is away, and once when it is back."""

import logging
import time
from collections.abc import Callable

from models.log_context import facts

STEADY_SECONDS = 0.5
"""Only what answers so long after it last failed is back: what comes and goes is told of twice a second at most."""


class Presence:
    """`lost` and `found` are the two sentences; the reason is told with the first one."""

    def __init__(
        self,
        log: logging.Logger,
        lost: str,
        found: str,
        *,
        level: int = logging.ERROR,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self.is_away = False
        self._log = log
        self._level = level
        self._lost = lost
        self._found = found
        self._timer = timer
        self._away_since = self._failed_at = 0.0

    def failed(self, reason: str) -> None:
        """It did not answer."""
        self._failed_at = self._timer()
        if not self.is_away:
            self.is_away = True
            self._away_since = self._failed_at
            self._log.log(self._level, self._lost, extra=facts(reason=reason))

    def answered(self) -> None:
        """It answers; this is said where it is known to be away."""
        now = self._timer()
        if self.is_away and now - self._failed_at >= STEADY_SECONDS:
            self.is_away = False
            self._log.warning(self._found, extra=facts(away_seconds=round(now - self._away_since, 1)))
