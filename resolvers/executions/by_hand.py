"""The use cases by which people set an execution right by hand: pause, resume, resolve an action, terminate.

Each is on disk when it returns. The journal has who did it and why, and so has the audit log.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from engine.core.by_hand import paused, resolved, unpaused
from engine.core.run import Run
from engine.core.state import ExecutionState
from engine.journal.interventions import Intervention
from engine.journal.unread_end import end_unread
from engine.running.endings import termination
from models.commands.by_hand import ResolveAction
from models.entities.executions import Event, ExecutionDetail
from models.errors import ExecutionFinished, Unreadable
from models.words import ExecutionStatus, Permission
from resolvers.access.permissions import permits, require_owner
from resolvers.context import Context
from resolvers.executions import rows
from resolvers.executions.executions import read_detail
from resolvers.executions.payload import visible

Change = Callable[[Run, ExecutionState], Event | None]
"""The event that somebody wants in the journal; None where nothing is to be done. It may raise to refuse."""


@permits(Permission.EXECUTION_CANCEL)
async def pause_execution(ctx: Context, execution_id: str, reason: str | None = None) -> ExecutionDetail:
    """Pause an execution: nothing begins, what is under way ends, and its time-out does not run on (ADR 37).

    One that is paused stays as it is. Raises `ExecutionNotFound`, `PermissionDenied`, `ExecutionFinished`, and
    `Unreadable`.
    """

    def change(_run: Run, state: ExecutionState) -> Event | None:
        return paused(state, ctx.services.clock.now(), ctx.user.user_id, reason)

    return await _change(ctx, execution_id, "pause_execution", reason, change)


@permits(Permission.EXECUTION_CANCEL)
async def resume_execution(ctx: Context, execution_id: str, reason: str | None = None) -> ExecutionDetail:
    """Have a paused execution go on; one that is not paused stays as it is. Raises as `pause_execution` does."""

    def change(_run: Run, state: ExecutionState) -> Event | None:
        return unpaused(state, ctx.services.clock.now(), ctx.user.user_id, reason)

    return await _change(ctx, execution_id, "resume_execution", reason, change)


@permits(Permission.EXECUTION_CANCEL)
async def resolve_action(ctx: Context, command: ResolveAction) -> ExecutionDetail:
    """Give an action that failed, waits or backs off a result, skip it, or have it tried again now.

    What it waited for is let go of, as when its time is out. Raises `ExecutionNotFound`, `PermissionDenied`,
    `ExecutionFinished`, `InvalidInput`, `ActionNotResolvable` and `Unreadable`.
    """

    def change(run: Run, state: ExecutionState) -> Event | None:
        return resolved(run.plan, state, ctx.services.clock.now(), ctx.user.user_id, command)

    return await _change(ctx, command.execution_id, "resolve_action", command.reason, change)


@permits(Permission.EXECUTION_CANCEL)
async def terminate_execution(ctx: Context, execution_id: str, reason: str) -> ExecutionDetail:
    """End an execution at once, as cancelled: its work in flight is aborted, and no clean-up is done or gone on with.

    One that is cancelled stays as it is. Raises `ExecutionNotFound`, `PermissionDenied`, `ExecutionFinished`.
    """
    services, user = ctx.services, ctx.user
    await _check_owner(ctx, execution_id)

    def change(run: Run, state: ExecutionState) -> Event | None:
        if state.status is ExecutionStatus.CANCELLED:
            return None
        if state.status.is_terminal:
            raise ExecutionFinished(state.status)
        return termination(run, state, services.clock.now(), user.user_id, reason)

    try:
        await _intervene(ctx, execution_id, "terminate_execution", reason, change)
    except Unreadable:
        note = ctx.audit_note("terminate_execution", execution_id, reason=reason)
        told = {"user_id": user.user_id, "reason": reason, "is_terminated": True}
        await end_unread(services.database, services.journal, services.clock, execution_id, note, told)
    services.dispatcher.abort(execution_id)
    return await _as_it_is(ctx, execution_id)


async def _change(ctx: Context, execution_id: str, action: str, reason: str | None, change: Change) -> ExecutionDetail:
    await _check_owner(ctx, execution_id)
    await _intervene(ctx, execution_id, action, reason, change)
    ctx.services.dispatcher.go_on(execution_id)
    return await _as_it_is(ctx, execution_id)


async def _check_owner(ctx: Context, execution_id: str) -> None:
    def read(connection: Connection) -> str:
        return rows.read_summary(connection, ctx.user.tenant, execution_id).created_by

    require_owner(ctx.user, await ctx.read(read), "execution")


async def _intervene(ctx: Context, execution_id: str, action: str, reason: str | None, change: Change) -> None:
    told: dict[str, Any] = {} if reason is None else {"reason": reason}

    def intervene(run: Run, state: ExecutionState) -> Intervention | None:
        event = change(run, state)
        return None if event is None else Intervention([event], ctx.audit_note(action, execution_id, **told))

    await ctx.services.journal.intervene(execution_id, intervene)


async def _as_it_is(ctx: Context, execution_id: str) -> ExecutionDetail:
    def read(connection: Connection) -> ExecutionDetail:
        return read_detail(ctx, connection, ctx.user.tenant, execution_id)[0]

    return visible(ctx.user, await ctx.read(read))
