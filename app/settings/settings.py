"""All settings of a service: each has one definition, from which it is read, told, shown and documented."""

from collections.abc import Callable, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints
from urllib.parse import parse_qsl, urlencode, urlsplit

from app.credentials.token_keys import TokenKey, read_keys_file
from app.settings.definition import PREFIX, Environment, Setting, SettingsError, hidden
from app.settings.log_settings import DEFAULT_LEVELS, read_levels
from app.settings.mail_settings import read_smtp_sender, read_smtp_url
from app.settings.parsers import (
    read_at_least_one,
    read_callback_secrets,
    read_concurrency,
    read_data_dir,
    read_database_url,
    read_documents,
    read_encryption_keys,
    read_host,
    read_limit,
    read_max_cost,
    read_max_life_seconds,
    read_networks,
    read_not_empty,
    read_operation_seconds,
    read_origins,
    read_port,
    read_public_url,
    read_redis_url,
    read_root_path,
    read_switch,
    read_web_address,
    read_word,
)
from app.settings.registered_services import read_services
from app.settings.retention_settings import KeptFor
from app.settings.shown_texts import services_without_secrets, without_password
from app.terminal.logs import SUBSYSTEMS, AccessLog, LogFormat
from engine.core.bounds import MAX_DESCENDANTS
from engine.services.addresses import Network, is_loopback
from engine.services.registry import ServiceRegistry
from models.words import NodeKind
from resolvers.connections import DEFAULT_MOST
from schema.options import DEFAULT_MAX_COST
from schema.options import DEFAULT_TIMEOUT_SECONDS as DEFAULT_OPERATION_SECONDS

__all__ = (
    "DEFAULT_PORT",
    "FILE_SETTINGS",
    "PARSERS",
    "PREFIX",
    "PRIVATE",
    "SETTINGS",
    "Environment",
    "Settings",
    "SettingsError",
    "address_of",
    "is_loopback",
    "variable_of",
)

PRIVATE = 0o700
"""The rights on a data directory that is made: nobody but its owner gets to what is in it."""

OF_BOTH = ("host", "port", "user", "password", "passfile", "target_session_attrs")
OF_DSN = {"ssl": "sslmode", **{name: name for name in OF_BOTH}}
"""What of a database's address PostgreSQL's own clients know, by what SQLAlchemy's driver calls it."""

DEFAULT_PORT = 5080
DEFAULT_MAX_LIFE_SECONDS = 86_400
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
PRODUCTION_RATE_LIMIT = 100
"""Requests per minute and user (decision X5)."""


class Settings(KeptFor, frozen=True, kw_only=True):
    """All settings. Nothing below `app` sees this class."""

    data_dir: Annotated[Path, Setting(read_data_dir, "Where the database lives; one process at a time")] = Path(
        ".orchestrator"
    )
    database_url: Annotated[
        str,
        Setting(
            read_database_url,
            "An SQLAlchemy URL: `sqlite:///file` or `postgresql+asyncpg://…`",
            "a file in the data directory",
            shown=without_password,
        ),
    ] = ""
    redis_url: Annotated[
        str,
        Setting(
            read_redis_url,
            "`redis://…`, `rediss://…` or `unix://…`: limits of requests then hold over all nodes, and their wake-ups "
            "go through it",
            shown=without_password,
        ),
    ] = ""
    node_kind: Annotated[
        NodeKind,
        Setting(
            read_word(NodeKind),
            "`all`; `api` answers requests and carries out only what a request waits for; `worker` is what "
            "`orchestrator worker` sets",
        ),
    ] = NodeKind.ALL
    concurrency: Annotated[
        int | None, Setting(read_concurrency, "Executions that a process carries out at once, 1 to 10,000", "256")
    ] = None
    max_descendants: Annotated[
        int,
        Setting(
            read_at_least_one,
            "Executions that came of one and have not ended, at most, 1 to 1,000,000: one more `sub_workflow` fails "
            "with `TOO_MANY_DESCENDANTS`",
        ),
    ] = MAX_DESCENDANTS
    environment: Annotated[
        Environment,
        Setting(
            read_word(Environment),
            "`test` or `production`; `X-User-ID` is a credential in `test` on loopback alone",
            "`test` for `dev`, `production` for `serve`",
        ),
    ] = Environment.TEST
    host: Annotated[str, Setting(read_host, "The address to listen on")] = "127.0.0.1"
    port: Annotated[int, Setting(read_port, "The port to listen on; `0`: any that is free")] = DEFAULT_PORT
    public_url: Annotated[
        str,
        Setting(
            read_public_url,
            "The address by which people reach the service, with a path where a proxy gives it one; `https` in "
            "production. Links to approvals begin with it",
            "in `test` on loopback, that of `HOST`, `PORT` and `ROOT_PATH`",
            shown=without_password,
        ),
    ] = ""
    root_path: Annotated[
        str,
        Setting(
            read_root_path,
            "The path below which a proxy serves it, such as `/orchestrator`, where there is no `PUBLIC_URL` to say "
            "it: see [below a path](frontend.md#below-a-path)",
            "the path of `PUBLIC_URL`",
        ),
    ] = ""
    trusted_proxies: Annotated[
        tuple[Network, ...],
        Setting(
            read_networks,
            "Whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed: CIDRs, comma-separated",
        ),
    ] = ()
    services: Annotated[
        ServiceRegistry,
        Setting(
            read_services,
            'A JSON object: service name to URL (`{"crm": "http://localhost:9000"}`), or to an object with the fields '
            "below; in a file a table",
            shown=services_without_secrets,
        ),
    ] = {}
    rate_limit: Annotated[
        int | None,
        Setting(
            read_limit,
            "Requests per minute of a user, of strangers by address; `0`: no limit",
            "100 in `production`, 0 in `test`",
        ),
    ] = None
    max_connections_per_user: Annotated[
        int, Setting(read_at_least_one, "WebSockets and streams that a user may have open on a node")
    ] = DEFAULT_MOST
    jwt_secret: Annotated[
        str,
        Setting(
            str,
            "The HS256 key of bearer tokens, at least 32 bytes",
            "in `test`, without the next two, one is made and kept in the file `token_secret` of the data directory",
            shown=hidden,
        ),
    ] = ""
    jwt_keys_file: Annotated[
        tuple[TokenKey, ...],
        Setting(
            read_keys_file,
            "A JWK Set (JSON) of public keys of bearer tokens, checked at the start",
            names_file=True,
        ),
    ] = ()
    """The keys that the file holds."""
    jwt_jwks_url: Annotated[
        str,
        Setting(
            read_web_address,
            "Where an identity provider publishes such a set; `https` in production. Asked every 10 minutes, and when "
            "a token names a new key; without an answer the known keys stay good for a day",
            shown=without_password,
        ),
    ] = ""
    jwt_max_life_seconds: Annotated[
        int, Setting(read_max_life_seconds, "How long from its `iat` to its `exp` a token may be good")
    ] = DEFAULT_MAX_LIFE_SECONDS
    jwt_issuer: Annotated[str, Setting(read_not_empty, "The `iss` of every bearer token")] = "orchestrator"
    jwt_audience: Annotated[str, Setting(read_not_empty, "The `aud` of every bearer token")] = "orchestrator"
    callback_secrets: Annotated[
        tuple[bytes, ...],
        Setting(
            read_callback_secrets,
            "What signs callbacks: `whsec_<base64 of 24 to 64 bytes>`, comma-separated, the newest first; all sign",
            "one is made and kept in the file `callback_secret` of the data directory",
            shown=hidden,
        ),
    ] = ()
    encryption_keys: Annotated[
        tuple[bytes, ...],
        Setting(
            read_encryption_keys,
            "What encrypts [secrets](secrets.md): 32 bytes in base64, comma-separated, the newest first: it encrypts, "
            "all decrypt",
            "in `test` one is made and kept in the file `encryption_key` of the data directory; in `production` no "
            "secrets",
            shown=hidden,
        ),
    ] = ()
    smtp_url: Annotated[
        str,
        Setting(
            read_smtp_url,
            "By which server a [`notification`](actions.md#notification) goes out by mail: "
            "`smtp://user:password@host:587`, or `smtps://host:465` for TLS from the beginning",
            "no mail goes out",
            shown=without_password,
        ),
    ] = ""
    smtp_sender: Annotated[
        str, Setting(read_smtp_sender, "From whom mail goes out: `Name <jobs@example.com>`; needed with `SMTP_URL`")
    ] = ""
    allow_private_networks: Annotated[
        tuple[Network, ...],
        Setting(
            read_networks,
            "Networks that callbacks, and services registered by an admin, may reach though they are not public: "
            "CIDRs, comma-separated. In `test` this machine is open to such services",
        ),
    ] = ()
    allowed_origins: Annotated[
        frozenset[str],
        Setting(
            read_origins,
            "Sites besides the service's own whose [pages may call the API](frontend.md), by HTTP and WebSocket: "
            "origins, comma-separated; `*`: all, in `test` alone",
        ),
    ] = frozenset()
    graphql_max_cost: Annotated[
        int, Setting(read_max_cost, "How many objects an answer may hold, lists within lists multiplied")
    ] = DEFAULT_MAX_COST
    graphql_timeout_seconds: Annotated[
        float, Setting(read_operation_seconds, "A query that takes longer is cancelled, with its work in the database")
    ] = DEFAULT_OPERATION_SECONDS
    graphql_trusted_documents: Annotated[
        Mapping[str, str] | None,
        Setting(
            read_documents,
            'A JSON file `{"<SHA-256 in hexadecimal>": "query …"}` of documents, to be asked for by hash as persisted '
            "queries are",
            names_file=True,
        ),
    ] = None
    graphql_only_trusted: Annotated[bool, Setting(read_switch, "`true`: no other document is served")] = False
    log_format: Annotated[
        LogFormat | None,
        Setting(
            read_word(LogFormat),
            "`console`: lines for people; `json`: an object a line, for programs",
            "`console` for `dev`, `json` for `serve` and `worker`",
        ),
    ] = None
    log_level: Annotated[
        Mapping[str, int],
        Setting(
            read_levels,
            "`debug`, `info`, `warning` or `error`; subsystems may have their own: `info,engine=debug,api=error`. "
            f"There are {', '.join(f'`{name}`' for name in SUBSYSTEMS)}",
            "`info`",
        ),
    ] = DEFAULT_LEVELS
    access_log: Annotated[
        AccessLog,
        Setting(
            read_word(AccessLog),
            "Which requests have a line in [the log](observability.md): `off`; `errors`, which are refused or fail; "
            "`all`",
        ),
    ] = AccessLog.ERRORS

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
        address, _, query = self.database_url.replace("postgresql+asyncpg://", "postgresql://", 1).partition("?")
        pairs = [(OF_DSN[name], value) for name, value in parse_qsl(query) if name in OF_DSN]
        return f"{address}?{urlencode(pairs)}" if pairs else address

    @property
    def service_networks(self) -> tuple[Network, ...]:
        """The networks that are not public and that services which an admin registers may be in.

        In the test environment this machine is one of them: who tries things out has a service there.
        """
        own = LOOPBACK if self.environment is Environment.TEST else ()
        return (*self.allow_private_networks, *own)

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
        return address_of(self.host, self.port) + self.root_path

    @property
    def trusts_user_header(self) -> bool:
        """Whether X-User-ID is a credential: in the test environment on loopback only (decision X3)."""
        return self.environment is Environment.TEST and is_loopback(self.host)


HINTS = get_type_hints(Settings, include_extras=True)
SETTINGS: Mapping[str, Setting] = {
    name: next(part for part in get_args(HINTS[name]) if isinstance(part, Setting))
    for name in (*Settings.__annotations__, *KeptFor.__annotations__)
}
"""All definitions, by the names of their fields."""


def address_of(host: str, port: int) -> str:
    """How a browser names where somebody listens."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def variable_of(name: str) -> str:
    """What a setting is called in the environment."""
    return PREFIX + name.upper()


PARSERS: Mapping[str, Callable[[str], Any]] = {name: setting.read for name, setting in SETTINGS.items()}
FILE_SETTINGS = tuple(sorted(name for name, setting in SETTINGS.items() if setting.names_file))
"""The settings that name a file, on which the service relies."""
