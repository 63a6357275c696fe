"""Finds out on which database and by whose keys an operator's command works: the server's beside which it is run."""

from pathlib import Path

import msgspec
from sqlalchemy.engine import make_url

from app.commands.chosen_settings import chosen_settings
from app.credentials.token_keys import secret_key
from app.credentials.token_secret import SECRET_FILE
from app.secret_keys import KEY_FILE
from app.server_notes import FoundNote, last_server
from app.settings.settings import PREFIX, Environment, Settings, SettingsError
from app.settings.shown_texts import HIDDEN, without_password
from app.terminal.terminal import say
from engine.secrets.cipher import key_id
from models.database.sqlite_files.file import check_database_file, database_file
from models.database.start_faults import place_of


class Beside(msgspec.Struct, frozen=True):
    """The settings of a command, and what the server beside it left, if any did."""

    settings: Settings
    server: FoundNote | None

    @property
    def folder(self) -> Path:
        """The data directory."""
        return self.settings.data_dir

    @property
    def is_production(self) -> bool:
        """Whether the server, or else the settings, are of production."""
        environment = self.settings.environment if self.server is None else self.server.note.environment
        return environment is Environment.PRODUCTION


def server_beside(data_dir: Path | None) -> Beside:
    """The settings as they are, and the server of their data directory. Raises `SettingsError`."""
    settings = chosen_settings(data_dir=data_dir)
    return Beside(settings, last_server(settings.data_dir))


def beside(data_dir: Path | None) -> Beside:
    """The settings, with the database of the server of the data directory where they name none.

    Raises `SettingsError` where they cannot say which it is, or where it cannot be reached.
    """
    as_they_are = server_beside(data_dir)
    settings, found = as_they_are.settings, as_they_are.server
    if settings.database_url or found is None or found.note.database == settings.url:
        return as_they_are
    url = found.note.database
    if not found.is_running and url.startswith("sqlite") and not database_file(url).exists():
        return as_they_are
    place = place_of(make_url(url))
    if HIDDEN in url:
        raise SettingsError(
            f"the server of {settings.data_dir} has {place}: set {PREFIX}DATABASE_URL as it has it, for its password "
            "is kept nowhere"
        )
    if not found.is_running and str(settings.data_dir.resolve()) in url and url.startswith("postgresql"):
        raise SettingsError(
            f"the last server of {settings.data_dir} had {place}, which runs with it: start 'orchestrator dev "
            "--postgres' first"
        )
    return Beside(msgspec.structs.replace(settings, database_url=url), found)


def existing_database(data_dir: Path | None) -> Beside:
    """The same for a command that makes no database, told on stderr. Raises `SettingsError`, `Unavailable`."""
    found = beside(data_dir)
    settings = found.settings
    if settings.is_embedded:
        file = database_file(settings.url)
        if file.parent.is_dir():
            check_database_file(file)
        if not file.exists() or not file.stat().st_size:
            raise SettingsError(
                f"there is no database {file}: name the server's data directory by --data-dir or {PREFIX}DATA_DIR, "
                f"or its {PREFIX}DATABASE_URL; 'orchestrator migrate' makes a new one"
            )
    tell(found)
    return found


def tell(found: Beside) -> None:
    """Say on stderr which database a command works on."""
    url, server = found.settings.url, found.server
    if server is None or not server.is_running:
        runs = "no server was found to run on it"
    elif server.note.database in (url, without_password(url)):
        runs = "a server runs on it"
    else:
        runs = f"the server of {found.folder} runs on another one, {place_of(make_url(server.note.database))}"
    say(f"{place_of(make_url(url))}: {runs}", err=True)


def with_the_keys_of_secrets(found: Beside) -> Settings:
    """The settings with the keys that the server encrypts by; none are made. Raises `SettingsError`."""
    settings = found.settings
    note = None if found.server is None else found.server.note
    if settings.encryption_keys:
        newest = key_id(settings.encryption_keys[0])
        if found.server is not None and found.server.is_running and newest not in found.server.note.encryption_keys:
            raise SettingsError(
                f"the server of {found.folder} could not read what {PREFIX}ENCRYPTION_KEYS encrypts here, for it has "
                "other keys: set them as it has them, or restart it with these"
            )
        return settings
    if found.is_production:
        has_some = note is not None and note.encryption_keys
        what = "as the server has them" if has_some else "for the server and here ('openssl rand -base64 32')"
        raise SettingsError(f"no key encrypts secrets here: set {PREFIX}ENCRYPTION_KEYS {what}")
    if not (found.folder / KEY_FILE).exists():
        raise SettingsError(
            f"there is no {found.folder / KEY_FILE} to encrypt secrets by: name the server's data directory by "
            f"--data-dir or {PREFIX}DATA_DIR, start it there once, or set {PREFIX}ENCRYPTION_KEYS as it has them"
        )
    return msgspec.structs.replace(settings, environment=Environment.TEST)


def with_the_secret_of_tokens(found: Beside) -> Settings:
    """The settings with the secret that the server signs tokens by; none is made. Raises `SettingsError`."""
    settings = found.settings
    if not settings.jwt_secret:
        if found.is_production:
            return msgspec.structs.replace(settings, environment=Environment.PRODUCTION)
        file = found.folder / SECRET_FILE
        if not file.exists() and not settings.jwt_keys_file and not settings.jwt_jwks_url:
            raise SettingsError(
                f"there is no {file} to sign with: name the server's data directory by --data-dir or {PREFIX}DATA_DIR, "
                f"start it there once, or set {PREFIX}JWT_SECRET as it has it"
            )
        return settings
    signs = None if found.server is None else found.server.note.token_key
    if found.server is not None and found.server.is_running and secret_key(settings.jwt_secret).fingerprint != signs:
        raise SettingsError(
            f"the server of {found.folder} takes no token of this {PREFIX}JWT_SECRET: set it as the server has it"
        )
    return settings
