"""Checks what of a workflow's definition goes beyond the actions of its main part: its clean-up and its outputs."""

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from engine import templates
from engine.dag import CLEAN_UP_FIELDS, Seen, action_warnings, compensations_of, graph_faults, missing_value
from models.commands import ActionDefinition
from models.errors import Fault
from models.validation import Location

Sections = Mapping[str, Sequence[ActionDefinition]]
"""The actions of a clean-up by the name of their list, in the order in which they run."""


def clean_up_faults(
    parameter_names: Sequence[str], actions: Sequence[ActionDefinition], sections: Sections, loc: Location
) -> Iterator[Fault]:
    """Yield every fault of the lists of a clean-up, each of which is a graph of its own."""
    taken = {action.action_id for action in actions}
    for section, found in sections.items():
        yield from graph_faults(parameter_names, found, loc, section, frozenset(taken))
        taken |= {action.action_id for action in found}
        for position, action in enumerate(found):
            if action.compensate is not None:
                message = "what runs when the main part is over is not compensated: leave compensate out"
                yield Fault((*loc, section, position, "compensate"), message, "value_error.compensate")


def output_faults(outputs: Mapping[str, Any], loc: Location) -> Iterator[Fault]:
    """Yield what cannot be read of a workflow's outputs, and what they must not show."""
    for name, output in outputs.items():
        where = (*loc, "outputs", name)
        template = templates.parse(output)
        for faulty in templates.faults(template):
            message = f"'{{{{{faulty.source}}}}}' cannot be read: {faulty.reason}"
            yield Fault(where, message, "value_error.expression")
        if any(reference.secret is not None for reference in templates.references(template)):
            yield Fault(where, "must not use secrets: everybody may read it", "value_error.expression")


def clean_up_warnings(
    parameter_names: Sequence[str],
    actions: Sequence[ActionDefinition],
    sections: Sections,
    secret_names: Set[str] | None,
) -> Iterator[str]:
    """Yield a warning for each reference of compensations and clean-up that will have no value."""
    parameters, ids = frozenset(parameter_names), frozenset(action.action_id for action in actions)
    yield from action_warnings(compensations_of(actions), Seen(parameters, ids, secret_names, CLEAN_UP_FIELDS))
    for found in sections.values():
        ids |= {action.action_id for action in found}
        yield from action_warnings(found, Seen(parameters, ids, secret_names, CLEAN_UP_FIELDS))


def output_warnings(
    parameter_names: Sequence[str], actions: Sequence[ActionDefinition], outputs: Mapping[str, Any]
) -> Iterator[str]:
    """The same of the outputs."""
    seen = Seen(frozenset(parameter_names), frozenset(action.action_id for action in actions))
    for name, output in outputs.items():
        for reference in templates.references(templates.parse(output)):
            if missing := missing_value(reference, seen, "execution"):
                yield f"output '{name}': {missing}"
