"""The use cases of workflow definitions: create, read, update, restore a version, delete."""

import asyncio
from collections.abc import Mapping, Sequence, Set
from contextlib import suppress
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine.definition.compiling import PARTS
from engine.definition.dependencies import used_secrets
from engine.definition.needed_version import needed_version
from engine.journal.broadcast import feed_of
from engine.secrets.rows import names_among
from models.commands.concurrency import ConcurrencyLimit
from models.commands.parameters import ParameterDefinition
from models.commands.validation import Command
from models.commands.versions import RestoreWorkflowVersion
from models.commands.workflows import (
    ActionDefinition,
    CreateWorkflow,
    UpdateWorkflow,
    WorkflowChanges,
    WorkflowFields,
)
from models.entities.workflows import WorkflowDetail, WorkflowSummary, revision_of
from models.errors import InvalidInput, NameTaken, Unavailable, VersionMismatch
from models.faults import Fault, sentence
from models.ids import WORKFLOW_PREFIX
from models.json_equality import same
from models.words import ActivityType, Permission
from resolvers.access.permissions import permits, require_creator, require_owner
from resolvers.context import Context, Viewer
from resolvers.executions.executions import cancel_executions_of
from resolvers.workflows.definitions import check_definition, require_readable
from resolvers.workflows.pinned_names import pinned
from resolvers.workflows.rows import (
    SUMMARY_COLUMNS,
    VERSIONS,
    WORKFLOWS,
    read_definition,
    read_detail,
    read_summary,
    replace_tags,
    search_text,
    write_activity,
)
from resolvers.workflows.search_rows import add_to_search, change_in_search, remove_from_search
from resolvers.workflows.starts import warnings_of_starts
from resolvers.workflows.submitted import submitted


@permits(Permission.WORKFLOW_WRITE)
async def create_workflow(ctx: Context, command: CreateWorkflow) -> WorkflowDetail:
    """Save a new workflow at version 1.0.

    Raises `InvalidInput` (graph, action types, configurations: decision W3) and `NameTaken` (W1).
    """
    user = ctx.user
    require_creator(user)
    require_readable(command)
    secret_names = await existing_secrets(ctx, [*command.actions, *command.on_failure, *command.on_exit])
    # In a thread: a large definition takes a good part of a second.
    knows_service = partial(ctx.services.knows_service, user.tenant)
    warnings = await asyncio.to_thread(check_definition, ctx.services.actions, command, secret_names, knows_service)
    now = ctx.services.clock.now()
    workflow = WorkflowDetail(
        id=ctx.services.new_id(WORKFLOW_PREFIX),
        revision=0,
        created_by=user.user_id,
        created_at=now,
        updated_at=now,
        warnings=warnings,
        **{name: _as_kept(getattr(command, name)) for name in WorkflowFields.model_fields},
    )

    def write(connection: Connection) -> WorkflowDetail:
        parts = pinned(connection, user.tenant, (workflow.id, workflow.name, user.user_id), workflow.definition)
        made = msgspec.structs.replace(workflow, **parts)
        connection.execute(insert(WORKFLOWS).values(tenant=user.tenant, **_columns(made)))
        _write_version(connection, made, user)
        replace_tags(connection, made.id, made.tags)
        add_to_search(connection, user.tenant, made)
        write_activity(connection, ctx, ActivityType.WORKFLOW_CREATED, made)
        ctx.audit(connection, "create_workflow", made.id, name=made.name)
        return made

    try:
        made = await ctx.services.database.transaction(write)
    except IntegrityError as error:
        raise await _name_taken(ctx, command.name, user.user_id) from error
    _tell(ctx)
    return made


@permits(Permission.WORKFLOW_READ)
async def get_workflow(ctx: Context, workflow_id: str) -> WorkflowDetail:
    """Read a workflow with its definition. Raises `WorkflowNotFound`."""
    tenant = ctx.user.tenant
    return await ctx.read(lambda connection: read_detail(connection, tenant, workflow_id))


@permits(Permission.WORKFLOW_WRITE)
async def update_workflow(ctx: Context, workflow_id: str, command: UpdateWorkflow) -> WorkflowDetail:
    """Merge the fields that were sent into a workflow; a changed definition gets a new version (decision W5).

    Raises `WorkflowNotFound`, `PermissionDenied`, `VersionMismatch`, `InvalidInput`, `NameTaken`.
    """
    try:
        updated = await _change(ctx, workflow_id, command, command.expected_version)
    except IntegrityError as error:
        tenant = ctx.user.tenant
        owner = await ctx.read(lambda connection: read_summary(connection, tenant, workflow_id).created_by)
        raise await _name_taken(ctx, command.name, owner) from error
    if "concurrency" in command.model_fields_set:
        with suppress(Unavailable):  # the change is on disk, and a sweep finds whom it lets begin
            await ctx.services.journal.call(workflow_id)
    return updated


@permits(Permission.WORKFLOW_WRITE)
async def restore_workflow_version(ctx: Context, workflow_id: str, command: RestoreWorkflowVersion) -> WorkflowDetail:
    """Make a new version that is what an earlier one was; nothing is written where the present one means the same.

    It is judged by what holds now. Raises `WorkflowNotFound`, `PermissionDenied`, `VersionNotFound`, `VersionMismatch`,
    `InvalidInput`, and `Unreadable` for what this version of the service cannot read.
    """
    user = ctx.user

    def read(connection: Connection) -> Mapping[str, Any]:
        workflow = read_summary(connection, user.tenant, workflow_id)
        require_owner(user, workflow.created_by, "workflow")
        revision = revision_of(workflow_id, command.version, workflow.revision)
        return read_definition(connection, workflow_id, revision)

    definition = await ctx.read(read)
    fields = WorkflowFields.model_fields
    parts = {part: definition.get(part, fields[part].get_default(call_default_factory=True)) for part in PARTS}
    try:
        changes = await submitted(ctx.services.actions, WorkflowChanges, parts)
        return await _change(ctx, workflow_id, changes, command.expected_version, restored=command.version)
    except InvalidInput as refused:
        raise InvalidInput(map(_of_version, refused.faults)) from None


def _of_version(fault: Fault) -> Fault:
    """What is wrong with a version that is to be restored, at the one place that its caller could mend."""
    within = msgspec.structs.replace(fault, loc=fault.loc[1:])
    return Fault(("body", "version"), sentence(within), fault.type)


async def _change(
    ctx: Context, workflow_id: str, command: WorkflowChanges, expected: str | None, *, restored: str | None = None
) -> WorkflowDetail:
    user = ctx.user
    sent = command.model_fields_set & WorkflowFields.model_fields.keys()
    changes = {name: _as_kept(getattr(command, name)) for name in sent}

    def write(connection: Connection) -> WorkflowDetail:
        before = read_detail(connection, user.tenant, workflow_id, for_update=True)
        require_owner(user, before.created_by, "workflow")
        if expected not in (None, before.version):
            raise VersionMismatch(str(expected), before.version)
        own = (before.id, changes.get("name", before.name), before.created_by)
        after = _merged(ctx, connection, before, {**changes, **pinned(connection, user.tenant, own, changes)})
        if restored is not None and after.revision == before.revision:
            return before
        connection.execute(update(WORKFLOWS).where(WORKFLOWS.c.id == workflow_id).values(_columns(after)))
        if after.revision != before.revision:
            _write_version(connection, after, user)
        replace_tags(connection, workflow_id, after.tags)
        change_in_search(connection, user.tenant, before, after)
        write_activity(connection, ctx, ActivityType.WORKFLOW_UPDATED, after)
        if restored is None:
            ctx.audit(connection, "update_workflow", after.id, version=after.version)
        else:
            ctx.audit(connection, "restore_workflow_version", after.id, version=after.version, restored=restored)
        return after

    changed = await ctx.services.database.transaction(write)
    _tell(ctx)
    return changed


@permits(Permission.WORKFLOW_DELETE)
async def delete_workflow(ctx: Context, workflow_id: str, *, cancel_running: bool = False) -> WorkflowSummary:
    """Delete a workflow; accepted executions finish on their snapshot unless `cancel_running` (decision W6).

    Raises `WorkflowNotFound`, `PermissionDenied`.
    """
    user = ctx.user

    def write(connection: Connection) -> WorkflowSummary:
        workflow = read_summary(connection, user.tenant, workflow_id, for_update=True)
        require_owner(user, workflow.created_by, "workflow")
        now = ctx.services.clock.now()
        connection.execute(update(WORKFLOWS).where(WORKFLOWS.c.id == workflow_id).values(deleted_at=now))
        replace_tags(connection, workflow_id, ())
        remove_from_search(connection, workflow_id)
        write_activity(connection, ctx, ActivityType.WORKFLOW_DELETED, workflow)
        ctx.audit(connection, "delete_workflow", workflow.id, name=workflow.name)
        return workflow

    workflow = await ctx.services.database.transaction(write)
    _tell(ctx)
    if cancel_running:
        await cancel_executions_of(ctx, workflow_id)
    return workflow


async def _name_taken(ctx: Context, name: str, owner: str) -> NameTaken:
    """The refusal of a name, with the workflow of its owner that has it, where that is still there."""
    holder = select(WORKFLOWS.c.id).where(
        WORKFLOWS.c.tenant == ctx.user.tenant,
        WORKFLOWS.c.created_by == owner,
        WORKFLOWS.c.name == name,
        WORKFLOWS.c.deleted_at.is_(None),
    )
    return NameTaken(name, await ctx.read(lambda connection: connection.execute(holder).scalar()))


def _tell(ctx: Context) -> None:
    """There is a new line in the activity feed."""
    ctx.services.broadcast.publish([feed_of(ctx.user.tenant)])


@permits(Permission.WORKFLOW_WRITE)
async def existing_secrets(ctx: Context, actions: Sequence[ActionDefinition]) -> Set[str]:
    """The secrets of the tenant that `actions` use, as far as they exist."""
    used = await asyncio.to_thread(used_secrets, actions)
    if not used:
        return used
    return await ctx.read(partial(names_among, tenant=ctx.user.tenant, names=used))


def _merged(ctx: Context, connection: Connection, before: WorkflowDetail, changes: dict[str, Any]) -> WorkflowDetail:
    after = msgspec.structs.replace(before, **changes, updated_at=ctx.services.clock.now())
    is_limited_alike = after.concurrency == before.concurrency
    if is_limited_alike and changes.keys().isdisjoint(PARTS):
        return after
    definition = _Definition(after)
    is_same = definition.means_what(_Definition(before))
    if is_same:
        # What is spelled out now and was left to its default before is the same version, whose text never changes.
        after = msgspec.structs.replace(after, **{part: getattr(before, part) for part in PARTS})
        if is_limited_alike:
            return after
    require_readable(definition)
    given = [*definition.actions, *definition.on_failure, *definition.on_exit]
    secret_names = names_among(connection, ctx.user.tenant, used_secrets(given))
    knows_service = partial(ctx.services.knows_service, ctx.user.tenant)
    warnings = check_definition(ctx.services.actions, definition, secret_names, knows_service)
    warnings += warnings_of_starts(connection, ctx.user.tenant, after)
    revision = before.revision if is_same else before.revision + 1
    return msgspec.structs.replace(after, revision=revision, warnings=warnings)


class _Definition:
    """What a stored workflow was defined as."""

    def __init__(self, workflow: WorkflowDetail) -> None:
        self.parameters = [ParameterDefinition.model_validate(parameter) for parameter in workflow.parameters]
        self.actions, self.on_failure, self.on_exit = (
            [ActionDefinition.model_validate(action) for action in found]
            for found in (workflow.actions, workflow.on_failure, workflow.on_exit)
        )
        self.outputs = workflow.outputs
        limit = workflow.concurrency
        self.concurrency = None if limit is None else ConcurrencyLimit.model_validate(limit)

    def means_what(self, other: "_Definition") -> bool:
        """Whether each execution does the same by either of them."""
        return same(self._spelled_out(), other._spelled_out())

    def _spelled_out(self) -> list[Any]:
        listed = (self.parameters, self.actions, self.on_failure, self.on_exit)
        return [self.outputs, *([part.model_dump(mode="json") for part in found] for found in listed)]


def _as_kept(value: Any) -> Any:
    """A field of a workflow as it is stored: a definition as it was sent, a limit with its defaults."""
    if isinstance(value, ConcurrencyLimit):
        return value.model_dump(mode="json")
    if isinstance(value, Command):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return [_as_kept(item) for item in value] if isinstance(value, list) else value


def stored_definition(workflow: WorkflowFields) -> dict[str, Any]:
    """The definition of a workflow as a version pins it."""
    return {part: _as_kept(getattr(workflow, part)) for part in PARTS}


def _columns(workflow: WorkflowDetail) -> dict[str, Any]:
    columns = {column.name: getattr(workflow, column.name) for column in SUMMARY_COLUMNS}
    return columns | {
        "status": workflow.status.value,
        "search_text": search_text(workflow.name, workflow.description),
    }


def _write_version(connection: Connection, workflow: WorkflowDetail, author: Viewer) -> None:
    connection.execute(
        insert(VERSIONS).values(
            workflow_id=workflow.id,
            revision=workflow.revision,
            definition=workflow.definition,
            schema_version=needed_version(workflow.definition),
            created_at=workflow.updated_at,
            created_by=author.user_id,
        )
    )
