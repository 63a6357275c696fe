"""Collects the action types from the entry points and checks the configuration of actions against them."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.metadata import entry_points
from typing import Any, Literal

from pydantic import ValidationError

from engine.actions.protocol import Action, ActionFactory, ActionResources
from engine.actions.secret_fields import secret_faults
from engine.core.failure import ActionFailed
from models.commands.validation import Location, pydantic_faults
from models.commands.workflows import ActionDefinition, Compensation
from models.faults import Fault
from models.words import ActionErrorCode

ENTRY_POINT_GROUP = "orchestrator.actions"

ActionRegistry = Mapping[str, Action]


@cache
def action_factories() -> Sequence[ActionFactory]:
    """What makes each installed action type, the built-in ones among them; looked for on the disk once."""
    return tuple(entry_point.load() for entry_point in entry_points(group=ENTRY_POINT_GROUP))


def load_actions(resources: ActionResources) -> ActionRegistry:
    """Make every installed action type."""
    actions = [make(resources) for make in action_factories()]
    return {action.action_type: action for action in actions}


def config_faults(
    registry: ActionRegistry, actions: Sequence[ActionDefinition], loc: Location, section: str = "actions"
) -> Iterator[Fault]:
    """Yield a fault for each unknown action type and each configuration that its type refuses (decision W3)."""
    for position, action in enumerate(actions):
        where = (*loc, section, position)
        yield from _typed_faults(registry, action, where)
        if action.compensate is not None:
            yield from _typed_faults(registry, action.compensate, (*where, "compensate"))


def _typed_faults(registry: ActionRegistry, typed: ActionDefinition | Compensation, loc: Location) -> Iterator[Fault]:
    known = registry.get(typed.action_type)
    if known is None:
        yield Fault((*loc, "action_type"), _unknown(typed.action_type, registry), "value_error.const")
        return
    try:
        known.config_model.model_validate(typed.config)
    except ValidationError as error:
        yield from pydantic_faults(known.config_model, error, (*loc, "config"))
    yield from secret_faults(known.config_model, typed.config, (*loc, "config"))


def checked_config(action: Action, config: Any) -> Any:
    """Return the rendered configuration as the action type's own model. Raises `ActionFailed`."""
    try:
        return action.config_model.model_validate(config, extra=_beyond(action))
    except ValidationError as error:
        found = pydantic_faults(action.config_model, error)
        faults = "; ".join(f"{'.'.join(map(str, fault.loc))}: {fault.msg}" for fault in found)
        raise ActionFailed(ActionErrorCode.INVALID_CONFIG, f"after rendering, {faults}") from None


def _beyond(action: Action) -> Literal["ignore"] | None:
    """A key that is not known here may be passed by: else the definition would be of a newer `schema_version`."""
    return "ignore" if action.config_model.model_config.get("extra") == "forbid" else None


def _unknown(word: str, registry: ActionRegistry) -> str:
    close = get_close_matches(word, registry, n=1)
    hint = f": did you mean '{close[0]}'?" if close else f": known are {', '.join(sorted(registry))}"
    return f"unknown action_type '{word}'{hint}"
