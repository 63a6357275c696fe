"""Checks a workflow's definition as a whole: its graph, its action types and their configurations."""

from collections.abc import Sequence, Set

from engine.actions.registry import ActionRegistry, config_faults
from engine.concurrency_key import key_faults
from engine.dag import graph_faults, reference_warnings
from models.commands import ActionDefinition, ParameterDefinition
from models.concurrency import ConcurrencyLimit
from models.errors import InvalidInput


def check_definition(
    registry: ActionRegistry,
    parameters: Sequence[ParameterDefinition],
    actions: Sequence[ActionDefinition],
    secret_names: Set[str] | None = None,
    concurrency: ConcurrencyLimit | None = None,
) -> tuple[str, ...]:
    """Return the warnings of a definition (decision W4). Raises `InvalidInput` with all of its faults (W3).

    `secret_names` are the secrets that exist; None where nobody knows.
    """
    names = [parameter.name for parameter in parameters]
    faults = [*graph_faults(names, actions, ("body",)), *config_faults(registry, actions, ("body",))]
    if concurrency is not None:
        faults += key_faults(concurrency.key, names, ("body", "concurrency", "key"))
    if faults:
        raise InvalidInput(faults)
    return tuple(reference_warnings(names, actions, secret_names))
