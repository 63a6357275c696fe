"""The use cases of the activity feed: the newest lines, keyset slices, counts (decision X8)."""

from typing import Any

from sqlalchemy import Row, func, select

from models.activities import Activity
from models.commands import ActivityFilter, ListActivities
from models.words import ActivityType
from resolvers.context import Context
from resolvers.keyset import Slice, Window, read_slice
from resolvers.workflow_rows import ACTIVITIES

COLUMNS = (
    ACTIVITIES.c.id,
    ACTIVITIES.c.type,
    ACTIVITIES.c.at.label("created_at"),  # the name by which slices are cut
    ACTIVITIES.c.user_id,
    ACTIVITIES.c.details,
)


async def list_activities(ctx: Context, command: ListActivities) -> list[Activity]:
    """The tenant's newest activities, or with `order` asc the oldest, after `since`; at most `limit`."""
    key = (ACTIVITIES.c.at, ACTIVITIES.c.id)
    order = [column.asc() if command.order == "asc" else column.desc() for column in key]
    statement = select(*COLUMNS).where(*_filters(ctx.user.tenant, command)).order_by(*order).limit(command.limit)
    return await ctx.services.database.read(
        lambda connection: [_activity(row) for row in connection.execute(statement)]
    )


async def slice_activities(ctx: Context, command: ActivityFilter, window: Window) -> Slice[Activity]:
    """A slice of the tenant's activities, newest first, stable while others are added."""
    statement = select(*COLUMNS).where(*_filters(ctx.user.tenant, command))
    return await ctx.services.database.read(
        lambda connection: read_slice(connection, statement, ACTIVITIES.c.at, ACTIVITIES.c.id, window, _activity)
    )


async def count_activities(ctx: Context, command: ActivityFilter) -> int:
    """How many activities a filter finds."""
    statement = select(func.count()).select_from(ACTIVITIES).where(*_filters(ctx.user.tenant, command))
    return await ctx.services.database.read(lambda connection: connection.execute(statement).scalar_one())


def _filters(tenant: str, command: ActivityFilter) -> list[Any]:
    where: list[Any] = [ACTIVITIES.c.tenant == tenant]
    if command.since is not None:
        where.append(ACTIVITIES.c.at > command.since)
    if command.type is not None:
        where.append(ACTIVITIES.c.type == command.type.value)
    return where


def _activity(row: Row[*tuple[Any, ...]]) -> Activity:
    return Activity(row.id, ActivityType(row.type), row.created_at, row.user_id, row.details)
