"""Statements that are composed and compiled once and read whole: SQLite hands all their rows over as one."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import JSON, ColumnElement, Connection, Dialect, Select, Text, func, literal_column, select, type_coerce
from sqlalchemy.exc import OperationalError
from sqlalchemy.types import TypeDecorator, TypeEngine

from models.database.bulk import Place, positional, processor
from models.database.database import decode_json

SelectedRow = Sequence[Any]
"""The values of a row, in the order of the statement's columns."""

AS_JSON: Mapping[type, Any] = {str: str | None, int: int | None, datetime: datetime | None, dict: str | None}
"""What of a column's values JSON can hold, and how; a document is a text in it."""

UTC_MARK: ColumnElement[str] = literal_column("'Z'")


class _WholeRead(msgspec.Struct, frozen=True):
    """A statement of SQLite for the JSON of all rows of another one; `documents` are the places of such."""

    text: str
    places: Sequence[Place]
    constants: Mapping[str, Any]
    decode: Callable[[str], Sequence[SelectedRow]]
    documents: Sequence[int]

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[SelectedRow]:
        known = {**self.constants, **values}
        given = tuple([convert(known[name]) for name, convert in self.places])
        rows = self.decode(connection.exec_driver_sql(self.text, given).scalar_one())
        return list(map(self._read, rows)) if self.documents else rows

    def _read(self, row: SelectedRow) -> SelectedRow:
        for place in self.documents:
            if row[place] is not None:
                row = (*row[:place], decode_json(row[place]), *row[place + 1 :])
        return row


class Selection:
    """A statement whose rows are few enough to be held at once: of texts, whole numbers, moments and documents.

    The driver of SQLite gives up the interpreter at every row, and must win it back from a busy event loop: so it is
    asked for one row, which holds all of them. Where one is damaged so that no JSON holds it, they come one by one.
    """

    def __init__(self, statement: Select[Any]) -> None:
        kinds = [_kind(column.type) for column in statement.selected_columns]
        if unknown := [kind for kind in kinds if kind not in AS_JSON]:
            raise TypeError(f"SQLite would not give these back out of JSON as they are: {unknown}")
        self._statement = statement
        self._kinds = kinds
        self._in_one_row: _WholeRead | None = None

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[SelectedRow]:
        """The rows that the statement finds with `values`, by the names of its parameters."""
        if connection.dialect.name == "sqlite":
            if self._in_one_row is None:
                self._in_one_row = self._composed(connection.dialect)
            try:
                return self._in_one_row.rows(connection, values)
            except (OperationalError, msgspec.DecodeError):
                pass  # of what was damaged by another hand, SQLAlchemy knows best how much it can read
        return connection.execute(self._statement, values).all()

    def _composed(self, dialect: Dialect) -> _WholeRead:
        found = self._statement.subquery()
        columns = [
            type_coerce(column, Text).concat(UTC_MARK) if kind is datetime else column
            for column, kind in zip(found.c, self._kinds, strict=True)
        ]
        row: Any = tuple[tuple(AS_JSON[kind] for kind in self._kinds)]  # type: ignore[misc]  # made as it runs
        text, given = positional(select(func.json_group_array(func.json_array(*columns))), dialect)
        return _WholeRead(
            text,
            places=[(parameter.key, processor(parameter.type, dialect)) for parameter in given],
            constants={parameter.key: parameter.value for parameter in given if not parameter.required},
            decode=msgspec.json.Decoder(list[row]).decode,
            documents=[place for place, kind in enumerate(self._kinds) if kind is dict],
        )


def _kind(type_: TypeEngine[Any]) -> type:
    """Of which type the values are; those of documents are of any."""
    if isinstance(type_, JSON):
        return dict
    return (type_.impl_instance if isinstance(type_, TypeDecorator) else type_).python_type
