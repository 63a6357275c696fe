"""Checks a workflow's definition as a whole: its graph, its action types and their configurations."""

from collections.abc import Mapping, Sequence, Set
from typing import Any

from engine.actions.registry import ActionRegistry, config_faults
from engine.clean_up_faults import clean_up_faults, clean_up_warnings, output_faults, output_warnings
from engine.dag import graph_faults, parameter_faults, reference_warnings
from models.commands import ActionDefinition, ParameterDefinition
from models.errors import InvalidInput

BODY = ("body",)


def check_definition(
    registry: ActionRegistry,
    parameters: Sequence[ParameterDefinition],
    actions: Sequence[ActionDefinition],
    secret_names: Set[str] | None = None,
    *,
    on_failure: Sequence[ActionDefinition] = (),
    on_exit: Sequence[ActionDefinition] = (),
    outputs: Mapping[str, Any] | None = None,
) -> tuple[str, ...]:
    """Return the warnings of a definition (decision W4). Raises `InvalidInput` with all of its faults (W3).

    `secret_names` are the secrets that exist; None where nobody knows.
    """
    names, sections = [parameter.name for parameter in parameters], {"on_failure": on_failure, "on_exit": on_exit}
    faults = [
        *parameter_faults(names, BODY),
        *graph_faults(names, actions, BODY),
        *config_faults(registry, actions, BODY),
        *clean_up_faults(names, actions, sections, BODY),
        *(fault for name, found in sections.items() for fault in config_faults(registry, found, BODY, name)),
        *output_faults(outputs or {}, BODY),
    ]
    if faults:
        raise InvalidInput(faults)
    return (
        *reference_warnings(names, actions, secret_names),
        *clean_up_warnings(names, actions, sections, secret_names),
        *output_warnings(names, actions, outputs or {}),
    )
