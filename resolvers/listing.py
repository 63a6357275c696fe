"""How the rows of a table are listed: a slice of them, how many there are, and those of some ids."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, func, select

from resolvers.context import Context
from resolvers.keyset import Order, Slice, Window, read_slice

E = TypeVar("E")

Columns = Sequence[ColumnElement[Any]]
Where = Sequence[Any]


class Listing(Generic[E]):
    """The `columns` of one table, whose rows `entity` reads. Whoever asks says `where`, and has been permitted to."""

    def __init__(self, columns: Columns, entity: Callable[[Any], E]) -> None:
        self._statement = select(*columns)
        self._source = self._statement.get_final_froms()[0]
        self._entity = entity

    async def slice(
        self, ctx: Context, where: Where, window: Window, order: Order | Callable[[Connection], Order]
    ) -> Slice[E]:
        """A slice that stays put while others are added."""
        statement = self._statement.where(*where)

        def read(connection: Connection) -> Slice[E]:
            chosen = order if isinstance(order, Order) else order(connection)
            return read_slice(connection, statement, chosen, window, self._entity)

        return await ctx.read(read)

    async def count(self, ctx: Context, where: Where) -> int:
        """How many there are."""
        statement = select(func.count()).select_from(self._source).where(*where)
        return await ctx.read(lambda connection: connection.execute(statement).scalar_one())

    async def by_id(self, ctx: Context, ids: Sequence[str], where: Where) -> dict[str, E]:
        """Those among `ids`, by their ids."""
        statement = self._statement.where(self._source.c.id.in_(ids), *where)
        return await ctx.read(lambda connection: {row.id: self._entity(row) for row in connection.execute(statement)})
