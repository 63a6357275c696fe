"""The queue of executions that want a node: a moment in the row of each, written with what makes it so.

`put` and whoever writes an entry give a place in it, `take` takes it away. Nothing is decoded here, so that one that
nobody can read harms no other.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Integer,
    Select,
    TextClause,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate, Update

from engine.journal.lives import MAX_LIVES, SUSPECT_LIVES
from models.database.one_of import one_of, word_list
from models.database.tables import GOES_ON, LAPSING, RUNNABLE, ExecutionRow, NodeRow, table
from models.words import ExecutionStatus

EXECUTIONS = table(ExecutionRow)
NODES = table(NodeRow)
MOMENT = EXECUTIONS.c.runnable_at.type

LAPSED_AT_ONCE = 50
"""To end what was queued for too long takes no room, so that many are taken even where there is none."""

IN_NO_HAND = EXECUTIONS.c.node_id.is_(None)
NOW = bindparam("now", type_=MOMENT)
ROOM = bindparam("room", type_=Integer)
NODE = bindparam("node", type_=NODES.c.id.type)
PROCESS = bindparam("process", type_=EXECUTIONS.c.taken_by.type)


def _put(at: ColumnElement[Any]) -> Update:
    is_later = or_(EXECUTIONS.c.runnable_at.is_(None), EXECUTIONS.c.runnable_at > at)
    waiting = update(EXECUTIONS).where(one_of(EXECUTIONS.c.id, word_list("waiting")), GOES_ON, IN_NO_HAND, is_later)
    return waiting.values(runnable_at=at)


PUT = _put(EXECUTIONS.c.created_at)
PUT_AT = _put(NOW)


class Taker(msgspec.Struct, frozen=True):
    """The node that takes executions, and the `process` that it is: see `lives`."""

    node_id: str
    process: str


class Taken(msgspec.Struct, frozen=True):
    """Executions that a node now has in hand, what has begun before what is new, and each the longest waiting first.

    The lives of those that are `counted` are; a suspect is `(lives, execution_id)`.
    """

    counted: Sequence[str]
    suspects: Sequence[tuple[int, str]]

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.counted) + len(self.suspects)


def put(connection: Connection, execution_ids: Sequence[str], moment: datetime | None = None) -> None:
    """Have nodes take executions from `moment` on, or since they were accepted; what is in hand or has ended is not
    touched, nor what is paused, nor what may be taken earlier.
    """
    if not execution_ids:
        return
    waiting = {"waiting": list(execution_ids)}
    if moment is None:
        connection.execute(PUT, waiting)
    else:
        connection.execute(PUT_AT, {**waiting, "now": moment})


def take(connection: Connection, taker: Taker, now: datetime, room: int) -> Taken:
    """Take up to `room` executions in hand that may be taken by `now`, and what was queued for too long beside them.

    A node that was taken for dead takes nothing.
    """
    values = {"node": taker.node_id, "process": taker.process, "now": now, "room": room}
    rows = connection.execute(TAKE, values).all()
    counted: list[str] = []
    suspects: list[tuple[int, str]] = []
    for row in sorted(rows, key=_in_line):
        lost = row.lives - (row.taken_by == taker.process)
        if SUSPECT_LIVES <= lost < MAX_LIVES:
            suspects.append((lost, row.id))
        else:
            counted.append(row.id)
    return Taken(counted, suspects)


def next_moment(connection: Connection, *, has_room: bool = True) -> datetime | None:
    """The first moment at which there is something to take; without room, only what ends at once."""
    moments = connection.execute(NEXT if has_room else NEXT_LAPSE).one()
    return min((moment for moment in moments if moment is not None), default=None)


def _in_line(row: Any) -> tuple[bool, datetime, str]:
    return row.status != ExecutionStatus.RUNNING, row.created_at, row.id


def _due(status: ExecutionStatus, most: Any) -> CTE:
    due = select(EXECUTIONS.c.id).where(
        EXECUTIONS.c.status == status.value, RUNNABLE, EXECUTIONS.c.runnable_at <= NOW, IN_NO_HAND
    )
    first = due.order_by(EXECUTIONS.c.runnable_at).limit(most).with_for_update(skip_locked=True)
    return first.cte(f"due_{status.value}")


def _take() -> ReturningUpdate[Any]:
    lapsed = select(EXECUTIONS.c.id).where(LAPSING, EXECUTIONS.c.expires_at <= NOW).order_by(EXECUTIONS.c.expires_at)
    late = lapsed.limit(LAPSED_AT_ONCE).with_for_update(skip_locked=True).cte("lapsed")
    begun = _due(ExecutionStatus.RUNNING, ROOM)
    new = _due(ExecutionStatus.QUEUED, ROOM - select(func.count()).select_from(begun).scalar_subquery())
    chosen = union(*(select(part.c.id) for part in (late, begun, new)))
    is_known = exists().where(NODES.c.id == NODE)
    lost = EXECUTIONS.c.lives - case((EXECUTIONS.c.taken_by == PROCESS, 1), else_=0)
    is_suspect = (lost >= SUSPECT_LIVES) & (lost < MAX_LIVES)
    return (
        update(EXECUTIONS)
        .where(EXECUTIONS.c.id.in_(chosen), is_known)
        .values(
            node_id=NODE,
            runnable_at=None,
            lives=case((is_suspect, EXECUTIONS.c.lives), else_=lost + 1),
            taken_by=case((is_suspect, EXECUTIONS.c.taken_by), else_=PROCESS),
        )
        .returning(
            EXECUTIONS.c.id, EXECUTIONS.c.status, EXECUTIONS.c.created_at, EXECUTIONS.c.lives, EXECUTIONS.c.taken_by
        )
    )


TAKE = _take()
"""One statement: who takes at the same moment passes by what is being taken."""


def _first(column: ColumnElement[datetime | None], *where: ColumnElement[bool] | TextClause) -> Any:
    return select(func.min(column)).where(*where).scalar_subquery()


def _next() -> tuple[Select[Any], Select[Any]]:
    of_status = [
        _first(EXECUTIONS.c.runnable_at, RUNNABLE, EXECUTIONS.c.status == status.value)
        for status in (ExecutionStatus.RUNNING, ExecutionStatus.QUEUED)
    ]
    lapse = _first(EXECUTIONS.c.expires_at, LAPSING)
    return select(*of_status, lapse), select(lapse)


NEXT, NEXT_LAPSE = _next()
"""Each is a look at the first row of an index."""
