"""The command `orchestrator retention`: what has been kept for long enough and would be deleted."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from app.commands.clear_errors import clear_errors
from app.commands.command_options import data_dir_option, json_option
from app.quick_imports import quick_imports
from app.terminal.terminal import say, say_json

if TYPE_CHECKING:  # a database's imports are no part of the other commands' start
    from models.entities.retention import RetentionPreview
    from resolvers.context import Context


@click.command()
@click.option("--tenant", help="Only this tenant's; default: all.")
@json_option
@data_dir_option
def retention(tenant: str | None, as_json: bool, data_dir: Path | None) -> None:
    """Say what would be deleted now, by the settings and what workflows say; delete nothing.

    A server that runs deletes by itself what is over.
    """
    with quick_imports():
        from app.commands.beside_a_server import existing_database
        from app.commands.operator import as_operator
        from engine.retention.preview import preview
        from models.tenants import DEFAULT_TENANT

    async def look(ctx: "Context") -> "RetentionPreview":
        services = ctx.services
        settings, now = services.retention.settings, services.clock.now()
        return await services.database.read(partial(preview, settings=settings, now=now, tenant=tenant))

    with clear_errors():
        told = as_operator(existing_database(data_dir).settings, tenant or DEFAULT_TENANT, look)
    if as_json:
        say_json(msgspec.json.encode(told))
        return
    for found in told.executions:
        since = "" if found.oldest is None else f", the first of which ended on {found.oldest:%Y-%m-%d}"
        held = f"; {found.held} are held for now" if found.held else ""
        say(f"{found.count} executions {found.status.value}{since}{held}")
    if told.beyond_cap:
        say(f"{told.beyond_cap} executions are more than are kept at most")
    for rows in told.rows:
        say(f"{rows.count} rows of {rows.table}")
