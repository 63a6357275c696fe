"""Warns of values in a configuration that, once they are there, are of another kind than the action type takes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from engine.actions.registry import ActionRegistry
from engine.expressions.kinds import TEXTS, Kind, parameter_kinds
from engine.expressions.located import Located, located
from engine.expressions.types import ParameterKinds, advice, type_of
from models.commands.parameters import ParameterDefinition
from models.commands.validation import Location, pydantic_faults
from models.commands.workflows import ActionDefinition
from models.workflow_warnings import WarningCode, WorkflowWarning

SAMPLES: Mapping[Kind, Any] = {
    Kind.NUMBER: 1,
    Kind.BOOLEAN: True,
    Kind.LIST: [],
    Kind.OBJECT: {},
    Kind.NULL: None,
}
"""What stands for a value that only a run can tell. A text stands for itself: its template is one."""


def config_type_warnings(
    registry: ActionRegistry,
    parameters: Sequence[ParameterDefinition],
    actions: Sequence[ActionDefinition],
    section: str,
) -> Iterator[WorkflowWarning]:
    """Yield a warning for each whole expression that cannot give the text that its place takes."""
    kinds = parameter_kinds(parameters)
    for position, action in enumerate(actions):
        known = registry.get(action.action_type)
        whole = dict(_other_than_texts(action.config, kinds))
        if known is None or not whole:
            continue
        samples = {found.loc: SAMPLES[kind] for found, kind in whole.values()}
        try:
            known.config_model.model_validate(filled(action.config, samples, ()))
        except ValidationError as error:
            for fault in pydantic_faults(known.config_model, error):
                if fault.loc in whole and fault.type == "type_error.string":
                    found, kind = whole[fault.loc]
                    message = _sentence(action.action_id, found, kind)
                    place = (section, position, "config", *found.loc)
                    yield WorkflowWarning(WarningCode.TYPE_MISMATCH, message, place, found.character)


def _other_than_texts(config: Any, kinds: ParameterKinds) -> Iterator[tuple[Location, tuple[Located, Kind]]]:
    for found in located(config, ()):
        kind, mismatches = type_of(found.expression, kinds)
        if found.is_whole and kind in SAMPLES and not mismatches:
            yield found.loc, (found, kind)


def filled(value: Any, samples: Mapping[Location, Any], loc: Location) -> Any:
    """A configuration, of which this stands at `loc`, with samples in their places."""
    if loc in samples:
        return samples[loc]
    if isinstance(value, dict):
        return {key: filled(child, samples, (*loc, key)) for key, child in value.items()}
    if isinstance(value, list):
        return [filled(child, samples, (*loc, index)) for index, child in enumerate(value)]
    return value


def _sentence(action_id: str, found: Located, kind: Kind) -> str:
    where = ".".join(map(str, ("config", *found.loc)))
    return (
        f"action '{action_id}': '{{{{{found.source}}}}}' is {kind} at character 1, and {where} takes a text "
        f"({advice(TEXTS, kind)}), so the action will fail with INVALID_CONFIG"
    )
