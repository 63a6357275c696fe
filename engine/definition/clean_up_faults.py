"""Checks what of a workflow's definition goes beyond the actions of its main part: its clean-up and its outputs."""

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from engine.definition.dependencies import compensations_of
from engine.definition.graph import graph_faults
from engine.definition.reference_warnings import CLEAN_UP_FIELDS, Seen, action_warnings, missing_values, placed
from engine.expressions import templates
from engine.expressions.language import Faulty
from engine.expressions.located import located
from models.commands.concurrency import ConcurrencyLimit
from models.commands.validation import Location
from models.commands.workflows import ActionDefinition
from models.faults import Fault
from models.words import EndingType, OnLimit
from models.workflow_warnings import WorkflowWarning

Sections = Mapping[str, Sequence[ActionDefinition]]
"""The actions of a clean-up by the name of their list, in the order in which they run."""


def clean_up_faults(
    parameter_names: Sequence[str], actions: Sequence[ActionDefinition], sections: Sections, loc: Location
) -> Iterator[Fault]:
    """Yield every fault of the lists of a clean-up, each of which is a graph of its own."""
    yield from _undoing_faults(actions, loc)
    taken = {action.action_id for action in actions}
    for section, found in sections.items():
        yield from graph_faults(parameter_names, found, loc, section, frozenset(taken))
        taken |= {action.action_id for action in found}
        for position, action in enumerate(found):
            if action.action_type in list(EndingType):
                message = f"'{action.action_type}' belongs to the main part: here it is known how the execution ends"
                yield Fault((*loc, section, position, "action_type"), message, "value_error.ending")
            if action.compensate is not None:
                message = "what runs when the main part is over is not compensated: leave compensate out"
                yield Fault((*loc, section, position, "compensate"), message, "value_error.compensate")


def _undoing_faults(actions: Sequence[ActionDefinition], loc: Location) -> Iterator[Fault]:
    for position, action in enumerate(actions):
        if action.compensate is not None and action.compensate.action_type in list(EndingType):
            message = f"'{action.compensate.action_type}' undoes nothing: name what does"
            yield Fault((*loc, "actions", position, "compensate", "action_type"), message, "value_error.ending")


def output_faults(outputs: Mapping[str, Any], loc: Location) -> Iterator[Fault]:
    """Yield what cannot be read of a workflow's outputs, and what they must not show."""
    for name, output in outputs.items():
        where = (*loc, "outputs", name)
        template = templates.parse(output)
        for piece in located(output, where):
            if isinstance(piece.expression, Faulty):
                message = f"'{{{{{piece.source}}}}}' cannot be read: {piece.expression.reason}"
                yield Fault(piece.loc, message, "value_error.expression", piece.at(piece.expression.position))
        if any(reference.secret is not None for reference in templates.references(template)):
            yield Fault(where, "must not use secrets: everybody may read it", "value_error.expression")


def limit_faults(
    limit: ConcurrencyLimit | None, actions: Sequence[ActionDefinition], sections: Sections, loc: Location
) -> Iterator[Fault]:
    """Yield a fault where a limit would end executions at once that have something to clean up."""
    cleans_up = bool(sections["on_exit"]) or any(action.compensate is not None for action in actions)
    if limit is not None and limit.on_limit is OnLimit.CANCEL_OLDEST and cleans_up:
        message = "cancel_oldest ends executions at once, and their compensations and on_exit would not run: use queue"
        yield Fault((*loc, "concurrency", "on_limit"), message, "value_error.concurrency")


def clean_up_warnings(
    parameter_names: Sequence[str],
    actions: Sequence[ActionDefinition],
    sections: Sections,
    secret_names: Set[str] | None,
) -> Iterator[WorkflowWarning]:
    """Yield a warning for each reference of compensations and clean-up that will have no value."""
    parameters, ids = frozenset(parameter_names), frozenset(action.action_id for action in actions)
    seen = Seen(parameters, ids, secret_names, CLEAN_UP_FIELDS)
    for position, action in enumerate(actions):
        compensation = [(("actions", position, "compensate"), found) for found in compensations_of([action])]
        yield from action_warnings(compensation, seen)
    for section, found in sections.items():
        ids |= {action.action_id for action in found}
        yield from action_warnings(placed(found, section), Seen(parameters, ids, secret_names, CLEAN_UP_FIELDS))


def output_warnings(
    parameter_names: Sequence[str], actions: Sequence[ActionDefinition], outputs: Mapping[str, Any]
) -> Iterator[WorkflowWarning]:
    """The same of the outputs."""
    seen = Seen(frozenset(parameter_names), frozenset(action.action_id for action in actions))
    for name, output in outputs.items():
        for found in located(output, ("outputs", name)):
            yield from missing_values(found, seen, f"output '{name}':", "execution")
