"""Does what an operator asks for on the configured database, beside a server or without one."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from app.composition import services_at_rest
from app.data_directory import own_data_directory
from app.settings.settings import Settings
from models.commands.filters import ApiKeyFilter
from models.database.connect import require_tables
from models.entities.api_keys import ApiKey
from models.entities.secrets import Secret
from models.migrations.upgrade import HEAD
from models.words import CredentialKind, Role
from resolvers.access.api_keys import slice_api_keys
from resolvers.access.secrets import slice_secrets
from resolvers.context import Context, Viewer
from resolvers.keyset import Slice, Window

T = TypeVar("T")

OPERATOR = "operator"
"""Whom the audit log names: whoever can open the database needs no other credential."""

PAGE_SIZE = 100


def as_operator(settings: Settings, tenant: str, work: Callable[[Context], Awaitable[T]]) -> T:
    """What `work` gives for an admin of the tenant, on a database that is there.

    Raises what it raises, and `Unavailable`.
    """

    async def run() -> T:
        await require_tables(settings.url)
        async with services_at_rest(settings) as services:
            viewer = Viewer(OPERATOR, tenant, Role.ADMIN, credential=CredentialKind.SYSTEM)
            return await work(Context(viewer, services))

    return asyncio.run(run())


async def migrate_database(settings: Settings) -> str:
    """Bring the database to the newest schema, start nothing, and return its number.

    Raises `Unavailable`, `SettingsError`.
    """
    with own_data_directory(settings):
        async with services_at_rest(settings):
            return HEAD


async def all_api_keys(ctx: Context, command: ApiKeyFilter) -> list[ApiKey]:
    """Every API key that a filter finds, newest first."""
    return await _all(lambda window: slice_api_keys(ctx, command, window))


async def all_secrets(ctx: Context) -> list[Secret]:
    """Every secret of the tenant, by name."""
    return await _all(lambda window: slice_secrets(ctx, window))


async def _all(read: Callable[[Window], Awaitable[Slice[T]]]) -> list[T]:
    """The items of a list, read page by page."""
    found: list[T] = []
    window = Window(first=PAGE_SIZE)
    while True:
        page = await read(window)
        found += [edge.node for edge in page.edges]
        if not page.has_next:
            return found
        window = Window(first=PAGE_SIZE, after=page.edges[-1].cursor)
