"""The service registry: the operator's own word on which services exist and where."""

from collections.abc import Mapping

import msgspec

DEFAULT_TIMEOUT_SECONDS = 30.0


class Service(msgspec.Struct, frozen=True):
    """One registered service. `url` is its base; `timeout_seconds` is the total time of one call."""

    name: str
    url: str
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)


ServiceRegistry = Mapping[str, Service]
