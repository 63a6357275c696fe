"""The executions that do the same one over: what one of them has reused and undone, no other may reuse."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select, bindparam, or_, select

from models.database.one_of import one_of, word_list
from models.database.tables import ExecutionEventRow, ExecutionRow, table
from models.words import EventType

EXECUTIONS = table(ExecutionRow)
EVENTS = table(ExecutionEventRow)

_UPPER = EXECUTIONS.alias("earlier")
_ITSELF = (
    select(EXECUTIONS.c.id, EXECUTIONS.c.rerun_of)
    .where(EXECUTIONS.c.id == bindparam("of_execution"))
    .cte("earlier_ones", recursive=True)
)
_EARLIER = _ITSELF.union(select(_UPPER.c.id, _UPPER.c.rerun_of).join(_ITSELF, _UPPER.c.id == _ITSELF.c.rerun_of))
EARLIER = select(_EARLIER.c.id, _EARLIER.c.rerun_of)
"""An execution and those that it does over, however far back."""

_LATER_ROW = EXECUTIONS.alias("later")
_FIRST = (
    select(EXECUTIONS.c.id, EXECUTIONS.c.rerun_of)
    .where(or_(EXECUTIONS.c.id == bindparam("first"), EXECUTIONS.c.rerun_of == bindparam("first")))
    .cte("later_ones", recursive=True)
)
_LATER = _FIRST.union(select(_LATER_ROW.c.id, _LATER_ROW.c.rerun_of).join(_FIRST, _LATER_ROW.c.rerun_of == _FIRST.c.id))
LATER = select(_LATER.c.id, _LATER.c.rerun_of)
"""An execution, if it is still there, and all that do it over, or one of those."""

MARKS = select(EVENTS.c.execution_id, EVENTS.c.type, EVENTS.c.action_id).where(
    one_of(EVENTS.c.execution_id, word_list("of_executions")),
    one_of(EVENTS.c.action_id, word_list("of_actions")),
    EVENTS.c.type.in_([EventType.ACTION_REUSED.value, EventType.ACTION_STARTED.value]),
)


def undone_elsewhere(connection: Connection, execution_id: str, compensations: Mapping[str, str]) -> frozenset[str]:
    """The actions whose results an execution has, and which another one has undone that reused the same ones.

    `compensations` are the ids of what undoes actions, by the ids of these.
    """
    before = _links(connection, EARLIER, of_execution=execution_id)
    first = next((earlier or found for found, earlier in before.items() if earlier not in before), execution_id)
    family = _links(connection, LATER, first=first)
    if len(family) < 2:
        return frozenset()
    wanted = [*compensations, *compensations.values()]
    asked = {"of_executions": list(family), "of_actions": wanted}
    marks = {(row.execution_id, row.type, row.action_id) for row in connection.execute(MARKS, asked)}

    def origin(found: str, action_id: str) -> str:
        while (found, EventType.ACTION_REUSED, action_id) in marks:
            found = family[found]
        return found

    return frozenset(
        action_id
        for action_id, compensation in compensations.items()
        if any(
            (other, EventType.ACTION_STARTED, compensation) in marks
            and origin(other, action_id) == origin(execution_id, action_id)
            for other in family
        )
    )


def _links(connection: Connection, statement: Select[Any], **values: str) -> dict[str, Any]:
    """Executions, each with the one that it does over, None where there is none."""
    return {row.id: row.rerun_of for row in connection.execute(statement, values)}
