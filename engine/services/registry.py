"""What a registered service is: where it is, and how much it may be asked, whoever registered it."""

from collections.abc import Mapping

import msgspec

from engine.core.truncation import MAX_RESPONSE_BYTES
from models.commands.services import (
    DEFAULT_CIRCUIT_OPEN_SECONDS,
    DEFAULT_CIRCUIT_THRESHOLD,
    DEFAULT_MAX_CONCURRENCY,
    DEFAULT_TIMEOUT_SECONDS,
)


class ClientCredentials(msgspec.Struct, frozen=True):
    """By what a service is given a token (OAuth 2, RFC 6749, 4.4). A service of the operator has its `client_secret`
    here, that of an admin the name of a secret of the tenant.
    """

    token_url: str
    client_id: str
    client_secret: str | None = None
    secret_name: str | None = None
    scope: str | None = None
    audience: str | None = None


class TlsIdentity(msgspec.Struct, frozen=True):
    """By whose word a service is believed, and by which certificate it knows us: all of it in PEM."""

    ca: str | None = None
    certificate: str | None = None
    key: str | None = None


class Proxy(msgspec.Struct, frozen=True):
    """What the calls of a service go through; `user` is `name:password`, where it takes one."""

    url: str
    user: str | None = None


class Route(msgspec.Struct, frozen=True):
    """How a service is reached that is not reached as others are."""

    tls: TlsIdentity | None = None
    proxy: Proxy | None = None


class Service(msgspec.Struct, frozen=True):
    """One registered service. `url` is its base; `timeout_seconds` is the total time of one call.

    `idempotent`: repeating any call is safe. `rate_limit` is in calls per second; None is no limit.
    Of an answer `max_response_bytes` are kept.
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
    max_response_bytes: int = MAX_RESPONSE_BYTES
    client_credentials: ClientCredentials | None = None
    tls: TlsIdentity | None = None
    proxy: Proxy | None = None

    @property
    def route(self) -> Route | None:
        """How it is reached; None: as others are."""
        return None if self.tls is None and self.proxy is None else Route(self.tls, self.proxy)

    @property
    def token_route(self) -> Route | None:
        """How its tokens are asked for: through its proxy, and with a TLS as others have."""
        return None if self.proxy is None else Route(proxy=self.proxy)

    @property
    def place(self) -> tuple[object, ...]:
        """What its gate goes by: where it is, and its limits."""
        return (self.url, self.max_concurrency, self.rate_limit, self.circuit_threshold, self.circuit_open_seconds)


ServiceRegistry = Mapping[str, Service]
