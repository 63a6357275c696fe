"""The use cases of the activity feed: the newest lines, keyset slices, counts (decision X8)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from models.commands.filters import ActivityFilter
from models.commands.workflows import ListActivities
from models.entities.activities import Activity
from models.ids import ACTIVITY_PREFIX
from models.words import ActivityType, Permission
from resolvers.access.permissions import permits
from resolvers.context import Context
from resolvers.keyset import Order, Slice, Window
from resolvers.listing import Listing
from resolvers.ranges import within
from resolvers.workflows.rows import ACTIVITIES

COLUMNS = (
    ACTIVITIES.c.id,
    ACTIVITIES.c.type,
    ACTIVITIES.c.at.label("created_at"),  # the name by which slices are cut
    ACTIVITIES.c.user_id,
    ACTIVITIES.c.details,
)
NEWEST = Order(ACTIVITIES.c.at, ACTIVITIES.c.id, prefix=ACTIVITY_PREFIX)


def activity(row: Row[*tuple[Any, ...]]) -> Activity:
    """The entity of a row of `COLUMNS`."""
    return Activity(row.id, ActivityType(row.type), row.created_at, row.user_id, row.details)


LISTING = Listing(COLUMNS, activity)


@permits(Permission.WORKFLOW_READ)
async def list_activities(ctx: Context, command: ListActivities) -> list[Activity]:
    """The tenant's newest activities, or with `order` asc the oldest, after `since`; at most `limit`."""
    key = (ACTIVITIES.c.at, ACTIVITIES.c.id)
    order = [column.asc() if command.order == "asc" else column.desc() for column in key]
    filter_ = ActivityFilter(since=command.since, type=[command.type] if command.type else [])
    statement = select(*COLUMNS).where(*filters(ctx.user.tenant, filter_)).order_by(*order).limit(command.limit)
    return await ctx.read(lambda connection: [activity(row) for row in connection.execute(statement)])


@permits(Permission.WORKFLOW_READ)
async def slice_activities(ctx: Context, command: ActivityFilter, window: Window) -> Slice[Activity]:
    """A slice of the tenant's activities, newest first, stable while others are added."""
    return await LISTING.slice(ctx, filters(ctx.user.tenant, command), window, NEWEST)


@permits(Permission.WORKFLOW_READ)
async def count_activities(ctx: Context, command: ActivityFilter) -> int:
    """How many activities a filter finds."""
    return await LISTING.count(ctx, filters(ctx.user.tenant, command))


@permits(Permission.WORKFLOW_READ)
async def activities_by_id(ctx: Context, ids: Sequence[str]) -> dict[str, Activity]:
    """The tenant's activities among `ids`."""
    return await LISTING.by_id(ctx, ids, [ACTIVITIES.c.tenant == ctx.user.tenant])


def filters(tenant: str, command: ActivityFilter) -> list[Any]:
    """The conditions of a filter within a tenant."""
    where: list[Any] = [ACTIVITIES.c.tenant == tenant, *within(ACTIVITIES.c.at, command.at)]
    if command.since is not None:
        where.append(ACTIVITIES.c.at > command.since)
    if command.type:
        where.append(ACTIVITIES.c.type.in_([kind.value for kind in command.type]))
    if command.user_id:
        where.append(ACTIVITIES.c.user_id.in_(command.user_id))
    return where
