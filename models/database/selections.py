"""Statements that are composed and compiled once and read whole: SQLite hands all their rows over as one."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Dialect, Float, Select, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.types import TypeEngine
from sqlmodel.sql.sqltypes import UTCDateTime

from models.database.bulk import Place, positional, processor

SelectedRow = Sequence[Any]
"""The values of a row, in the order of the statement's columns."""

Reader = tuple[int, Callable[[Any], Any]]
"""The place of a column in a row, and what makes its value of what the driver gives."""


class _InOneRow(msgspec.Struct, frozen=True):
    """A statement of SQLite for the JSON of all rows of another one."""

    text: str
    places: Sequence[Place]
    constants: Mapping[str, Any]
    readers: Sequence[Reader]

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[SelectedRow]:
        known = {**self.constants, **values}
        given = tuple([convert(known[name]) for name, convert in self.places])
        rows = msgspec.json.decode(connection.exec_driver_sql(self.text, given).scalar_one(), type=list[list[Any]])
        for row in rows:
            for place, read in self.readers:
                if row[place] is not None:
                    row[place] = read(row[place])
        return rows


class Selection:
    """A statement whose rows are few enough to be held at once.

    The driver of SQLite gives up the interpreter at every row, and must win it back from a busy event loop: so it is
    asked for one row, which holds all of them. Where one is damaged so that no JSON holds it, they come one by one.
    """

    def __init__(self, statement: Select[Any]) -> None:
        if any(isinstance(column.type, Float) for column in statement.selected_columns):
            raise TypeError("SQLite would round the floats of a JSON text")
        self._statement = statement
        self._in_one_row: _InOneRow | None = None

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[SelectedRow]:
        """The rows that the statement finds with `values`, by the names of its parameters."""
        if connection.dialect.name == "sqlite":
            if self._in_one_row is None:
                self._in_one_row = _in_one_row(self._statement, connection.dialect)
            try:
                return self._in_one_row.rows(connection, values)
            except (OperationalError, ValueError):
                pass  # of what was damaged by another hand, SQLAlchemy knows best how much it can read
        return connection.execute(self._statement, values).all()


def _in_one_row(statement: Select[Any], dialect: Dialect) -> _InOneRow:
    found = statement.subquery()
    text, given = positional(select(func.json_group_array(func.json_array(*found.c))), dialect)
    places = [(parameter.key, processor(parameter.type, dialect)) for parameter in given]
    constants = {parameter.key: parameter.value for parameter in given if not parameter.required}
    readers = [
        (place, read) for place, column in enumerate(found.c) if (read := _reader(column.type, dialect)) is not None
    ]
    return _InOneRow(text, places, constants, readers)


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    if isinstance(kind, UTCDateTime):
        return _moment
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _moment(text: str) -> datetime:
    """As the type reads it, in half the time."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
