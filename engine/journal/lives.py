"""Counts the processes that have taken an execution up since it last made progress: on disk, before its work begins.

What takes its process with it, however it does that, leaves nothing behind but this count. A process costs one life at
most, however often it takes the execution up, for it dies but once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from models.database.one_of import one_of, word_list
from models.database.tables import LIVE, ExecutionRow, table
from models.entities.executions import Event
from models.event_types import BEGINS_ACTION
from models.words import EventType

EXECUTIONS = table(ExecutionRow)

MAX_LIVES = 5
"""So many processes in a row may take an execution up without progress; by the next one it is given up."""

SUSPECT_LIVES = 2
"""What so many have taken up without progress waits for its turn in the `Quarantine`."""

NO_LIFE = {"lives": 0, "taken_by": None, "faults": 0}
"""How an execution stands that has made progress: for what it is set aside for from here on, it is tried again soon."""

TAKEN_BY = bindparam("taker", type_=EXECUTIONS.c.taken_by.type)
LIVE_AMONG = select(EXECUTIONS.c.id, EXECUTIONS.c.lives, EXECUTIONS.c.taken_by).where(
    one_of(EXECUTIONS.c.id, word_list("asked")), LIVE
)
CHARGE = (
    update(EXECUTIONS)
    .where(one_of(EXECUTIONS.c.id, word_list("counted")), EXECUTIONS.c.taken_by.is_distinct_from(TAKEN_BY))
    .values(lives=EXECUTIONS.c.lives + 1, taken_by=TAKEN_BY)
)
SPARE = update(EXECUTIONS).where(one_of(EXECUTIONS.c.id, word_list("spared")), EXECUTIONS.c.lives > 0).values(NO_LIFE)


class Counted(msgspec.Struct, frozen=True):
    """Executions whose present life is counted, in the order in which they were asked for, and those under suspicion.

    A suspect is `(lives, execution_id)`.
    """

    counted: Sequence[str]
    suspects: Sequence[tuple[int, str]]


def count(connection: Connection, execution_ids: Sequence[str], taker: str, *, alone: bool = False) -> Counted:
    """Count a life that the process `taker` may cost each that has not ended; a suspect's where it begins `alone`."""
    if not execution_ids:
        return Counted((), ())
    live = connection.execute(LIVE_AMONG, {"asked": list(execution_ids)})
    lost = {row.id: row.lives - (row.taken_by == taker) for row in live}
    present = [execution_id for execution_id in execution_ids if execution_id in lost]
    held_back = [name for name in present if not alone and SUSPECT_LIVES <= lost[name] < MAX_LIVES]
    counted = [name for name in present if name not in set(held_back)]
    if counted:
        connection.execute(CHARGE, {"counted": counted, "taker": taker})
    return Counted(counted, [(lost[name], name) for name in held_back])


def spare(connection: Connection, execution_ids: Sequence[str]) -> None:
    """Forget the lives of executions that went on, or that were let go of in order."""
    if execution_ids:
        connection.execute(SPARE, {"spared": list(execution_ids)})


def acquit(connection: Connection, execution_id: str) -> None:
    """Take back what a suspect was charged with: it was alone for long, and its process lives."""
    charged = (EXECUTIONS.c.id == execution_id) & (EXECUTIONS.c.lives > SUSPECT_LIVES)
    connection.execute(update(EXECUTIONS).where(charged).values(lives=SUSPECT_LIVES))


def is_survived(events: Iterable[Event], parks_at: datetime | None) -> bool:
    """Whether a life has come to something: an attempt has ended, or all that is left to do waits for a moment."""
    return parks_at is not None or any(_is_progress(event) for event in events)


def _is_progress(event: Event) -> bool:
    if event.action_id is None:
        return event.type == EventType.EXECUTION_STOPPING
    return event.type not in BEGINS_ACTION
