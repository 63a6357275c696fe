"""The options that several commands share."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from models.tenants import DEFAULT_TENANT, TENANT
from models.words import Permission, Role

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
SETTINGS_FILE = f"{__name__}.settings_file"
"""Where the context of a command keeps what `--settings` names."""

Command = Callable[..., Any]

DURATION = re.compile(r"([0-9]{1,6})([smhd])")

ROLES = click.Choice([role.value for role in Role])
PERMISSIONS = click.Choice([permission.value for permission in Permission])


class Duration(click.ParamType[timedelta]):
    """A length of time such as `90d`, `12h`, `30m` or `45s`."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read it."""
        found = DURATION.fullmatch(value)
        if found is None:
            self.fail(f"{value!r} is no duration such as 90d, 12h, 30m or 45s", param, ctx)
        return timedelta(**{UNITS[found.group(2)]: int(found.group(1))})


class Directory(click.Path):
    """A directory that is named: an empty word is a variable that was not set, and not where somebody stands."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, file_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read it."""
        if not str(value).strip():
            self.fail("it must not be empty", param, ctx)
        return super().convert(value, param, ctx)


def read_with(read: Callable[[str], Any]) -> Callable[[click.Context, click.Parameter, str | None], Any]:
    """A callback of an option that reads it as its setting is read."""

    def callback(ctx: click.Context, param: click.Parameter, value: str | None) -> Any:
        try:
            return None if value is None else read(value)
        except ValueError as error:
            raise click.BadParameter(str(error), ctx, param) from None

    return callback


def _tenant(ctx: click.Context, param: click.Parameter, value: str) -> str:
    if not TENANT.fullmatch(value):
        raise click.BadParameter("a tenant is a plain word of at most 100 characters", ctx, param)
    return value


def _keep_settings_file(ctx: click.Context, _param: click.Parameter, value: Path | None) -> None:
    ctx.meta[SETTINGS_FILE] = value


def data_dir_option(command: Command) -> Command:
    """Where a command finds its data, and beside the environment its settings: see `chosen_settings`."""
    for option in (_settings_file_option, _data_dir_option):
        command = option(command)
    return command


_data_dir_option = click.option("--data-dir", type=Directory(), help="Where the data lives (default .orchestrator).")
_settings_file_option = click.option(
    "--settings",
    type=click.Path(path_type=Path, dir_okay=False),
    expose_value=False,
    callback=_keep_settings_file,
    help="A TOML file of settings (default orchestrator.toml, where there is one).",
)
json_lines_option = click.option("--json", "as_json", is_flag=True, help="Print each as a line of JSON.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print it as JSON, and nothing else on stdout.")
tenant_option = click.option(
    "--tenant", default=DEFAULT_TENANT, show_default=True, callback=_tenant, help="The tenant: a plain word."
)
roles_option = click.option(
    "--role", "roles", type=ROLES, multiple=True, help="What it may do; of several the highest. Default: viewer."
)
scope_option = click.option("--scope", type=PERMISSIONS, multiple=True, help="Only this of it; repeatable.")
