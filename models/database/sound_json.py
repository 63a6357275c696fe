"""A JSON column as SQL looks into it: what it cannot read is NULL there, so that one such row fails no statement."""

from typing import Any

from sqlalchemy import JSON, Column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

NUL = r"(^|[^\\])(\\\\)*\\u0000"
"""A NUL as JSON spells it, for PostgreSQL's regular expressions."""


class sound_json(GenericFunction[Any]):  # noqa: N801 - the name of a function of SQL
    """A JSON column, or NULL.

    PostgreSQL lets nothing else into one, and yet stops at the first row that has a NUL in a text; SQLite stops at one
    that is no JSON.
    """

    type = JSON()
    inherit_cache = True

    def __init__(self, column: Column[Any]) -> None:
        super().__init__(column)


@compiles(sound_json, "postgresql")
def _without_nul(element: sound_json, compiler: SQLCompiler, **more: Any) -> str:
    column = compiler.process(element.clauses, **more)
    # The pattern, which tells a NUL from a backslash before "u0000", is slower, and almost never looked at.
    return rf"(CASE WHEN strpos({column}::text, '\u0000') = 0 OR {column}::text !~ '{NUL}' THEN {column} END)"


@compiles(sound_json, "sqlite")
def _checked(element: sound_json, compiler: SQLCompiler, **more: Any) -> str:
    column = compiler.process(element.clauses, **more)
    return f"CASE WHEN json_valid({column}) THEN {column} END"
