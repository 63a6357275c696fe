"""What a service is not started with in production: all that is unsafe, each with what to set instead (FAULTS S5)."""

import asyncio
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, or_, select
from sqlalchemy.engine import make_url

from app.settings.own_files import faults_of_file, faults_of_folder, faults_of_secrets_file, readable_by_others
from app.settings.reading import given, settings_of
from app.settings.secret_strength import is_weak
from app.settings.settings import FILE_SETTINGS, PREFIX, SETTINGS, Environment, Settings, SettingsError
from app.settings.sources import Given
from engine.services.addresses import Network
from models.database.connect import opened
from models.database.security_tables import ApiKeyRow
from models.database.start_faults import unusable
from models.database.tables import table
from models.errors import Unavailable
from models.words import NodeKind

MAKE_A_SECRET = "openssl rand -base64 48"  # noqa: S105 - a command
DEBUG_VARIABLES = ("PYTHONASYNCIODEBUG", "PYTHONDEVMODE")
KEYS = table(ApiKeyRow)


def production_settings(environ: Mapping[str, str], *, settings_file: Path | None = None, **overrides: Any) -> Settings:
    """The settings of a service in production. Raises `SettingsError` with every fault that there is."""
    texts = given(environ, settings_file)
    environment = _environment(texts)
    if environment is None:
        overrides["environment"] = Environment.PRODUCTION
    settings, faults = settings_of(texts, **overrides)
    if environment == Environment.TEST:
        faults.append(f"{PREFIX}ENVIRONMENT is test: for that there is 'orchestrator dev'; set it to production")
    found = [*faults, *unsafe(settings, environ, texts)]
    takes_tokens = settings.jwt_secret or settings.jwt_keys_file or settings.jwt_jwks_url
    if not faults and not takes_tokens:
        found += asyncio.run(_without_credentials(settings))
    if found:
        raise SettingsError(*found)
    return settings


def worker_settings(environ: Mapping[str, str], *, settings_file: Path | None = None, **overrides: Any) -> Settings:
    """The settings of a node that carries out executions, and whom nobody signs in to; it may be one of a test.

    Raises `SettingsError`.
    """
    texts = given(environ, settings_file)
    in_test = _environment(texts) == Environment.TEST
    environment = Environment.TEST if in_test else Environment.PRODUCTION
    settings, faults = settings_of(texts, node_kind=NodeKind.WORKER, environment=environment, **overrides)
    found = faults if in_test else [*faults, *unsafe(settings, environ, texts)]
    if found:
        raise SettingsError(*found)
    return settings


def _environment(texts: Given) -> str | None:
    found = texts.texts.get("environment")
    return None if found is None else found.text


def unsafe(settings: Settings, environ: Mapping[str, str], texts: Given) -> Iterator[str]:
    """Each fault that shows in the settings, in the files that they lead to, and in other variables."""
    if settings.jwt_secret and is_weak(settings.jwt_secret.encode()):
        yield f"{PREFIX}JWT_SECRET can be guessed: make one with '{MAKE_A_SECRET}'"
    if any(is_weak(secret) for secret in settings.callback_secrets):
        yield f"{PREFIX}CALLBACK_SECRETS can be guessed: make one with 'whsec_' and '{MAKE_A_SECRET}'"
    if any(is_weak(key) for key in settings.encryption_keys):
        yield f"{PREFIX}ENCRYPTION_KEYS can be guessed: make one with 'openssl rand -base64 32'"
    if not settings.is_embedded and not settings.callback_secrets:
        yield (
            f"{PREFIX}CALLBACK_SECRETS must be set where the database is no file, as all nodes sign with the same: "
            f"'whsec_' and '{MAKE_A_SECRET}'"
        )
    if "*" in settings.allowed_origins:
        yield f"{PREFIX}ALLOWED_ORIGINS lets the pages of all sites call the API: name your own"
    if _is_everybody(settings.trusted_proxies):
        yield f"{PREFIX}TRUSTED_PROXIES believes everybody about where requests come from: name your proxies"
    if _is_everybody(settings.allow_private_networks):
        yield f"{PREFIX}ALLOW_PRIVATE_NETWORKS lets callbacks reach everything: name the networks of their receivers"
    yield from _faults_of_files(settings, texts)
    for name in DEBUG_VARIABLES:
        if environ.get(name):
            yield f"{name} is for finding faults, and tells the log too much: unset it"
    if sys.flags.dev_mode and not environ.get("PYTHONDEVMODE"):
        yield "Python runs in its development mode, which tells the log too much: start it without -X dev"


def _is_everybody(networks: tuple[Network, ...]) -> bool:
    return any(network.prefixlen == 0 for network in networks)


def _faults_of_files(settings: Settings, texts: Given) -> Iterator[str]:
    """What others on this machine could read, or could have written or planted."""
    ours = {settings.data_dir: [""]}
    if settings.is_embedded:
        database = _database_file(settings)
        if database.parent.absolute() != settings.data_dir.absolute():
            ours[database.parent] = [database.name]
        for folder, names in sorted(ours.items()):
            yield from faults_of_folder(folder, names)
    for folder, names in sorted(ours.items()):
        yield from readable_by_others(folder, names)
    for name in FILE_SETTINGS:
        found = texts.texts.get(name)
        if found is not None and found.text:
            yield from (f"{found.place}: {fault}" for fault in faults_of_file(Path(found.text)))
    if texts.file is not None:
        yield from (f"the settings file: {fault}" for fault in faults_of_file(texts.file))
        kept = [name for name, found in texts.of_file.items() if _holds_a_secret(name, found.text)]
        yield from faults_of_secrets_file(texts.file, kept)


def _holds_a_secret(name: str, text: str) -> bool:
    return bool(text) and SETTINGS[name].shown(text) != text


def _database_file(settings: Settings) -> Path:
    return Path(make_url(settings.url).database or "")


async def _without_credentials(settings: Settings) -> list[str]:
    """The fault that nobody could sign in, unless an API key is there that is good."""
    needed = (
        f"nobody can sign in: set {PREFIX}JWT_SECRET ('{MAKE_A_SECRET}'), {PREFIX}JWT_KEYS_FILE or "
        f"{PREFIX}JWT_JWKS_URL, or make an API key with 'orchestrator migrate' and 'orchestrator api-key create'"
    )
    if settings.is_embedded and not _database_file(settings).exists():
        return [needed]
    database = opened(settings.url)
    try:
        return [] if await database.read(_has_key) else [needed]
    except Exception as error:
        explained = unusable(settings.url, error) or error
        if not isinstance(explained, Unavailable):
            raise
        return [f"{needed} (it cannot be asked for one: {explained.message})"]
    finally:
        await database.close()


def _has_key(connection: Connection) -> bool:
    if not inspect(connection).has_table(KEYS.name):
        return False
    still_good = or_(KEYS.c.expires_at.is_(None), KEYS.c.expires_at > datetime.now(UTC))
    statement = select(KEYS.c.id).where(KEYS.c.revoked_at.is_(None), still_good).limit(1)
    return connection.execute(statement).first() is not None
