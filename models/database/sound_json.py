"""A JSON column as SQL looks into it: what holds no JSON is NULL there, so that one damaged row fails no statement."""

from typing import Any

from sqlalchemy import JSON, Column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class sound_json(GenericFunction[Any]):  # noqa: N801 - the name of a function of SQL
    """A JSON column, or NULL. PostgreSQL lets nothing else into one; SQLite stops at the first row that is none."""

    type = JSON()
    inherit_cache = True

    def __init__(self, column: Column[Any]) -> None:
        super().__init__(column)


@compiles(sound_json)
def _as_it_is(element: sound_json, compiler: SQLCompiler, **more: Any) -> str:
    return compiler.process(element.clauses, **more)


@compiles(sound_json, "sqlite")
def _checked(element: sound_json, compiler: SQLCompiler, **more: Any) -> str:
    column = compiler.process(element.clauses, **more)
    return f"CASE WHEN json_valid({column}) THEN {column} END"
