"""Says what a comparison of the metadata with a database looks at."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ForeignKeyConstraint

from models.database.tables import SEARCH_INDEX, ExecutionRow, table

EXECUTIONS = table(ExecutionRow).name


def compared(dialect: str) -> dict[str, Any]:
    """Alembic's options for a comparison with a database of a dialect."""
    return {"include_name": _is_described, "include_object": _is_checked if dialect == "postgresql" else _is_any}


def _is_described(name: str | None, type_: str, parents: Mapping[Any, str | None]) -> bool:
    """Whether metadata can describe the object: everything but the full-text index, and what FTS5 keeps for it."""
    del type_, parents  # the signature is Alembic's
    return name is None or not name.startswith(SEARCH_INDEX)


def _is_checked(found: Any, *_: Any) -> bool:
    """Whether PostgreSQL has the object: everything but the foreign keys of executions and to them (ADR 51)."""
    if not isinstance(found, ForeignKeyConstraint):
        return True
    return EXECUTIONS not in (found.table.name, found.referred_table.name)


def _is_any(*_: Any) -> bool:
    return True
