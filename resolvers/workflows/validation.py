"""The use case that checks a workflow before it is saved: what a save would refuse or warn of, and its graph."""

import asyncio
from functools import partial
from typing import Any

import msgspec

from engine.actions.registry import ActionRegistry
from models.errors import InvalidInput
from models.faults import Fault
from models.words import Permission
from resolvers.access.permissions import permits
from resolvers.context import Context
from resolvers.executions.graphs import Graph, graph
from resolvers.workflows.sources.diagnosis import (
    Diagnostic,
    Reading,
    Severity,
    findings_of,
    read_workflow_of,
    unreadable,
)
from resolvers.workflows.sources.source_text import UnreadableFile, source_of
from resolvers.workflows.workflows import existing_secrets, stored_definition

MAX_BYTES = 1_048_576
"""A text is as long at most as the body that would save it (decision W13)."""


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


def _content(text: str | None, definition: Any) -> bytes:
    if (text is None) == (definition is None):
        raise InvalidInput([Fault(("text",), "give the workflow as a text, or as a definition", "value_error")])
    content = msgspec.json.encode(definition) if text is None else text.encode("utf-8", "surrogatepass")
    if len(content) > MAX_BYTES:
        place = "definition" if text is None else "text"
        raise InvalidInput([Fault((place,), f"it may have {MAX_BYTES:,} bytes at most", "value_error.too_long")])
    return content


def _read(actions: ActionRegistry, content: bytes) -> Reading | Diagnostic:
    try:
        return read_workflow_of(actions, source_of(content))
    except UnreadableFile as error:
        return unreadable(error)


def _graph(reading: Reading, findings: list[Diagnostic]) -> Graph | None:
    if reading.workflow is None or any(finding.severity is Severity.ERROR for finding in findings):
        return None
    return graph(stored_definition(reading.workflow), {})
