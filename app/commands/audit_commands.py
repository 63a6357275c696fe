"""The commands `orchestrator audit`: export the audit log, and check that nobody has changed it."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from app.commands.clear_errors import clear_errors
from app.commands.command_options import data_dir_option
from app.quick_imports import quick_imports
from app.terminal.terminal import say, say_json

if TYPE_CHECKING:  # a database's imports are no part of the other commands' start
    from sqlalchemy import Connection

    from engine.audit.check import Beginnings, ChainCheck
    from models.database.database import Database
    from models.entities.audit import AuditEntry

BROKEN = 1

tenant_option = click.option("--tenant", help="Only this tenant's; default: all.")


@click.group()
def audit() -> None:
    """Export and check the audit log of the configured database."""


@audit.command()
@tenant_option
@data_dir_option
def export(tenant: str | None, data_dir: Path | None) -> None:
    """Print every entry as a line of JSON, chain by chain, oldest first."""

    async def print_all(database: "Database") -> None:
        async for entry in _entries(database, tenant):
            say_json(msgspec.json.encode(entry))

    _with_database(data_dir, print_all)


@audit.command()
@tenant_option
@click.option(
    "--json", "as_json", is_flag=True, help="Print `{entries, deleted, faults}` as a line of JSON, and nothing else."
)
@data_dir_option
def verify(tenant: str | None, as_json: bool, data_dir: Path | None) -> None:
    """Check the chain of hashes. Exits with 1 where an entry was changed or is missing."""
    from engine.audit.check import ChainCheck

    check = ChainCheck()
    found: list[str] = []

    async def check_all(database: "Database") -> None:
        async for entry in _entries(database, tenant, check):
            found.extend(check.faults(entry))
        found.extend(await database.read(lambda connection: list(check.faults_at_the_end(connection, tenant))))

    _with_database(data_dir, check_all)
    if as_json:
        say_json(msgspec.json.encode({"entries": check.count, "deleted": check.deleted, "faults": found}))
    else:
        for fault in found:
            say(fault, err=True)
    if found:
        sys.exit(BROKEN)
    if not as_json:
        before = f"; {check.deleted} before them were deleted, as their time was over" if check.deleted else ""
        say(f"{check.count} entries, none changed, none missing{before}")


async def _entries(
    database: "Database", tenant: str | None, check: "ChainCheck | None" = None
) -> AsyncIterator["AuditEntry"]:
    from engine.audit.check import START, beginnings, next_entries, place_of

    def read(connection: "Connection") -> "tuple[list[AuditEntry], Beginnings]":
        return next_entries(connection, place, tenant), beginnings(connection, tenant)

    place = START
    while True:
        entries, begun = await database.read(read)
        if check is not None:
            check.beginnings = begun
        if not entries:
            return
        for entry in entries:
            yield entry
        place = place_of(entries[-1])


def _with_database(data_dir: Path | None, work: Callable[["Database"], Awaitable[None]]) -> None:
    async def run(url: str) -> None:
        await require_tables(url)
        database = await connect(url)
        try:
            await work(database)
        finally:
            await database.close()

    with clear_errors():
        with quick_imports():
            from app.commands.beside_a_server import existing_database
            from models.database.connect import connect, require_tables

        asyncio.run(run(existing_database(data_dir).settings.url))
