"""What a registered service is: where it is, and how much it may be asked, whoever registered it."""

from collections.abc import Mapping

import msgspec

from models.commands.services import (
    DEFAULT_CIRCUIT_OPEN_SECONDS,
    DEFAULT_CIRCUIT_THRESHOLD,
    DEFAULT_MAX_CONCURRENCY,
    DEFAULT_TIMEOUT_SECONDS,
)


class Service(msgspec.Struct, frozen=True):
    """One registered service. `url` is its base; `timeout_seconds` is the total time of one call.

    `idempotent`: repeating any call is safe. `rate_limit` is in calls per second; None is no limit.
    `circuit_threshold` failures in a row stop the calls for `circuit_open_seconds`; None never does.
    """

    name: str
    url: str
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    idempotent: bool = False
    max_concurrency: int = DEFAULT_MAX_CONCURRENCY
    rate_limit: float | None = None
    circuit_threshold: int | None = DEFAULT_CIRCUIT_THRESHOLD
    circuit_open_seconds: float = DEFAULT_CIRCUIT_OPEN_SECONDS

    @property
    def place(self) -> tuple[object, ...]:
        """What its gate goes by: where it is, and its limits."""
        return (self.url, self.max_concurrency, self.rate_limit, self.circuit_threshold, self.circuit_open_seconds)


ServiceRegistry = Mapping[str, Service]
