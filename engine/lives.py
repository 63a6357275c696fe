"""Counts how often an execution was taken up since it last made progress: on disk, before its work begins.

What takes its process with it, however it does that, leaves nothing behind but this count.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select, update

from models.entities import Event
from models.tables import LIVE, Execution, table
from models.words import EventType

EXECUTIONS = table(Execution)

MAX_LIVES = 5
"""So often an execution may be taken up in a row without progress; the next time it is given up."""

SUSPECT_LIVES = 2
"""What was taken up so often without progress waits for its turn in the `Quarantine`."""

NO_PROGRESS = frozenset({EventType.ACTION_STARTED, EventType.ACTION_DEFERRED})


class Counted(msgspec.Struct, frozen=True):
    """Executions whose present life is counted, in the order in which they were asked for, and those under suspicion.

    A suspect is `(lives, execution_id)`.
    """

    counted: Sequence[str]
    suspects: Sequence[tuple[int, str]]


def count(connection: Connection, execution_ids: Sequence[str], *, alone: bool = False) -> Counted:
    """Count one more life of each that has not ended; of a suspect only where it is to begin `alone`."""
    if not execution_ids:
        return Counted((), ())
    live = select(EXECUTIONS.c.id, EXECUTIONS.c.lives).where(EXECUTIONS.c.id.in_(execution_ids), LIVE)
    lives = {row.id: row.lives for row in connection.execute(live)}
    present = [execution_id for execution_id in execution_ids if execution_id in lives]
    held_back = [name for name in present if not alone and SUSPECT_LIVES <= lives[name] < MAX_LIVES]
    counted = [name for name in present if name not in set(held_back)]
    if counted:
        connection.execute(update(EXECUTIONS).where(EXECUTIONS.c.id.in_(counted)).values(lives=EXECUTIONS.c.lives + 1))
    return Counted(counted, [(lives[name], name) for name in held_back])


def spare(connection: Connection, execution_ids: Sequence[str]) -> None:
    """Forget the lives of executions that went on, or that were let go of in order."""
    if execution_ids:
        is_counted = EXECUTIONS.c.id.in_(execution_ids) & (EXECUTIONS.c.lives > 0)
        connection.execute(update(EXECUTIONS).where(is_counted).values(lives=0))


def acquit(connection: Connection, execution_id: str) -> None:
    """Take back what a suspect was charged with: it was alone for long, and its process lives."""
    charged = (EXECUTIONS.c.id == execution_id) & (EXECUTIONS.c.lives > SUSPECT_LIVES)
    connection.execute(update(EXECUTIONS).where(charged).values(lives=SUSPECT_LIVES))


def is_survived(events: Iterable[Event], wake_at: datetime | None) -> bool:
    """Whether a life has come to something: an attempt has ended, or all that is left to do waits for `wake_at`."""
    return wake_at is not None or any(_is_progress(event) for event in events)


def _is_progress(event: Event) -> bool:
    if event.action_id is None:
        return event.type == EventType.EXECUTION_STOPPING
    return event.type not in NO_PROGRESS
