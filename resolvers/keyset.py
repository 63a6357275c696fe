"""Keyset pagination: a slice of a list, newest first, that stays put while rows are added before it."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Self, TypeVar

import msgspec
from pydantic import Field, model_validator
from sqlalchemy import Column, Connection, Row, Select, tuple_

from models.commands import MAX_PAGE_SIZE
from models.errors import Fault, InvalidInput
from models.validation import BAD_TEXT, Command

T = TypeVar("T")

DEFAULT_SLICE = 50


class Window(Command):
    """Which slice: `first` after a cursor, or `last` before one."""

    first: Annotated[int, Field(ge=0, le=MAX_PAGE_SIZE)] | None = None
    after: str | None = None
    last: Annotated[int, Field(ge=0, le=MAX_PAGE_SIZE)] | None = None
    before: str | None = None

    @model_validator(mode="after")
    def _one_direction(self) -> Self:
        if self.first is not None and self.last is not None:
            raise ValueError("give first or last, not both")
        return self


class Edge(msgspec.Struct, Generic[T], frozen=True):
    """One item and its cursor."""

    cursor: str
    node: T


class Slice(msgspec.Struct, Generic[T], frozen=True):
    """The items between two cursors, and whether there are more on either side."""

    edges: list[Edge[T]]
    has_next: bool
    has_previous: bool


def read_slice(
    connection: Connection,
    statement: Select[Any],
    created_at: Column[Any],
    id_: Column[Any],
    window: Window,
    entity: Callable[[Row[*tuple[Any, ...]]], T],
) -> Slice[T]:
    """Read one slice of `statement`, whose rows have `created_at` and `id`. Raises `InvalidInput` on a bad cursor."""
    key = tuple_(created_at, id_)
    if window.after is not None:
        statement = statement.where(key < decode_cursor(window.after, "after"))
    if window.before is not None:
        statement = statement.where(key > decode_cursor(window.before, "before"))
    backward = window.last is not None
    size = window.last if window.last is not None else window.first
    size = DEFAULT_SLICE if size is None else size
    order = (created_at.asc(), id_.asc()) if backward else (created_at.desc(), id_.desc())
    rows: Sequence[Row[*tuple[Any, ...]]] = connection.execute(statement.order_by(*order).limit(size + 1)).all()
    more = len(rows) > size
    rows = rows[:size][::-1] if backward else rows[:size]
    edges = [Edge(encode_cursor(row.created_at, row.id), entity(row)) for row in rows]
    return Slice(
        edges=edges,
        has_next=window.before is not None if backward else more,
        has_previous=more if backward else window.after is not None,
    )


def encode_cursor(created_at: datetime, id_: str) -> str:
    """An opaque cursor that names a place in the list, not a row: it outlives the row."""
    return base64.urlsafe_b64encode(f"{created_at.isoformat()}|{id_}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str, argument: str) -> tuple[datetime, str]:
    """The place that a cursor names. Raises `InvalidInput`."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
        created_at, separator, id_ = text.partition("|")
        moment = datetime.fromisoformat(created_at)
        if moment.tzinfo is None or not separator or BAD_TEXT.search(id_):
            raise ValueError("a cursor is a time with a zone, and an id")
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError, binascii.Error):
        fault = Fault((argument,), "is no cursor of this list: use one that the list returned", "value_error.cursor")
        raise InvalidInput([fault]) from None
    return moment, id_
