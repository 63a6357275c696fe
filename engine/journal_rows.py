"""Writes the rows of many journal entries in a handful of set-based statements."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.projection import Entry, Row
from models.tables import ActionRun, Activity, Execution, ExecutionEvent, table

EXECUTIONS = table(Execution)
ACTION_RUNS = table(ActionRun)

STATE_COLUMNS = (
    "status",
    "completed_actions",
    "current_action",
    "error",
    "started_at",
    "completed_at",
)
INSERT_EXECUTIONS = insert(EXECUTIONS)
INSERT_EVENTS = insert(table(ExecutionEvent))
INSERT_ACTIVITIES = insert(table(Activity))
UPDATE_EXECUTIONS = (
    update(EXECUTIONS)
    .where(EXECUTIONS.c.id == bindparam("execution_id"))
    .values({column: bindparam(column) for column in STATE_COLUMNS})
)


def _upsert(dialect: Any) -> Any:
    statement = dialect.insert(ACTION_RUNS)
    changing = ("status", "attempt", "error", "started_at", "completed_at")
    return statement.on_conflict_do_update(
        index_elements=["execution_id", "action_id"],
        set_={column: statement.excluded[column] for column in changing},
    )


UPSERT_ACTION_RUNS = {"sqlite": _upsert(sqlite), "postgresql": _upsert(postgresql)}


def write_entries(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write all rows of `entries`, later entries of the same execution over earlier ones.

    Raises `IntegrityError` where an event's sequence is taken, which is the fence.
    """
    new: dict[str, Row] = {}
    changed: dict[str, Row] = {}
    action_runs: dict[tuple[str, str], Row] = {}
    for entry in entries:
        if entry.new_execution is not None:
            new[entry.execution_id] = {**entry.new_execution, **entry.execution}
        elif entry.execution_id in new:
            new[entry.execution_id].update(entry.execution)
        else:
            changed[entry.execution_id] = {"execution_id": entry.execution_id, **entry.execution}
        for row in entry.action_runs:
            action_runs[entry.execution_id, row["action_id"]] = row
    _execute(connection, INSERT_EXECUTIONS, list(new.values()))
    _execute(connection, INSERT_EVENTS, [row for entry in entries for row in entry.events])
    # In one order everywhere, so that two nodes cannot wait for each other's rows.
    _execute(connection, UPDATE_EXECUTIONS, [changed[key] for key in sorted(changed)])
    upsert = UPSERT_ACTION_RUNS[connection.dialect.name]
    _execute(connection, upsert, [action_runs[key] for key in sorted(action_runs)])
    _execute(connection, INSERT_ACTIVITIES, [row for entry in entries for row in entry.activities])


def _execute(connection: Connection, statement: Any, rows: list[Row]) -> None:
    if rows:
        connection.execute(statement, rows)
