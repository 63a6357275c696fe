"""Fills in the templates that steer an action: its condition, its items, the end of its repetition, its output.

And the outputs of a whole workflow.
"""

from collections.abc import Mapping, Set
from typing import Any

from engine.core.failure import ActionFailed
from engine.core.plan import Plan, PlannedAction
from engine.core.state import ActionState
from engine.core.storable import storable
from engine.expressions import templates
from engine.expressions.budget import Budget, TooCostly
from engine.expressions.endpoint_templates import rendered_endpoint
from engine.expressions.kinds import kind_of_value
from engine.expressions.local_names import COLLECTED, ERROR, HTTP, ITERATION, PREVIOUS, RESPONSE
from engine.expressions.references import ExpressionError
from models.commands.control_flow import MAX_ITEMS
from models.words import ActionErrorCode

Scope = Mapping[str, Any]


def is_wanted(planned: PlannedAction, scope: Scope, budget: Budget) -> bool:
    """Whether the condition of an action holds. Raises `ActionFailed` where it has no value, or no truth."""
    return planned.when is None or _truth("when", planned.when, scope, budget)


def is_item_wanted(planned: PlannedAction, scope: Scope, budget: Budget) -> bool:
    """Whether an action runs for the item in `scope`. Raises `ActionFailed` where its condition has no truth."""
    condition = None if planned.for_each is None else planned.for_each.when
    return condition is None or _truth("for_each.when", condition, scope, budget)


def items_of(planned: PlannedAction, scope: Scope, budget: Budget) -> list[Any]:
    """The items for which an action runs. Raises `ActionFailed` where they are no list, or too many."""
    if planned.for_each is None:
        raise ValueError(f"action {planned.action_id} has no for_each")
    items = _filled_in("for_each.in", planned.for_each.items, scope, budget)
    if not isinstance(items, list):
        message = f"for_each.in: it is {kind_of_value(items)}, and must be a list"
        raise ActionFailed(ActionErrorCode.EXPRESSION_ERROR, message)
    if len(items) > MAX_ITEMS:
        message = f"for_each.in: it has {len(items):,} items, and {MAX_ITEMS:,} are the most: split the work"
        raise ActionFailed(ActionErrorCode.INVALID_CONFIG, message)
    return items


def local_scope(planned: PlannedAction, item: tuple[int, Any] | None, before: ActionState | None) -> dict[str, Any]:
    """The names that the templates of one attempt see beside those of the execution.

    `item` is its index and its value, where it runs for one; `before` is what became of it so far.
    """
    names: dict[str, Any] = {}
    if planned.for_each is not None and item is not None:
        names[planned.for_each.index_name], names[planned.for_each.item_name] = item
    if planned.repeat is not None:
        names[ITERATION] = 1 if before is None else before.iteration
        names[PREVIOUS] = None if before is None else before.previous
        if planned.repeat.collect is not None:
            names[COLLECTED] = [] if before is None else list(before.collected)
    return names


def answer_scope(scope: Scope, response: Any, http: Any) -> Scope:
    """What templates see that look at what came of an attempt."""
    return {HTTP: http, **scope, RESPONSE: response}


def is_success(success_when: templates.Template, scope: Scope, budget: Budget) -> bool:
    """Whether what came back is what an action calls a success. Raises `ActionFailed`."""
    return _truth("success_when", success_when, scope, budget)


def is_worth_retrying(retry_when: templates.Template, scope: Scope, failure: ActionFailed, budget: Budget) -> bool:
    """Whether a failure is one that an action wants to be repeated. Raises `ActionFailed`."""
    error = {"code": failure.code.value, "message": failure.message}
    return _truth("retry.when", retry_when, {ERROR: error, **scope}, budget)


def is_enough(planned: PlannedAction, scope: Scope, budget: Budget) -> bool:
    """Whether an action that succeeded need not be repeated. Raises `ActionFailed`."""
    return planned.repeat is None or _truth("repeat.until", planned.repeat.until, scope, budget)


def collected(collect: templates.Template, scope: Scope, budget: Budget) -> Any:
    """What is kept of one iteration. Raises `ActionFailed`."""
    return storable(_filled_in("repeat.collect", collect, scope, budget))


def reshaped(planned: PlannedAction, scope: Scope, response: Any, budget: Budget) -> Any:
    """What is kept of a response. Raises `ActionFailed` where the output has no value, or none that can be stored."""
    return response if planned.output is None else storable(_filled_in("output", planned.output, scope, budget))


def outputs_of(plan: Plan, scope: Scope, budget: Budget) -> dict[str, Any]:
    """The outputs of a workflow. Raises `ActionFailed` where one of them has no value."""
    return {
        name: storable(_filled_in(f"outputs.{name}", output, scope, budget)) for name, output in plan.outputs.items()
    }


def config_of(planned: PlannedAction, endpoints: Set[str], scope: Scope, budget: Budget) -> Any:
    """The configuration of an action, of which some fields are `endpoints`.

    Raises `ActionFailed` where an expression in it has no value.
    """
    config = planned.config
    if not endpoints or not isinstance(config, templates.Object):
        return _filled_in("", config, scope, budget)
    return {
        name: _endpoint(name, part, scope, budget)
        if name in endpoints and isinstance(part, templates.Text)
        else _filled_in(name, part, scope, budget)
        for name, part in config.items
    }


def part_of(config: templates.Template, key: str, scope: Scope, budget: Budget) -> Any:
    """What a configuration has at a key; None where it has nothing. Raises `ActionFailed`."""
    match config:
        case templates.Constant(dict(values)):
            return values.get(key)
        case templates.Object(items):
            return next((_filled_in(key, child, scope, budget) for name, child in items if name == key), None)
    return None


def _truth(where: str, template: templates.Template, scope: Scope, budget: Budget) -> bool:
    value = _filled_in(where, template, scope, budget)
    if not isinstance(value, bool):
        message = f"{where}: it is {kind_of_value(value)}, and must be true or false: compare it with something"
        raise ActionFailed(ActionErrorCode.EXPRESSION_ERROR, message)
    return value


def _filled_in(where: str, template: templates.Template, scope: Scope, budget: Budget) -> Any:
    try:
        return templates.render(template, scope, budget)
    except ExpressionError as error:
        place = ".".join(map(str, (*[where] * bool(where), *templates.place_of(template, error.part))))
        raise _failure(error, f"{place}: {error}" if place else str(error)) from None


def _endpoint(where: str, template: templates.Text, scope: Scope, budget: Budget) -> str:
    try:
        return rendered_endpoint(template, scope, budget)
    except ExpressionError as error:
        raise _failure(error, f"{where}: {error}") from None


def _failure(error: ExpressionError, message: str) -> ActionFailed:
    is_costly = isinstance(error, TooCostly)
    code = ActionErrorCode.EXPRESSION_TOO_COSTLY if is_costly else ActionErrorCode.EXPRESSION_ERROR
    return ActionFailed(code, message)
