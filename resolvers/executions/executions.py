"""The use cases of executions: execute, read, list, cancel."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, false, select, true

from engine.core.plan import Plan
from engine.core.run import Run
from engine.core.state import ExecutionState, fold
from engine.definition.acceptance import accepted_facts, accepted_run, new_row
from engine.definition.parameters import unknown_values
from engine.journal.bases import Basis, BasisChanged
from engine.journal.interventions import Intervention
from engine.journal.refusals import KeyTaken
from engine.journal.stream import Stream
from engine.journal.unread_end import end_unread
from engine.retention.deleting import SPENT_KEYS
from engine.running.endings import cancellation
from models.commands.workflows import ExecuteWorkflow
from models.entities.audit import AuditNote
from models.entities.executions import ExecutionDetail
from models.entities.workflows import WorkflowSummary, revision_of
from models.errors import (
    ConcurrencyLimitReached,
    ExecutionFinished,
    IdempotencyKeyReused,
    InvalidInput,
    Unreadable,
    WorkflowNotActive,
)
from models.faults import Fault
from models.ids import EXECUTION_PREFIX
from models.retention_errors import ExecutionDeleted
from models.words import LIVE_STATUSES, EventType, ExecutionStatus, FaultCode, OnLimit, Permission, WorkflowStatus
from resolvers.access.permissions import permits, require_owner
from resolvers.callbacks import check_callback_url
from resolvers.context import Context, Services, Viewer
from resolvers.executions import rows
from resolvers.executions.folds import NOTHING, Folded, read_on
from resolvers.executions.key_turns import Turn
from resolvers.executions.payload import visible
from resolvers.executions.rows import EXECUTIONS
from resolvers.workflows import rows as workflow_rows
from resolvers.workflows.remembered import as_it_is, basis_of, remembered

CANCEL = "cancel_execution"
"""The word of a cancel in the audit log."""

POLL_SECONDS = 1.0
SETTLE_SECONDS = 0.25
"""What a run gets beyond its own time-out, so that whoever waits for it is told of the time-out."""

# Built once: composing a statement costs as much as running it.
BY_KEY = (
    select(EXECUTIONS.c.id, EXECUTIONS.c.idempotency_fingerprint, false().label("is_deleted"))
    .where(
        EXECUTIONS.c.tenant == bindparam("of_tenant"),
        EXECUTIONS.c.created_by == bindparam("of_user"),
        EXECUTIONS.c.idempotency_key == bindparam("key"),
    )
    .union_all(
        select(SPENT_KEYS.c.execution_id, SPENT_KEYS.c.fingerprint, true()).where(
            SPENT_KEYS.c.tenant == bindparam("of_tenant"),
            SPENT_KEYS.c.created_by == bindparam("of_user"),
            SPENT_KEYS.c.idempotency_key == bindparam("key"),
        )
    )
)


class Accepted(msgspec.Struct, frozen=True):
    """The answer to an execute: `is_replay` where the idempotency key was seen before (decision E16).

    `warnings` tell of values that no parameter takes (E3).
    """

    execution: ExecutionDetail
    is_replay: bool
    warnings: tuple[str, ...] = ()


class Acceptance(msgspec.Struct, frozen=True, kw_only=True):
    """What is accepted of a `workflow` beside its run: whose doing it is, and how it is answered.

    Its journal begins with so many `first_events`.
    """

    workflow: WorkflowSummary
    note: AuditNote
    is_async: bool
    key: str | None
    fingerprint: str | None
    warnings: tuple[str, ...]
    first_events: int = 1

    @property
    def may_end_at_once(self) -> bool:
        """Whether the limit of its workflow may cancel it with its acceptance."""
        limit = self.workflow.concurrency
        return limit is not None and limit["on_limit"] == OnLimit.CANCEL_NEWEST


@permits(Permission.WORKFLOW_EXECUTE)
async def execute_workflow(ctx: Context, workflow_id: str, command: ExecuteWorkflow) -> Accepted:
    """Accept an execution, which is on disk when this returns, and wait for its end where that was asked.

    Raises `WorkflowNotFound`, `VersionNotFound`, `WorkflowNotActive` (E4), `InvalidInput` (E3), `IdempotencyKeyReused`
    and `ExecutionDeleted` (E16), and `ConcurrencyLimitReached`.
    """
    user, key = ctx.user, command.idempotency_key
    if key is None:
        return await _execute(ctx, workflow_id, command)
    async with ctx.services.key_turns.turn((user.tenant, user.user_id, key)) as turn:
        return await _execute(ctx, workflow_id, command, turn)


async def _execute(ctx: Context, workflow_id: str, command: ExecuteWorkflow, turn: Turn | None = None) -> Accepted:
    user, workflows = ctx.user, ctx.services.remembered
    known = None if turn is not None or command.version is not None else workflows.get((user.tenant, workflow_id))
    if known is not None:
        with suppress(InvalidInput, BasisChanged):  # it may be another one by now
            return await _begin(ctx, known.workflow, known.plan, command, known.basis)
        workflows.forget((user.tenant, workflow_id))
    return await as_it_is(partial(_execute_as_read, ctx, workflow_id, command, turn))


async def _execute_as_read(ctx: Context, workflow_id: str, command: ExecuteWorkflow, turn: Turn | None) -> Accepted:
    user, workflows = ctx.user, ctx.services.remembered
    fingerprint = _fingerprint(workflow_id, command) if command.idempotency_key is not None else None

    def read(connection: Connection) -> Accepted | tuple[WorkflowSummary, Basis, Plan]:
        if fingerprint is not None:  # what a key has started is told, whatever became of the workflow since
            first = replayed(ctx, connection, command.idempotency_key, fingerprint)
            if first is not None:
                plan = ctx.services.store.plan(connection, workflow_id, first.revision)
                odd = tuple(unknown_values(plan.parameters, command.parameters))
                return Accepted(visible(user, first), is_replay=True, warnings=odd)
        workflow = workflow_rows.read_summary(connection, user.tenant, workflow_id)
        basis = basis_of(workflow)
        if command.version is not None:
            revision = revision_of(workflow_id, command.version, workflow.revision)
            workflow = msgspec.structs.replace(workflow, revision=revision)
        return workflow, basis, ctx.services.store.plan(connection, workflow.id, workflow.revision)

    found = await ctx.read(read)
    if isinstance(found, Accepted):
        return found
    workflow, basis, plan = found
    if workflow.status is not WorkflowStatus.ACTIVE:
        raise WorkflowNotActive(workflow_id, workflow.status)
    if command.version is None:
        workflows.put((user.tenant, workflow_id), remembered(workflow, plan))
    return await _begin(ctx, workflow, plan, command, basis, fingerprint=fingerprint, turn=turn)


async def _begin(
    ctx: Context,
    workflow: WorkflowSummary,
    plan: Plan,
    command: ExecuteWorkflow,
    basis: Basis,
    *,
    fingerprint: str | None = None,
    turn: Turn | None = None,
) -> Accepted:
    """Accept an execution of an active workflow. Raises `BasisChanged` where it is not as it was any more."""
    user = ctx.user
    check_callback_url(ctx, command.callback_url)
    make = partial(
        accepted_run,
        workflow,
        plan,
        command.parameters,
        execution_id=ctx.services.new_id(EXECUTION_PREFIX),
        tenant=user.tenant,
        created_by=user.user_id,
        now=ctx.services.clock.now(),
        callback_url=command.callback_url,
        labels=command.labels,
    )
    run, warnings = await asyncio.to_thread(make) if plan.has_patterns else make()
    stream = ctx.services.journal.open(run, ExecutionState())
    stream.basis = basis
    stream.record(EventType.EXECUTION_QUEUED, run.created_at, None, accepted_facts(run, warnings))
    asked = Acceptance(
        workflow=workflow,
        note=ctx.audit_note("execute_workflow", run.execution_id),
        is_async=command.async_execution,
        key=command.idempotency_key,
        fingerprint=fingerprint,
        warnings=tuple(warnings),
    )
    return await accept(stream, asked, ctx, turn)


async def accept(stream: Stream, asked: Acceptance, ctx: Context, turn: Turn | None = None) -> Accepted:
    """Have the execution begin whose first events `stream` has, and wait for its end where that was asked.

    It is on disk when this returns. `turn` is that of its idempotency key. Raises `IdempotencyKeyReused` and
    `ConcurrencyLimitReached`.
    """
    ended = ctx.services.dispatcher.accept(
        stream,
        new_row(stream.run, asked.key, asked.fingerprint),
        asked.note,
        is_waited_for=not asked.is_async,
    )
    if turn is not None:  # who repeats the request learns how it stands, and does not wait for the end
        stream.when_accepted(turn.end)
    try:
        answer = await _answer(ctx, asked, stream, ended)
        return Accepted(visible(ctx.user, answer), is_replay=False, warnings=asked.warnings)
    except (KeyTaken, ConcurrencyLimitReached):
        # Two nodes had one key at the same moment: the other one's request passed the index, or the limit.
        first = None if asked.fingerprint is None else await _winner(ctx, asked.key, asked.fingerprint)
        if first is None:
            raise
        return Accepted(visible(ctx.user, first), is_replay=True, warnings=asked.warnings)


async def _answer(
    ctx: Context, asked: Acceptance, stream: Stream, ended: "asyncio.Future[ExecutionState | None]"
) -> ExecutionDetail:
    accepted = rows.new_summary(stream.run, stream.run.callback_url)
    plan = stream.run.plan
    if asked.is_async:
        first = stream.events[: asked.first_events]
        await stream.accepted()
        if asked.may_end_at_once:
            return await _read(ctx, stream.run.execution_id)
        return rows.detail(ctx, accepted, plan, first, fold(first))
    patience = min(stream.run.timeout_seconds + SETTLE_SECONDS, ctx.services.sync_wait_seconds)
    give_up_at = asyncio.get_running_loop().time() + patience
    await asyncio.wait([ended], timeout=patience)
    await stream.accepted()
    if not ended.done() or ended.result() is None:
        return await _watched(ctx, stream.run.execution_id, give_up_at)
    return rows.detail(ctx, accepted, plan, tuple(stream.events), stream.state)


async def _watched(ctx: Context, execution_id: str, give_up_at: float) -> ExecutionDetail:
    """An execution that went on without this caller: at its end, or as it stands when patience is over."""
    with ctx.services.broadcast.listen(execution_id) as woken, suppress(TimeoutError):
        async with asyncio.timeout_at(give_up_at):
            while not ctx.services.dispatcher.is_stopping:
                woken.clear()
                execution = await _read(ctx, execution_id)
                if execution.status.is_terminal:
                    return execution
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await woken.wait()
    return await _read(ctx, execution_id)


@permits(Permission.EXECUTION_READ)
async def get_execution(ctx: Context, execution_id: str) -> ExecutionDetail:
    """An execution with its results, progress and log. Raises `ExecutionNotFound`."""
    return visible(ctx.user, await _read(ctx, execution_id))


@permits(Permission.EXECUTION_CANCEL)
async def cancel_execution(ctx: Context, execution_id: str) -> ExecutionDetail:
    """Cancel an execution: on disk when this returns, its work in flight aborted (decision E10).

    One that has a clean-up is stopping then, and cancelled when that is over. Cancelling one that is cancelled changes
    nothing; one that is stopping goes on where it was paused. Raises `ExecutionNotFound`, `PermissionDenied`,
    `ExecutionFinished`, and `Unreadable` where a newer version has to do it.
    """
    user = ctx.user
    execution = await ctx.read(lambda connection: rows.read_summary(connection, user.tenant, execution_id))
    require_owner(user, execution.created_by, "execution")
    if execution.status is ExecutionStatus.CANCELLED:
        ctx.services.dispatcher.abort(execution_id)  # whoever committed it may have been lost before this
    else:
        await stop_cancelled(
            ctx.services, ctx.audit_note(CANCEL, execution_id), execution_id, await _intervene(ctx, execution_id)
        )
    return visible(user, await _read(ctx, execution_id))


async def _intervene(ctx: Context, execution_id: str) -> ExecutionState | Unreadable:
    try:
        return await ctx.services.journal.intervene(execution_id, partial(cancellation_by, ctx))
    except Unreadable as fault:
        return fault


@permits(Permission.WORKFLOW_DELETE)
async def cancel_executions_of(ctx: Context, workflow_id: str) -> None:
    """Cancel every execution of a workflow that has not ended; whoever may delete the workflow may do this."""
    live = select(EXECUTIONS.c.id).where(
        EXECUTIONS.c.workflow_id == workflow_id, EXECUTIONS.c.status.in_([status.value for status in LIVE_STATUSES])
    )
    cancelled: set[str] = set()
    # Once more after each time: one that was accepted just before may be on disk just after.
    while ids := set(await ctx.read(lambda connection: list(connection.execute(live).scalars()))) - cancelled:
        await _cancel_all(ctx, sorted(ids))
        cancelled |= ids


async def _cancel_all(ctx: Context, ids: Sequence[str]) -> None:
    answers = await ctx.services.journal.intervene_many(ids, partial(cancellation_by, ctx))
    for execution_id, after in answers.items():
        with suppress(Unreadable):  # what a newer version has to do keeps no other from its end
            await stop_cancelled(ctx.services, ctx.audit_note(CANCEL, execution_id), execution_id, after)
    for after in answers.values():
        if isinstance(after, Exception) and not isinstance(after, ExecutionFinished | Unreadable):
            raise after


async def stop_cancelled(
    services: Services, note: AuditNote, execution_id: str, after: ExecutionState | Exception
) -> None:
    """Have what was cancelled stop its work, and what is damaged end unread. Raises `Unreadable` for anything newer."""
    if isinstance(after, ExecutionState):
        services.dispatcher.stop_work(execution_id, after)
    elif isinstance(after, Unreadable):
        if after.fault is not FaultCode.DAMAGED:
            raise after  # a newer version knows how to end it, with its clean-up
        told = {"user_id": note.actor}
        await end_unread(services.database, services.journal, services.clock, execution_id, note, told)
        services.dispatcher.abort(execution_id)


def cancellation_by(ctx: Context, run: Run, state: ExecutionState, told: Mapping[str, Any] = {}) -> Intervention | None:
    """What the caller's cancel is in an execution as it stands; `told` goes into the audit log with it.

    None where it is cancelled, or stopping and not paused. Raises `ExecutionFinished`.
    """
    if state.status is ExecutionStatus.CANCELLED:
        return None
    if state.status.is_terminal:
        raise ExecutionFinished(state.status)
    events = cancellation(run, state, ctx.services.clock.now(), {"user_id": ctx.user.user_id})
    return Intervention(events, ctx.audit_note(CANCEL, run.execution_id, **told)) if events else None


async def _read(ctx: Context, execution_id: str) -> ExecutionDetail:
    tenant, folds = ctx.user.tenant, ctx.services.folds
    before = folds.of(execution_id)

    def read(connection: Connection) -> tuple[ExecutionDetail, Folded]:
        return read_detail(ctx, connection, tenant, execution_id, before)

    execution, folded = await ctx.read(read)
    folds.keep(execution_id, folded)
    return execution


def read_detail(
    ctx: Context, connection: Connection, tenant: str, execution_id: str, before: Folded = NOTHING
) -> tuple[ExecutionDetail, Folded]:
    """An execution of the tenant, and what its journal folds to, of which so much is known `before`.

    Raises `ExecutionNotFound`.
    """
    execution = rows.read_summary(connection, tenant, execution_id)
    folded = read_on(connection, execution_id, before)
    has_room = not rows.without_room(connection, [execution])
    return rows.stored_detail(ctx, connection, execution, folded, has_room=has_room), folded


def _fingerprint(workflow_id: str, command: ExecuteWorkflow) -> str:
    asked = [workflow_id, command.parameters, command.async_execution, command.callback_url]
    if command.version is not None:  # without one it is what it was before there were any to choose
        asked.append(command.version)
    if command.labels:  # what was asked for without any has the fingerprint that it always had
        asked.append(command.labels)
    return hashlib.sha256(msgspec.json.encode(asked, order="deterministic")).hexdigest()


def replayed(ctx: Context, connection: Connection, key: str | None, fingerprint: str) -> ExecutionDetail | None:
    """The execution that this caller's `key` started.

    Raises `IdempotencyKeyReused` for another request, and `ExecutionDeleted` where its time is over.
    """
    user: Viewer = ctx.user
    values = {"of_tenant": user.tenant, "of_user": user.user_id, "key": key}
    row = connection.execute(BY_KEY, values).first()
    if row is None:
        return None
    if row.idempotency_fingerprint != fingerprint:
        message = "this key was used for another request: choose a new key, or repeat the first request unchanged"
        raise IdempotencyKeyReused([Fault(("body", "idempotency_key"), message, "value_error.idempotency_key_reused")])
    if row.is_deleted:
        raise ExecutionDeleted(row.id)
    return read_detail(ctx, connection, user.tenant, row.id)[0]


async def _winner(ctx: Context, key: str | None, fingerprint: str) -> ExecutionDetail | None:
    return await ctx.read(lambda connection: replayed(ctx, connection, key, fingerprint))
