"""The use cases of doing an execution over: what would be reused, and another execution that does it."""

import hashlib
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Connection

from engine.core.bounds import MAX_JOURNAL_BYTES
from engine.core.plan import Plan
from engine.core.reuse import Asked, Judgement
from engine.core.run import Run
from engine.core.state import ExecutionState
from engine.definition.acceptance import accepted_facts, accepted_run
from engine.definition.parameters import unknown_values
from engine.journal.bases import Basis
from engine.journal.reruns import undone_elsewhere
from engine.running.doing_over import DoneOver, asked_again, done_over
from models.commands.reruns import PreviewOutdated, PreviewRerun, RerunExecution
from models.commands.validation import Location
from models.entities.workflows import WorkflowSummary, revision_of, version_word
from models.errors import ExecutionNotFinished, InvalidInput, PayloadTooLarge, WorkflowNotActive
from models.faults import Fault, some
from models.ids import EXECUTION_PREFIX
from models.rerun_words import RerunChildren, RerunDefinition
from models.words import ActionPhase, EventType, Permission, WorkflowStatus
from resolvers.access.permissions import permits, require_to_rerun
from resolvers.callbacks import check_callback_url
from resolvers.context import Context
from resolvers.executions import rows
from resolvers.executions.executions import Acceptance, Accepted, accept, replayed
from resolvers.executions.key_turns import Turn
from resolvers.executions.payload import visible
from resolvers.workflows import rows as workflow_rows
from resolvers.workflows.remembered import as_it_is, basis_of

ALL_REUSED = "Every result is reused, so nothing runs again: use `from` START, or name the actions that are to run"


class RerunPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What an execution that does another one over would do, action by action, in the order of the definition.

    `idempotency_keys` is the form of those that its calls would carry. `warnings` is what whoever asks should know.
    `token` stands for all that this rests on: a rerun that carries it does what is said here, or is refused.
    """

    execution_id: str
    workflow_id: str
    version: str
    actions: tuple[Judgement, ...]
    idempotency_keys: str
    warnings: tuple[str, ...]
    token: str


class _Before(msgspec.Struct, frozen=True):
    """What is known before anything is judged."""

    run: Run
    state: ExecutionState
    labels: Mapping[str, str]
    workflow: WorkflowSummary
    basis: Basis
    plan: Plan
    undone: frozenset[str]


@permits(Permission.EXECUTION_READ)
async def preview_rerun(ctx: Context, execution_id: str, command: PreviewRerun) -> RerunPreview:
    """What would become of each action; it changes nothing. Raises what `rerun_execution` does, but for the key."""
    require_to_rerun(ctx.user)
    before = await _before(ctx, execution_id, command)
    run, warnings = _run(ctx, before, command, before.run.callback_url)
    done = await _done(before, command, run, {})
    return RerunPreview(
        execution_id=execution_id,
        workflow_id=run.workflow_id,
        version=version_word(run.revision),
        actions=done.judgements,
        idempotency_keys=f"{EXECUTION_PREFIX}...:<action_id>[:<item>][:r<iteration>]",
        warnings=(*warnings, *_warnings(done)),
        token=_token(run, command, done),
    )


@permits(Permission.WORKFLOW_EXECUTE)
async def rerun_execution(ctx: Context, execution_id: str, command: RerunExecution) -> Accepted:
    """Accept an execution that does another one over (E19), which is on disk when this returns, and wait for its end
    where that was asked.

    What holds of the other one is in its journal from the beginning. Raises `ExecutionNotFound`,
    `ExecutionNotFinished`, `WorkflowNotFound`, `VersionNotFound`, `WorkflowNotActive` (E4), `InvalidInput` (E3),
    `PayloadTooLarge`, `Unreadable`, `PreviewOutdated`, `IdempotencyKeyReused` (E16) and `ConcurrencyLimitReached`.
    """
    require_to_rerun(ctx.user)
    user, key = ctx.user, command.idempotency_key
    if key is None:
        return await as_it_is(partial(_rerun, ctx, execution_id, command))
    async with ctx.services.key_turns.turn((user.tenant, user.user_id, key)) as turn:
        return await as_it_is(partial(_rerun, ctx, execution_id, command, turn))


async def _rerun(ctx: Context, execution_id: str, command: RerunExecution, turn: Turn | None = None) -> Accepted:
    key = command.idempotency_key
    fingerprint = None if key is None else _fingerprint(execution_id, command)
    if fingerprint is not None:  # before the other one is looked for: it may be deleted by now
        first = await ctx.read(lambda connection: replayed(ctx, connection, key, fingerprint))
        if first is not None:
            return Accepted(visible(ctx.user, first), is_replay=True)
    before = await _before(ctx, execution_id, command)
    callback_url = command.callback_url or before.run.callback_url
    check_callback_url(ctx, callback_url)
    run, warnings = _run(ctx, before, command, callback_url)
    told = accepted_facts(run, warnings)
    if command.reason is not None:
        told["reason"] = command.reason
    done = await _done(before, command, run, told)
    if command.preview_token not in (None, _token(run, command, done)):
        raise PreviewOutdated
    stream = ctx.services.journal.open(run, ExecutionState())
    stream.basis = before.basis
    events = done.opening.events(run.created_at)
    for event in events:
        stream.record(EventType(event.type), event.at, event.action_id, event.data)
    asked = Acceptance(
        workflow=before.workflow,
        note=ctx.audit_note(
            "rerun_execution", run.execution_id, rerun_of=execution_id, start=command.from_.value, reason=command.reason
        ),
        is_async=command.async_execution,
        key=key,
        fingerprint=fingerprint,
        warnings=(*warnings, *_warnings(done)),
        first_events=len(events),
    )
    return await accept(stream, asked, ctx, turn)


async def _before(ctx: Context, execution_id: str, command: PreviewRerun) -> _Before:
    tenant, store = ctx.user.tenant, ctx.services.store

    def read(connection: Connection) -> _Before:
        summary = rows.read_summary(connection, tenant, execution_id)
        workflow = workflow_rows.read_summary(connection, tenant, summary.workflow_id)
        [found] = store.find(connection, [execution_id])
        run, state = found.read()
        if not state.status.is_terminal:
            raise ExecutionNotFinished(execution_id, state.status)
        revision, basis = _revision(command, run, workflow), basis_of(workflow)
        plan = store.plan(connection, workflow.id, revision)
        undone = undone_elsewhere(connection, execution_id, run.plan.undone_by)
        workflow = msgspec.structs.replace(workflow, revision=revision)
        return _Before(run, state, summary.labels, workflow, basis, plan, undone)

    before = await ctx.read(read)
    if before.workflow.status is not WorkflowStatus.ACTIVE:
        raise WorkflowNotActive(before.workflow.id, before.workflow.status)
    return before


def _revision(command: PreviewRerun, run: Run, workflow: WorkflowSummary) -> int:
    if command.version is not None:
        return revision_of(workflow.id, command.version, workflow.revision)
    return workflow.revision if command.definition is RerunDefinition.LATEST else run.revision


def _run(ctx: Context, before: _Before, command: PreviewRerun, callback_url: str | None) -> tuple[Run, list[str]]:
    """The run that does another one over. Raises `InvalidInput`."""
    if faults := some(_unknown_actions(before.plan, command)):
        raise InvalidInput(faults)
    run, _ = accepted_run(
        before.workflow,
        before.plan,
        {**before.run.parameters, **command.parameters},
        execution_id=ctx.services.new_id(EXECUTION_PREFIX),
        tenant=ctx.user.tenant,
        created_by=ctx.user.user_id,
        now=ctx.services.clock.now(),
        callback_url=callback_url,
        labels=before.labels,
        rerun_of=before.run.execution_id,
    )
    return run, unknown_values(before.plan.parameters, command.parameters)


def _unknown_actions(plan: Plan, command: PreviewRerun) -> Iterator[Fault]:
    known = {action.action_id for action in plan.actions}
    named: list[tuple[Location, str]] = [(("action_ids", at), name) for at, name in enumerate(command.action_ids)]
    named += [(("action_outputs", name), name) for name in command.action_outputs]
    for place, name in named:
        if name not in known:
            message = f"there is no action '{name}' in this version of the workflow, its clean-up aside"
            yield Fault(("body", *place), message, "value_error.const")


async def _done(before: _Before, command: PreviewRerun, run: Run, told: dict[str, Any]) -> DoneOver:
    """What is reused, and the opening of the journal with it. Raises `PayloadTooLarge`."""
    asked = Asked(
        start=command.from_,
        action_ids=frozenset(command.action_ids),
        given=command.action_outputs,
        asked_again=asked_again(reuses_approvals=command.reuse_approvals),
        undone=before.undone,
        nests=command.children is RerunChildren.NESTED,
    )
    keeps_versions = command.version is None and command.definition is not RerunDefinition.LATEST
    done = await done_over(
        before.run,
        before.state,
        before.plan,
        run.parameters,
        asked,
        at=run.created_at,
        keeps_versions=keeps_versions,
        told=told,
    )
    if done.opening.size > MAX_JOURNAL_BYTES:
        raise PayloadTooLarge(
            f"The results that are reused and given come to more than the {MAX_JOURNAL_BYTES:,} bytes that an "
            "execution may keep: rerun from START, or give less"
        )
    return done


def _warnings(done: DoneOver) -> Iterator[str]:
    main = [judgement for judgement in done.judgements if judgement.phase is ActionPhase.MAIN]
    if main and all(judgement.is_reused for judgement in main):
        yield ALL_REUSED


def _token(run: Run, command: PreviewRerun, done: DoneOver) -> str:
    """A digest of what was asked, and of what follows from it at present."""
    asked = command.model_dump(mode="json", include=set(PreviewRerun.model_fields))
    follows = [run.rerun_of, run.revision, run.parameters, done.judgements]
    return hashlib.sha256(msgspec.json.encode([asked, *follows], order="deterministic")).hexdigest()


def _fingerprint(execution_id: str, command: RerunExecution) -> str:
    # A preview that is looked at anew between two tries makes no other request of them.
    asked = command.model_dump(mode="json", exclude={"idempotency_key", "preview_token"})
    return hashlib.sha256(msgspec.json.encode(["rerun", execution_id, asked], order="deterministic")).hexdigest()
