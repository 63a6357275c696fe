"""The use case of cancelling many executions, each judged for itself."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from engine.core.state import ExecutionState
from models.errors import ExecutionFinished, ExecutionNotFound, PermissionDenied, Unreadable
from models.words import AuditOutcome, ExecutionStatus, Permission
from resolvers.access.permissions import permits, require_owner
from resolvers.context import Context
from resolvers.executions import rows
from resolvers.executions.executions import CANCEL, cancellation_by, stop_cancelled
from resolvers.executions.rows import Standing

Refusals = dict[str, Exception | None]
"""Of each execution what refused it, or None where what was asked for is done."""


@permits(Permission.EXECUTION_CANCEL)
async def cancel_each(ctx: Context, execution_ids: Sequence[str], told: Mapping[str, Any]) -> Refusals:
    """Cancel many executions, each as `cancel_execution` does, in a few transactions; `told` goes into the audit log.

    For each what refuses it: `ExecutionNotFound`, `PermissionDenied`, `ExecutionFinished`, where it was cancelled
    before too, `Unreadable`, and `Unavailable`, where it is to be tried again.
    """
    tenant = ctx.user.tenant
    standing = await ctx.read(partial(rows.read_standing, tenant=tenant, execution_ids=execution_ids))
    refusals = {execution_id: _refusal(ctx, execution_id, standing.get(execution_id)) for execution_id in execution_ids}
    if any(isinstance(refusal, PermissionDenied) for refusal in refusals.values()):
        ctx.services.audit_log.note(ctx.audit_note("cancel_execution", outcome=AuditOutcome.DENIED, **told))
    live = [execution_id for execution_id, refusal in refusals.items() if refusal is None]
    answers = await ctx.services.journal.intervene_many(live, partial(cancellation_by, ctx, told=told))
    for execution_id, after in answers.items():
        try:
            await stop_cancelled(ctx.services, ctx.audit_note(CANCEL, execution_id), execution_id, after)
        except Unreadable as fault:
            refusals[execution_id] = fault
        else:  # what is damaged was ended unread
            refusals[execution_id] = None if isinstance(after, ExecutionState | Unreadable) else after
    return refusals


def _refusal(ctx: Context, execution_id: str, standing: Standing | None) -> Exception | None:
    if standing is None:
        return ExecutionNotFound(execution_id)
    try:
        require_owner(ctx.user, standing.created_by, "execution")
    except PermissionDenied as refusal:
        return refusal
    if standing.status is ExecutionStatus.CANCELLED:
        ctx.services.dispatcher.abort(execution_id)  # whoever committed it may have been lost before this
    return ExecutionFinished(standing.status) if standing.status.is_terminal else None
