"""Reads a long result in portions of so many bytes: who reads slowly keeps one portion in memory, not all of it."""

from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Column, Connection, Row, Select, Text, cast, func

MAX_ITEMS = 500
MAX_BYTES = 262_144
FETCHED_AT_ONCE = 8
"""Rows that PostgreSQL sends ahead; SQLite hands them over one by one."""

STREAMED = {"stream_results": True, "max_row_buffer": FETCHED_AT_ONCE}

T = TypeVar("T")


class Portion(msgspec.Struct, Generic[T], frozen=True):
    """Some items in order, at least one where there is any; `is_last` where there were no more at the time."""

    items: list[T]
    is_last: bool


def in_portions(statement: Select[Any], large: Column[Any]) -> Select[Any]:
    """What `read_portion` reads: `statement` with the length of its column `large` added to each row."""
    return statement.add_columns(func.coalesce(func.length(cast(large, Text)), 0)).limit(MAX_ITEMS)


def read_portion(
    connection: Connection, statement: Select[Any], values: dict[str, Any]
) -> Portion[Row[*tuple[Any, ...]]]:
    """The first rows of a statement made by `in_portions`, up to the one that brings them to `MAX_BYTES`."""
    items: list[Row[*tuple[Any, ...]]] = []
    room = MAX_BYTES
    with connection.execute(statement, values, execution_options=STREAMED) as rows:
        for row in rows:
            items.append(row)
            room -= row[-1]
            if room <= 0:
                break
    return Portion(items, is_last=room > 0 and len(items) < MAX_ITEMS)
