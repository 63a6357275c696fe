"""The use cases of secrets: set one, delete one, see which there are. Nobody reads a value."""

from typing import Any

from sqlalchemy import Connection

from engine.secrets.rows import COLUMNS, SECRETS, put_secret, remove_secret, secret
from models.entities.secrets import DeleteSecret, Secret, SetSecret
from models.errors import SecretNotFound
from models.words import Permission
from resolvers.access.permissions import permits
from resolvers.context import Context
from resolvers.keyset import Order, Slice, Window
from resolvers.listing import Listing

LISTING = Listing((*COLUMNS, SECRETS.c.name.label("id")), secret)


@permits(Permission.SECRET_WRITE)
async def set_secret(ctx: Context, command: SetSecret) -> Secret:
    """Keep a value, as a new secret of the tenant or in place of what the secret was. Attempts use it from now on.

    Raises `SecretsNotConfigured`.
    """
    user, services = ctx.user, ctx.services

    def write(connection: Connection) -> Secret:
        cipher, now = services.secrets.cipher, services.clock.now()
        kept = put_secret(connection, cipher, user.tenant, command.name, command.value, user.user_id, now)
        ctx.audit(connection, "set_secret", kept.name, version=kept.version)
        return kept

    return await services.database.transaction(write)


@permits(Permission.SECRET_WRITE)
async def delete_secret(ctx: Context, command: DeleteSecret) -> str:
    """Delete a secret of the tenant, and return its name; actions that use it fail from now on.

    Raises `SecretNotFound`.
    """
    tenant = ctx.user.tenant

    def write(connection: Connection) -> None:
        if not remove_secret(connection, tenant, command.name):
            raise SecretNotFound(command.name)
        ctx.audit(connection, "delete_secret", command.name)

    await ctx.services.database.transaction(write)
    return command.name


@permits(Permission.WORKFLOW_READ)
async def slice_secrets(ctx: Context, window: Window) -> Slice[Secret]:
    """A slice of the tenant's secrets by name, stable while others are set."""
    return await LISTING.slice(ctx, [SECRETS.c.tenant == ctx.user.tenant], window, _by_name)


def _by_name(connection: Connection) -> Order:
    column: Any = SECRETS.c.name
    if connection.dialect.name == "postgresql":
        column = column.collate("C")  # as SQLite compares: both databases give the same order
    return Order(column, column, name="name", descending=False, is_text=True)


@permits(Permission.WORKFLOW_READ)
async def count_secrets(ctx: Context) -> int:
    """How many secrets the tenant has."""
    return await LISTING.count(ctx, [SECRETS.c.tenant == ctx.user.tenant])
