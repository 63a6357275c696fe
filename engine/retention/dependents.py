"""Which rows hang on an execution: found by a walk over the foreign keys, so that no table can be forgotten."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, Delete, Select, Table, delete, select

from models.database.bulk_operation_tables import BulkOperationItemRow
from models.database.one_of import one_of, word_list
from models.database.retention_tables import SpentKeyRow
from models.database.tables import ExecutionRow, table

EXECUTIONS = table(ExecutionRow)
IDS = "ids"

KEPT: Mapping[str, str] = {
    table(BulkOperationItemRow).name: "it says what became of an execution in a bulk operation, a deletion included",
    table(SpentKeyRow).name: "it is what is left of an execution that was deleted",
}
"""The tables that name executions by a column `execution_id` and outlive them, each with its reason."""

Among = Callable[[Column[Any]], ColumnElement[bool]]
"""Whether a column names one of some executions."""


class Dependents(msgspec.Struct, frozen=True):
    """The rows of `table` that hang on some executions; `deletion` takes their ids as the list `ids`."""

    table: Table
    deletion: Delete

    def among(self, ids: Select[Any]) -> ColumnElement[bool]:
        """Which of its rows hang on the executions that a statement finds."""
        condition = _hangs_on(self.table, lambda name: name.in_(ids))
        assert condition is not None  # noqa: S101 - or it were none of these
        return condition


@cache
def dependents() -> Sequence[Dependents]:
    """What hangs on executions, and last these themselves: in this order nothing refers to what is gone.

    It is walked at its first use, when the modules of all tables are loaded.
    """
    found = []
    for candidate in reversed(EXECUTIONS.metadata.sorted_tables):
        condition = _hangs_on(candidate, lambda name: one_of(name, word_list(IDS)))
        if condition is not None:
            found.append(Dependents(candidate, delete(candidate).where(condition)))
    return found


def delete_with_dependents(connection: Connection, ids: Sequence[str]) -> None:
    """Delete executions and all that hangs on them."""
    for statement in _deletions(connection.dialect.name):
        connection.execute(statement, {IDS: list(ids)})


@cache
def _deletions(dialect: str) -> Sequence[Delete]:
    """PostgreSQL does it in one statement, for to ask it takes longer than to do it; SQLite has none of that kind."""
    *hanging, last = (dependent.deletion for dependent in dependents())
    if dialect == "sqlite":
        return [*hanging, last]
    return [last.add_cte(*(deletion.cte(f"gone_{number}") for number, deletion in enumerate(hanging)))]


def _hangs_on(candidate: Table, among: Among) -> ColumnElement[bool] | None:
    """Which rows of a table hang on some executions; None where no foreign key leads to one."""
    if candidate is EXECUTIONS:
        return among(EXECUTIONS.c.id)
    for key in sorted(candidate.foreign_keys, key=lambda key: key.parent.name):
        target = key.column.table
        if target is candidate:
            continue
        if target is EXECUTIONS:
            return among(key.parent)
        condition = _hangs_on(target, among)
        if condition is not None:
            return key.parent.in_(select(key.column).where(condition))
    return None
