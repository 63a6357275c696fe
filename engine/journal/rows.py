"""Writes the rows of many journal entries in a handful of set-based statements."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Connection, and_, bindparam, case, func, insert, null, or_, update

from engine.audit.rows import append_audit
from engine.journal.expectation_rows import write_expectations
from engine.journal.lives import spare
from engine.journal.mailbox import hold_rows, remove, ring_awaited, send_expected
from engine.journal.projection import Entry, Row
from models.database.bulk import INSERTS, BulkStatement
from models.database.changes import take_change
from models.database.tables import (
    ActionRun,
    Activity,
    CallbackDelivery,
    Execution,
    ExecutionEvent,
    WorkflowStatistics,
    table,
)

EXECUTIONS = table(Execution)
ACTION_RUNS = table(ActionRun)
TOTALS = table(WorkflowStatistics)

STATE_COLUMNS = (
    "status",
    "completed_actions",
    "current_action",
    "error",
    "started_at",
    "completed_at",
    "expires_at",
)
PLACE_COLUMNS = ("has_ended", "let_go", "left_until")
ACTION_STATE_COLUMNS = ("status", "attempt", "error", "started_at", "completed_at")
NEW_COLUMNS = [column.name for column in EXECUTIONS.c if column.name not in ("fault", "faults", "taken_by", "lives")]
"""What is there from the acceptance on; nothing is wrong with an execution then."""

SUMMED_COLUMNS = ("accepted", "completed", "failed", "cancelled", "run_seconds")


def _insert(entity: Any) -> BulkStatement:
    target = table(entity)
    return BulkStatement(lambda _: insert(target), target.c.keys())


def _update_executions(_dialect: str) -> Any:
    statement = update(EXECUTIONS).where(EXECUTIONS.c.id == bindparam("execution_id", type_=EXECUTIONS.c.id.type))
    values: dict[str, Any] = {column: bindparam(column, type_=EXECUTIONS.c[column].type) for column in STATE_COLUMNS}
    change, moment = EXECUTIONS.c.change, EXECUTIONS.c.runnable_at
    has_ended, let_go = bindparam("has_ended", type_=Boolean), bindparam("let_go", type_=Boolean)
    left_until = bindparam("left_until", type_=moment.type)
    return statement.values(
        values
        | {
            "change": func.coalesce(bindparam("change", type_=change.type), change),
            "node_id": case((let_go, null()), else_=EXECUTIONS.c.node_id),
            "runnable_at": case((has_ended, null()), (let_go, left_until), else_=moment),
        }
    )


def _upsert_action_runs(dialect: str) -> Any:
    statement = INSERTS[dialect](ACTION_RUNS)
    return statement.on_conflict_do_update(
        index_elements=["execution_id", "action_id"],
        set_={column: statement.excluded[column] for column in ACTION_STATE_COLUMNS},
    )


def _add_to_totals(dialect: str) -> Any:
    statement = INSERTS[dialect](TOTALS)
    added = statement.excluded
    newest, candidate = TOTALS.c.last_execution_at, added.last_execution_at
    is_newer = and_(candidate.is_not(None), or_(newest.is_(None), candidate > newest))
    return statement.on_conflict_do_update(
        index_elements=["tenant", "workflow_id", "shard"],
        set_={column: TOTALS.c[column] + added[column] for column in SUMMED_COLUMNS}
        | {"last_execution_at": case((is_newer, candidate), else_=newest)},
    )


INSERT_EXECUTIONS = BulkStatement(lambda _: insert(EXECUTIONS), NEW_COLUMNS)
INSERT_EVENTS = _insert(ExecutionEvent)
INSERT_ACTIVITIES = _insert(Activity)
INSERT_CALLBACKS = _insert(CallbackDelivery)
UPDATE_EXECUTIONS = BulkStatement(_update_executions, [*STATE_COLUMNS, *PLACE_COLUMNS, "change", "execution_id"])
UPSERT_ACTION_RUNS = BulkStatement(_upsert_action_runs, ACTION_RUNS.c.keys())
ADD_TO_TOTALS = BulkStatement(_add_to_totals, TOTALS.c.keys())


def write_entries(connection: Connection, entries: Sequence[Entry], shard: int) -> None:
    """Write all rows of `entries`, later entries of the same execution over earlier ones.

    `shard` is this node's part of the running totals and of the audit log.
    Raises `IntegrityError` where an event's sequence is taken, which is the fence.
    """
    change = take_change(connection) if any(entry.changes_status for entry in entries) else None
    new: dict[str, Row] = {}
    changed: dict[str, Row] = {}
    action_runs: dict[tuple[str, str], Row] = {}
    for entry in entries:
        if entry.new_execution is not None:
            new[entry.execution_id] = _placed({**entry.new_execution, **entry.execution, "change": change})
        elif entry.execution_id in new:
            new[entry.execution_id] = _placed(new[entry.execution_id] | entry.execution)
        else:
            before = changed.get(entry.execution_id, {}).get("change")
            latest = change if entry.changes_status else before
            changed[entry.execution_id] = {"execution_id": entry.execution_id, **entry.execution, "change": latest}
        for row in entry.action_runs:
            action_runs[entry.execution_id, row["action_id"]] = row
    told = {execution_id for entry in entries for execution_id, _ in entry.sent}
    if told:
        hold_rows(connection, [*told, *changed])
    INSERT_EXECUTIONS.execute(connection, list(new.values()))
    # In one order everywhere, so that two nodes cannot wait for each other's rows; and before the events, so that
    # whoever holds an execution's row knows its journal.
    UPDATE_EXECUTIONS.execute(connection, [changed[key] for key in sorted(changed)])
    spare(connection, sorted(entry.execution_id for entry in entries if entry.is_survived))
    INSERT_EVENTS.execute(connection, [row for entry in entries for row in entry.events])
    UPSERT_ACTION_RUNS.execute(connection, [action_runs[key] for key in sorted(action_runs)])
    INSERT_ACTIVITIES.execute(connection, [{**row, "change": change} for entry in entries for row in entry.activities])
    INSERT_CALLBACKS.execute(connection, [row for entry in entries for row in entry.callbacks])
    ADD_TO_TOTALS.execute(connection, _totals(entries, shard))
    write_expectations(connection, entries)
    remove(connection, [message_id for entry in entries for message_id in entry.taken])
    append_audit(connection, [entry.audit for entry in entries if entry.audit is not None], shard)
    send_expected(connection, [sent for entry in entries for sent in entry.sent])
    ring_awaited(connection, [entry.execution_id for entry in entries if entry.parks_at is not None])


def _placed(row: Row) -> Row:
    """A new row with what its entry, or the last of them, says of its place in the queue."""
    if row["has_ended"]:
        return row | {"runnable_at": None}
    return row | {"runnable_at": row["left_until"], "node_id": None} if row["let_go"] else row


def _totals(entries: Sequence[Entry], shard: int) -> list[Row]:
    """One row a workflow, in one order everywhere."""
    totals: dict[tuple[str, str], Row] = {}
    for added in (entry.totals for entry in entries if entry.totals is not None):
        key = (added["tenant"], added["workflow_id"])
        total = totals.get(key)
        if total is None:
            totals[key] = {**added, "shard": shard}
            continue
        for column in SUMMED_COLUMNS:
            total[column] += added[column]
        moments = [row["last_execution_at"] for row in (total, added) if row["last_execution_at"] is not None]
        total["last_execution_at"] = max(moments, default=None)
    return [totals[key] for key in sorted(totals)]
