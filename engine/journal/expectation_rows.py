"""Writes what executions wait for from the outside."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete

from engine.journal.projection import Entry, NewRow
from models.database.bulk import BulkStatement, RowValues, insert_rows, types_of
from models.database.tables import table
from models.database.waiting_tables import ExpectationRow

EXPECTATIONS = table(ExpectationRow)
CHANGED = ("reason", "address", "since", "until", "notes")


def _or_update(statement: Any) -> Any:
    return statement.on_conflict_do_update(
        index_elements=["execution_id", "slot"], set_={column: statement.excluded[column] for column in CHANGED}
    )


def _delete(_dialect: str, row: RowValues) -> Any:
    is_named = and_(EXPECTATIONS.c.execution_id == row["execution_id"], EXPECTATIONS.c.slot == row["slot"])
    return delete(EXPECTATIONS).where(is_named)


UPSERT = insert_rows(EXPECTATIONS, otherwise=_or_update)
DELETE = BulkStatement(_delete, types_of([EXPECTATIONS.c.execution_id, EXPECTATIONS.c.slot]))


def write_expectations(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write the changes of many entries, later ones over earlier ones, in one order everywhere."""
    latest: dict[tuple[str, str], tuple[BulkStatement, NewRow]] = {}
    for entry in entries:
        for statement, rows in ((UPSERT, entry.expectations.upserts), (DELETE, entry.expectations.deletes)):
            for row in rows:
                latest[row["execution_id"], row["slot"]] = statement, row
    for statement in (UPSERT, DELETE):
        statement.execute(connection, [latest[key][1] for key in sorted(latest) if latest[key][0] is statement])
