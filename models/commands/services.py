"""The services that workflows call: what is said of one, within which bounds, what there is to see, what can fail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import unquote

import msgspec
from pydantic import ConfigDict, Field, StringConstraints, field_validator

from models.commands import header_names
from models.commands.validation import IDENTIFIER, Command
from models.commands.workflows import MAX_TIMEOUT_SECONDS, is_web_address
from models.entities.operations import GateState
from models.error_codes import ErrorCode
from models.errors import Conflict, NotFound
from models.words import ServiceSource

DEFAULT_TIMEOUT_SECONDS = 30.0
DEFAULT_MAX_CONCURRENCY = 100
DEFAULT_CIRCUIT_THRESHOLD = 10
DEFAULT_CIRCUIT_OPEN_SECONDS = 30.0

MAX_SERVICES = 200
"""So many may be registered in a tenant, beside those of the operator."""

MAX_KEPT_BYTES = 1_048_576
"""No more of an answer is ever kept."""

MAX_URL = 2_048
MAX_PEM = 65_536
PROXY_FORM = "must be http://host:port, with a user as http://name:password@host:port, in ASCII and with %40 for an @"
MAX_HEADERS = 50
MAX_HEADERS_BYTES = 16_384


class Bounds(msgspec.Struct, frozen=True):
    """From the least to the most that a limit of a service may be; `hint` says what it is counted in."""

    least: float
    most: float
    hint: str = ""


BOUNDS: Mapping[str, Bounds] = {
    "max_concurrency": Bounds(1, 10_000),
    "rate_limit": Bounds(0.00001, 100_000, " calls per second, or null for no limit"),
    "circuit_threshold": Bounds(1, 10_000, " failures in a row, or null for no circuit breaker"),
    "circuit_open_seconds": Bounds(0.001, 86_400),
    "max_response_bytes": Bounds(1_024, MAX_KEPT_BYTES, " bytes"),
}
"""The same for the services of the operator and for those of an admin."""


def _within(name: str) -> Any:
    bounds = BOUNDS[name]
    return Field(ge=bounds.least, le=bounds.most)


ServiceName = Annotated[str, StringConstraints(pattern=IDENTIFIER)]
Timeout = Annotated[float, Field(gt=0, le=MAX_TIMEOUT_SECONDS)]
MaxConcurrency = Annotated[int, _within("max_concurrency")]
Rate = Annotated[float, _within("rate_limit")]
CircuitThreshold = Annotated[int, _within("circuit_threshold")]
CircuitOpenSeconds = Annotated[float, _within("circuit_open_seconds")]
MaxResponseBytes = Annotated[int, _within("max_response_bytes")]

SAYS = {
    "name": "At most 128 letters, digits, `_` and `-`, a letter or `_` first; workflows call it by this name.",
    "url": "The base below which workflows call it: http or https, without a query.",
    "timeout_seconds": "The total time of one call, unless the action has its own. Default: 30.",
    "headers": "An object of headers that every call carries, over those of the workflow. They are kept encrypted, and "
    "nothing ever shows them.",
    "idempotent": "`true`: repeating any call of it can do no harm. Default: false.",
    "max_concurrency": "Calls at once on each node, 1 to 10000; the next wait in order. Default: 100.",
    "rate_limit": "Calls per second on each node; the next wait in order. Default: no limit.",
    "circuit_threshold": "After so many failures in a row it is left alone; null: never. Default: 10.",
    "circuit_open_seconds": "For so long; then one call goes through, to see. Default: 30.",
    "max_response_bytes": "So much of an answer is kept, 1024 to 1048576 bytes; of a longer one the beginning. "
    "Default: 1048576.",
    "client_credentials": "By what it is asked for a token (OAuth 2, client credentials) that every call then carries.",
    "tls": "The TLS of it: own CAs, and the certificate by which it knows us. Its url is then https.",
    "proxy": "The HTTP proxy that its calls, and those for its tokens, go through: `http://name:password@host:3128`. "
    "Its url is then https. Name and password are kept encrypted, and nothing ever shows them.",
}


ProxyAddress = Annotated[str, StringConstraints(max_length=MAX_URL)]
Pem = Annotated[str, StringConstraints(min_length=1, max_length=MAX_PEM)]


class ServiceTls(Command):
    """The TLS of a service: whom it is to be, and who we are to it. Whether it is sound is said where it is saved."""

    model_config = ConfigDict(hide_input_in_errors=True)

    ca: Pem | None = Field(
        None,
        description="The CAs that may vouch for it, in PEM, in the place of those of the machine: 65536 characters.",
    )
    certificate: Pem | None = Field(
        None, description="The certificate that we show it, in PEM, with those between it and its CA."
    )
    key: Pem | None = Field(
        None,
        repr=False,
        description="The private key of the certificate, in PEM without a password. It is kept encrypted, and nothing "
        "ever shows it.",
    )


def split_proxy(text: str) -> tuple[str, str | None]:
    """The address of a proxy, and its `name:password`. Raises `ValueError`, which quotes none of it."""
    user, at, place = text.removeprefix("http://").rpartition("@")
    url = f"http://{place.removesuffix('/')}"
    if not text.startswith("http://") or not is_web_address(url) or set("/?#") & {*user, *url.removeprefix("http://")}:
        raise ValueError(PROXY_FORM)
    name, colon, password = user.partition(":")
    known = f"{unquote(name)}:{unquote(password)}"
    if at and not (name and colon and ":" not in unquote(name) and header_names.VALUE.fullmatch(known)):
        raise ValueError(PROXY_FORM)
    return url, known if at else None


class TokenClient(Command):
    """By what a service of an admin is given a token (OAuth 2, RFC 6749, 4.4)."""

    token_url: Annotated[str, StringConstraints(max_length=MAX_URL)] = Field(
        description="Where tokens are given: an http or https URL."
    )
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=500)] = Field(description="Who asks for one.")
    secret_name: Annotated[str, StringConstraints(pattern=IDENTIFIER)] = Field(
        description="The name of the secret of the tenant that is the client secret: see `setSecret`."
    )
    scope: Annotated[str, StringConstraints(max_length=1_000)] | None = Field(None, description="What it is to allow.")
    audience: Annotated[str, StringConstraints(max_length=1_000)] | None = Field(
        None, description="Whom it is for, where the endpoint asks for that."
    )

    @field_validator("token_url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        if not is_web_address(url):
            raise ValueError("must be an http:// or https:// URL with a host, and without a user")
        return url


class ServiceCommand(Command):
    """What registers or changes a service: a fault never quotes a header."""

    model_config = ConfigDict(hide_input_in_errors=True)

    @field_validator("url", check_fields=False)
    @classmethod
    def _is_base(cls, url: str | None) -> str | None:
        if url is not None and (not is_web_address(url) or "?" in url or "#" in url):
            raise ValueError("must be an http:// or https:// URL with a host, without a user, a query and a fragment")
        return url

    @field_validator("proxy", check_fields=False)
    @classmethod
    def _is_proxy(cls, proxy: str | None) -> str | None:
        if proxy is not None:
            split_proxy(proxy)
        return proxy

    @field_validator("headers", check_fields=False)
    @classmethod
    def _can_be_sent(cls, headers: dict[str, str] | None) -> dict[str, str] | None:
        for name, value in (headers or {}).items():
            if not header_names.NAME.fullmatch(name) or not header_names.VALUE.fullmatch(value):
                raise ValueError(f"header {name[:100]!r} is not a valid HTTP header: use printable ASCII")
            if header_names.is_reserved(name):
                raise ValueError(f"header '{name}' is set by the engine or for a connection, and cannot be set here")
            if "{{" in value:
                raise ValueError(f"header '{name[:100]}' is sent as it is: give its value, which is kept encrypted")
        if headers and len(headers) > MAX_HEADERS:
            raise ValueError(f"must be {MAX_HEADERS} headers at most")
        if headers and len(msgspec.json.encode(headers)) > MAX_HEADERS_BYTES:
            raise ValueError(f"must come to {MAX_HEADERS_BYTES:,} bytes at most")
        return headers


class RegisterService(ServiceCommand):
    """`registerService`: a service for the workflows of the tenant."""

    name: ServiceName = Field(description=SAYS["name"], examples=["crm"])
    url: Annotated[str, StringConstraints(max_length=MAX_URL)] = Field(description=SAYS["url"])
    timeout_seconds: Timeout = Field(DEFAULT_TIMEOUT_SECONDS, description=SAYS["timeout_seconds"])
    headers: dict[str, str] = Field(default_factory=dict, repr=False, description=SAYS["headers"])
    idempotent: bool = Field(False, description=SAYS["idempotent"])
    max_concurrency: MaxConcurrency = Field(DEFAULT_MAX_CONCURRENCY, description=SAYS["max_concurrency"])
    rate_limit: Rate | None = Field(None, description=SAYS["rate_limit"])
    circuit_threshold: CircuitThreshold | None = Field(DEFAULT_CIRCUIT_THRESHOLD, description=SAYS["circuit_threshold"])
    circuit_open_seconds: CircuitOpenSeconds = Field(
        DEFAULT_CIRCUIT_OPEN_SECONDS, description=SAYS["circuit_open_seconds"]
    )
    max_response_bytes: MaxResponseBytes = Field(MAX_KEPT_BYTES, description=SAYS["max_response_bytes"])
    client_credentials: TokenClient | None = Field(None, description=SAYS["client_credentials"])
    tls: ServiceTls | None = Field(None, description=SAYS["tls"])
    proxy: ProxyAddress | None = Field(None, repr=False, description=SAYS["proxy"])


class UpdateService(ServiceCommand):
    """`updateService`: what is absent stays as it is."""

    name: ServiceName = Field(description="The service.")
    url: Annotated[str, StringConstraints(max_length=MAX_URL)] | None = Field(None, description=SAYS["url"])
    timeout_seconds: Timeout | None = Field(None, description="The total time of one call.")
    headers: dict[str, str] | None = Field(
        None, repr=False, description="In place of all of its headers; absent: they stay. Nothing ever shows them."
    )
    idempotent: bool | None = Field(None, description="`true`: repeating any call of it can do no harm.")
    max_concurrency: MaxConcurrency | None = Field(None, description="Calls at once on each node, 1 to 10000.")
    rate_limit: Rate | None = Field(None, description="Calls per second on each node; null: no limit.")
    circuit_threshold: CircuitThreshold | None = Field(
        None, description="After so many failures in a row it is left alone; null: never."
    )
    circuit_open_seconds: CircuitOpenSeconds | None = Field(None, description="For so long it is left alone.")
    max_response_bytes: MaxResponseBytes | None = Field(None, description="So much of an answer is kept.")
    client_credentials: TokenClient | None = Field(
        None, description="By what it is asked for a token, all anew; null: it takes none."
    )
    tls: ServiceTls | None = Field(None, description="The TLS of it, all anew, with its key; null: as others have.")
    proxy: ProxyAddress | None = Field(
        None, repr=False, description="The proxy that its calls go through, with its user; null: none."
    )

    @property
    def changes(self) -> dict[str, Any]:
        """What is to be changed, by name; null clears what may be without a value, and else leaves it."""
        given = self.model_dump(exclude_unset=True, exclude={"name"})
        return {name: value for name, value in given.items() if value is not None or name in MAY_BE_NULL}


MAY_BE_NULL = frozenset({"rate_limit", "circuit_threshold", "client_credentials", "tls", "proxy"})


class UnregisterService(Command):
    """`unregisterService`."""

    name: ServiceName = Field(description="The service.")


class TryService(Command):
    """`tryService`."""

    name: ServiceName = Field(description="The service: the operator's where it has one of this name.")


class TokenSource(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to see of how a service is asked for tokens: never a client secret."""

    token_url: str
    client_id: str
    secret_name: str | None
    scope: str | None
    audience: str | None


class ShownTls(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to see of the TLS of a service: never a key."""

    ca: str | None
    certificate: str | None
    expires_at: datetime | None


class RegisteredService(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to see of a service: never its headers' values.

    `url`, `header_names`, `client_credentials`, `tls` and `proxy` are None for who may not see them; the last five for
    a service of the operator. `is_overridden`: the operator has a service of this name, which is called in its place.
    """

    name: str
    source: ServiceSource
    url: str | None
    header_names: tuple[str, ...] | None
    timeout_seconds: float
    idempotent: bool
    max_concurrency: int
    rate_limit: float | None
    circuit_threshold: int | None
    circuit_open_seconds: float
    max_response_bytes: int
    client_credentials: TokenSource | None
    tls: ShownTls | None
    proxy: str | None
    is_overridden: bool
    gate: GateState
    version: int | None = None
    created_by: str | None = None
    created_at: datetime | None = None
    updated_by: str | None = None
    updated_at: datetime | None = None


class ServiceNotFound(NotFound):
    """Nobody has registered such a service in the caller's tenant."""

    code = ErrorCode.SERVICE_NOT_FOUND

    def __init__(self, name: str) -> None:
        super().__init__(f"Service not found: {name}; those of the operator are changed by ORCHESTRATOR_SERVICES alone")


class ServiceNameTaken(Conflict):
    """The operator or an admin of the tenant has registered a service of this name."""

    code = ErrorCode.SERVICE_NAME_TAKEN

    def __init__(self, name: str, *, by_operator: bool) -> None:
        what = "The operator has registered a service '{}' for everybody: choose another name"
        super().__init__(
            (what if by_operator else "There is a service '{}' already: change it by updateService").format(name)
        )


class TooManyServices(Conflict):
    """The tenant has as many services as may be."""

    code = ErrorCode.TOO_MANY_SERVICES

    def __init__(self, most: int) -> None:
        super().__init__(f"There are {most} services in the tenant, which is the most: unregister one first")
