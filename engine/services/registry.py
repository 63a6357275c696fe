"""The service registry: the operator's own word on which services exist, where, and how much they may be asked."""

from collections.abc import Mapping

import msgspec

DEFAULT_TIMEOUT_SECONDS = 30.0
DEFAULT_MAX_CONCURRENCY = 100
DEFAULT_CIRCUIT_THRESHOLD = 10
DEFAULT_CIRCUIT_OPEN_SECONDS = 30.0


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


ServiceRegistry = Mapping[str, Service]
