"""The use cases of saved views of executions: one's own, and those that operators and admins keep for the tenant."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from models.database.bulk import INSERTS
from models.database.counted import take_turn
from models.database.finding_tables import SavedViewRow
from models.database.tables import table
from models.entities.saved_views import (
    MAX_VIEWS,
    DeleteView,
    RenameView,
    SavedView,
    SavedViewNameTaken,
    SavedViewNotFound,
    SaveView,
    TooManySavedViews,
)
from models.ids import SAVED_VIEW_PREFIX
from models.words import Permission
from resolvers.access.permissions import permits, require_overseer
from resolvers.context import Context

VIEWS = table(SavedViewRow)
SHARED = ""
"""Whose the views of the tenant are."""


@permits(Permission.EXECUTION_READ)
async def list_views(ctx: Context) -> list[SavedView]:
    """The views of the tenant, then the caller's own; each by name."""
    seen = select(VIEWS).where(*_seen(ctx))
    views = await ctx.read(lambda connection: [_view(row) for row in connection.execute(seen)])
    return sorted(views, key=lambda view: (not view.is_shared, view.name.casefold(), view.name))


@permits(Permission.EXECUTION_READ)
async def save_view(ctx: Context, command: SaveView) -> SavedView:
    """Keep filters under a name, in place of those that it had. Raises `PermissionDenied`, `TooManySavedViews`."""
    user, services = ctx.user, ctx.services
    if command.is_shared:
        require_overseer(user)
    owner, now = SHARED if command.is_shared else user.user_id, services.clock.now()
    fresh = {
        "id": services.new_id(SAVED_VIEW_PREFIX),
        "tenant": user.tenant,
        "owner": owner,
        "name": command.name,
        "created_by": user.user_id,
        "created_at": now,
    }
    after = {"filters": command.filters, "updated_by": user.user_id, "updated_at": now}

    def write(connection: Connection) -> SavedView:
        take_turn(connection, VIEWS.name, user.tenant, owner)
        insert = INSERTS[connection.dialect.name](VIEWS).values(fresh | after)
        row = connection.execute(
            insert.on_conflict_do_update(index_elements=["tenant", "owner", "name"], set_=after).returning(VIEWS)
        ).one()
        count = select(func.count()).where(VIEWS.c.tenant == user.tenant, VIEWS.c.owner == owner)
        if connection.execute(count).scalar_one() > MAX_VIEWS:
            raise TooManySavedViews(is_shared=command.is_shared)
        ctx.audit(connection, "save_view", row.id, name=row.name, is_shared=command.is_shared)
        return _view(row)

    return await services.database.transaction(write)


@permits(Permission.EXECUTION_READ)
async def rename_view(ctx: Context, command: RenameView) -> SavedView:
    """Call a view by another name. Raises `SavedViewNotFound`, `PermissionDenied`, `SavedViewNameTaken`."""
    changes = {"name": command.name, "updated_by": ctx.user.user_id, "updated_at": ctx.services.clock.now()}

    def write(connection: Connection) -> SavedView:
        before = _to_change(ctx, connection, command.id)
        change = update(VIEWS).where(VIEWS.c.id == before.id).values(changes).returning(VIEWS)
        with _refused_if_taken(command.name):
            after = _view(connection.execute(change).one())
        ctx.audit(connection, "rename_view", after.id, before=before.name, after=after.name)
        return after

    return await ctx.services.database.transaction(write)


@permits(Permission.EXECUTION_READ)
async def delete_view(ctx: Context, command: DeleteView) -> str:
    """Forget a view, and return its id. Raises `SavedViewNotFound`, `PermissionDenied`."""

    def write(connection: Connection) -> None:
        view = _to_change(ctx, connection, command.id)
        connection.execute(delete(VIEWS).where(VIEWS.c.id == view.id))
        ctx.audit(connection, "delete_view", view.id, name=view.name)

    await ctx.services.database.transaction(write)
    return command.id


def _seen(ctx: Context) -> tuple[Any, ...]:
    return VIEWS.c.tenant == ctx.user.tenant, or_(VIEWS.c.owner == SHARED, VIEWS.c.owner == ctx.user.user_id)


def _to_change(ctx: Context, connection: Connection, view_id: str) -> SavedView:
    held = select(VIEWS).where(VIEWS.c.id == view_id, *_seen(ctx)).with_for_update()
    row = connection.execute(held).one_or_none()
    if row is None:
        raise SavedViewNotFound(view_id)
    view = _view(row)
    if view.is_shared:
        require_overseer(ctx.user)
    return view


@contextmanager
def _refused_if_taken(name: str) -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise SavedViewNameTaken(name) from None


def _view(row: Any) -> SavedView:
    told = {name: row._mapping[name] for name in SavedView.__struct_fields__ if name != "is_shared"}
    return SavedView(**told, is_shared=row.owner == SHARED)
