"""Reads the registered services from the operator's JSON, each entry checked with a message that says what to set."""

from typing import Any

import msgspec

from app.settings.shown_texts import has_user, without_password
from engine.services.registry import ClientCredentials, Proxy, Service, ServiceRegistry, TlsIdentity
from engine.services.tls import UnsoundTls, require_sound
from models.commands.services import (
    BOUNDS,
    DEFAULT_CIRCUIT_OPEN_SECONDS,
    DEFAULT_CIRCUIT_THRESHOLD,
    DEFAULT_MAX_CONCURRENCY,
    DEFAULT_TIMEOUT_SECONDS,
    MAX_KEPT_BYTES,
    split_proxy,
)
from models.commands.workflows import MAX_TIMEOUT_SECONDS, is_web_address
from models.nearest_word import nearest_word

EXAMPLE = '{"my_service": "http://127.0.0.1:9000"}'


def read_services(text: str) -> ServiceRegistry:
    """`{"name": "http://..."}` or `{"name": {"url": "...", "timeout_seconds": 30, ...}}`, as in `Service`.

    Raises `ValueError` with every fault, each with its service and its field.
    """
    try:
        raw = msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeError) as error:
        raise ValueError(f"{error}; set a JSON object such as {EXAMPLE}") from None
    faults: list[str] = []
    services: dict[str, Service] = {}
    for name, entry in raw.items():
        try:
            services[name] = _service(name, _entry(name, entry))
        except ValueError as error:
            faults.append(str(error))
    if faults:
        raise ValueError("; ".join(faults))
    return services


def _entry(name: str, raw: object) -> "_ServiceEntry":
    """The entry of a service as it is typed. Raises `ValueError`."""
    if isinstance(raw, str):
        return _ServiceEntry(raw)
    if not isinstance(raw, dict):
        raise ValueError(f"service '{name}' must be a URL or an object with a url, such as {EXAMPLE}")
    known = _ServiceEntry.__struct_fields__
    for field in raw:
        if field not in known:
            close = nearest_word(field, known)
            hint = f"did you mean {close}?" if close else f"known are {', '.join(known)}"
            raise ValueError(f"service '{name}' has an unknown field {field}: {hint}")
    if "url" not in raw:
        raise ValueError(f"service '{name}' has no url: set it to where the service is, such as http://127.0.0.1:9000")
    for field, value in raw.items():
        try:
            msgspec.convert(value, _ServiceEntry.__annotations__[field])
        except msgspec.ValidationError as error:
            raise ValueError(f"the {field} of service '{name}' is of the wrong type: {error}") from None
    return msgspec.convert(raw, _ServiceEntry)


def _service(name: str, entry: "_ServiceEntry") -> Service:
    if has_user(entry.url):
        raise ValueError(f"the url of service '{name}' has a user or a password: put credentials into headers")
    if not is_web_address(entry.url):
        shown = without_password(entry.url)
        raise ValueError(f"the url of service '{name}' must be an http:// or https:// URL, not {shown!r}")
    if not 0 < entry.timeout_seconds <= MAX_TIMEOUT_SECONDS:
        raise ValueError(f"the timeout_seconds of service '{name}' must be above 0 and at most {MAX_TIMEOUT_SECONDS}")
    for field, bounds in BOUNDS.items():
        value = getattr(entry, field)
        if value is not None and not bounds.least <= value <= bounds.most:
            allowed = f"from {bounds.least:g} to {bounds.most:,g}{bounds.hint}"
            raise ValueError(f"the {field} of service '{name}' must be {allowed}, not {value}")
    given = entry.client_credentials
    if given is not None and not is_web_address(given.token_url):
        shown = without_password(given.token_url)
        raise ValueError(f"the token_url of service '{name}' must be an http:// or https:// URL, not {shown!r}")
    credentials = None if given is None else ClientCredentials(**msgspec.structs.asdict(given))
    route = {"tls": _tls(name, entry), "proxy": _proxy(name, entry.proxy)}
    return Service(name, **{**msgspec.structs.asdict(entry), "client_credentials": credentials, **route})


def _tls(name: str, entry: "_ServiceEntry") -> TlsIdentity | None:
    """What has expired is no fault here: one certificate must not keep a server from its start."""
    if entry.tls is None:
        return None
    tls = TlsIdentity(**msgspec.structs.asdict(entry.tls))
    try:
        require_sound(tls)
    except UnsoundTls as error:
        raise ValueError(f"the tls.{error.field} of service '{name}' {error}") from None
    if not entry.url.startswith("https:"):
        raise ValueError(f"the url of service '{name}' must be an https URL, for the service has tls")
    return tls


def _proxy(name: str, text: str | None) -> Proxy | None:
    if text is None:
        return None
    try:
        return Proxy(*split_proxy(text))
    except ValueError as error:
        raise ValueError(f"the proxy of service '{name}' {error}") from None


class _Credentials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a service of the operator is asked for tokens."""

    token_url: str
    client_id: str
    client_secret: str
    scope: str | None = None
    audience: str | None = None


class _Tls(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The TLS of a service of the operator, in PEM."""

    ca: str | None = None
    certificate: str | None = None
    key: str | None = None


class _ServiceEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of `ORCHESTRATOR_SERVICES`."""

    url: str
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    headers: dict[str, str] = {}
    idempotent: bool = False
    max_concurrency: int = DEFAULT_MAX_CONCURRENCY
    rate_limit: float | None = None
    circuit_threshold: int | None = DEFAULT_CIRCUIT_THRESHOLD
    circuit_open_seconds: float = DEFAULT_CIRCUIT_OPEN_SECONDS
    max_response_bytes: int = MAX_KEPT_BYTES
    client_credentials: _Credentials | None = None
    tls: _Tls | None = None
    proxy: str | None = None
