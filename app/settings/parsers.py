"""Reads the text of each setting; what it may not be is refused with what it should be."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

import msgspec

from app.settings.shown_texts import has_user, is_cut_apart, without_password
from engine.callbacks.signature import read_secret
from engine.secrets.cipher import read_key
from engine.services.addresses import Network
from models.commands.workflows import is_web_address
from schema.transport.documents import document_hash

Word = TypeVar("Word", bound=StrEnum)
PAIR = 2

ROOT_PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
MAX_LIFE_SECONDS = 31_536_000
MAX_OPERATION_SECONDS = 3_600
MAX_LIMIT = 1_000_000
MAX_CONCURRENCY = 10_000
DRIVER_OPTIONS = frozenset(
    {
        "host",
        "passfile",
        "password",
        "port",
        "prepared_statement_cache_size",
        "ssl",
        "target_session_attrs",
        "user",
    }
)
"""What may stand behind the `?` of the address of a PostgreSQL database."""


def read_port(text: str) -> int:
    """A number from 0 to 65535."""
    if text.startswith("tcp://"):  # after a Service called orchestrator
        raise ValueError(f"{text!r} is what Kubernetes sets for a Service: set enableServiceLinks: false for the pod")
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) <= 65_535):
        raise ValueError(f"a port is a number from 0 to 65535, not {text!r}")
    return int(text)


def read_word(words: type[Word]) -> Callable[[str], Word]:
    """The reader of a setting that is one of these words."""

    def read(text: str) -> Word:
        if text not in list(words):
            known = " or ".join(words) if len(words) == PAIR else ", ".join(words)
            raise ValueError(f"set it to {known}, not {text!r}")
        return words(text)

    return read


def read_concurrency(text: str) -> int:
    """How many executions a process carries out at once."""
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 0 < int(text) <= MAX_CONCURRENCY):
        raise ValueError(f"it is a whole number from 1 to {MAX_CONCURRENCY:,}, not {text!r}")
    return int(text)


def read_database_url(text: str) -> str:
    """An SQLAlchemy URL of a file or of PostgreSQL."""
    if not text.startswith(("sqlite:///", "postgresql+asyncpg://")):
        raise ValueError("it starts with sqlite:/// or postgresql+asyncpg://")
    if text.startswith("sqlite") and text.removeprefix("sqlite:///").partition("?")[0] in ("", ":memory:"):
        raise ValueError("name a file: sqlite:///FILE, for what is only in memory is gone with the process")
    if text.startswith("postgresql"):
        _check_postgres_url(text)
    return text


def _check_postgres_url(text: str) -> None:
    """Raise `ValueError` where the driver could not take it, without what may be a password in it."""
    try:
        parts = urlsplit(text)
        is_sound = parts.port is None or parts.port > 0
    except ValueError:
        is_sound = False
    if not is_sound or is_cut_apart(text) or parts.netloc.count("@") > 1:
        raise ValueError(
            "its host or its port cannot be read: write postgresql+asyncpg://USER:PASSWORD@HOST:PORT/NAME, and of a "
            "password @ as %40, / as %2F, # as %23, ? as %3F"
        )
    for name, _ in parse_qsl(parts.query, keep_blank_values=True):
        if name not in DRIVER_OPTIONS:
            hint = "write ssl=…" if name.startswith("ssl") else f"known are {', '.join(sorted(DRIVER_OPTIONS))}"
            raise ValueError(f"the driver knows no {name} behind the ?: {hint}")


def read_not_empty(text: str) -> str:
    """Any text but an empty one."""
    if not text.strip():
        raise ValueError("it must not be empty")
    return text


def read_host(text: str) -> str:
    """A name or an address; one of IPv6 may stand in brackets, as in a URL."""
    return read_not_empty(text[1:-1] if text.startswith("[") and text.endswith("]") else text)


def read_data_dir(text: str) -> Path:
    """A directory that is named."""
    return Path(read_not_empty(text))


def read_web_address(text: str) -> str:
    """An http:// or https:// URL, or nothing."""
    if text and not is_web_address(text):
        raise ValueError(f"it must be an https:// URL without a user and a password, not {without_password(text)!r}")
    return text


def read_public_url(text: str) -> str:
    """`https://orchestrator.example.com`, or with a path where a proxy gives it one."""
    if not text:
        return ""
    if has_user(text):
        raise ValueError("set it to https://HOST or https://HOST/PATH, without a user and a password")
    has_more = bool({"?", "#"}.intersection(text))  # an empty query is one too: a path behind it would be its text
    if not is_web_address(text) or has_more:
        raise ValueError(
            f"set it to https://HOST or https://HOST/PATH, without a query, not {without_password(text)!r}"
        )
    return text.rstrip("/")


def read_root_path(text: str) -> str:
    """`/orchestrator`: the path that a proxy gives the service."""
    path = text.rstrip("/")
    if path and not ROOT_PATH.fullmatch(path):
        raise ValueError(f"set it to /PATH, of letters, digits and - _ . ~, not {text!r}")
    return path


def read_max_life_seconds(text: str) -> int:
    """A whole number of seconds, of a year at most."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and 0 < int(text) <= MAX_LIFE_SECONDS):
        raise ValueError(f"it must be a whole number of seconds from 1 to {MAX_LIFE_SECONDS}, not {text!r}")
    return int(text)


def read_callback_secrets(text: str) -> tuple[bytes, ...]:
    """`whsec_...,whsec_...`, the newest first."""
    return tuple(read_secret(part.strip()) for part in text.split(",") if part.strip())


def read_encryption_keys(text: str) -> tuple[bytes, ...]:
    """`<base64>,<base64>`, the newest first."""
    return tuple(read_key(part.strip()) for part in text.split(",") if part.strip())


def read_networks(text: str) -> tuple[Network, ...]:
    """`10.0.0.0/8,fd00::/8`."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def read_origins(text: str) -> frozenset[str]:
    """`https://console.example.com,https://other.example.com:8443`, or `*`."""
    # The import is here because it brings Strawberry, which a command without a server has no use for.
    from strawberry.http.websocket_origin import normalize_allowed_origins

    return normalize_allowed_origins([part.strip() for part in text.split(",") if part.strip()])


def read_max_cost(text: str) -> int:
    """A whole number above 0."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) > 0):
        raise ValueError(f"a cost is a whole number above 0, not {text!r}")
    return int(text)


def read_limit(text: str) -> int:
    """A whole number of at least 0."""
    if not (text.isascii() and text.isdecimal() and len(text) < 8 and int(text) <= MAX_LIMIT):
        raise ValueError(f"it is a whole number from 0 to {MAX_LIMIT:,}, not {text!r}")
    return int(text)


def read_at_least_one(text: str) -> int:
    """A whole number of at least 1."""
    if read_limit(text) == 0:
        raise ValueError("it must be at least 1")
    return int(text)


def read_redis_url(text: str) -> str:
    """`redis://host:6379/0`, `rediss://...` with TLS, `unix:///path`; it may hold a password, so it is not shown."""
    try:
        parts = urlsplit(text)
        has_place = parts.path if parts.scheme == "unix" else parts.hostname and (parts.port or True)
        is_known = parts.scheme in ("redis", "rediss", "unix") and has_place
    except ValueError:
        is_known = False
    if text and not is_known:
        raise ValueError("set it to redis://HOST:PORT/0, rediss://HOST:PORT/0 or unix:///PATH")
    return text


def read_operation_seconds(text: str) -> float:
    """Seconds, an hour at most."""
    seconds = float(text)
    if not 0 < seconds <= MAX_OPERATION_SECONDS:
        raise ValueError(f"it must be above 0 and at most {MAX_OPERATION_SECONDS} seconds, not {text!r}")
    return seconds


def read_switch(text: str) -> bool:
    """`true` or `false`."""
    if text not in ("true", "false"):
        raise ValueError(f"set it to true or false, not {text!r}")
    return text == "true"


def read_documents(text: str) -> Mapping[str, str]:
    """The name of a file: a JSON object of the SHA-256 of each document, in hexadecimal, and its text."""
    try:
        documents = msgspec.json.decode(Path(text).read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError, UnicodeError) as error:
        raise ValueError(f"{text} cannot be read as a JSON object of hashes and documents: {error}") from None
    for name, document in documents.items():
        if document_hash(document) != name:
            raise ValueError(f"{name} in {text} is not the SHA-256 of its document, which is {document_hash(document)}")
    return documents
