"""Relay connections with keyset cursors, with `nodes` beside the edges and a count only where it is asked for."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import strawberry

from models.commands.validation import parse
from resolvers.keyset import Slice, Window

E = TypeVar("E")
N = TypeVar("N")


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
