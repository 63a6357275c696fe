"""Checks a workflow's definition as a whole: its graphs, its action types and their configurations, its expressions."""

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any, Protocol

from engine.actions.config_types import config_type_warnings
from engine.actions.name_warnings import KnowsService, name_warnings
from engine.actions.null_warnings import null_warnings
from engine.actions.registry import ActionRegistry, config_faults, config_warnings
from engine.actions.response_warnings import response_warnings
from engine.definition.clean_up_faults import (
    clean_up_faults,
    clean_up_warnings,
    limit_faults,
    output_faults,
    output_warnings,
)
from engine.definition.concurrency_key import key_faults
from engine.definition.graph import graph_faults, parameter_faults
from engine.definition.link_references import link_warnings
from engine.definition.pattern_count import pattern_faults
from engine.definition.reachability import unreachable_warnings
from engine.definition.reference_warnings import reference_warnings
from engine.definition.text_warnings import text_warnings
from engine.definition.type_warnings import type_warnings
from engine.expressions.word_count import size_faults
from models.commands.concurrency import ConcurrencyLimit
from models.commands.parameters import ParameterDefinition
from models.commands.validation import Location
from models.commands.workflows import ActionDefinition
from models.errors import InvalidInput
from models.faults import MAX_FAULTS, Fault, some
from models.workflow_warnings import WarningCode, WorkflowWarning, shown_warning

BODY = ("body",)
SECTIONS = ("actions", "on_failure", "on_exit", "outputs")
"""The parts of a definition that hold templates, in the order in which they are filled in."""


class Definition(Protocol):
    """What is checked of a workflow: `CreateWorkflow`, or what an update makes of one."""

    @property
    def parameters(self) -> Sequence[ParameterDefinition]: ...
    @property
    def actions(self) -> Sequence[ActionDefinition]: ...
    @property
    def on_failure(self) -> Sequence[ActionDefinition]: ...
    @property
    def on_exit(self) -> Sequence[ActionDefinition]: ...
    @property
    def outputs(self) -> Mapping[str, Any] | None: ...
    @property
    def concurrency(self) -> ConcurrencyLimit | None: ...


def require_readable(definition: Definition) -> None:
    """Look at a definition before any of its expressions is read. Raises `InvalidInput` where they are too many."""
    faults = list(definition_size_faults(definition))
    if faults:
        raise InvalidInput(faults)


def check_definition(
    registry: ActionRegistry,
    definition: Definition,
    secret_names: Set[str] | None = None,
    knows_service: KnowsService | None = None,
) -> tuple[WorkflowWarning, ...]:
    """Return the warnings of a definition (decision W4). Raises `InvalidInput` with all of its faults (W3).

    `secret_names` are the secrets that exist, and `knows_service` says which services do; None where nobody knows.
    """
    faults = some(definition_faults(registry, definition, BODY))
    if faults:
        raise InvalidInput(faults)
    warnings = some(definition_warnings(registry, definition, secret_names, knows_service))
    if len(warnings) > MAX_FAULTS:
        message = f"there are more than these {MAX_FAULTS} warnings: mend them first"
        warnings[MAX_FAULTS:] = [WorkflowWarning(WarningCode.MORE_WARNINGS, message, ())]
    return tuple(map(shown_warning, warnings))


def definition_size_faults(definition: Definition, loc: Location = BODY) -> Iterator[Fault]:
    """Yield a fault where there are too many expressions to read them."""
    actions = (*definition.actions, *definition.on_failure, *definition.on_exit)
    limit = definition.concurrency
    values = [action.model_dump() for action in actions]
    yield from size_faults([*values, definition.outputs, None if limit is None else limit.key], loc)


def definition_faults(registry: ActionRegistry, definition: Definition, loc: Location) -> Iterator[Fault]:
    """Yield all that a definition is refused for, each fault below `loc`."""
    if too_large := list(definition_size_faults(definition, loc)):
        yield from too_large
        return
    names = [parameter.name for parameter in definition.parameters]
    clean_up = _clean_up(definition)
    if too_many := list(pattern_faults(definition.parameters, {"actions": definition.actions, **clean_up}, loc)):
        yield from too_many
        return
    yield from parameter_faults(names, loc)
    yield from graph_faults(names, definition.actions, loc)
    yield from config_faults(registry, definition.actions, loc)
    yield from clean_up_faults(names, definition.actions, clean_up, loc)
    for section, found in clean_up.items():
        yield from config_faults(registry, found, loc, section)
    yield from output_faults(definition.outputs or {}, loc)
    yield from limit_faults(definition.concurrency, definition.actions, clean_up, loc)
    if definition.concurrency is not None:
        yield from key_faults(definition.concurrency.key, names, (*loc, "concurrency", "key"))


def definition_warnings(
    registry: ActionRegistry,
    definition: Definition,
    secret_names: Set[str] | None = None,
    knows_service: KnowsService | None = None,
) -> Iterator[WorkflowWarning]:
    """Yield what a definition is accepted with and will not work, action by action, each with its place.

    Of a kind of which there are very many as many as are told: to find what was meant takes its time for each.
    """
    names = [parameter.name for parameter in definition.parameters]
    clean_up, outputs = _clean_up(definition), definition.outputs or {}
    sections = {"actions": definition.actions, **clean_up}
    found = [
        *_emptiness(definition),
        *some(reference_warnings(names, definition.actions, secret_names)),
        *some(clean_up_warnings(names, definition.actions, clean_up, secret_names)),
        *some(output_warnings(names, definition.actions, outputs)),
        *some(unreachable_warnings(definition.actions)),
        *some(response_warnings(registry, definition.parameters, sections, outputs)),
        *some(text_warnings(names, sections, outputs)),
        *some(null_warnings(registry, definition.parameters, sections, outputs)),
    ]
    for section, actions in sections.items():
        found += some(name_warnings(registry, actions, section, knows_service))
        found += some(link_warnings(actions, section))
        found += some(type_warnings(definition.parameters, actions, section))
        found += some(config_type_warnings(registry, definition.parameters, actions, section))
        found += some(config_warnings(registry, actions, section))
    return iter(sorted(found, key=_place))


def _emptiness(definition: Definition) -> Iterator[WorkflowWarning]:
    if not definition.actions and not definition.on_exit:
        message = "no actions: an execution ends at once"
        yield WorkflowWarning(WarningCode.NO_ACTIONS, message, ("actions",))


def _clean_up(definition: Definition) -> dict[str, Sequence[ActionDefinition]]:
    return {"on_failure": definition.on_failure, "on_exit": definition.on_exit}


def _place(warning: WorkflowWarning) -> tuple[int, int]:
    section, *rest = warning.path
    position = rest[0] if rest else 0
    return SECTIONS.index(str(section)), position if isinstance(position, int) else 0
