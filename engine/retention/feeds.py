"""Deletes the lines of activity feeds that are too old, and keeps in mind up to where their cursors have a gap."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select, tuple_

from engine.retention.deleting import ACTIVITY_FEED, KEEP_GAPS
from models.database.tables import ActivityRow, table

ACTIVITIES = table(ActivityRow)
MOMENT = ACTIVITIES.c.at.type

_FIRST = select(func.min(ACTIVITIES.c.tenant).label("tenant")).cte("tenants", recursive=True)
_OTHER = ACTIVITIES.alias("other")
_NEXT = select(func.min(_OTHER.c.tenant)).where(_OTHER.c.tenant > _FIRST.c.tenant).scalar_subquery()
_TENANTS = _FIRST.union_all(select(_NEXT).where(_FIRST.c.tenant.is_not(None)))
TENANTS = select(_TENANTS.c.tenant).where(_TENANTS.c.tenant.is_not(None))
"""All tenants that have activities, by one step of the index for each."""

OLDEST = (
    select(ACTIVITIES.c.at, ACTIVITIES.c.id, ACTIVITIES.c.change)
    .where(ACTIVITIES.c.tenant == bindparam("of_tenant"), ACTIVITIES.c.at < bindparam("before", type_=MOMENT))
    .order_by(ACTIVITIES.c.at, ACTIVITIES.c.id)
    .limit(bindparam("most"))
)
UP_TO = delete(ACTIVITIES).where(
    ACTIVITIES.c.tenant == bindparam("of_tenant"),
    tuple_(ACTIVITIES.c.at, ACTIVITIES.c.id)
    <= tuple_(bindparam("last_at", type_=MOMENT), bindparam("last_id", type_=ACTIVITIES.c.id.type)),
)


def tenants_with_activities(connection: Connection) -> list[str]:
    """Whoever has a feed."""
    return list(connection.execute(TENANTS).scalars())


def delete_activities(connection: Connection, tenant: str, before: datetime, most: int) -> int:
    """Delete a tenant's oldest activities from before a moment; return how many there were, `most` at most."""
    rows = connection.execute(OLDEST, {"of_tenant": tenant, "before": before, "most": most}).all()
    if rows:
        last = rows[-1]
        gap = {"tenant": tenant, "feed": ACTIVITY_FEED, "change": max(row.change for row in rows)}
        KEEP_GAPS.execute(connection, [gap])
        connection.execute(UP_TO, {"of_tenant": tenant, "last_at": last.at, "last_id": last.id})
    return len(rows)
