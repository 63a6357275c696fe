"""Warns of names in a configuration that lead to nothing outside of the workflow: a service, another workflow."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from engine.actions.protocol import NamesService, NamesWorkflow, fields_marked
from engine.actions.registry import ActionRegistry
from engine.definition.dependencies import compensations_of
from engine.expressions.braces import OPEN
from models.commands.validation import Location
from models.commands.workflows import ActionDefinition
from models.ids import WORKFLOW_PREFIX
from models.words import ActionErrorCode
from models.workflow_warnings import WarningCode, WorkflowWarning

KnowsService = Callable[[str], bool]
"""Whether a service of a name is registered."""


def name_warnings(
    registry: ActionRegistry, actions: Sequence[ActionDefinition], section: str, knows_service: KnowsService | None
) -> Iterator[WorkflowWarning]:
    """Yield a warning for each of them; `knows_service` is None where nobody knows which services there are."""
    for position, action in enumerate(actions):
        yield from _of_action(registry, action, (section, position), knows_service)
        for compensation in compensations_of([action]):
            yield from _of_action(registry, compensation, (section, position, "compensate"), knows_service)


def _of_action(
    registry: ActionRegistry, action: ActionDefinition, loc: Location, knows_service: KnowsService | None
) -> Iterator[WorkflowWarning]:
    known = registry.get(action.action_type)
    if known is None:
        return
    named = f"action '{action.action_id}':"
    for field in sorted(fields_marked(known.config_model, NamesService)):
        name = _plain(action.config.get(field))
        if name is not None and knows_service is not None and not knows_service(name):
            message = (
                f"{named} no service '{name}' is registered, so the action will fail with "
                f"{ActionErrorCode.SERVICE_NOT_REGISTERED} until there is one"
            )
            yield WorkflowWarning(WarningCode.UNKNOWN_SERVICE, message, (*loc, "config", field))
    for field in sorted(fields_marked(known.config_model, NamesWorkflow)):
        name = _plain(action.config.get(field))
        if name is not None and not name.startswith(WORKFLOW_PREFIX):
            message = (
                f"{named} '{name}' is no id of a workflow, which {field} takes: give its {WORKFLOW_PREFIX}..., or its "
                f"name by `workflow`, or the action will fail with {ActionErrorCode.INVALID_CONFIG}"
            )
            yield WorkflowWarning(WarningCode.NOT_AN_ID, message, (*loc, "config", field))


def _plain(value: Any) -> str | None:
    return value if isinstance(value, str) and OPEN not in value else None
