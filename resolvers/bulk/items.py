"""The use case of finding the items of bulk operations, a slice at a time."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, literal, select, union_all

from models.commands.bulk_operations import BulkItemFilter
from models.entities.bulk_operations import BulkItem, BulkOperation, BulkSlice
from models.words import BulkItemStatus, Permission
from resolvers.access.permissions import permits
from resolvers.bulk import rows
from resolvers.bulk.rows import ITEM_COLUMNS, ITEMS, OPERATIONS
from resolvers.context import Context
from resolvers.keyset import Window, no_cursor

MOST_DIGITS = 9
"""Of a cursor, which is the number of an item."""

Asked = tuple[str, str, str]
"""An operation's id, and a `BulkItemFilter` and a `Window` as JSON: fields that ask alike are answered together."""


@permits(Permission.EXECUTION_READ)
async def slices_of_items(ctx: Context, keys: Sequence[Asked]) -> dict[Asked, BulkSlice]:
    """A slice of the items of each of the tenant's operations, in two statements however many they are.

    Raises `InvalidInput` for what is no cursor.
    """
    asked = {key: (BulkItemFilter.model_validate_json(key[1]), Window.model_validate_json(key[2])) for key in keys}
    ids = {operation_id for operation_id, *_ in keys}
    of_tenant = select(*rows.COLUMNS).where(OPERATIONS.c.tenant == ctx.user.tenant, OPERATIONS.c.id.in_(ids))
    slices = [_slice(place, key[0], *asked[key]) for place, key in enumerate(asked)]

    def read(connection: Connection) -> tuple[dict[str, BulkOperation], dict[int, list[BulkItem]]]:
        operations = {row.id: rows.operation_of(row) for row in connection.execute(of_tenant)}
        found: defaultdict[int, list[BulkItem]] = defaultdict(list)
        for row in connection.execute(union_all(*slices)):
            found[row.place].append(rows.item_of(row))
        return operations, found

    operations, found = await ctx.read(read)
    return {
        key: _cut(operations[key[0]], *asked[key], found.get(place, []))
        for place, key in enumerate(asked)
        if key[0] in operations
    }


def _slice(place: int, operation_id: str, command: BulkItemFilter, window: Window) -> Select[Any]:
    """The statement for one slice and, to know whether there are more, one item beyond."""
    statement = select(literal(place).label("place"), *ITEM_COLUMNS).where(ITEMS.c.operation_id == operation_id)
    if command.status:
        statement = statement.where(ITEMS.c.status.in_([status.value for status in command.status]))
    if window.after is not None:
        statement = statement.where(ITEMS.c.number > _number(window.after, "after"))
    if window.before is not None:
        statement = statement.where(ITEMS.c.number < _number(window.before, "before"))
    order = ITEMS.c.number.asc() if window.last is None else ITEMS.c.number.desc()
    # A part of a union has no order and no limit of its own on SQLite, but what it selects from may.
    return select(statement.order_by(order).limit(window.size + 1).subquery())


def _cut(operation: BulkOperation, command: BulkItemFilter, window: Window, items: list[BulkItem]) -> BulkSlice:
    backward, size = window.last is not None, window.size
    found = sorted(items, key=lambda item: item.number, reverse=backward)
    shown, more = found[:size], len(found) > size
    return BulkSlice(
        shown[::-1] if backward else shown,
        _count(operation, command),
        has_next=window.before is not None if backward else more,
        has_previous=more if backward else window.after is not None,
    )


def _count(operation: BulkOperation, command: BulkItemFilter) -> int:
    counts = {
        BulkItemStatus.PENDING: operation.left,
        BulkItemStatus.SUCCEEDED: operation.succeeded,
        BulkItemStatus.SKIPPED: operation.skipped,
        BulkItemStatus.FAILED: operation.failed,
    }
    return sum(counts[status] for status in set(command.status)) if command.status else operation.total


def _number(cursor: str, argument: str) -> int:
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= MOST_DIGITS):
        raise no_cursor(argument)
    return int(cursor)
