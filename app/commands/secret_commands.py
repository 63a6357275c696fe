"""The commands `orchestrator secret`: set, list and delete secrets, and encrypt them anew by a new key."""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
import msgspec

from app.commands.clear_errors import clear_errors
from app.commands.command_options import data_dir_option, json_lines_option, json_option, tenant_option
from app.quick_imports import quick_imports
from app.terminal.terminal import say, say_json, say_table
from models.commands.validation import parse
from models.entities.secrets import MAX_BYTES, DeleteSecret, Secret, SetSecret
from models.moments import spelled
from models.tenants import DEFAULT_TENANT

if TYPE_CHECKING:  # the engine's imports are no part of the other commands' start
    from app.commands.key_rotation import Rotated
    from resolvers.context import Context

T = TypeVar("T")

UNREADABLE = 1
TITLES = ("NAME", "VERSION", "UPDATED", "BY")


@click.group()
def secret() -> None:
    """Set, list and delete the secrets of a tenant, and rotate the keys that encrypt those of all."""


@secret.command("set")
@click.argument("name")
@tenant_option
@json_option
@data_dir_option
def set_(name: str, tenant: str, as_json: bool, data_dir: Path | None) -> None:
    """Set a secret to what stdin holds; a line break at its end is left out."""
    value = _read_value()

    async def work(ctx: "Context") -> Secret:
        from resolvers.access.secrets import set_secret

        return await set_secret(ctx, parse(SetSecret, {"name": name, "value": value}, ()))

    kept = _done(work, tenant, data_dir, encrypts=True)
    _say(f"{kept.name} is set, version {kept.version}", kept, as_json=as_json)


@secret.command("list")
@tenant_option
@json_lines_option
@data_dir_option
def list_(tenant: str, as_json: bool, data_dir: Path | None) -> None:
    """List the secrets, without their values, by name."""

    async def work(ctx: "Context") -> list[Secret]:
        from app.commands.operator import all_secrets

        return await all_secrets(ctx)

    found = _done(work, tenant, data_dir)
    if as_json:
        for kept in found:
            say_json(msgspec.json.encode(kept))
        return
    say_table([TITLES, *map(_line, found)])


@secret.command()
@click.argument("name")
@tenant_option
@json_option
@data_dir_option
def delete(name: str, tenant: str, as_json: bool, data_dir: Path | None) -> None:
    """Delete a secret; actions that use it fail from now on."""

    async def work(ctx: "Context") -> str:
        from resolvers.access.secrets import delete_secret

        return await delete_secret(ctx, parse(DeleteSecret, {"name": name}, ()))

    deleted = _done(work, tenant, data_dir)
    _say(f"{deleted} is deleted", {"name": deleted}, as_json=as_json)


@secret.command()
@json_option
@data_dir_option
def rotate_keys(as_json: bool, data_dir: Path | None) -> None:
    """Encrypt every secret anew by the first key of ORCHESTRATOR_ENCRYPTION_KEYS; servers may run meanwhile.

    Put the new key first, restart the servers, run this, and then take the old key away. Exits with 1 where a secret
    cannot be read.
    """

    async def work(ctx: "Context") -> "Rotated":
        from app.commands.key_rotation import rotate_keys

        return await rotate_keys(ctx)

    done = _done(work, DEFAULT_TENANT, data_dir, encrypts=True)
    _say(f"{len(done.renewed)} secrets are encrypted anew by key {done.key_id}", done, as_json=as_json)
    for place, reason in done.unreadable:
        say(f"secret '{place.name}' of tenant '{place.tenant}' cannot be read: {reason}", err=True)
    if done.unreadable:
        sys.exit(UNREADABLE)


def _done(
    work: Callable[["Context"], Awaitable[T]], tenant: str, data_dir: Path | None, *, encrypts: bool = False
) -> T:
    with clear_errors():
        with quick_imports():
            from app.commands.beside_a_server import existing_database, with_the_keys_of_secrets
            from app.commands.operator import as_operator

        found = existing_database(data_dir)
        return as_operator(with_the_keys_of_secrets(found) if encrypts else found.settings, tenant, work)


def _say(line: str, value: object, *, as_json: bool) -> None:
    if as_json:
        say_json(msgspec.json.encode(value))
    else:
        say(line)


def _line(kept: Secret) -> tuple[str, ...]:
    return (kept.name, str(kept.version), spelled(kept.updated_at.replace(microsecond=0)), kept.updated_by)


def _read_value() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Value", hide_input=True, confirmation_prompt=True))
    try:
        most = MAX_BYTES + len("\r\n")
        read = sys.stdin.buffer.read(most + 1)
        if len(read) > most:
            raise click.BadParameter(f"stdin holds more than {MAX_BYTES:,} bytes, which no secret has")
        text = read.decode()
    except UnicodeDecodeError:
        raise click.BadParameter("stdin must be text in UTF-8: encode what is none, for example as base64") from None
    return text.removesuffix("\n").removesuffix("\r")
