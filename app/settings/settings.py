"""The settings of a service, read once from `ORCHESTRATOR_*` and checked with a message that says what to set."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from app.credentials.token_keys import MIN_SECRET_BYTES, TokenKey, read_keys_file
from app.settings.log_settings import DEFAULT_LEVELS, read_access_log, read_format, read_levels
from app.settings.registered_services import read_services
from app.terminal.logs import AccessLog, LogFormat
from engine.callbacks.signature import read_secret
from engine.core.bounds import MAX_DESCENDANTS
from engine.secrets.cipher import read_key
from engine.services.addresses import Network
from engine.services.registry import ServiceRegistry
from models.commands.workflows import is_web_address
from models.words import NodeKind
from resolvers.connections import DEFAULT_MOST
from schema.options import DEFAULT_MAX_COST
from schema.options import DEFAULT_TIMEOUT_SECONDS as DEFAULT_OPERATION_SECONDS
from schema.transport.documents import document_hash

PREFIX = "ORCHESTRATOR_"
PRIVATE = 0o700
"""The rights on a data directory that is made: nobody but its owner gets to what is in it."""

DEFAULT_PORT = 5080
DEFAULT_MAX_LIFE_SECONDS = 86_400
MAX_LIFE_SECONDS = 31_536_000
ROOT_PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
MAX_OPERATION_SECONDS = 3_600
MAX_LIMIT = 1_000_000
MAX_CONCURRENCY = 10_000
PRODUCTION_RATE_LIMIT = 100
"""Requests per minute and user (decision X5)."""


class Environment(StrEnum):
    """Where the service runs: credentials by X-User-ID exist in `test` alone (decision X3)."""

    TEST = "test"
    PRODUCTION = "production"


class SettingsError(Exception):
    """Settings that the service cannot start with: each fault names one and says what to set."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings. Nothing below `app` sees this class."""

    data_dir: Path = Path(".orchestrator")
    database_url: str = ""
    redis_url: str = ""
    node_kind: NodeKind = NodeKind.ALL
    concurrency: int | None = None
    max_descendants: int = MAX_DESCENDANTS
    environment: Environment = Environment.TEST
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    public_url: str = ""
    root_path: str = ""
    trusted_proxies: tuple[Network, ...] = ()
    services: ServiceRegistry = {}
    rate_limit: int | None = None
    max_connections_per_user: int = DEFAULT_MOST
    jwt_secret: str = ""
    jwt_keys_file: tuple[TokenKey, ...] = ()
    """The keys that the file holds."""
    jwt_jwks_url: str = ""
    jwt_max_life_seconds: int = DEFAULT_MAX_LIFE_SECONDS
    jwt_issuer: str = "orchestrator"
    jwt_audience: str = "orchestrator"
    callback_secrets: tuple[bytes, ...] = ()
    encryption_keys: tuple[bytes, ...] = ()
    allow_private_networks: tuple[Network, ...] = ()
    allowed_origins: frozenset[str] = frozenset()
    graphql_max_cost: int = DEFAULT_MAX_COST
    graphql_timeout_seconds: float = DEFAULT_OPERATION_SECONDS
    graphql_trusted_documents: Mapping[str, str] | None = None
    graphql_only_trusted: bool = False
    log_format: LogFormat | None = None
    log_level: Mapping[str, int] = DEFAULT_LEVELS
    access_log: AccessLog = AccessLog.ERRORS

    @property
    def logs_as(self) -> LogFormat:
        """How the log is written: by default for people in the test environment, for programs in production."""
        if self.log_format is not None:
            return self.log_format
        return LogFormat.JSON if self.environment is Environment.PRODUCTION else LogFormat.CONSOLE

    @property
    def url(self) -> str:
        """The SQLAlchemy URL of the database: by default a file in the data directory."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'orchestrator.db'}"

    @property
    def is_embedded(self) -> bool:
        """Whether the database is a file of this process alone."""
        return self.url.startswith("sqlite")

    @property
    def dsn(self) -> str:
        """The URL of a PostgreSQL database as its own clients read it."""
        return self.database_url.replace("postgresql+asyncpg://", "postgresql://", 1)

    @property
    def requests_per_minute(self) -> int:
        """How many requests a user may make in a minute; 0 is no limit (decision X5)."""
        if self.rate_limit is not None:
            return self.rate_limit
        return PRODUCTION_RATE_LIMIT if self.environment is Environment.PRODUCTION else 0

    @property
    def below(self) -> str:
        """The path below which people reach the service, such as `/orchestrator`; empty where that is all of a host."""
        return self.root_path or urlsplit(self.public_url).path

    @property
    def reached_at(self) -> str:
        """The address by which people reach the service; empty where nobody said and it cannot be told."""
        if self.public_url or not self.port or not self.trusts_user_header:
            return self.public_url
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{self.root_path}"

    @property
    def trusts_user_header(self) -> bool:
        """Whether X-User-ID is a credential: in the test environment on loopback only (decision X3)."""
        return self.environment is Environment.TEST and is_loopback(self.host)


def load_settings(environ: Mapping[str, str], **overrides: Any) -> Settings:
    """Read the settings; an override that is None leaves the environment's word. Raises `SettingsError`."""
    settings, faults = read_settings(environ, **overrides)
    if faults:
        raise SettingsError(*faults)
    return settings


def read_settings(environ: Mapping[str, str], **overrides: Any) -> tuple[Settings, list[str]]:
    """The settings as far as they can be read, and the faults of the rest, in whose place the defaults stand."""
    values: dict[str, Any] = {}
    faults: list[str] = []
    for name, parse in PARSERS.items():
        text = environ.get(PREFIX + name.upper())
        if text is None:
            continue
        try:
            values[name] = parse(text)
        except ValueError as error:
            faults.append(f"{PREFIX}{name.upper()} is not valid: {error}")
    values |= {name: value for name, value in overrides.items() if value is not None}
    settings = Settings(**values)
    return settings, faults + _contradictions(settings)


def _contradictions(settings: Settings) -> list[str]:
    """What is wrong with settings that can be read."""
    faults = []
    secret = settings.jwt_secret
    if secret and len(secret.encode()) < MIN_SECRET_BYTES:
        faults.append(f"{PREFIX}JWT_SECRET must have at least {MIN_SECRET_BYTES} bytes, not {len(secret.encode())}")
    if "-----BEGIN" in secret or secret.startswith("ssh-"):
        faults.append(f"{PREFIX}JWT_SECRET is a key, and no secret: set {PREFIX}JWT_KEYS_FILE for public keys")
    if settings.environment is Environment.PRODUCTION and settings.jwt_jwks_url.lower().startswith("http:"):
        faults.append(f"{PREFIX}JWT_JWKS_URL must be an https:// URL in production")
    if settings.environment is Environment.PRODUCTION and _is_open_to_listeners(settings.public_url):
        faults.append(
            f"{PREFIX}PUBLIC_URL must be an https:// URL in production: who reads a link on its way can use it"
        )
    if settings.is_embedded and settings.node_kind is not NodeKind.ALL:
        faults.append(f"{PREFIX}NODE_KIND {settings.node_kind} needs {PREFIX}DATABASE_URL: many nodes share PostgreSQL")
    if settings.public_url and settings.below != urlsplit(settings.public_url).path:
        faults.append(
            f"{PREFIX}ROOT_PATH {settings.root_path} is not the path of {PREFIX}PUBLIC_URL {settings.public_url}: "
            "leave it out, or give both the same"
        )
    if settings.graphql_only_trusted and settings.graphql_trusted_documents is None:
        faults.append(f"{PREFIX}GRAPHQL_ONLY_TRUSTED needs {PREFIX}GRAPHQL_TRUSTED_DOCUMENTS: a file of documents")
    return faults


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) <= 65_535):
        raise ValueError(f"a port is a number from 0 to 65535, not {text!r}")
    return int(text)


def _environment(text: str) -> Environment:
    if text not in list(Environment):
        raise ValueError(f"set it to {' or '.join(Environment)}, not {text!r}")
    return Environment(text)


def _node_kind(text: str) -> NodeKind:
    if text not in list(NodeKind):
        raise ValueError(f"set it to {', '.join(NodeKind)}, not {text!r}")
    return NodeKind(text)


def _concurrency(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 0 < int(text) <= MAX_CONCURRENCY):
        raise ValueError(f"it is a whole number from 1 to {MAX_CONCURRENCY:,}, not {text!r}")
    return int(text)


def _database_url(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql+asyncpg://")):
        raise ValueError("it starts with sqlite:/// or postgresql+asyncpg://")
    if text.startswith("sqlite") and text.removeprefix("sqlite:///").partition("?")[0] in ("", ":memory:"):
        raise ValueError("name a file: sqlite:///FILE, for what is only in memory is gone with the process")
    return text


def _not_empty(text: str) -> str:
    if not text.strip():
        raise ValueError("it must not be empty")
    return text


def _web_address(text: str) -> str:
    if text and not is_web_address(text):
        raise ValueError(f"it must be an https:// URL, not {text!r}")
    return text


def _public_url(text: str) -> str:
    """`https://orchestrator.example.com`, or with a path where a proxy gives it one."""
    if not text:
        return ""
    parts = urlsplit(text)
    has_more = bool({"?", "#"}.intersection(text))  # an empty query is one too: a path behind it would be its text
    if not is_web_address(text) or parts.username or parts.password or has_more:
        raise ValueError(f"set it to https://HOST or https://HOST/PATH, without a query, not {text!r}")
    return text.rstrip("/")


def _root_path(text: str) -> str:
    """`/orchestrator`: the path that a proxy gives the service."""
    path = text.rstrip("/")
    if path and not ROOT_PATH.fullmatch(path):
        raise ValueError(f"set it to /PATH, of letters, digits and - _ . ~, not {text!r}")
    return path


def _is_open_to_listeners(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme.lower() == "http" and not is_loopback(parts.hostname or "")


def _max_life_seconds(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and 0 < int(text) <= MAX_LIFE_SECONDS):
        raise ValueError(f"it must be a whole number of seconds from 1 to {MAX_LIFE_SECONDS}, not {text!r}")
    return int(text)


def _callback_secrets(text: str) -> tuple[bytes, ...]:
    """`whsec_...,whsec_...`, the newest first."""
    return tuple(read_secret(part.strip()) for part in text.split(",") if part.strip())


def _encryption_keys(text: str) -> tuple[bytes, ...]:
    """`<base64>,<base64>`, the newest first."""
    return tuple(read_key(part.strip()) for part in text.split(",") if part.strip())


def _networks(text: str) -> tuple[Network, ...]:
    """`10.0.0.0/8,fd00::/8`."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def _origins(text: str) -> frozenset[str]:
    """`https://console.example.com,https://other.example.com:8443`, or `*`."""
    # The import is here because it brings Strawberry, which a command without a server has no use for.
    from strawberry.http.websocket_origin import normalize_allowed_origins

    return normalize_allowed_origins([part.strip() for part in text.split(",") if part.strip()])


def _max_cost(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) > 0):
        raise ValueError(f"a cost is a whole number above 0, not {text!r}")
    return int(text)


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 8 and int(text) <= MAX_LIMIT):
        raise ValueError(f"it is a whole number from 0 to {MAX_LIMIT:,}, not {text!r}")
    return int(text)


def _at_least_one(text: str) -> int:
    if _limit(text) == 0:
        raise ValueError("it must be at least 1")
    return int(text)


def _redis_url(text: str) -> str:
    """`redis://host:6379/0`, `rediss://...` with TLS, `unix:///path`; it may hold a password, so it is not shown."""
    try:
        parts = urlsplit(text)
        has_place = parts.path if parts.scheme == "unix" else parts.hostname and (parts.port or True)
    except ValueError:
        has_place = False
    if text and not (parts.scheme in ("redis", "rediss", "unix") and has_place):
        raise ValueError("set it to redis://HOST:PORT/0, rediss://HOST:PORT/0 or unix:///PATH")
    return text


def _operation_seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= MAX_OPERATION_SECONDS:
        raise ValueError(f"it must be above 0 and at most {MAX_OPERATION_SECONDS} seconds, not {text!r}")
    return seconds


def _switch(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(f"set it to true or false, not {text!r}")
    return text == "true"


def _documents(text: str) -> Mapping[str, str]:
    """The name of a file: a JSON object of the SHA-256 of each document, in hexadecimal, and its text."""
    try:
        documents = msgspec.json.decode(Path(text).read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError, UnicodeError) as error:
        raise ValueError(f"{text} cannot be read as a JSON object of hashes and documents: {error}") from None
    for name, document in documents.items():
        if document_hash(document) != name:
            raise ValueError(f"{name} in {text} is not the SHA-256 of its document, which is {document_hash(document)}")
    return documents


def is_loopback(host: str) -> bool:
    """Whether a name or an address leads to this machine alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


PARSERS: Mapping[str, Callable[[str], Any]] = {
    "data_dir": Path,
    "database_url": _database_url,
    "redis_url": _redis_url,
    "node_kind": _node_kind,
    "concurrency": _concurrency,
    "max_descendants": _at_least_one,
    "environment": _environment,
    "host": _not_empty,
    "port": _port,
    "public_url": _public_url,
    "root_path": _root_path,
    "trusted_proxies": _networks,
    "services": read_services,
    "rate_limit": _limit,
    "max_connections_per_user": _at_least_one,
    "jwt_secret": str,
    "jwt_keys_file": read_keys_file,
    "jwt_jwks_url": _web_address,
    "jwt_max_life_seconds": _max_life_seconds,
    "jwt_issuer": _not_empty,
    "jwt_audience": _not_empty,
    "callback_secrets": _callback_secrets,
    "encryption_keys": _encryption_keys,
    "allow_private_networks": _networks,
    "allowed_origins": _origins,
    "graphql_max_cost": _max_cost,
    "graphql_timeout_seconds": _operation_seconds,
    "graphql_trusted_documents": _documents,
    "graphql_only_trusted": _switch,
    "log_format": read_format,
    "log_level": read_levels,
    "access_log": read_access_log,
}
FILE_SETTINGS = ("graphql_trusted_documents", "jwt_keys_file")
"""The settings that name a file, on which the service relies."""
