"""Relay connections with keyset cursors, with `nodes` beside the edges and a count only where it is asked for."""

from bisect import bisect_left, bisect_right
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import strawberry

from models.commands.filters import Direction
from models.commands.validation import parse
from resolvers.keyset import Slice, Window, no_cursor

E = TypeVar("E")
N = TypeVar("N")

MOST_DIGITS = 10
"""Of a cursor that is a number."""


@strawberry.type(description="Where a slice lies in its list.")
class PageInfo:
    """Relay's page information."""

    has_next_page: bool = strawberry.field(description="Whether there are more items after this slice.")
    has_previous_page: bool = strawberry.field(description="Whether there are more items before this slice.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first item.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last item: pass it as `after`.")


@strawberry.type(description="One item of a list and its cursor.")
class Edge(Generic[N]):
    """Relay's edge."""

    cursor: str = strawberry.field(description="A place in the list that outlives the item.")
    node: N = strawberry.field(description="The item.")


@strawberry.type(description="A slice of a list that stays put while items are added.")
class Connection(Generic[N]):
    """Relay's connection."""

    nodes: list[N] = strawberry.field(description="The items alone.")
    page_info: PageInfo = strawberry.field(description="Where this slice lies in the list.")
    cursors: strawberry.Private[Callable[[], list[str]]]
    count: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field(description="The items with their cursors.")
    def edges(self) -> list[Edge[N]]:
        """Pair them."""
        return [Edge(cursor=cursor, node=node) for cursor, node in zip(self.cursors(), self.nodes, strict=True)]

    @strawberry.field(description="How many items the whole list has; counted only when asked for.")
    async def total_count(self) -> int | None:
        """Count."""
        return await self.count()


def window(first: int | None, after: str | None, last: int | None, before: str | None) -> Window:
    """The arguments of a connection. Raises `InvalidInput`."""
    arguments = {"first": first, "after": after, "last": last, "before": before}
    return parse(Window, {name: value for name, value in arguments.items() if value is not None}, ())


def connection(slice_: Slice[E], node: Callable[[E], N], count: Callable[[], Awaitable[int]]) -> Connection[N]:
    """A slice as a connection, each entity turned into its GraphQL type by `node`."""
    edges = slice_.edges
    return Connection(
        nodes=[node(edge.node) for edge in edges],
        page_info=PageInfo(
            has_next_page=slice_.has_next,
            has_previous_page=slice_.has_previous,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        cursors=lambda: [edge.cursor for edge in edges],
        count=count,
    )


def numbered_connection(
    items: Sequence[E],
    numbers: Sequence[int],
    asked: Window,
    node: Callable[[E], N],
    direction: Direction = Direction.ASC,
) -> Connection[N]:
    """A slice of a list that was read as a whole, whose cursors are the `numbers` of its items, which ascend.

    From the greatest on it is the same list read backward. Raises `InvalidInput` for what is no cursor of such a list.
    """
    backward = direction is Direction.DESC
    after = None if asked.after is None else cursor_number(asked.after, "after")
    before = None if asked.before is None else cursor_number(asked.before, "before")
    low, high = (before, after) if backward else (after, before)
    start = 0 if low is None else bisect_right(numbers, low)
    end = len(items) if high is None else max(start, bisect_left(numbers, high))
    if (asked.last is not None) is backward:
        end = min(end, start + asked.size)
    else:
        start = max(start, end - asked.size)

    async def count() -> int:
        return len(items)

    chosen = range(start, end)[::-1] if backward else range(start, end)
    cursors = [str(numbers[place]) for place in chosen]
    more = (start > 0, end < len(items))
    has_previous, has_next = more[::-1] if backward else more
    return Connection(
        nodes=[node(items[place]) for place in chosen],
        page_info=PageInfo(
            has_next_page=has_next,
            has_previous_page=has_previous,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        ),
        cursors=lambda: cursors,
        count=count,
    )


def cursor_number(cursor: str, argument: str) -> int:
    """The number that a cursor is. Raises `InvalidInput`."""
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < MOST_DIGITS):
        raise no_cursor(argument)
    return int(cursor)
