"""Writes the rows of many journal entries in a handful of set-based statements."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Connection, and_, case, func, null, or_, update

from engine.audit.rows import append_audit
from engine.journal.expectation_rows import write_delays, write_expectations
from engine.journal.labels import write_labels
from engine.journal.lives import spare
from engine.journal.mailbox import hold_rows, remove, remove_of_ended, ring_awaited, send_expected
from engine.journal.projection import Entry, NewRow
from engine.journal.queue import put
from engine.journal.refusals import Fenced
from engine.journal.released import forget
from models.database.bulk import BulkStatement, RowValues, insert_rows, types_of
from models.database.changes import take_change
from models.database.tables import (
    ActivityRow,
    CallbackDeliveryRow,
    ExecutionEventRow,
    ExecutionRow,
    WorkflowStatisticsRow,
    table,
)

EXECUTIONS = table(ExecutionRow)
TOTALS = table(WorkflowStatisticsRow)

STATE_COLUMNS = (
    "status",
    "completed_actions",
    "current_action",
    "error",
    "started_at",
    "completed_at",
    "expires_at",
)
PLACE_TYPES = {"stands_still": Boolean(), "let_go": Boolean(), "left_until": EXECUTIONS.c.runnable_at.type}
"""Of what an entry says of the execution's place in the queue."""

NEW_COLUMNS = [
    column.name for column in EXECUTIONS.c if column.name not in ("fault", "faults", "taken_by", "lives", "labels")
]
"""What is there from the acceptance on; nothing is wrong with an execution then. Few have labels."""

SUMMED_COLUMNS = ("accepted", "completed", "failed", "cancelled", "run_seconds")


def _update_executions(_dialect: str, row: RowValues) -> Any:
    node, moment = EXECUTIONS.c.node_id, EXECUTIONS.c.runnable_at
    values: dict[str, Any] = {column: row[column] for column in STATE_COLUMNS}
    values["change"] = func.coalesce(row["change"], EXECUTIONS.c.change)
    values["node_id"] = case((row["let_go"], null()), else_=node)
    values["runnable_at"] = case((row["stands_still"], null()), (row["let_go"], row["left_until"]), else_=moment)
    return update(EXECUTIONS).where(EXECUTIONS.c.id == row["id"]).values(values)


def _or_add_to_totals(statement: Any) -> Any:
    added = statement.excluded
    newest, candidate = TOTALS.c.last_execution_at, added.last_execution_at
    is_newer = and_(candidate.is_not(None), or_(newest.is_(None), candidate > newest))
    return statement.on_conflict_do_update(
        index_elements=["tenant", "workflow_id", "shard"],
        set_={column: TOTALS.c[column] + added[column] for column in SUMMED_COLUMNS}
        | {"last_execution_at": case((is_newer, candidate), else_=newest)},
    )


INSERT_EXECUTIONS = insert_rows(EXECUTIONS, NEW_COLUMNS)
INSERT_LABELLED = insert_rows(EXECUTIONS, [*NEW_COLUMNS, "labels"])
INSERT_EVENTS = insert_rows(table(ExecutionEventRow))
INSERT_ACTIVITIES = insert_rows(table(ActivityRow))
INSERT_CALLBACKS = insert_rows(table(CallbackDeliveryRow))
UPDATE_EXECUTIONS = BulkStatement(
    _update_executions,
    types_of([EXECUTIONS.c.id, *(EXECUTIONS.c[name] for name in (*STATE_COLUMNS, "change"))]) | PLACE_TYPES,
    held=("id", EXECUTIONS.c.id),
)
ADD_TO_TOTALS = insert_rows(TOTALS, otherwise=_or_add_to_totals)


def write_entries(connection: Connection, entries: Sequence[Entry], shard: int) -> None:
    """Write all rows of `entries`, later entries of the same execution over earlier ones.

    `shard` is this node's part of the running totals and of the audit log.
    Raises `IntegrityError` where an event's sequence is taken, which is the fence, and `Fenced` where the execution of
    one is no longer there.
    """
    change = take_change(connection) if any(entry.changes_status for entry in entries) else None
    new: dict[str, NewRow] = {}
    changed: dict[str, NewRow] = {}
    for entry in entries:
        if entry.new_execution is not None:
            new[entry.execution_id] = _placed({**entry.new_execution, **entry.execution, "change": change})
        elif entry.execution_id in new:
            new[entry.execution_id] = _placed(new[entry.execution_id] | entry.execution)
        else:
            before = changed.get(entry.execution_id, {}).get("change")
            latest = change if entry.changes_status else before
            changed[entry.execution_id] = {"id": entry.execution_id, **entry.execution, "change": latest}
    told = {execution_id for entry in entries for execution_id, _ in entry.sent}
    if told:
        hold_rows(connection, [*told, *changed])
    labelled = [row for row in new.values() if "labels" in row]
    INSERT_EXECUTIONS.execute(connection, [row for row in new.values() if "labels" not in row])
    INSERT_LABELLED.execute(connection, labelled)
    # In one order everywhere, so that two nodes cannot wait for each other's rows; and before the events, so that
    # whoever holds an execution's row knows its journal.
    found = UPDATE_EXECUTIONS.execute(connection, [changed[key] for key in sorted(changed)])
    if found is not None and found < len(changed):
        raise Fenced(*changed)  # one was deleted: on SQLite its foreign keys say so
    spare(connection, sorted(entry.execution_id for entry in entries if entry.is_survived))
    write_labels(connection, labelled)
    INSERT_EVENTS.execute(connection, [row for entry in entries for row in entry.events])
    INSERT_ACTIVITIES.execute(connection, [{**row, "change": change} for entry in entries for row in entry.activities])
    INSERT_CALLBACKS.execute(connection, [row for entry in entries for row in entry.callbacks])
    ADD_TO_TOTALS.execute(connection, _totals(entries, shard))
    write_expectations(connection, entries)
    write_delays(connection, entries)
    remove(connection, [message_id for entry in entries for message_id in entry.taken])
    remove_of_ended(connection, [entry.execution_id for entry in entries if entry.ends])
    forget(connection, [entry.execution_id for entry in entries if entry.ends and entry.has_parent])
    append_audit(connection, [entry.audit for entry in entries if entry.audit is not None], shard)
    send_expected(connection, [sent for entry in entries for sent in entry.sent])
    for entry in entries:
        if entry.calls_from is not None:
            put(connection, [entry.execution_id], entry.calls_from)
    ring_awaited(connection, [entry.execution_id for entry in entries if entry.parks_at is not None])


def _placed(row: NewRow) -> NewRow:
    """A new row with what its entry, or the last of them, says of its place in the queue."""
    if row["stands_still"]:
        return row | ({"runnable_at": None, "node_id": None} if row["let_go"] else {"runnable_at": None})
    return row | {"runnable_at": row["left_until"], "node_id": None} if row["let_go"] else row


def _totals(entries: Sequence[Entry], shard: int) -> list[NewRow]:
    """One row a workflow, in one order everywhere."""
    totals: dict[tuple[str, str], NewRow] = {}
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
