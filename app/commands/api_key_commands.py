"""The commands `orchestrator api-key`, which work on the configured database, also beside a running server."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
import msgspec

from app.commands.clear_errors import clear_errors
from app.commands.command_options import (
    Duration,
    data_dir_option,
    json_lines_option,
    json_option,
    roles_option,
    scope_option,
    tenant_option,
)
from app.quick_imports import quick_imports
from app.terminal.terminal import say, say_json, say_table
from app.terminal.unwritten import UnwrittenAnswer
from models.commands.filters import ApiKeyFilter
from models.commands.validation import parse
from models.entities.api_keys import ApiKey, CreateApiKey, IssuedKey, RotateApiKey
from models.moments import spelled
from models.words import highest_role

if TYPE_CHECKING:  # the engine's imports are no part of the other commands' start
    from resolvers.context import Context

T = TypeVar("T")

TITLES = ("ID", "USER", "ROLE", "EXPIRES", "LAST USED", "REVOKED", "NAME")


@click.group("api-key")
def api_key() -> None:
    """Make, list, rotate and revoke the API keys of a tenant."""


@api_key.command()
@click.option("--user", required=True, help="The user that the key stands for, such as a service.")
@tenant_option
@roles_option
@scope_option
@click.option("--name", default="made by the operator", show_default=True, help="What the key is for.")
@click.option("--expires", type=Duration(), help="For how long it is good, such as 90d; default: until it is revoked.")
@json_option
@data_dir_option
def create(
    user: str,
    tenant: str,
    roles: Sequence[str],
    scope: Sequence[str],
    name: str,
    expires: timedelta | None,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Make a key and print it, this once."""

    async def work(ctx: "Context") -> IssuedKey:
        from resolvers.access.api_keys import create_api_key

        expires_at = None if expires is None else ctx.services.clock.now() + expires
        asked = {
            "name": name,
            "user_id": user,
            "role": highest_role(roles),
            "scope": list(scope) or None,
            "expires_at": expires_at,
        }
        return await create_api_key(ctx, parse(CreateApiKey, asked, ()))

    _show(_done(work, tenant, data_dir), as_json=as_json)


@api_key.command("list")
@tenant_option
@click.option("--user", "users", multiple=True, help="Only those of this user; repeatable.")
@click.option("--all", "include_revoked", is_flag=True, help="Those that were revoked as well.")
@json_lines_option
@data_dir_option
def list_(tenant: str, users: Sequence[str], include_revoked: bool, as_json: bool, data_dir: Path | None) -> None:
    """List the keys, newest first. The keys themselves are not kept, so they are not shown."""

    async def work(ctx: "Context") -> list[ApiKey]:
        from app.commands.operator import all_api_keys

        asked = {"user_id": list(users), "include_revoked": include_revoked}
        return await all_api_keys(ctx, parse(ApiKeyFilter, asked, ()))

    keys = _done(work, tenant, data_dir)
    if as_json:
        for key in keys:
            say_json(msgspec.json.encode(key))
        return
    say_table([TITLES, *map(_line, keys)])


@api_key.command()
@click.argument("key_id", metavar="ID")
@tenant_option
@click.option("--grace", type=Duration(), default="0s", help="For so long the former key stays good; at most 7d.")
@json_option
@data_dir_option
def rotate(key_id: str, tenant: str, grace: timedelta, as_json: bool, data_dir: Path | None) -> None:
    """Replace a key by a new one with the same id and rights, and print that."""

    async def work(ctx: "Context") -> IssuedKey:
        from resolvers.access.api_keys import rotate_api_key

        command = parse(RotateApiKey, {"grace_seconds": int(grace.total_seconds())}, ())
        return await rotate_api_key(ctx, key_id, command)

    _show(_done(work, tenant, data_dir), as_json=as_json)


@api_key.command()
@click.argument("key_id", metavar="ID")
@tenant_option
@json_option
@data_dir_option
def revoke(key_id: str, tenant: str, as_json: bool, data_dir: Path | None) -> None:
    """Make a key worthless at once. What it opened on a running server is closed within half a minute."""

    async def work(ctx: "Context") -> ApiKey:
        from resolvers.access.api_keys import revoke_api_key

        return await revoke_api_key(ctx, key_id)

    revoked = _done(work, tenant, data_dir)
    if as_json:
        say_json(msgspec.json.encode(revoked))
    else:
        say(f"{revoked.id} of {revoked.user_id} is revoked", err=True)


def _done(work: Callable[["Context"], Awaitable[T]], tenant: str, data_dir: Path | None) -> T:
    with clear_errors():
        with quick_imports():
            from app.commands.beside_a_server import existing_database
            from app.commands.operator import as_operator

        return as_operator(existing_database(data_dir).settings, tenant, work)


def _show(issued: IssuedKey, *, as_json: bool) -> None:
    """The key alone goes to stdout, so that it can be put where it belongs without being seen."""
    key = issued.api_key
    try:
        if as_json:
            say_json(msgspec.json.encode(issued))
            return
        say(f"{key.id} of {key.user_id}, {key.role}: the key is shown this once, and kept nowhere", err=True)
        say(issued.key)
    except (UnwrittenAnswer, BrokenPipeError) as error:
        reason = error.reason if isinstance(error, UnwrittenAnswer) else error.strerror
        told = f"the key {key.id} is made and could not be shown: revoke it ('orchestrator api-key revoke {key.id}')"
        raise UnwrittenAnswer(str(reason), told) from None


def _line(key: ApiKey) -> tuple[str, ...]:
    moments = (key.expires_at, key.last_used_at, key.revoked_at)
    told = ("-" if at is None else spelled(at.replace(microsecond=0)) for at in moments)
    return (key.id, key.user_id, key.role, *told, key.name)
