"""Finds executions that could go on and that perhaps nobody has in hand: by indexes, whatever is parked beside them."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, select, true

from engine.journal.groups import InLine
from models.database.tables import AT_WORK, QUEUED, table
from models.database.tables import ExecutionRow as Execution

EXECUTIONS = table(Execution)

NOW = bindparam("now", type_=EXECUTIONS.c.wake_at.type)
IS_DUE = EXECUTIONS.c.wake_at <= NOW


def looks(is_free: ColumnElement[bool]) -> list[Select[Any]]:
    """What is due, what is queued and needs no turn, and what goes on by itself: each has an index of its own."""
    columns = select(EXECUTIONS.c.created_at, EXECUTIONS.c.id)
    due = columns.where(IS_DUE).order_by(EXECUTIONS.c.wake_at)
    queued = columns.where(QUEUED).order_by(EXECUTIONS.c.created_at, EXECUTIONS.c.id)
    at_work = columns.where(AT_WORK).order_by(EXECUTIONS.c.created_at, EXECUTIONS.c.id)
    is_unknown = EXECUTIONS.c.id.not_in(bindparam("known", expanding=True))
    return [found.where(is_free, is_unknown).limit(bindparam("most")) for found in (due, queued, at_work)]


IN_NO_HAND = looks(EXECUTIONS.c.node_id.is_(None))
ANYWHERE = looks(true())


def unattended(
    connection: Connection,
    now: datetime,
    most: int,
    turns: Iterable[InLine],
    known: Collection[str] = (),
    *,
    in_no_hand: bool = False,
) -> list[str]:
    """Executions that wait for nothing any more, but for those that are `known`: the oldest first.

    Behind them those whose turn it is in a limited group. With `in_no_hand` they are those that no node has.
    """
    values = {"now": now, "most": most, "known": list(known)}
    found: set[tuple[datetime, str]] = set()
    for look in IN_NO_HAND if in_no_hand else ANYWHERE:
        found.update((row.created_at, row.id) for row in connection.execute(look, values))
    oldest = dict.fromkeys(execution_id for _, execution_id in sorted(found))
    called = [turn.execution_id for turn in turns if not (in_no_hand and turn.node_id)]
    oldest |= dict.fromkeys(execution_id for execution_id in called if execution_id not in set(known))
    return list(oldest)[:most]
