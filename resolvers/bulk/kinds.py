"""What each kind of bulk operation does to its executions, by the very use case that does it to one.

A kind is one function: it is given some executions, and says what came of each. Before what came of one is on disk the
process may be lost, and the next one does it again: so a second time changes nothing, and says that it is done.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement

from models.entities.bulk_operations import BulkResult
from models.error_codes import ErrorCode
from models.errors import Conflict, ExecutionFinished, OrchestratorError, Unavailable, Unreadable
from models.ids import ERROR_PREFIX
from models.log_context import facts
from models.words import LIVE_STATUSES, BulkItemStatus, BulkKind, ExecutionStatus, Permission
from resolvers.context import Context
from resolvers.executions.cancels import cancel_each
from resolvers.executions.rows import EXECUTIONS

log = logging.getLogger("orchestrator.bulk")

SUCCEEDED = BulkResult(BulkItemStatus.SUCCEEDED)
IS_LIVE = EXECUTIONS.c.status.in_([status.value for status in LIVE_STATUSES])


class BulkPortion(msgspec.Struct, frozen=True):
    """Some executions of an operation, which are worked on together."""

    operation_id: str
    arguments: Mapping[str, Any]
    execution_ids: Sequence[str]


Results = Mapping[str, BulkResult | None]
"""What came of each execution; None where it is to be tried again, because the database was away."""


class BulkAction(msgspec.Struct, frozen=True):
    """What is done, with the permission that it needs, and the conditions without which a filter finds no execution."""

    permission: Permission
    applies: tuple[ColumnElement[bool], ...]
    work: Callable[[Context, BulkPortion], Awaitable[Results]]


def kind_of(kind: BulkKind) -> BulkAction:
    """The kind that a word stands for."""
    match kind:
        case BulkKind.CANCEL:
            return BulkAction(Permission.EXECUTION_CANCEL, (IS_LIVE,), _cancel)


async def _cancel(ctx: Context, portion: BulkPortion) -> Results:
    """Those that were cancelled before, by this operation or by somebody else, are what was asked for."""
    refusals = await cancel_each(ctx, portion.execution_ids, {"bulk_operation": portion.operation_id})
    return {execution_id: _cancelled(ctx, refusal) for execution_id, refusal in refusals.items()}


def _cancelled(ctx: Context, refusal: Exception | None) -> BulkResult | None:
    if isinstance(refusal, ExecutionFinished) and refusal.status == ExecutionStatus.CANCELLED:
        return BulkResult(BulkItemStatus.SUCCEEDED, refusal.code, refusal.message)
    return result_of(ctx, refusal)


def result_of(ctx: Context, refusal: Exception | None) -> BulkResult | None:
    """What came of an execution: a wrong state of it is no failure, and a bug harms no other one."""
    match refusal:
        case None:
            return SUCCEEDED
        case Unavailable():
            return None
        case Conflict() if not isinstance(refusal, Unreadable):
            return BulkResult(BulkItemStatus.SKIPPED, refusal.code, refusal.message)
        case OrchestratorError():
            return BulkResult(BulkItemStatus.FAILED, refusal.code, refusal.message)
        case _:
            error_id = ctx.services.new_id(ERROR_PREFIX)
            log.error("an execution of a bulk operation met a bug", exc_info=refusal, extra=facts(error_id=error_id))
            message = f"Internal server error: {error_id} finds it in the log"
            return BulkResult(BulkItemStatus.FAILED, ErrorCode.INTERNAL_ERROR, message)
