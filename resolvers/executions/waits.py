"""What the actions of a live execution wait for, with what of that this process and the definition know."""

import msgspec

from engine.actions.protocol import NamesService, fields_marked
from engine.actions.registry import ActionRegistry
from engine.core.plan import Plan, PlannedAction
from engine.core.state import ExecutionState
from engine.expressions.templates import Constant, Object
from engine.running.waiting import waiting_actions
from models.entities.executions import WaitingAction
from models.words import WaitReason
from resolvers.context import Context

FOR_A_SERVICE = frozenset(
    {WaitReason.CONCURRENCY, WaitReason.RATE_LIMIT, WaitReason.CIRCUIT_OPEN, WaitReason.RETRY_BACKOFF}
)


def waits_of(
    ctx: Context, execution_id: str, plan: Plan, state: ExecutionState, *, has_room: bool
) -> tuple[WaitingAction, ...]:
    """See `waiting_actions`; who waits for a service is told which, where the definition names it."""
    services = ctx.services
    held = services.dispatcher.held(execution_id)
    found = waiting_actions(plan, state, held, services.clock.now(), has_room=has_room)
    if not any(action.reason in FOR_A_SERVICE for action in found):
        return found
    planned = {action.action_id: action for action in plan.every_action}
    return tuple(
        msgspec.structs.replace(
            action,
            service=_service(services.actions, planned[action.action_id]),
            node_id=None if action.position is None else services.dispatcher.node_id,
        )
        if action.reason in FOR_A_SERVICE
        else action
        for action in found
    )


def _service(actions: ActionRegistry, planned: PlannedAction) -> str | None:
    """The service that an action calls; None where it calls none, or a template says which."""
    action = actions.get(planned.action_type)
    if action is None:
        return None
    for field in fields_marked(action.config_model, NamesService):
        match planned.config:
            case Constant(dict(values)) if isinstance(named := values.get(field), str):
                return named
            case Object(items):
                for name, child in items:
                    if name == field and isinstance(child, Constant) and isinstance(child.value, str):
                        return child.value
    return None
