"""What each kind of bulk operation does to its executions, by the very use case that does it to one.

A kind is one function: it is given some executions, and says what came of each. Before what came of one is on disk the
process may be lost, and the next one does it again: so a second time changes nothing, and says that it is done.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement

from models.commands.labels import LabelChanges
from models.commands.reruns import RerunExecution
from models.commands.validation import parse
from models.entities.bulk_operations import BulkResult
from models.error_codes import ErrorCode
from models.errors import Conflict, ExecutionFinished, ExecutionNotFound, OrchestratorError, Unavailable, Unreadable
from models.ids import ERROR_PREFIX
from models.log_context import facts
from models.words import LIVE_STATUSES, BulkItemStatus, BulkKind, ExecutionStatus, Permission
from resolvers.context import Context
from resolvers.executions.by_hand import pause_execution, resume_execution, terminate_execution
from resolvers.executions.cancels import cancel_each
from resolvers.executions.deletion import delete_execution
from resolvers.executions.labels import label_execution
from resolvers.executions.reruns import rerun_execution
from resolvers.executions.rows import EXECUTIONS

log = logging.getLogger("orchestrator.bulk")

SUCCEEDED = BulkResult(BulkItemStatus.SUCCEEDED)
IS_LIVE = EXECUTIONS.c.status.in_([status.value for status in LIVE_STATUSES])
IS_PAUSED = EXECUTIONS.c.status == ExecutionStatus.PAUSED.value


class BulkPortion(msgspec.Struct, frozen=True):
    """Some executions of an operation, which are worked on together."""

    operation_id: str
    reason: str | None
    arguments: Mapping[str, Any]
    execution_ids: Sequence[str]


Results = Mapping[str, BulkResult | None]
"""What came of each execution; None where it is to be tried again, because the database was away."""

Work = Callable[[Context, BulkPortion], Awaitable[Results]]
UseCase = Callable[[Context, str, BulkPortion], Awaitable[object]]
"""Does it to one execution. Raises what refuses it."""

Told = Callable[[Context, Exception | None], BulkResult | None]
"""What came of an execution that was refused for this reason, or was not."""


class BulkAction(msgspec.Struct, frozen=True):
    """What is done, with the permission that it needs, and the conditions without which a filter finds no execution."""

    permission: Permission
    applies: tuple[ColumnElement[bool], ...]
    work: Work


def kind_of(kind: BulkKind) -> BulkAction:
    """The kind that a word stands for."""
    match kind:
        case BulkKind.CANCEL:
            return BulkAction(Permission.EXECUTION_CANCEL, (IS_LIVE,), _cancel)
        case BulkKind.TERMINATE:
            return BulkAction(Permission.EXECUTION_CANCEL, (IS_LIVE,), _each(_terminate, _cancelled))
        case BulkKind.PAUSE:
            return BulkAction(Permission.EXECUTION_CANCEL, (IS_LIVE, ~IS_PAUSED), _each(_pause))
        case BulkKind.RESUME:
            return BulkAction(Permission.EXECUTION_CANCEL, (IS_PAUSED,), _each(_resume))
        case BulkKind.DELETE:
            return BulkAction(Permission.WORKFLOW_DELETE, (~IS_LIVE,), _each(_delete, _gone))
        case BulkKind.LABEL:
            return BulkAction(Permission.WORKFLOW_EXECUTE, (), _each(_label))
        case BulkKind.RERUN:
            return BulkAction(Permission.WORKFLOW_EXECUTE, (~IS_LIVE,), _rerun)


def _each(use_case: UseCase, told: Told | None = None) -> Work:
    """Have a use case do it to each, all of a portion at once, so that the journal writes them together."""

    async def work(ctx: Context, portion: BulkPortion) -> Results:
        came = await asyncio.gather(
            *(use_case(ctx, execution_id, portion) for execution_id in portion.execution_ids), return_exceptions=True
        )
        refusals = [found if isinstance(found, Exception) else None for found in came]
        tell = told or result_of
        return {id_: tell(ctx, refusal) for id_, refusal in zip(portion.execution_ids, refusals, strict=True)}

    return work


async def _terminate(ctx: Context, execution_id: str, portion: BulkPortion) -> object:
    return await terminate_execution(ctx, execution_id, portion.reason or f"Bulk operation {portion.operation_id}")


async def _pause(ctx: Context, execution_id: str, portion: BulkPortion) -> object:
    return await pause_execution(ctx, execution_id, portion.reason)


async def _resume(ctx: Context, execution_id: str, portion: BulkPortion) -> object:
    return await resume_execution(ctx, execution_id, portion.reason)


async def _delete(ctx: Context, execution_id: str, _portion: BulkPortion) -> object:
    return await delete_execution(ctx, execution_id)


async def _label(ctx: Context, execution_id: str, portion: BulkPortion) -> object:
    return await label_execution(ctx, execution_id, parse(LabelChanges, portion.arguments["labels"]))


async def _rerun(ctx: Context, portion: BulkPortion) -> Results:
    """Each has a key of its own, so that one which was accepted before a crash is the same afterwards."""
    came = await asyncio.gather(*(_done_over(ctx, id_, portion) for id_ in portion.execution_ids))
    return dict(zip(portion.execution_ids, came, strict=True))


async def _done_over(ctx: Context, execution_id: str, portion: BulkPortion) -> BulkResult | None:
    asked = {"reason": portion.reason, "idempotency_key": f"{portion.operation_id}:{execution_id}"}
    try:
        command = parse(RerunExecution, {**portion.arguments.get("rerun", {}), **asked})
        accepted = await rerun_execution(ctx, execution_id, command)
    except Exception as refusal:
        return result_of(ctx, refusal)
    return BulkResult(BulkItemStatus.SUCCEEDED, new_execution_id=accepted.execution.id)


def _gone(ctx: Context, refusal: Exception | None) -> BulkResult | None:
    """What is not there any more is what was asked for."""
    if isinstance(refusal, ExecutionNotFound):
        return BulkResult(BulkItemStatus.SUCCEEDED, refusal.code, refusal.message)
    return result_of(ctx, refusal)


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
