"""Statements for many rows, compiled once for each dialect: the journal's hot path."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, Dialect, Table, bindparam, column, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import TypeEngine
from sqlmodel.sql.sqltypes import UTCDateTime

Values = Mapping[str, Any]
Types = Mapping[str, TypeEngine[Any]]
Processor = Callable[[Any], Any]

RowValues = Mapping[str, ColumnElement[Any]]
"""What stands in a statement for each value of a row, by its key."""

Held = tuple[str, Column[Any]]
"""The key of the value that names a row of a table, and the column by which it does."""

INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
"""The insert of each dialect that can say what to do where the row is there already."""

REMEMBERED_MOMENTS = 4_096
"""The rows of one batch hold the same few moments many times over."""


class _Compiled(msgspec.Struct, frozen=True):
    """The statement's text and, for each of its places, the key of the value and how the driver wants it.

    With `at_once` each place takes the values of all rows, and else those of one.
    """

    text: str
    places: tuple[tuple[str, Processor | None], ...]
    at_once: bool

    def values(self, rows: Sequence[Values]) -> Any:
        """What the driver is given for `rows`."""
        if self.at_once:
            return tuple([_values(rows, key, convert) for key, convert in self.places])
        places = [(key, convert or _as_it_is) for key, convert in self.places]
        return [tuple([convert(row[key]) for key, convert in places]) for row in rows]


class BulkStatement:
    """A statement for many rows. `build` composes it for a dialect's name; `types` are those of a row's values.

    SQLite is given one row after the other, which costs it no journey. PostgreSQL is given all of them at once, as an
    array for each key: it plans and executes one statement, where no two rows may be about the same one. Its plan may
    take them in any order, so that two writers wait for each other: with `held`, a key and the column by which it
    names a row, it first takes hold of the rows in the order of that column.
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
        self._compiled: dict[str, _Compiled] = {}

    def execute(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Run the statement for each row; each row has the keys of the statement, and may have others."""
        if not rows:
            return
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = self._compile(dialect)
        connection.exec_driver_sql(compiled.text, compiled.values(rows))

    def _compile(self, dialect: Dialect) -> _Compiled:
        at_once = dialect.name == "postgresql"
        values = _unnested(self._types, self._held) if at_once else _bound(self._types)
        compiled = self._build(dialect.name, values).compile(dialect=dialect)
        if not isinstance(compiled, SQLCompiler) or compiled.positiontup is None:
            raise TypeError(f"{dialect.name} takes no positional values, so it cannot be fed in bulk")
        keys = [name.removeprefix(PREFIX) for name in compiled.positiontup]
        return _Compiled(str(compiled), tuple((key, _processor(self._types[key], dialect)) for key in keys), at_once)


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
        statement: Any = INSERTS[dialect](target)
        if dialect == "postgresql":
            statement = statement.from_select(list(row), select(*row.values()))
        else:
            statement = statement.values(row)
        composed: ClauseElement = otherwise(statement)
        return composed

    return BulkStatement(build, types_of([target.c[key] for key in keys or target.c.keys()]))


def _bound(types: Types) -> RowValues:
    return {key: bindparam(PREFIX + key, type_=type_) for key, type_ in types.items()}


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


def _processor(type_: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    convert: Processor | None = type_.dialect_impl(dialect).bind_processor(dialect)
    return lru_cache(REMEMBERED_MOMENTS)(convert) if convert is not None and isinstance(type_, UTCDateTime) else convert


def _values(rows: Sequence[Values], key: str, convert: Processor | None) -> list[Any]:
    return [row[key] for row in rows] if convert is None else [convert(row[key]) for row in rows]


def _as_it_is(value: Any) -> Any:
    return value
