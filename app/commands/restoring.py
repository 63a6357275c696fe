"""Puts a backup in the place of the embedded database, and says so in the audit log of every tenant."""

import asyncio
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec
from sqlalchemy import Connection, select

from app.commands.operator import OPERATOR
from app.data_directory import held_database
from app.settings.settings import Settings, SettingsError
from engine.audit.rows import CHAINS, append_audit
from models.database.connect import connect
from models.database.sqlite_files.backup import Contents, write_copy
from models.database.sqlite_files.file import MAGIC, database_file, files_of, has_wal
from models.entities.audit import AuditNote
from models.errors import Unavailable
from models.tenants import DEFAULT_TENANT
from models.words import AuditOutcome, CredentialKind


class Restored(msgspec.Struct, frozen=True):
    """Where a backup was put, what it holds, and where what was there before is now."""

    database: Path
    contents: Contents
    aside: Path | None


def restore_database(settings: Settings, file: Path, now: datetime, *, replace: bool, accept_loss: bool) -> Restored:
    """Restore `file`.

    Raises `SettingsError` where a server runs or a database is there, `Unavailable` for a file that is no backup.
    """
    database = database_file(settings.url)
    _check_backup(file)
    with held_database(settings):
        is_there = has_wal(database) or database.stat().st_size > 0
        if is_there and not replace:
            raise SettingsError(f"{database} is there already: with --replace it is put aside")
        arrived = database.with_name(f"{database.name}.restored")
        contents = write_copy(file, arrived, of_partial=accept_loss)
        aside = database.with_name(f"{database.name}.replaced-{now:%Y%m%dT%H%M%S%fZ}")
        if is_there:  # and keeps its name until the new one has it: nothing starts empty, whenever this is killed
            aside.hardlink_to(database)
        for log, put_aside in zip(files_of(database)[1:], files_of(aside)[1:], strict=True):
            if is_there and log.exists():
                log.rename(put_aside)
            log.unlink(missing_ok=True)  # a new file must not find the log of another one
        arrived.rename(database)
        asyncio.run(_note(settings, file, now, accept_loss=accept_loss))
    return Restored(database, contents, aside if is_there else None)


def _check_backup(file: Path) -> None:
    """Refuse what is no backup before anything is made for it. Raises `SettingsError`, `Unavailable`."""
    try:
        with file.open("rb") as opened:
            is_database = opened.read(len(MAGIC)) == MAGIC
    except FileNotFoundError:
        raise SettingsError(f"the backup {file} does not exist") from None
    except OSError as error:
        raise SettingsError(f"the backup {file} cannot be read: {error.strerror}") from None
    if not is_database:
        raise Unavailable(f"the backup {file} is no SQLite database: name a file that 'orchestrator backup' wrote")


async def _note(settings: Settings, file: Path, now: datetime, *, accept_loss: bool) -> None:
    """What comes after the last entry of each chain is missing in a way that nobody can hide."""
    database = await connect(settings.url)
    try:
        details = {"backup": file.name, "accepted_loss": accept_loss}
        await database.transaction(partial(_append, now=now, details=details))
    finally:
        await database.close()


def _append(connection: Connection, now: datetime, details: dict[str, object]) -> None:
    tenants = {DEFAULT_TENANT, *connection.execute(select(CHAINS.c.tenant)).scalars()}
    notes = [
        AuditNote(
            tenant=tenant,
            at=now,
            actor=OPERATOR,
            credential=CredentialKind.SYSTEM.value,
            action="restore_database",
            target=None,
            outcome=AuditOutcome.SUCCEEDED,
            request_id=None,
            address=None,
            details=details,
        )
        for tenant in sorted(tenants)
    ]
    append_audit(connection, notes, shard=0)
