"""Whether a column holds one of many words: one value for the statement, however many they are."""

from collections.abc import Collection
from typing import Any, Self

from sqlalchemy import JSON, BindParameter, Boolean, ColumnElement, Dialect, String, bindparam
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine


class Words(TypeDecorator[list[str]]):
    """A list of words, as each database takes one: an array, or its JSON."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """See `TypeDecorator.load_dialect_impl`."""
        return dialect.type_descriptor(postgresql.ARRAY(String()) if dialect.name == "postgresql" else JSON())


class _OneOf(FunctionElement[bool]):
    """`column IN (...)` writes, compiles and has the server plan another statement for each number of words.

    That the column is not NULL is said aloud: neither database concludes it from a list that it is given later, and
    then does not look into an index of those rows alone that have a value.
    """

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> Self:  # noqa: ARG002 - it is called by that name
        """It is a condition as it stands: SQLAlchemy would write `= 1` behind it, and no index would serve it."""
        return self


def one_of(column: ColumnElement[Any], words: Collection[str] | BindParameter[Any]) -> ColumnElement[bool]:
    """Whether `column` holds one of `words`; these may be a parameter that is given later, as a list."""
    given = words if isinstance(words, BindParameter) else bindparam(None, list(words), type_=Words())
    return _OneOf(column, given)


def word_list(name: str) -> BindParameter[Any]:
    """A parameter for words that are given when the statement is executed."""
    return bindparam(name, type_=Words())


@compiles(_OneOf, "postgresql")
def _any(element: _OneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, words = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} IS NOT NULL AND {column} = ANY ({words}))"


@compiles(_OneOf, "sqlite")
def _in_json(element: _OneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, words = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} IS NOT NULL AND {column} IN (SELECT value FROM json_each({words})))"  # noqa: S608 - both are compiled clauses
