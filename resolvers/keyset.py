"""Keyset pagination: a slice of an ordered list that stays put while rows are added to it."""

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, Generic, Self, TypeVar

import msgspec
from pydantic import Field, model_validator
from sqlalchemy import Connection, Integer, Row, Select, bindparam, tuple_

from models.commands.validation import BAD_TEXT, Command
from models.commands.workflows import MAX_PAGE_SIZE
from models.database.selections import SelectedRow, Selection
from models.errors import InvalidInput
from models.faults import Fault

T = TypeVar("T")

DEFAULT_SLICE = 50
CREATED_AT = "created_at"
AFTER, BEFORE, SIZE = "after", "before", "size"


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

    @property
    def size(self) -> int:
        """So many items at most."""
        size = self.last if self.last is not None else self.first
        return DEFAULT_SLICE if size is None else size


class Order(msgspec.Struct, frozen=True):
    """By `column`, then by `id_`. `name` is the column's in the rows, and makes the list's cursors its own; those of
    lists by `created_at` are told apart by the `prefix` of their ids.
    """

    column: Any
    id_: Any
    name: str = CREATED_AT
    descending: bool = True
    is_text: bool = False
    prefix: str = ""


class Edge(msgspec.Struct, Generic[T], frozen=True):
    """One item and its place in the list; the cursor is spelled out only where it is asked for."""

    node: T
    value: Any
    id: str
    order: Order

    @property
    def cursor(self) -> str:
        """An opaque word for the place: it outlives the item."""
        text = self.value if self.order.is_text else self.value.isoformat()
        name = self.order.name
        return encode_text(f"{text}|{self.id}" if name == CREATED_AT else f"{name}:{text}|{self.id}")


class Slice(msgspec.Struct, Generic[T], frozen=True):
    """The items between two cursors, and whether there are more on either side."""

    edges: list[Edge[T]]
    has_next: bool
    has_previous: bool


def read_slice(
    connection: Connection,
    statement: Select[Any],
    order: Order,
    window: Window,
    entity: Callable[[Row[*tuple[Any, ...]]], T],
) -> Slice[T]:
    """Read one slice of `statement`, whose rows have the order's column and `id`.

    Raises `InvalidInput` on a bad cursor.
    """
    rows = connection.execute(bounded(statement, order, window)).all()
    return cut(rows, order, window, entity)


class PagedList(Generic[T]):
    """One list, ordered by columns of its own: its slices are composed once for each way to page through it."""

    def __init__(self, statement: Select[Any], order: Order) -> None:
        self._statement = statement
        self._order = order
        names = statement.selected_columns.keys()
        self._value, self._id = names.index(order.name), names.index(order.id_.key)
        self._selections: dict[tuple[bool, bool, bool], Selection] = {}

    def slice(
        self,
        connection: Connection,
        values: Mapping[str, Any],
        window: Window,
        entity: Callable[[SelectedRow], T],
    ) -> Slice[T]:
        """Read one slice; `values` are those of the statement's own parameters. Raises `InvalidInput`."""
        given = {**values, SIZE: window.size + 1}
        for cursor, argument in ((window.after, AFTER), (window.before, BEFORE)):
            if cursor is not None:
                given[f"{argument}_value"], given[f"{argument}_id"] = decode_place(cursor, argument, self._order)
        rows = self._selection(window).rows(connection, given)
        places = [(row[self._value], row[self._id]) for row in rows]
        return _cut(list(zip(rows, places, strict=True)), self._order, window, entity)

    def _selection(self, window: Window) -> Selection:
        way = (window.after is None, window.before is None, window.last is None)
        known = self._selections.get(way)
        if known is None:
            statement = _bounded(self._statement, self._order, window, self._parameters, bindparam(SIZE, type_=Integer))
            known = self._selections[way] = Selection(statement)
        return known

    def _parameters(self, _cursor: str, argument: str) -> Any:
        value, id_ = self._order.column.type, self._order.id_.type
        return tuple_(bindparam(f"{argument}_value", type_=value), bindparam(f"{argument}_id", type_=id_))


def bounded(statement: Select[Any], order: Order, window: Window) -> Select[Any]:
    """The statement for one slice and, to know whether there are more, one row beyond. Raises `InvalidInput`."""
    return _bounded(statement, order, window, partial(decode_place, order=order), window.size + 1)


def _bounded(
    statement: Select[Any], order: Order, window: Window, place: Callable[[str, str], Any], size: Any
) -> Select[Any]:
    key = tuple_(order.column, order.id_)
    for cursor, argument, onward in (
        (window.after, AFTER, not order.descending),
        (window.before, BEFORE, order.descending),
    ):
        if cursor is not None:
            found = place(cursor, argument)
            statement = statement.where(key > found if onward else key < found)
    ascending = order.descending is (window.last is not None)
    columns = (order.column, order.id_)
    return statement.order_by(*(column.asc() if ascending else column.desc() for column in columns)).limit(size)


def cut(
    rows: Sequence[Row[*tuple[Any, ...]]],
    order: Order,
    window: Window,
    entity: Callable[[Row[*tuple[Any, ...]]], T],
) -> Slice[T]:
    """The slice that the rows of a `bounded` statement hold."""
    return _cut([(row, (row._mapping[order.name], row.id)) for row in rows], order, window, entity)


def _cut(
    rows: Sequence[tuple[Any, tuple[Any, str]]], order: Order, window: Window, entity: Callable[[Any], T]
) -> Slice[T]:
    """The slice that some rows with their places hold."""
    backward = window.last is not None
    size = window.size
    more = len(rows) > size
    rows = rows[:size][::-1] if backward else rows[:size]
    edges = [Edge(entity(row), *place, order) for row, place in rows]
    return Slice(
        edges=edges,
        has_next=window.before is not None if backward else more,
        has_previous=more if backward else window.after is not None,
    )


def slice_in_memory(edges: Sequence[Edge[T]], order: Order, window: Window) -> Slice[T]:
    """A slice of a list that is whole in memory, ascending by text and id. Raises `InvalidInput` on a bad cursor."""
    after = None if window.after is None else decode_place(window.after, "after", order)
    before = None if window.before is None else decode_place(window.before, "before", order)
    between = [
        edge
        for edge in sorted(edges, key=lambda edge: (edge.value, edge.id))
        if (after is None or (edge.value, edge.id) > after) and (before is None or (edge.value, edge.id) < before)
    ]
    size, backward = window.size, window.last is not None
    more = len(between) > size
    return Slice(
        edges=between[max(0, len(between) - size) :] if backward else between[:size],
        has_next=window.before is not None if backward else more,
        has_previous=more if backward else window.after is not None,
    )


def decode_place(cursor: str, argument: str, order: Order) -> tuple[Any, str]:
    """The place that a cursor of an ordered list names. Raises `InvalidInput`, also for another list's cursor."""
    if order.name == CREATED_AT:
        moment, id_ = decode_cursor(cursor, argument)
        if not id_.startswith(order.prefix):
            raise no_cursor(argument)
        return moment, id_
    text = decode_text(cursor, argument)
    name, separator, place = text.partition(":")
    value, bar, id_ = place.rpartition("|")
    if name != order.name or not separator or not bar:
        raise no_cursor(argument)
    if order.is_text:
        return value, id_
    return decode_cursor(encode_text(place), argument)


def decode_text(cursor: str, argument: str) -> str:
    """What a cursor holds. Raises `InvalidInput`."""
    try:
        text = _decoded(cursor)
    except ValueError:
        raise no_cursor(argument) from None
    if BAD_TEXT.search(text):
        raise no_cursor(argument)
    return text


def encode_text(text: str) -> str:
    """An opaque cursor that holds `text`."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def no_cursor(argument: str) -> InvalidInput:
    """The refusal of what is no cursor of the list that it was given for."""
    fault = Fault((argument,), "is no cursor of this list: use one that the list returned", "value_error.cursor")
    return InvalidInput([fault])


def _decoded(cursor: str) -> str:
    """Raises `ValueError`."""
    return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()


def decode_cursor(cursor: str, argument: str) -> tuple[datetime, str]:
    """The place that a cursor names. Raises `InvalidInput`."""
    try:
        text = _decoded(cursor)
        created_at, separator, id_ = text.partition("|")
        moment = datetime.fromisoformat(created_at)
        if moment.tzinfo is None or not separator or BAD_TEXT.search(id_):
            raise ValueError("a cursor is a time with a zone, and an id")
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise no_cursor(argument) from None
    return moment, id_
