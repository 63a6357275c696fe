"""Checks a workflow's definition as a whole: its graph, its action types and their configurations, its expressions."""

from collections.abc import Iterator, Sequence, Set

from engine.actions.registry import ActionRegistry, config_faults
from engine.concurrency_key import key_faults
from engine.config_types import config_type_warnings
from engine.dag import graph_faults, reference_warnings
from engine.reachability import unreachable_warnings
from engine.type_warnings import type_warnings
from models.commands import ActionDefinition, ParameterDefinition
from models.concurrency import ConcurrencyLimit
from models.errors import Fault, InvalidInput
from models.validation import Location


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
    faults = list(definition_faults(registry, parameters, actions, ("body",), concurrency))
    if faults:
        raise InvalidInput(faults)
    return tuple(warning.msg for warning in definition_warnings(registry, parameters, actions, secret_names))


def definition_faults(
    registry: ActionRegistry,
    parameters: Sequence[ParameterDefinition],
    actions: Sequence[ActionDefinition],
    loc: Location,
    concurrency: ConcurrencyLimit | None = None,
) -> Iterator[Fault]:
    """Yield all that a definition is refused for, each fault below `loc`."""
    names = [parameter.name for parameter in parameters]
    yield from graph_faults(names, actions, loc)
    yield from config_faults(registry, actions, loc)
    if concurrency is not None:
        yield from key_faults(concurrency.key, names, (*loc, "concurrency", "key"))


def definition_warnings(
    registry: ActionRegistry,
    parameters: Sequence[ParameterDefinition],
    actions: Sequence[ActionDefinition],
    secret_names: Set[str] | None = None,
) -> Iterator[Fault]:
    """Yield all that a definition is accepted with and will not work, action by action, each with its place."""
    found = [
        *reference_warnings([parameter.name for parameter in parameters], actions, secret_names),
        *type_warnings(parameters, actions),
        *config_type_warnings(registry, parameters, actions),
        *unreachable_warnings(actions),
    ]
    return iter(sorted(found, key=lambda warning: warning.loc[1]))
