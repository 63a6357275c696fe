"""Statements for many rows, compiled once for each dialect: the journal's hot path."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Dialect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement
from sqlmodel.sql.sqltypes import UTCDateTime

Row = Mapping[str, Any]
Processor = Callable[[Any], Any]

INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
"""The insert of each dialect that can say what to do where the row is there already."""

REMEMBERED_MOMENTS = 4_096
"""The rows of one batch hold the same few moments many times over."""


class _Compiled(msgspec.Struct, frozen=True):
    """The statement's text and, for each of its places, the key of the value and how the driver wants it."""

    text: str
    keys: tuple[str, ...]
    processors: tuple[Processor, ...]


class BulkStatement:
    """An insert or update of many rows. `build` composes it for a dialect's name; `keys` name a row's values.

    SQLAlchemy composes and compiles the statement; only the work that it would do again for each row of each
    call (looking up, naming and converting every value) is done here once.
    """

    def __init__(self, build: Callable[[str], ClauseElement], keys: Sequence[str]) -> None:
        self._build = build
        self._keys = list(keys)
        self._compiled: dict[str, _Compiled] = {}

    def execute(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Run the statement once for each row; each row has exactly the keys of the statement."""
        if not rows:
            return
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = self._compile(dialect)
        places = tuple(zip(compiled.keys, compiled.processors, strict=True))
        values = [tuple([convert(row[key]) for key, convert in places]) for row in rows]
        connection.exec_driver_sql(compiled.text, values)

    def _compile(self, dialect: Dialect) -> _Compiled:
        compiled = self._build(dialect.name).compile(dialect=dialect, column_keys=self._keys)
        if not isinstance(compiled, SQLCompiler) or compiled.positiontup is None:
            raise TypeError(f"{dialect.name} takes no positional values, so it cannot be fed in bulk")
        keys = tuple(compiled.positiontup)
        return _Compiled(str(compiled), keys, tuple(_processor(compiled, key, dialect) for key in keys))


def _processor(compiled: SQLCompiler, key: str, dialect: Dialect) -> Processor:
    type_ = compiled.binds[key].type.dialect_impl(dialect)
    convert: Processor | None = type_.bind_processor(dialect)
    if convert is None:
        return _as_it_is
    return lru_cache(REMEMBERED_MOMENTS)(convert) if isinstance(compiled.binds[key].type, UTCDateTime) else convert


def _as_it_is(value: Any) -> Any:
    return value
