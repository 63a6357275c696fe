"""Writes the labels of executions: with the execution, or when somebody changes them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, update

from engine.journal.projection import NewRow
from models.database.bulk import insert_rows
from models.database.changes import take_change
from models.database.finding_tables import ExecutionLabelRow
from models.database.one_of import one_of, word_list
from models.database.tables import ExecutionRow, table
from models.entities.executions import ExecutionSummary

EXECUTIONS = table(ExecutionRow)
LABELS = table(ExecutionLabelRow)


def _or_update(statement: Any) -> Any:
    return statement.on_conflict_do_update(
        index_elements=["execution_id", "key"], set_={"value": statement.excluded.value}
    )


WRITE = insert_rows(LABELS, otherwise=_or_update)
REMOVE = delete(LABELS).where(
    LABELS.c.execution_id == bindparam("of_execution"), one_of(LABELS.c.key, word_list("keys"))
)
KEEP = (
    update(EXECUTIONS)
    .where(EXECUTIONS.c.id == bindparam("of_execution"))
    .values(labels=bindparam("present"), change=bindparam("number"))
)


def write_labels(connection: Connection, rows: Sequence[NewRow]) -> None:
    """Write the labels that new executions have in their rows, in one order everywhere."""
    WRITE.execute(
        connection,
        [
            {
                "execution_id": row["id"],
                "key": key,
                "value": value,
                "tenant": row["tenant"],
                "created_at": row["created_at"],
            }
            for row in sorted(rows, key=lambda row: row["id"])
            for key, value in sorted(row["labels"].items())
        ],
    )


def set_labels(
    connection: Connection,
    tenant: str,
    execution: ExecutionSummary,
    after: Mapping[str, str],
) -> None:
    """Give an execution, whose row the transaction holds, these labels, and have whoever watches lists see it."""
    before = execution.labels
    row = {"id": execution.id, "tenant": tenant, "created_at": execution.created_at}
    changed = {key: value for key, value in after.items() if before.get(key) != value}
    write_labels(connection, [{**row, "labels": changed}])
    removed = sorted(before.keys() - after.keys())
    if removed:
        connection.execute(REMOVE, {"of_execution": execution.id, "keys": removed})
    present = {"of_execution": execution.id, "present": dict(after) or None, "number": take_change(connection)}
    connection.execute(KEEP, present)
