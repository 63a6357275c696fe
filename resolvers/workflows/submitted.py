"""Reads a submitted workflow: the command, or every fault of it at once, of its fields and of its definition alike."""

import asyncio
from collections.abc import Iterator
from typing import TypeVar

from engine.actions.registry import ActionRegistry
from engine.definition.pattern_count import require_few_patterns
from models.commands.remnants import remnant_of
from models.commands.validation import TOO_DEEP, Location, parse, sound
from models.commands.workflows import CreateFromTemplate, CreateWorkflow, WorkflowFields
from models.errors import InvalidInput
from models.faults import MAX_FAULTS, Fault
from resolvers.workflows.definitions import BODY, definition_faults
from resolvers.workflows.template_library import templates
from resolvers.workflows.template_merge import ROOT as CUSTOMIZATIONS
from resolvers.workflows.template_merge import merge

C = TypeVar("C", bound=WorkflowFields)


async def submitted(registry: ActionRegistry, command: type[C], raw: object) -> C:
    """The command that a caller sent, its definition still to be checked. Raises `InvalidInput` with all faults."""
    # In a thread: a large definition takes a good part of a second.
    return await asyncio.to_thread(parse_workflow, registry, command, raw, BODY)


async def submitted_from_template(registry: ActionRegistry, raw: object) -> CreateFromTemplate:
    """The same of a workflow that is made of a template."""
    return await asyncio.to_thread(_parsed_from_template, registry, raw)


def _parsed_from_template(registry: ActionRegistry, raw: object) -> CreateFromTemplate:
    require_few_patterns(raw, BODY)
    try:
        return parse(CreateFromTemplate, raw, BODY)
    except InvalidInput as refused:
        raise _whole_of_template(registry, raw, refused) from None


def parse_workflow(registry: ActionRegistry, command: type[C], raw: object, loc: Location) -> C:
    """The same where nobody else waits, with the faults below `loc`."""
    require_few_patterns(raw, loc)
    try:
        return parse(command, raw, loc)
    except InvalidInput as refused:
        raise _whole(registry, command, raw, refused, loc) from None


def _whole(
    registry: ActionRegistry, command: type[WorkflowFields], raw: object, refused: InvalidInput, loc: Location
) -> InvalidInput:
    """The refusal of a workflow for the faults of its fields, with those of what is sound beside them."""
    is_change = not issubclass(command, CreateWorkflow)
    left = None if _is_hopeless(refused) else remnant_of(sound(raw), refused.faults, loc, is_change=is_change)
    if left is None:
        return refused
    beside = (fault for fault in definition_faults(registry, left, loc) if not left.knows_better(fault))
    return InvalidInput([*refused.faults, *beside])


def _whole_of_template(registry: ActionRegistry, raw: object, refused: InvalidInput) -> InvalidInput:
    return InvalidInput([*refused.faults, *_faults_beside_template(registry, raw, refused)])


def _faults_beside_template(registry: ActionRegistry, raw: object, refused: InvalidInput) -> Iterator[Fault]:
    if not isinstance(raw, dict) or _is_hopeless(refused):
        return
    changes, template = raw.get("customizations"), templates().get(str(raw.get("template_name")))
    if not isinstance(changes, dict) or template is None:
        return
    below = [fault for fault in refused.faults if fault.loc[: len(CUSTOMIZATIONS)] == CUSTOMIZATIONS]
    left = remnant_of(sound(changes), below, CUSTOMIZATIONS, is_change=True)
    if left is not None:
        merged = merge(template.workflow, left.as_sent(changes.keys()))
        try:
            workflow = parse(CreateWorkflow, merged.workflow)
        except InvalidInput:  # both together are too many: that is told once the customizations are sound
            return
        found = map(merged.located, definition_faults(registry, workflow, BODY))
        yield from (fault for fault in found if not left.knows_better(fault))


def _is_hopeless(refused: InvalidInput) -> bool:
    """Whether nobody would read more, or nothing can be looked at."""
    return len(refused.faults) > MAX_FAULTS or any(fault.type == TOO_DEEP for fault in refused.faults)
