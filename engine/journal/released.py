"""The list of executions that nobody waits for any more, and that are to be cancelled for that."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from engine.journal.projection import Entry
from engine.journal.queue import put
from models.database.bulk import INSERTS, delete_rows
from models.database.one_of import one_of, word_list
from models.database.tables import ENDED, LIVE, ExecutionRow, table
from models.database.waiting_tables import ReleasedExecutionRow
from models.words import OnParentEnd

EXECUTIONS = table(ExecutionRow)
RELEASED = table(ReleasedExecutionRow)

AT_ONCE = 500
"""Executions in one statement at most."""

LEFT = (
    select(RELEASED.c.execution_id)
    .where(RELEASED.c.at <= bindparam("before", type_=RELEASED.c.at.type))
    .order_by(RELEASED.c.at, RELEASED.c.execution_id)
    .limit(bindparam("most"))
)


PUT = {
    dialect: insert(RELEASED)
    .from_select(
        ["execution_id", "at"],
        select(EXECUTIONS.c.id, bindparam("at", type_=RELEASED.c.at.type)).where(
            one_of(EXECUTIONS.c.id, word_list("ids")), LIVE, EXECUTIONS.c.on_parent_end == OnParentEnd.CANCEL.value
        ),
    )
    .on_conflict_do_nothing()
    .returning(RELEASED.c.execution_id)
    for dialect, insert in INSERTS.items()
}
AMONG = select(RELEASED.c.execution_id).where(one_of(RELEASED.c.execution_id, word_list("ids")))
ENDED_AMONG = select(EXECUTIONS.c.id).where(one_of(EXECUTIONS.c.id, word_list("ids")), ENDED)
SOUND_AMONG = select(EXECUTIONS.c.id).where(one_of(EXECUTIONS.c.id, word_list("ids")), EXECUTIONS.c.fault.is_(None))
PUT_OFF = (
    update(RELEASED)
    .where(one_of(RELEASED.c.execution_id, word_list("ids")))
    .values(at=bindparam("until", type_=RELEASED.c.at.type))
)
FORGET = delete_rows(RELEASED, ["execution_id"])
"""The list is empty at one moment and long at the next, so that no statistics tell PostgreSQL which it is: joined with
rows it is gone through once, and with a list of ids once for each of them.
"""


def release(connection: Connection, entries: Sequence[Entry]) -> tuple[str, ...]:
    """Put on the list what `entries` wait for no more, and return it: what has not ended, unless it goes on alone.

    The entries, and what they start, are written already.
    """
    since: dict[str, datetime] = {}
    for entry in entries:
        since.update((execution_id, entry.events[-1]["at"]) for execution_id in entry.released)
    released: list[str] = []
    ids = sorted(since)
    for start in range(0, len(ids), AT_ONCE):
        portion = ids[start : start + AT_ONCE]
        released += _put(connection, portion, max(since[execution_id] for execution_id in portion))
    return tuple(released)


def _put(connection: Connection, ids: Sequence[str], at: datetime) -> Sequence[str]:
    given = {"ids": list(ids), "at": at}
    return connection.execute(PUT[connection.dialect.name], given).scalars().all()


def left(connection: Connection, before: datetime, most: int) -> list[str]:
    """What has been on the list since `before`, the oldest first."""
    return list(connection.execute(LEFT, {"before": before, "most": most}).scalars())


def among(connection: Connection, execution_ids: Sequence[str]) -> list[str]:
    """Those of some executions that are on the list."""
    return list(connection.execute(AMONG, {"ids": list(execution_ids)}).scalars())


def put_off(connection: Connection, execution_ids: Sequence[str], now: datetime, until: datetime) -> None:
    """Keep what cannot be read from standing in the way of the others on the list.

    It is taken up, so that whoever cannot read it either sets it aside. What has ended is forgotten.
    """
    given = {"ids": list(execution_ids)}
    forget(connection, list(connection.execute(ENDED_AMONG, given).scalars()))
    connection.execute(PUT_OFF, {**given, "until": until})
    put(connection, list(connection.execute(SOUND_AMONG, given).scalars()), now)


def forget(connection: Connection, execution_ids: Sequence[str]) -> None:
    """Take off the list what has been cancelled, or has ended by itself."""
    FORGET.execute(connection, [{"execution_id": execution_id} for execution_id in execution_ids])
