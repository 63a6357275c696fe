"""The use cases of workflows as texts: check one before it is saved, and save it."""

import asyncio
import json
from functools import partial
from typing import Any

import msgspec

from engine.actions.registry import ActionRegistry
from models.commands.validation import parse
from models.commands.versions import MAX_TEXT, SaveWorkflowText
from models.commands.workflows import UpdateWorkflow, WorkflowFields
from models.entities.workflows import WorkflowDetail
from models.errors import InvalidInput
from models.faults import Fault
from models.words import Permission
from resolvers.access.permissions import permits
from resolvers.context import Context
from resolvers.executions.graphs import Graph, graph
from resolvers.workflows.definitions import BODY
from resolvers.workflows.sources.diagnosis import (
    Diagnostic,
    DiagnosticSeverity,
    SourceReading,
    findings_of,
    read_workflow_of,
    unreadable,
)
from resolvers.workflows.sources.source_text import UnreadableFile, source_of
from resolvers.workflows.workflows import create_workflow, existing_secrets, stored_definition, update_workflow


class Validation(msgspec.Struct, frozen=True):
    """What is wrong with a workflow; `graph` is None where its text is none, or has a fault."""

    diagnostics: tuple[Diagnostic, ...]
    graph: Graph | None


@permits(Permission.WORKFLOW_WRITE)
async def validate_workflow(ctx: Context, text: str | None, definition: Any) -> Validation:
    """Check a text, JSON or YAML, or a definition that has no text. Nothing is saved. Raises `InvalidInput`."""
    content = _content(text, definition)
    actions = ctx.services.actions
    # In threads: a large definition takes a good part of a second.
    reading = await asyncio.to_thread(_read, actions, content)
    if isinstance(reading, Diagnostic):
        return Validation((reading,), None)
    secret_names = None
    if reading.workflow is not None:
        workflow = reading.workflow
        secret_names = await existing_secrets(ctx, [*workflow.actions, *workflow.on_failure, *workflow.on_exit])
    knows_service = partial(ctx.services.knows_service, ctx.user.tenant)
    findings = await asyncio.to_thread(findings_of, actions, reading, secret_names, knows_service)
    return Validation(tuple(findings), await asyncio.to_thread(_graph, reading, findings))


@permits(Permission.WORKFLOW_WRITE)
async def save_text(ctx: Context, workflow_id: str | None, command: SaveWorkflowText) -> WorkflowDetail:
    """Save a text as a new workflow, or as what a workflow is from now on.

    Raises `InvalidInput`, each fault with its line, and what `create_workflow` and `update_workflow` raise.
    """
    actions = ctx.services.actions
    reading = await asyncio.to_thread(_read, actions, command.text.encode("utf-8", "surrogatepass"))
    if isinstance(reading, Diagnostic):
        raise InvalidInput([_told(reading)])
    errors = await asyncio.to_thread(findings_of, actions, reading)
    if reading.workflow is None or any(error.severity is DiagnosticSeverity.ERROR for error in errors):
        raise InvalidInput([_told(error) for error in errors if error.severity is DiagnosticSeverity.ERROR])
    if workflow_id is None:
        return await create_workflow(ctx, reading.workflow)
    whole = parse(UpdateWorkflow, _whole(reading.source.value) | {"expected_version": command.expected_version})
    return await update_workflow(ctx, workflow_id, whole)


def _told(error: Diagnostic) -> Fault:
    return Fault((*BODY, "text"), f"line {error.line}, column {error.column}: {error.message}", error.code)


def _whole(value: dict[str, Any]) -> dict[str, Any]:
    """A workflow with the defaults of all that its text does not name, but for the status, which is no part of it."""
    fields = WorkflowFields.model_fields
    defaults = {
        name: field.get_default(call_default_factory=True) for name, field in fields.items() if name != "status"
    }
    return defaults | value


def _content(text: str | None, definition: Any) -> bytes:
    if (text is None) == (definition is None):
        raise InvalidInput([Fault(("text",), "give the workflow as a text, or as a definition", "value_error")])
    content = _encoded(definition) if text is None else text.encode("utf-8", "surrogatepass")
    if len(content) > MAX_TEXT:
        place = "definition" if text is None else "text"
        raise InvalidInput([Fault((place,), f"it may have {MAX_TEXT:,} bytes at most", "value_error.too_long")])
    return content


def _encoded(definition: Any) -> bytes:
    try:
        return msgspec.json.encode(definition)
    except UnicodeEncodeError:
        return json.dumps(definition).encode()  # which escapes a lone surrogate: it is found at its place


def _read(actions: ActionRegistry, content: bytes) -> SourceReading | Diagnostic:
    try:
        return read_workflow_of(actions, source_of(content))
    except UnreadableFile as error:
        return unreadable(error)


def _graph(reading: SourceReading, findings: list[Diagnostic]) -> Graph | None:
    if reading.workflow is None or any(finding.severity is DiagnosticSeverity.ERROR for finding in findings):
        return None
    return graph(stored_definition(reading.workflow), {})
