"""Writes what executions wait for from the outside, and why those rest that nobody has in hand."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from engine.journal.projection import Entry, NewRow
from models.database.bulk import BulkStatement, delete_rows, insert_rows
from models.database.tables import table
from models.database.waiting_tables import ExecutionDelayRow, ExpectationRow

EXPECTATIONS = table(ExpectationRow)
DELAYS = table(ExecutionDelayRow)
CHANGED = ("reason", "address", "since", "until", "notes")


def _or_update(statement: Any) -> Any:
    return statement.on_conflict_do_update(
        index_elements=["execution_id", "slot"], set_={column: statement.excluded[column] for column in CHANGED}
    )


def _or_put_off(statement: Any) -> Any:
    return statement.on_conflict_do_update(
        index_elements=["execution_id", "reason"], set_={"until": statement.excluded.until}
    )


UPSERT = insert_rows(EXPECTATIONS, otherwise=_or_update)
DELETE = delete_rows(EXPECTATIONS, ["execution_id", "slot"])
PUT_OFF = insert_rows(DELAYS, otherwise=_or_put_off)


def write_expectations(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write the changes of many entries, later ones over earlier ones, in one order everywhere."""
    latest: dict[tuple[str, str], tuple[BulkStatement, NewRow]] = {}
    for entry in entries:
        for statement, rows in ((UPSERT, entry.expectations.upserts), (DELETE, entry.expectations.deletes)):
            for row in rows:
                latest[row["execution_id"], row["slot"]] = statement, row
    for statement in (UPSERT, DELETE):
        statement.execute(connection, [latest[key][1] for key in sorted(latest) if latest[key][0] is statement])


def write_delays(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write why executions rest that are let go of, later entries over earlier ones, in one order everywhere."""
    latest = {
        (entry.execution_id, reason): {"execution_id": entry.execution_id, "reason": reason, "until": entry.parks_at}
        for entry in entries
        for reason in entry.delays
    }
    PUT_OFF.execute(connection, [latest[key] for key in sorted(latest)])
