"""Finds the executions without which it were forgotten that a result was undone which others still have."""

from typing import Any

from sqlalchemy import ColumnElement, Select, TextClause, and_, exists, or_, select

from engine.core.plan import COMPENSATION_SUFFIX
from engine.retention.dependents import EXECUTIONS
from models.database.tables import IS_RERUN, ExecutionEventRow, table
from models.words import EventType

EVENTS = table(ExecutionEventRow)


def witnesses(among: ColumnElement[bool] | TextClause) -> Select[Any]:
    """The ids of those executions that have reused a result which they, or one that does them over, have undone.

    Of these those from which it was reused, or others that reused it too, are still there.
    """
    found = (
        select(EXECUTIONS.c.id.label("witness"), EXECUTIONS.c.rerun_of.label("before"), EXECUTIONS.c.id)
        .where(IS_RERUN, among)
        .cte("witnesses", recursive=True)
    )
    later = EXECUTIONS.alias("later")
    found = found.union(
        select(found.c.witness, found.c.before, later.c.id).join_from(found, later, later.c.rerun_of == found.c.id)
    )
    reused, undone = EVENTS.alias("reused"), EVENTS.alias("undone")
    other = EXECUTIONS.alias("other")
    has_reused_it = _says(other.c.id, EventType.ACTION_REUSED, reused.c.action_id)
    has_it = or_(
        other.c.id == found.c.before,
        and_(other.c.rerun_of == found.c.before, other.c.id != found.c.witness, has_reused_it),
    )
    is_start = and_(undone.c.execution_id == found.c.id, undone.c.type == EventType.ACTION_STARTED.value)
    return (
        select(found.c.witness)
        .distinct()
        .select_from(found)
        .join(
            reused,
            and_(reused.c.execution_id == found.c.witness, reused.c.type == EventType.ACTION_REUSED.value),
        )
        .join(undone, and_(is_start, undone.c.action_id == reused.c.action_id.concat(COMPENSATION_SUFFIX)))
        .join(other, has_it)
        .where(
            _says(found.c.id, EventType.ACTION_REUSED, reused.c.action_id),
            ~_says(other.c.id, EventType.ACTION_STARTED, undone.c.action_id),
        )
    )


def _says(execution_id: ColumnElement[str], kind: EventType, action_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the journal of an execution has such an event of an action."""
    said = EVENTS.alias()
    return exists().where(said.c.execution_id == execution_id, said.c.type == kind.value, said.c.action_id == action_id)
