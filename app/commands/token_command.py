"""The command `orchestrator token`: a bearer token, signed with the secret of the settings."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import click
import msgspec

from app.commands.clear_errors import clear_errors
from app.commands.command_options import (
    Duration,
    data_dir_option,
    json_option,
    roles_option,
    scope_option,
    tenant_option,
)
from app.terminal.terminal import say, say_json
from models.words import Role


@click.command()
@click.option("--user", default="operator", show_default=True, help="The user that the token stands for.")
@tenant_option
@roles_option
@scope_option
@click.option("--expires", type=Duration(), default="1h", show_default=True, help="For how long it is good.")
@json_option
@data_dir_option
def token(
    user: str,
    tenant: str,
    roles: Sequence[str],
    scope: Sequence[str],
    expires: timedelta,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Print a bearer token for the server of these settings.

    It is signed with ORCHESTRATOR_JWT_SECRET; in the test environment without one, with the secret that is kept in
    the data directory.
    """
    from app.commands.beside_a_server import server_beside, with_the_secret_of_tokens
    from app.credentials.signing import signed_token
    from engine.core.clock import WallClock

    with clear_errors():
        settings = with_the_secret_of_tokens(server_beside(data_dir))
        signed = signed_token(
            settings,
            user_id=user,
            tenant=tenant,
            roles=roles or [Role.VIEWER.value],
            scope=scope,
            now=WallClock().now(),
            life=expires,
        )
    if as_json:
        say_json(msgspec.json.encode({"token": signed}))
    else:
        say(signed)
