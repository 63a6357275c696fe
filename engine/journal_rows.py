"""Writes the rows of many journal entries in a handful of set-based statements."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.projection import Entry, Row
from models.bulk import BulkStatement
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
ACTION_STATE_COLUMNS = ("status", "attempt", "error", "started_at", "completed_at")
INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def _insert(entity: Any) -> BulkStatement:
    target = table(entity)
    return BulkStatement(lambda _: insert(target), target.c.keys())


def _update_executions(_dialect: str) -> Any:
    statement = update(EXECUTIONS).where(EXECUTIONS.c.id == bindparam("execution_id", type_=EXECUTIONS.c.id.type))
    return statement.values({column: bindparam(column, type_=EXECUTIONS.c[column].type) for column in STATE_COLUMNS})


def _upsert_action_runs(dialect: str) -> Any:
    statement = INSERTS[dialect](ACTION_RUNS)
    return statement.on_conflict_do_update(
        index_elements=["execution_id", "action_id"],
        set_={column: statement.excluded[column] for column in ACTION_STATE_COLUMNS},
    )


INSERT_EXECUTIONS = _insert(Execution)
INSERT_EVENTS = _insert(ExecutionEvent)
INSERT_ACTIVITIES = _insert(Activity)
UPDATE_EXECUTIONS = BulkStatement(_update_executions, [*STATE_COLUMNS, "execution_id"])
UPSERT_ACTION_RUNS = BulkStatement(_upsert_action_runs, ACTION_RUNS.c.keys())


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
    INSERT_EXECUTIONS.execute(connection, list(new.values()))
    INSERT_EVENTS.execute(connection, [row for entry in entries for row in entry.events])
    # In one order everywhere, so that two nodes cannot wait for each other's rows.
    UPDATE_EXECUTIONS.execute(connection, [changed[key] for key in sorted(changed)])
    UPSERT_ACTION_RUNS.execute(connection, [action_runs[key] for key in sorted(action_runs)])
    INSERT_ACTIVITIES.execute(connection, [row for entry in entries for row in entry.activities])
