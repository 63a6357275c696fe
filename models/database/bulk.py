"""Statements for many rows, compiled once for each dialect: the journal's hot path."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Table,
    bindparam,
    column,
    delete,
    func,
    select,
    true,
    tuple_,
    values,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import TypeEngine
from sqlmodel.sql.sqltypes import UTCDateTime

Values = Mapping[str, Any]
Types = Mapping[str, TypeEngine[Any]]
Processor = Callable[[Any], Any]

Place = tuple[str, Processor]
"""The key of the value that stands in a place of a statement, and how the driver wants it."""

RowValues = Mapping[str, ColumnElement[Any]]
"""What stands in a statement for each value of a row, by its key."""

Held = tuple[str, Column[Any]]
"""The key of the value that names a row of a table, and the column by which it does."""

INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
"""The insert of each dialect that can say what to do where the row is there already."""

MOST_PLACES = 4_096
"""How many values a statement of SQLite is given at most, which takes 32,766: a longer text takes longer to prepare."""

REMEMBERED_MOMENTS = 4_096
"""The rows of one batch hold the same few moments many times over."""


class _Arrays(msgspec.Struct, frozen=True):
    """A statement of PostgreSQL: each place takes the values of all rows, however many they are."""

    text: str
    places: Sequence[Place]

    def run(self, connection: Connection, rows: Sequence[Values]) -> int:
        """Run it once for all `rows`; return how many rows of the database were written."""
        columns = [[convert(row[key]) for row in rows] for key, convert in self.places]
        return connection.exec_driver_sql(self.text, tuple(columns)).rowcount


class _Groups(msgspec.Struct, frozen=True):
    """A statement of SQLite: `group` holds the places of one row, and stands in its text once for each row."""

    text: str
    places: Sequence[Place]
    group: str
    most: int

    def run(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Run it for as many of `rows` at once as a power of two goes, so that few different texts are prepared."""
        begin = 0
        while begin < len(rows):
            count = min(1 << (len(rows) - begin).bit_length() - 1, self.most)
            portion = rows[begin : begin + count]
            values = [convert(row[key]) for row in portion for key, convert in self.places]
            connection.exec_driver_sql(self._for(count), tuple(values))
            begin += count

    def _for(self, count: int) -> str:
        return self.text.replace(self.group, ", ".join([self.group] * count), 1)


class BulkStatement:
    """A statement for many rows. `build` composes it for a dialect's name; `types` are those of a row's values.

    Both databases are given many rows at once: the driver of SQLite gives up the interpreter at every statement, and
    must win it back from a busy event loop. It takes the rows one after the other, as they are given.
    PostgreSQL is given an array for each key: it plans and executes one statement, where no two rows may be about the
    same one. Its plan may take them in any order, so that two writers wait for each other: with `held`, a key and the
    column by which it names a row, it first takes hold of the rows in the order of that column.
    SQLAlchemy composes and compiles the statement; only the work that it would do again for each row of each
    call (looking up, naming and converting every value) is done here once.
    """

    def __init__(
        self,
        build: Callable[[str, RowValues], ClauseElement],
        types: Types,
        held: Held | None = None,
    ) -> None:
        self._build = build
        self._types = types
        self._held = held
        self._compiled: dict[str, _Arrays | _Groups] = {}

    def execute(self, connection: Connection, rows: Sequence[Values]) -> int | None:
        """Run the statement for each row; each row has the keys of the statement, and may have others.

        Returns how many rows of the database were written, and None on SQLite, whose driver says it of no statement
        that begins with a list of values.
        """
        if not rows:
            return 0
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = self._compile(dialect)
        return compiled.run(connection, rows)

    def _compile(self, dialect: Dialect) -> _Arrays | _Groups:
        if dialect.name == "postgresql":
            text, places = self._written(dialect, _unnested(self._types, self._held))
            return _Arrays(text, places)
        text, places = self._written(dialect, _listed(self._types))
        group = f"({', '.join(['?'] * len(places))})"
        return _Groups(text, places, group, max(1, 1 << (MOST_PLACES // len(places)).bit_length() - 1))

    def _written(self, dialect: Dialect, values: RowValues) -> tuple[str, Sequence[Place]]:
        text, given = positional(self._build(dialect.name, values), dialect)
        keys = [parameter.key.removeprefix(PREFIX) for parameter in given]
        return text, tuple((key, processor(self._types[key], dialect)) for key in keys)


def positional(statement: ClauseElement, dialect: Dialect) -> tuple[str, Sequence[BindParameter[Any]]]:
    """The text of a statement as a driver takes it, and its parameters in the order of their places."""
    compiled = statement.compile(dialect=dialect)
    if not isinstance(compiled, SQLCompiler) or compiled.positiontup is None:
        raise TypeError(f"{dialect.name} takes no positional values")
    return str(compiled), [compiled.binds[name] for name in compiled.positiontup]


PREFIX = "row_"
"""Before the names of values: those of the columns themselves are SQLAlchemy's."""


def types_of(columns: Sequence[Column[Any]]) -> dict[str, TypeEngine[Any]]:
    """The types of a row that has values for `columns`."""
    return {found.name: found.type for found in columns}


def insert_rows(
    target: Table, keys: Sequence[str] = (), *, otherwise: Callable[[Any], Any] = lambda statement: statement
) -> BulkStatement:
    """Insert rows with values for `keys`, or else for all columns; `otherwise` says what is done with a conflict."""

    def build(dialect: str, row: RowValues) -> ClauseElement:
        # SQLite would take what is done with a conflict for a part of a selection that has no condition.
        given = select(*row.values()).where(true())
        composed: ClauseElement = otherwise(INSERTS[dialect](target).from_select(list(row), given))
        return composed

    return BulkStatement(build, types_of([target.c[key] for key in keys or target.c.keys()]))


def delete_rows(target: Table, keys: Sequence[str]) -> BulkStatement:
    """Delete the rows whose columns `keys` have the values that are given."""
    columns = [target.c[key] for key in keys]

    def build(dialect: str, row: RowValues) -> ClauseElement:
        if dialect == "sqlite":  # which joins nothing to what it deletes from
            return delete(target).where(tuple_(*columns).in_(select(*row.values())))
        return delete(target).where(*(named == row[named.name] for named in columns))

    return BulkStatement(build, types_of(columns))


def _listed(types: Types) -> RowValues:
    columns = [column(key, type_) for key, type_ in types.items()]
    places = tuple(bindparam(PREFIX + key, type_=type_) for key, type_ in types.items())
    rows = values(*columns, name="given").data([places]).cte("given")
    return {key: rows.c[key] for key in types}


def _unnested(types: Types, held: Held | None) -> RowValues:
    arrays = [bindparam(PREFIX + key, type_=postgresql.ARRAY(type_)) for key, type_ in types.items()]
    columns = [column(key, type_) for key, type_ in types.items()]
    rows = func.unnest(*arrays).table_valued(*columns, name="given").render_derived()
    given = {key: rows.c[key] for key in types}
    if held is None:
        return given
    name, named = held
    present = named.table.alias("present")
    in_order = select(*given.values()).where(present.c[named.name] == given[name]).order_by(present.c[named.name])
    rows_held = in_order.with_for_update(of=present, key_share=True).cte("held")
    return {key: rows_held.c[key] for key in types}


def processor(type_: TypeEngine[Any], dialect: Dialect) -> Processor:
    """What makes of a value of a type what the driver takes."""
    convert: Processor | None = type_.dialect_impl(dialect).bind_processor(dialect)
    if convert is None:
        return _as_it_is
    return lru_cache(REMEMBERED_MOMENTS)(convert) if isinstance(type_, UTCDateTime) else convert


def _as_it_is(value: Any) -> Any:
    return value
