"""Writes what executions wait for from the outside."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete

from engine.journal.projection import Entry, Row
from models.database.bulk import INSERTS, BulkStatement
from models.database.tables import table
from models.database.waiting_tables import Expectation

EXPECTATIONS = table(Expectation)
CHANGED = ("reason", "address", "since", "until", "notes")


def _upsert(dialect: str) -> Any:
    statement = INSERTS[dialect](EXPECTATIONS)
    return statement.on_conflict_do_update(
        index_elements=["execution_id", "slot"], set_={column: statement.excluded[column] for column in CHANGED}
    )


UPSERT = BulkStatement(_upsert, EXPECTATIONS.c.keys())
DELETE = BulkStatement(
    lambda _: delete(EXPECTATIONS).where(
        EXPECTATIONS.c.execution_id == bindparam("execution_id"), EXPECTATIONS.c.slot == bindparam("slot")
    ),
    ("execution_id", "slot"),
)


def write_expectations(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write the changes of many entries, later ones over earlier ones, in one order everywhere."""
    latest: dict[tuple[str, str], tuple[BulkStatement, Row]] = {}
    for entry in entries:
        for statement, rows in ((UPSERT, entry.expectations.upserts), (DELETE, entry.expectations.deletes)):
            for row in rows:
                latest[row["execution_id"], row["slot"]] = statement, row
    for statement in (UPSERT, DELETE):
        statement.execute(connection, [latest[key][1] for key in sorted(latest) if latest[key][0] is statement])
