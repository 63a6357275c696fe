"""Finds ended executions whose time is over, the longest ended first, in portions that follow each other."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, and_, bindparam, func, or_, select

from engine.retention.deleting import HAVE_CHILDREN, TREES, Deletion, ended_tree_fault, held_among
from engine.retention.dependents import EXECUTIONS, IDS
from models.database.tables import ENDED

AT_ONCE = 400
"""Rows that are looked at in one read, whose answer is decoded in one go: others wait for that."""

MOMENT = EXECUTIONS.c.completed_at.type
START = ""
"""Below all ids."""

Place = tuple[datetime, str]
"""When an execution ended, and its id."""

_AFTER, _ID = bindparam("after", type_=MOMENT), bindparam("after_id", type_=EXECUTIONS.c.id.type)
ENDED_BEFORE = (
    select(EXECUTIONS.c.id, EXECUTIONS.c.completed_at, EXECUTIONS.c.workflow_id, EXECUTIONS.c.parent_id)
    .where(
        ENDED,
        EXECUTIONS.c.status == bindparam("of_status"),
        EXECUTIONS.c.completed_at >= _AFTER,
        EXECUTIONS.c.completed_at < bindparam("before", type_=MOMENT),
        or_(EXECUTIONS.c.completed_at > _AFTER, and_(EXECUTIONS.c.completed_at == _AFTER, EXECUTIONS.c.id > _ID)),
    )
    .order_by(EXECUTIONS.c.completed_at, EXECUTIONS.c.id)
    .limit(AT_ONCE)
)
COUNT_ENDED = select(EXECUTIONS.c.status, func.count().label("ended")).where(ENDED).group_by(EXECUTIONS.c.status)


class EndedExecution(msgspec.Struct, frozen=True):
    """An execution that has ended; `is_top` where none has started it, `is_alone` where it has started none."""

    id: str
    workflow_id: str
    completed_at: datetime
    is_top: bool
    is_alone: bool

    @property
    def place(self) -> Place:
        """Where it stands among those of its status."""
        return (self.completed_at, self.id)


def ended_before(connection: Connection, status: str, after: Place, before: datetime) -> list[EndedExecution]:
    """The next executions of a status after a place that ended before a moment; none where those were the last."""
    values = {"of_status": status, "after": after[0], "after_id": after[1], "before": before}
    rows = connection.execute(ENDED_BEFORE, values).all()
    tops = [row.id for row in rows if row.parent_id is None]
    parents = set(connection.execute(HAVE_CHILDREN, {IDS: tops}).scalars()) if tops else set()
    return [
        EndedExecution(row.id, row.workflow_id, row.completed_at, row.parent_id is None, row.id not in parents)
        for row in rows
    ]


def tree_standing(connection: Connection, top: str, before: datetime) -> Deletion | None:
    """Why an execution that has started others cannot go with them yet; None where all of them ended before a moment.

    One that goes on alone may end long after the one that started it.
    """
    tree = connection.execute(TREES, {IDS: [top]}).one_or_none()
    if tree is None:
        return Deletion.NOT_FOUND
    if tree.live or tree.last_end >= before:
        return Deletion.CHILD_NOT_ENDED
    return ended_tree_fault(connection, tree)


def not_held(connection: Connection, found: Sequence[EndedExecution]) -> list[EndedExecution]:
    """Those of some executions that may go, as far as this is known without a look at what they have started."""
    held = held_among(connection, [ended.id for ended in found])
    return [ended for ended in found if ended.id not in held]


def count_ended(connection: Connection) -> int:
    """How many executions are there that have ended, of all tenants."""
    return sum(row.ended for row in connection.execute(COUNT_ENDED))


def oldest_ended(
    connection: Connection, statuses: Sequence[str], after: Place, before: datetime
) -> list[EndedExecution]:
    """The next executions after a place, of all `statuses` together."""
    found = [ended for status in statuses for ended in ended_before(connection, status, after, before)]
    return sorted(found, key=lambda ended: ended.place)[:AT_ONCE]
