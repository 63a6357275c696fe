"""Warns of optional parameters where null fails: that is what they are where they are not given (decision E17)."""

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from pydantic import ValidationError

from engine.actions.config_types import filled
from engine.actions.registry import ActionRegistry
from engine.definition.dependencies import compensations_of, expressions_of, references_of
from engine.expressions.local_names import CONDITIONS
from engine.expressions.located import Located, located
from engine.expressions.nulls import failing_on_null, is_parameter, named_parameter
from engine.expressions.references import Reference
from models.commands.parameters import ParameterDefinition
from models.commands.validation import Location
from models.commands.workflows import ActionDefinition
from models.workflow_warnings import WarningCode, WorkflowWarning

NEVER_NULL = (("for_each", "in"), *CONDITIONS)
"""The places, each of a whole expression, that take no null."""

ADVICE = "put '| default(...)' behind it, give it a default_value, or make it required"


def null_warnings(
    registry: ActionRegistry,
    parameters: Sequence[ParameterDefinition],
    sections: Mapping[str, Sequence[ActionDefinition]],
    outputs: Mapping[str, Any],
) -> Iterator[WorkflowWarning]:
    """Yield a warning for each place. An action whose `when` looks at a parameter is taken to know what it does."""
    nullable = {each.name for each in parameters if not each.required and each.default_value is None}
    if not nullable:
        return
    for section, actions in sections.items():
        for position, action in enumerate(actions):
            asked = {named_parameter(reference) for reference in references_of(_condition_of(action))}
            yield from _of_action(registry, action, (section, position), nullable, nullable - asked)
            for compensation in compensations_of([action]):
                place: Location = (section, position, "compensate")
                yield from _of_action(registry, compensation, place, nullable, nullable - asked)
    for name, output in outputs.items():
        for found in located(output, ("outputs", name)):
            for reference in failing_on_null(found.expression, nullable, takes_null=True):
                yield _warning(found, reference, f"output '{name}'", "execution")


def _condition_of(action: ActionDefinition) -> ActionDefinition:
    return ActionDefinition(action_id=action.action_id, action_type=action.action_type, when=action.when)


def _of_action(
    registry: ActionRegistry,
    action: ActionDefinition,
    loc: Location,
    nullable: Set[str],
    unasked: Set[str],
) -> Iterator[WorkflowWarning]:
    named = f"action '{action.action_id}'"
    whole: list[tuple[Located, Reference]] = []
    for found in expressions_of(action, loc):
        place = found.loc[len(loc) :]
        seen = (nullable if place == ("when",) else unasked) - found.names
        for reference in failing_on_null(found.expression, seen, takes_null=place not in NEVER_NULL):
            yield _warning(found, reference, named, "action")
        if place[:1] == ("config",) and found.is_whole and is_parameter(found.expression, seen):
            whole.append((found, found.expression))
    for found, reference in _refused(registry, action, loc, whole):
        yield _warning(found, reference, named, "action")


def _refused(
    registry: ActionRegistry, action: ActionDefinition, loc: Location, whole: Sequence[tuple[Located, Reference]]
) -> Iterator[tuple[Located, Reference]]:
    """Those of the whole expressions in whose place the configuration takes no null."""
    known = registry.get(action.action_type)
    if known is None or not whole:
        return
    places = {found.loc[len(loc) + 1 :]: (found, reference) for found, reference in whole}
    try:
        known.config_model.model_validate(filled(action.config, dict.fromkeys(places), ()))
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_context=False, include_input=False):
            # A rule of several fields has no place of its own.
            yield places.get(fault["loc"], whole[0])


def _warning(found: Located, reference: Reference, named: str, what: str) -> WorkflowWarning:
    message = (
        f"{named}: '{{{{{found.source}}}}}' fails where '{named_parameter(reference)}' is not given, and so is null: "
        f"{ADVICE}, or the {what} will fail without it"
    )
    return found.warning(reference.position, message, WarningCode.MAY_BE_NULL)
