"""Warns of texts in which something looks like a template and is none."""

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from engine.definition.dependencies import NOW, WORKFLOW, compensations_of
from engine.expressions.local_names import templates_of
from engine.expressions.text_slips import slips
from models.commands.validation import Location
from models.commands.workflows import ActionDefinition
from models.workflow_warnings import WarningCode, WorkflowWarning


def text_warnings(
    parameter_names: Sequence[str], sections: Mapping[str, Sequence[ActionDefinition]], outputs: Mapping[str, Any]
) -> Iterator[WorkflowWarning]:
    """Yield a warning for each of them. `sections` are in the order in which they run."""
    names = {*parameter_names, "parameters", "actions", "execution", WORKFLOW, NOW}
    for section, actions in sections.items():
        names |= {action.action_id for action in actions}
        for position, action in enumerate(actions):
            yield from _of_action(action, (section, position), names)
            for compensation in compensations_of([action]):
                yield from _of_action(compensation, (section, position, "compensate"), names)
    for name, output in outputs.items():
        yield from _of_value(output, ("outputs", name), names, f"output '{name}'")


def _of_action(action: ActionDefinition, loc: Location, names: Set[str]) -> Iterator[WorkflowWarning]:
    for part in templates_of(action):
        seen = names | part.names if part.names else names
        yield from _of_value(part.source, (*loc, *part.loc), seen, f"action '{action.action_id}'")


def _of_value(value: Any, loc: Location, names: Set[str], named: str) -> Iterator[WorkflowWarning]:
    if isinstance(value, str):
        for slip in slips(value, names):
            message = f"{named}: '{slip.text}' is no template and stays in the text as it is: {slip.advice}"
            yield WorkflowWarning(WarningCode.SENT_AS_TEXT, message, loc, slip.character)
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from _of_value(child, (*loc, key), names, named)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _of_value(child, (*loc, index), names, named)
