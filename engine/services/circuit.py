"""The circuit breaker of one service: it stops the calls after failures in a row, and finds out when to go on."""

from datetime import datetime, timedelta

from models.words import CircuitState


class Circuit:
    """Closed, open after `threshold` failures in a row, half open `open_seconds` later.

    Half open, one call goes through: its success closes the circuit, its failure opens it again. A call counts only
    in the period in which it was let through, so what was still under way when the circuit opened decides nothing.
    """

    def __init__(self, threshold: int | None, open_seconds: float) -> None:
        self._threshold = threshold
        self._open_for = timedelta(seconds=open_seconds)
        self._period = 0
        self._is_probing = False
        self.open_until: datetime | None = None
        self.failures = 0
        """How many calls have failed in a row."""

    def state(self, now: datetime) -> CircuitState:
        """Where the circuit stands."""
        if self.open_until is None:
            return CircuitState.CLOSED
        return CircuitState.OPEN if now < self.open_until else CircuitState.HALF_OPEN

    def waits_for_probe(self, now: datetime) -> bool:
        """Whether the one call that half open lets through is under way."""
        return self._is_probing and self.state(now) is CircuitState.HALF_OPEN

    def try_now(self, now: datetime) -> bool:
        """Let one call through to see, where the circuit is open, and say whether it was."""
        was_open = self.state(now) is CircuitState.OPEN
        if was_open:
            self.open_until = now
        return was_open

    def let_through(self, now: datetime) -> int:
        """Count a call that goes through now, and return its period."""
        if self.state(now) is CircuitState.HALF_OPEN:
            self._is_probing = True
        return self._period

    def succeeded(self, period: int) -> None:
        """A call of that period was answered."""
        if period == self._period:
            self.failures = 0
            if self.open_until is not None:
                self._turn(None)

    def failed(self, period: int, now: datetime) -> None:
        """A call of that period met a service that is down."""
        if period != self._period:
            return
        self.failures += 1
        if self._threshold is not None and (self._is_probing or self.failures >= self._threshold):
            self._turn(now + self._open_for)

    def abandoned(self, period: int) -> None:
        """A call of that period says nothing; where it was the probe, another may be."""
        if period == self._period:
            self._is_probing = False

    def _turn(self, open_until: datetime | None) -> None:
        self._period += 1
        self._is_probing = False
        self.open_until = open_until
