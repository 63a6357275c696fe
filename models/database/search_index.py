"""The full-text index of workflows behind two questions, alike on both databases (decision W10)."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Subquery, bindparam, cast, column, func, select
from sqlalchemy import table as lightweight_table
from sqlalchemy.sql.expression import ColumnElement, Select

from models.database.tables import SEARCH_INDEX, WorkflowSearchRow, table
from models.search_terms import Condition, SearchTerm

SEARCH = table(WorkflowSearchRow)
FTS5 = lightweight_table(SEARCH_INDEX, column("rowid"), column("workflow_id"), column(SEARCH_INDEX))

RECENT = 2_000
"""How many of the newest workflows PostgreSQL looks through before it asks its index."""

Statement = Select[Any]


def newest(connection: Connection, condition: Condition, limit: int) -> list[str]:
    """The ids of the workflows created last that meet a condition, the newest first, `limit` at most."""
    if connection.dialect.name == "sqlite":
        return _ids(connection, _sqlite_newest(), terms=_fts5(condition), size=limit)
    terms = _tsquery(condition)
    # A GIN index has no order: of words that most workflows hold, it would read and sort them all.
    found = _ids(connection, _postgres_recent(), terms=terms, size=limit, recent=RECENT)
    return found if len(found) == limit else _ids(connection, _postgres_newest(), terms=terms, size=limit)


def count(connection: Connection, condition: Condition, limit: int) -> int:
    """How many workflows meet a condition, counted up to `limit`."""
    if connection.dialect.name == "sqlite":
        return _number(connection, _sqlite_count(), terms=_fts5(condition), size=limit)
    terms = _tsquery(condition)
    # What many workflows match is counted sooner by reading them than by the index.
    if 4 * _number(connection, _postgres_recent_count(), terms=terms, size=RECENT, recent=RECENT) >= RECENT:
        counted = _number(connection, _postgres_recent_count(), terms=terms, size=limit, recent=5 * limit)
        if counted == limit:
            return limit
    return _number(connection, _postgres_count(), terms=terms, size=limit)


def _ids(connection: Connection, statement: Statement, **values: Any) -> list[str]:
    return list(connection.execute(statement, values).scalars())


def _number(connection: Connection, statement: Statement, **values: Any) -> int:
    counted: int = connection.execute(statement, values).scalar_one()
    return counted


# Built once: composing a statement costs as much as running it.


@cache
def _sqlite_newest() -> Statement:
    return select(FTS5.c.workflow_id).where(_matched()).order_by(FTS5.c.rowid.desc()).limit(bindparam("size"))


@cache
def _sqlite_count() -> Statement:
    return _counted(select(FTS5.c.rowid).where(_matched()))


@cache
def _postgres_recent() -> Statement:
    recent = _recent()
    statement = select(recent.c.workflow_id).where(_holds(recent.c.document))
    return statement.order_by(recent.c.number.desc()).limit(bindparam("size"))


@cache
def _postgres_recent_count() -> Statement:
    recent = _recent()
    return _counted(select(recent.c.number).where(_holds(recent.c.document)))


@cache
def _postgres_newest() -> Statement:
    # Materialised, or the planner may walk all workflows by their number in the hope of an early match.
    matches = select(SEARCH.c.number, SEARCH.c.workflow_id).where(_holds(SEARCH.c.document))
    found = matches.cte().prefix_with("MATERIALIZED")
    return select(found.c.workflow_id).order_by(found.c.number.desc()).limit(bindparam("size"))


@cache
def _postgres_count() -> Statement:
    return _counted(select(SEARCH.c.number).where(_holds(SEARCH.c.document)))


def _recent() -> Subquery:
    return select(SEARCH).order_by(SEARCH.c.number.desc()).limit(bindparam("recent")).subquery()


def _counted(matches: Statement) -> Statement:
    return select(func.count()).select_from(matches.limit(bindparam("size")).subquery())


def _matched() -> ColumnElement[bool]:
    return FTS5.c[SEARCH_INDEX].op("MATCH", is_comparison=True)(bindparam("terms"))


def _holds(document: ColumnElement[Any]) -> ColumnElement[bool]:
    from sqlalchemy.dialects.postgresql import TSQUERY

    return document.op("@@", is_comparison=True)(cast(bindparam("terms"), TSQUERY))


def _fts5(condition: Condition) -> str:
    """`"a" AND ("b"* OR "c"*)`: the terms hold no quote (see `models.search_terms`)."""
    return _joined(condition, '"', "*", " OR ", " AND ")


def _tsquery(condition: Condition) -> str:
    return _joined(condition, "'", ":*", " | ", " & ")


def _joined(condition: Condition, quote: str, star: str, either: str, both: str) -> str:
    def spelled(term: SearchTerm) -> str:
        return f"{quote}{term.text}{quote}{star if term.is_prefix else ''}"

    def group(terms: Sequence[SearchTerm]) -> str:
        return f"({either.join(spelled(term) for term in terms)})"

    return both.join(group(terms) for terms in condition)
