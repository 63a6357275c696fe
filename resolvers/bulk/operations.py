"""The use cases of bulk operations: make one, or see what it would be about; find, watch and abort it."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from engine.journal.broadcast import BULK_OPERATIONS
from models.commands.bulk_operations import (
    MAX_EXECUTIONS,
    BulkOperationFilter,
    BulkOperationFinished,
    CountMismatch,
    CreateBulkOperation,
    TooManyExecutions,
)
from models.entities.bulk_operations import BulkAnswer, BulkOperation
from models.entities.executions import ExecutionSummary
from models.ids import BULK_OPERATION_PREFIX
from models.words import BulkStatus, Permission
from resolvers.access.permissions import permits, require, require_owner
from resolvers.bulk import rows
from resolvers.bulk.kinds import BulkAction, kind_of
from resolvers.bulk.rows import OPERATIONS
from resolvers.context import Context
from resolvers.executions.conditions import conditions
from resolvers.executions.payload import visible
from resolvers.executions.rows import EXECUTIONS, SUMMARY_COLUMNS, summary
from resolvers.keyset import Order, Slice, Window
from resolvers.listing import Listing
from resolvers.waking import woken_or_late

NEWEST = Order(OPERATIONS.c.created_at, OPERATIONS.c.id, prefix=BULK_OPERATION_PREFIX)
LISTING = Listing(rows.COLUMNS, rows.operation_of)
ARGUMENTS = {"filter", "labels", "rerun"}
FIRST_SHOWN = 10
"""So many executions a dry run shows."""


@permits(Permission.EXECUTION_READ)
async def create_bulk_operation(ctx: Context, command: CreateBulkOperation) -> BulkAnswer:
    """Make an operation, which is on disk with all of its executions when this returns, and is then worked off.

    It needs the permission of its kind; whether each execution is the caller's to change is seen when its turn comes.
    Raises `PermissionDenied`, `CountMismatch`, `TooManyExecutions`, `TooManyBulkOperations`.
    """
    user = ctx.user
    kind = kind_of(command.kind)
    require(user, kind.permission)
    ids = await _found_ids(ctx, command, kind)
    if len(ids) > MAX_EXECUTIONS:
        raise TooManyExecutions
    if command.expected_count not in (None, len(ids)):
        raise CountMismatch(command.expected_count or 0, len(ids))
    if command.dry_run:
        return BulkAnswer(None, len(ids), await _first(ctx, ids[:FIRST_SHOWN]))
    operation = BulkOperation(
        id=ctx.services.new_id(BULK_OPERATION_PREFIX),
        kind=command.kind,
        status=BulkStatus.PENDING,
        reason=command.reason,
        created_by=user.user_id,
        total=len(ids),
        succeeded=0,
        skipped=0,
        failed=0,
        created_at=ctx.services.clock.now(),
        started_at=None,
        completed_at=None,
        ended_by=None,
        refusal=None,
    )
    if not ids:
        now = operation.created_at
        operation = msgspec.structs.replace(operation, status=BulkStatus.COMPLETED, completed_at=now)
    arguments = command.model_dump(mode="json", include=ARGUMENTS, exclude_defaults=True, by_alias=True)
    stored = rows.Stored(operation, arguments, user, ctx.origin.request_id, ctx.origin.address)

    told = {"kind": command.kind.value, "executions": len(ids)} | ({"reason": command.reason} if command.reason else {})

    def make(connection: Connection) -> None:
        rows.write(connection, stored, ids)
        ctx.audit(connection, "create_bulk_operation", operation.id, **told)

    await ctx.services.database.transaction(make)
    ctx.services.broadcast.publish([BULK_OPERATIONS])
    return BulkAnswer(operation, len(ids))


async def _found_ids(ctx: Context, command: CreateBulkOperation, kind: BulkAction) -> list[str]:
    """The executions that are named, or found at this moment, the oldest first; one more at most than there may be.

    A filter may look through much: nobody else's writing waits for that.
    """
    asked, user, now = command.filter, ctx.user, ctx.services.clock.now()
    if asked is None:
        return list(dict.fromkeys(command.ids or ()))

    def find(connection: Connection) -> list[str]:
        sought = conditions(connection, user, asked, now, *kind.applies)
        found = select(EXECUTIONS.c.id).select_from(sought.source).where(*sought.where)
        oldest = found.order_by(EXECUTIONS.c.created_at, EXECUTIONS.c.id).limit(MAX_EXECUTIONS + 1)
        return list(connection.execute(oldest).scalars())

    return await ctx.read(find)


async def _first(ctx: Context, ids: Sequence[str]) -> list[ExecutionSummary]:
    statement = (
        select(*SUMMARY_COLUMNS)
        .where(EXECUTIONS.c.tenant == ctx.user.tenant, EXECUTIONS.c.id.in_(ids))
        .order_by(EXECUTIONS.c.created_at, EXECUTIONS.c.id)
    )
    return await ctx.read(lambda connection: [visible(ctx.user, summary(row)) for row in connection.execute(statement)])


@permits(Permission.EXECUTION_READ)
async def abort_bulk_operation(ctx: Context, operation_id: str) -> BulkOperation:
    """Have an operation do nothing more; what it has in hand at this moment is done and counted. Again: nothing more.

    Raises `BulkOperationNotFound`, `PermissionDenied`, `BulkOperationFinished`.
    """
    user = ctx.user

    def abort(connection: Connection) -> BulkOperation:
        operation = rows.read(connection, user.tenant, operation_id)
        require(user, kind_of(operation.kind).permission)
        require_owner(user, operation.created_by, "bulk operation")
        operation = rows.held(connection, operation_id)
        if operation.status is BulkStatus.ABORTED:
            return operation
        if operation.status.is_final:
            raise BulkOperationFinished(operation.status)
        ended = rows.end(connection, operation, ctx.services.clock.now(), by=user.user_id)
        ctx.audit(connection, "abort_bulk_operation", operation_id, done=ended.done, left=ended.left)
        return ended

    aborted = await ctx.services.database.transaction(abort)
    ctx.services.broadcast.publish([operation_id])
    return aborted


@permits(Permission.EXECUTION_READ)
async def get_bulk_operation(ctx: Context, operation_id: str) -> BulkOperation:
    """An operation as it stands. Raises `BulkOperationNotFound`."""
    tenant = ctx.user.tenant
    return await ctx.read(lambda connection: rows.read(connection, tenant, operation_id))


@permits(Permission.EXECUTION_READ)
async def slice_bulk_operations(ctx: Context, command: BulkOperationFilter, window: Window) -> Slice[BulkOperation]:
    """A slice of the tenant's operations, newest first."""
    return await LISTING.slice(ctx, _found(ctx.user.tenant, command), window, NEWEST)


@permits(Permission.EXECUTION_READ)
async def count_bulk_operations(ctx: Context, command: BulkOperationFilter) -> int:
    """How many operations a filter finds."""
    return await LISTING.count(ctx, _found(ctx.user.tenant, command))


def _found(tenant: str, command: BulkOperationFilter) -> list[Any]:
    where: list[Any] = [OPERATIONS.c.tenant == tenant, rows.IS_KNOWN]
    if command.kind:
        where.append(OPERATIONS.c.kind.in_([kind.value for kind in command.kind]))
    if command.status:
        where.append(OPERATIONS.c.status.in_([status.value for status in command.status]))
    return where


@permits(Permission.EXECUTION_READ)
async def bulk_operations_by_id(ctx: Context, ids: Sequence[str]) -> dict[str, BulkOperation]:
    """The tenant's operations among `ids`."""
    return await LISTING.by_id(ctx, ids, _found(ctx.user.tenant, BulkOperationFilter()))


@permits(Permission.EXECUTION_READ)
async def bulk_operation_progress(ctx: Context, operation_id: str) -> AsyncGenerator[BulkOperation, None]:
    """Yield an operation as it stands, then again after changes, until it has ended.

    A slow listener, or one that was away, skips what came in between. Raises `BulkOperationNotFound`.
    """
    seen = None
    key = ("bulk", ctx.user.tenant, operation_id)
    with ctx.services.broadcast.listen(operation_id) as woken:
        while True:
            woken.clear()
            operation = await ctx.services.shared_reads.read(key, lambda: get_bulk_operation(ctx, operation_id))
            if operation != seen:
                seen = operation
                yield operation
            if operation.status.is_final:
                return
            await woken_or_late(woken)
