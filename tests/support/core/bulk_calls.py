"""Drives bulk operations without an edge: makes one, works it off, and reads what came of each execution."""

import asyncio
from collections import Counter
from contextlib import aclosing
from typing import Any

from models.commands.bulk_operations import CreateBulkOperation
from models.commands.validation import parse
from models.entities.bulk_operations import BulkItem, BulkOperation
from models.words import BulkItemStatus
from resolvers.bulk import operations
from resolvers.bulk.items import slices_of_items
from resolvers.bulk.worker import BulkPace, working_off
from resolvers.context import Context, Credential, Viewer
from tests.support.calls import PATIENCE_SECONDS

WAIT = {"action_id": "wait", "action_type": "wait", "config": {"signal": "go"}}
FAST = BulkPace(rest=0.0, rest_alone=0.0, least_rest_seconds=0.0)


async def still_good(_credential: Credential) -> Viewer | None:
    """Every credential is as it was."""
    return None


async def make(ctx: Context, **asked: Any) -> BulkOperation:
    """Make an operation that cancels, unless another kind is asked for."""
    command = parse(CreateBulkOperation, {"kind": "cancel", **asked})
    made = (await operations.create_bulk_operation(ctx, command)).operation
    assert made is not None
    return made


async def over(ctx: Context, operation_id: str) -> BulkOperation:
    """An operation once it has ended."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        async with aclosing(operations.bulk_operation_progress(ctx, operation_id)) as progress:
            async for operation in progress:
                assert operation.done + operation.left == operation.total
                if operation.status.is_final:
                    return operation
    raise AssertionError("the progress ended before the operation did")


async def worked_off(ctx: Context, operation_id: str, recall: Any = still_good) -> BulkOperation:
    """An operation once a worker has done all of it."""
    async with working_off(ctx.services, recall, FAST):
        return await over(ctx, operation_id)


async def items_of(ctx: Context, operation_id: str) -> list[BulkItem]:
    """All items of an operation."""
    found: list[BulkItem] = []
    while True:
        window = f'{{"first": 100, "after": "{len(found)}"}}'
        (slice_,) = (await slices_of_items(ctx, [(operation_id, "{}", window)])).values()
        found += slice_.items
        if not slice_.has_next:
            return found


def outcomes(items: list[BulkItem]) -> Counter[tuple[BulkItemStatus, str | None]]:
    """How many items have each outcome."""
    return Counter((item.status, item.code) for item in items)
