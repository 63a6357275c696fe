"""Collects the action types from the entry points and checks the configuration of actions against them."""

import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

from pydantic import ValidationError

from engine.actions.faulty_plugin import FaultyPlugin
from engine.actions.protocol import FILLED_IN, Action, ActionFactory, ActionResources, DemandingAction, WarningAction
from engine.actions.secret_fields import secret_faults
from engine.core.failure import ActionFailed
from engine.definition.link_references import approvals_of, sent_links
from engine.expressions.references import Reference, step_into
from models.commands.validation import Location, pydantic_faults
from models.commands.workflows import ActionDefinition, Compensation
from models.faults import Fault, sentence
from models.nearest_word import nearest_word
from models.words import ActionErrorCode
from models.workflow_warnings import WarningCode, WorkflowWarning

ENTRY_POINT_GROUP = "orchestrator.actions"
ACTION_MEMBERS = ("action_type", "config_model", "reaches_out", "gate", "run")

SYNONYMS: Mapping[str, frozenset[str]] = {
    "service_call": frozenset({"http", "https", "http_request", "rest", "request", "fetch", "api", "api_call", "call"}),
    "notification": frozenset({"email", "mail", "notify", "log", "message", "print", "echo"}),
    "wait": frozenset({"sleep", "delay", "timer", "pause", "signal"}),
    "approval": frozenset({"approve", "human", "manual", "review"}),
    "sub_workflow": frozenset({"workflow", "subflow", "child_workflow"}),
    "fail": frozenset({"raise", "throw", "error", "abort", "terminate"}),
    "finish": frozenset({"end", "exit", "return", "succeed", "success", "complete", "stop"}),
    "transform": frozenset({"set", "map", "script", "compute", "expression"}),
}
"""What other systems call what an action type does."""

ActionRegistry = Mapping[str, Action]


@cache
def action_factories() -> Sequence[tuple[str, ActionFactory]]:
    """What makes each installed action type, by what a message calls it; looked for on the disk once.

    Raises `FaultyPlugin`.
    """
    return tuple((_named(found), _factory(found)) for found in entry_points(group=ENTRY_POINT_GROUP))


def load_actions(resources: ActionResources) -> ActionRegistry:
    """Make every installed action type. Raises `FaultyPlugin`."""
    actions: dict[str, Action] = {}
    makers: dict[str, str] = {}
    for plugin, make in action_factories():
        try:
            action = make(resources)
        except Exception as error:
            raise FaultyPlugin(plugin, f"makes no action: {_told(error)}") from error
        missing = [name for name in ACTION_MEMBERS if not hasattr(action, name)]
        if missing:
            raise FaultyPlugin(plugin, f"makes an action without {', '.join(missing)}")
        if action.action_type in makers:
            other = makers[action.action_type]
            raise FaultyPlugin(plugin, f"makes the action type '{action.action_type}', as {other} does")
        makers[action.action_type] = plugin
        actions[action.action_type] = action
    return actions


def _named(found: EntryPoint) -> str:
    package = f" of {found.dist.name} {found.dist.version}" if found.dist is not None else ""
    return f"'{found.name}' ({found.value}{package})"


def _factory(found: EntryPoint) -> ActionFactory:
    try:
        factory: ActionFactory = found.load()
    except (Exception, SystemExit) as error:
        raise FaultyPlugin(_named(found), f"cannot be loaded: {_told(error)}") from error
    if not callable(factory):
        raise FaultyPlugin(_named(found), "is no factory: its entry point has to name a function or a class")
    return factory


def _told(error: BaseException) -> str:
    """An error with the place where it arose, on one line."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({frames[-1].filename}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {' '.join(str(error).split())}{place}"


def config_faults(
    registry: ActionRegistry, actions: Sequence[ActionDefinition], loc: Location, section: str = "actions"
) -> Iterator[Fault]:
    """Yield a fault for each unknown action type and each configuration that its type refuses (decision W3)."""
    approvals = approvals_of(actions)
    for position, action in enumerate(actions):
        where = (*loc, section, position)
        yield from _typed_faults(registry, action, where, sent_links(action, approvals))
        if action.compensate is not None:
            yield from _typed_faults(registry, action.compensate, (*where, "compensate"))


def config_warnings(
    registry: ActionRegistry, actions: Sequence[ActionDefinition], section: str
) -> Iterator[WorkflowWarning]:
    """Yield what action types say of configurations that they take, and that will fail here."""
    for position, action in enumerate(actions):
        for typed, more in ((action, ()), (action.compensate, ("compensate",))):
            known = None if typed is None else registry.get(typed.action_type)
            if typed is not None and isinstance(known, WarningAction):
                for field, message in known.warnings(typed.config):
                    place = (section, position, *more, "config", field)
                    told = f"action '{action.action_id}': {message}"
                    yield WorkflowWarning(WarningCode.NOT_SET_UP, told, place)


def _typed_faults(
    registry: ActionRegistry,
    typed: ActionDefinition | Compensation,
    loc: Location,
    is_link: Callable[[Reference], bool] | None = None,
) -> Iterator[Fault]:
    known = registry.get(typed.action_type)
    if known is None:
        yield Fault((*loc, "action_type"), _unknown(typed.action_type, registry), "value_error.const")
        return
    try:
        known.config_model.model_validate(typed.config)
    except ValidationError as error:
        yield from pydantic_faults(known.config_model, error, (*loc, "config"))
    else:
        if isinstance(known, DemandingAction):
            for field, message in known.faults(typed.config):
                yield Fault((*loc, "config", field), message, "value_error")
    yield from secret_faults(known.config_model, typed.config, (*loc, "config"), is_link)


def checked_config(action: Action, config: Any) -> Any:
    """Return the rendered configuration as the action type's own model. Raises `ActionFailed`."""
    try:
        return action.config_model.model_validate(config, extra=_beyond(action), context=FILLED_IN)
    except ValidationError as error:
        found = pydantic_faults(action.config_model, error)
        faults = "; ".join(f"{sentence(fault)}{_as_text(config, fault)}" for fault in found)
        raise ActionFailed(ActionErrorCode.INVALID_CONFIG, f"after rendering, {faults}") from None


def _as_text(config: Any, fault: Fault) -> str:
    """How a template gives a text where it gave a value of another kind, as a message's end."""
    if fault.type != "type_error.string":
        return ""
    value = config
    for segment in fault.loc:
        try:
            value = step_into(value, segment)
        except LookupError:
            return ""
    if isinstance(value, bool | int | float):
        return ", not a number or a boolean (write '| string' at the end of the expression)"
    return " (write '| json' at the end of the expression)" if isinstance(value, list | dict) else ""


def _beyond(action: Action) -> Literal["ignore"] | None:
    """A key that is not known here may be passed by: else the definition would be of a newer `schema_version`."""
    return "ignore" if action.config_model.model_config.get("extra") == "forbid" else None


def _unknown(word: str, registry: ActionRegistry) -> str:
    synonym = next((kind for kind, words in SYNONYMS.items() if word.lower() in words and kind in registry), None)
    close = synonym or nearest_word(word, registry)
    hint = f": did you mean '{close}'?" if close else f": known are {', '.join(sorted(registry))}"
    return f"unknown action_type '{word}'{hint}"
