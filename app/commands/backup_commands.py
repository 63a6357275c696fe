"""The commands `orchestrator backup` and `orchestrator restore`: the embedded database as one whole file."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from app.commands.chosen_settings import chosen_settings
from app.commands.clear_errors import clear_errors
from app.commands.command_options import data_dir_option, json_option
from app.quick_imports import quick_imports
from app.settings.settings import Settings, SettingsError
from app.terminal.terminal import say, say_json

if TYPE_CHECKING:  # what copies a database is no part of the other commands' start
    from models.database.sqlite_files.backup import Contents


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@data_dir_option
def backup(file: Path, as_json: bool, data_dir: Path | None) -> None:
    """Write all that was acknowledged so far into FILE, whole and checked, beside a running server or without one.

    Keep the keys of the data directory too, but elsewhere: without encryption_key nobody reads the secrets in FILE.
    """
    with quick_imports():
        from app.commands.beside_a_server import existing_database
        from models.database.sqlite_files.backup import write_copy
        from models.database.sqlite_files.file import database_file

    with clear_errors():
        settings = _embedded(existing_database(data_dir).settings, "pg_dump")
        if file.exists():
            raise SettingsError(f"{file} exists already: name another file, or delete it")
        contents = write_copy(database_file(settings.url), file)
    if as_json:
        say_json(msgspec.json.encode({"file": str(file), **msgspec.structs.asdict(contents)}))
    else:
        say(f"{file} holds {_told(contents)}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@data_dir_option
@click.option("--replace", is_flag=True, help="Where there is a database already: put it aside, under another name.")
@click.option("--accept-loss", is_flag=True, help="Take FILE though its WAL is missing, and what was in it is gone.")
@json_option
def restore(file: Path, data_dir: Path | None, replace: bool, accept_loss: bool, as_json: bool) -> None:
    """Put the backup FILE in the place of the database, while no server runs.

    Executions go on from where they stood in FILE, so calls that were made since may be made again, with the same
    idempotency keys. A database that was separated from its WAL is moved elsewhere and restored with --accept-loss.
    """
    with quick_imports():
        from app.commands.restoring import restore_database

    with clear_errors():
        settings = _embedded(chosen_settings(data_dir=data_dir), "pg_restore")
        restored = restore_database(settings, file, datetime.now(UTC), replace=replace, accept_loss=accept_loss)
    if as_json:
        aside = None if restored.aside is None else str(restored.aside)
        told = {"database": str(restored.database), "aside": aside, **msgspec.structs.asdict(restored.contents)}
        say_json(msgspec.json.encode(told))
        return
    if restored.aside is not None:
        say(f"{restored.aside} is what was there before")
    say(f"{restored.database} holds {_told(restored.contents)}")


def _embedded(settings: Settings, instead: str) -> Settings:
    if not settings.is_embedded:
        raise SettingsError(f"the database is a PostgreSQL server's: use its own {instead}")
    return settings


def _told(contents: "Contents") -> str:
    return f"{contents.workflows} workflows and {contents.executions} executions in {contents.bytes} bytes"
