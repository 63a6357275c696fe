"""The idempotency keys of deleted executions: forgotten once their own time is over."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from engine.retention.deleting import SPENT_KEYS

MOMENT = SPENT_KEYS.c.expires_at.type
LAST_OF_PORTION = (
    select(SPENT_KEYS.c.expires_at)
    .where(SPENT_KEYS.c.expires_at < bindparam("before", type_=MOMENT))
    .order_by(SPENT_KEYS.c.expires_at)
    .limit(bindparam("most"))
)
UP_TO = delete(SPENT_KEYS).where(SPENT_KEYS.c.expires_at <= bindparam("last", type_=MOMENT))


def forget_keys(connection: Connection, before: datetime, most: int) -> int:
    """Forget the keys that expired first, before a moment; return how many, `most` and those of the same moment."""
    moments = connection.execute(LAST_OF_PORTION, {"before": before, "most": most}).scalars().all()
    return connection.execute(UP_TO, {"last": moments[-1]}).rowcount if moments else 0
