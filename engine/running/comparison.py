"""Compares what templates come to in an execution and in the one that does it over, within one budget for all.

Secrets stand as their names, and `execution` is that of the first one: which run it is tells of no change.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.core.failure import ActionFailed
from engine.core.plan import Plan, PlannedAction
from engine.core.reuse import NotComparable, SameItems
from engine.core.run import Run
from engine.core.state import ExecutionState
from engine.expressions import templates
from engine.expressions.budget import Budget, TooCostly
from engine.expressions.endpoint_templates import rendered_endpoint
from engine.expressions.nulls import PARAMETERS, named_parameter
from engine.expressions.references import SECRETS, ExpressionError
from engine.running.filling_in import config_of, is_item_wanted, is_wanted, items_of, local_scope
from engine.secrets.scope import SecretNames
from models.json_equality import same
from models.words import ActionErrorCode


class RenderedComparison:
    """A `Comparison` of an execution with a plan and parameters; what cannot differ is not filled in."""

    def __init__(
        self, run: Run, state: ExecutionState, plan: Plan, parameters: Mapping[str, Any], budget: Budget
    ) -> None:
        main = {action.action_id for action in run.plan.actions}
        actions = {action_id: action for action_id, action in state.actions.items() if action_id in main}
        self._state = msgspec.structs.replace(state, actions=actions, stopping=None)
        self._before = run
        self._now = msgspec.structs.replace(run, plan=plan, parameters=parameters)
        self._budget = budget
        seen = [{**each.plan.parameters_not_given, **each.parameters} for each in (self._before, self._now)]
        self._changed = {
            name
            for name in {*seen[0], *seen[1]}
            if (name in seen[0]) != (name in seen[1]) or not same(seen[0].get(name), seen[1].get(name))
        }
        self._lists: dict[tuple[str, bool], list[Any] | None] = {}

    def is_wanted(self, planned: PlannedAction, item: int | None = None) -> bool:
        """See `Comparison`; a condition without a value holds as little as one that is false."""
        scope = self._now.scope(planned, self._state)
        try:
            if item is None:
                return is_wanted(planned, scope, self._budget)
            if planned.for_each is None or planned.for_each.when is None:
                return True
            listed = self._list(planned, is_now=True)
            scope |= local_scope(planned, None if listed is None else (item, listed[item]), None)
            return is_item_wanted(planned, scope, self._budget)
        except ActionFailed as failure:
            _refuse_if_costly(failure)
            return False

    def items(self, before: PlannedAction, planned: PlannedAction) -> SameItems | None:
        """See `Comparison`."""
        if before.for_each is None or planned.for_each is None:
            return None
        state = self._state.actions[planned.action_id]
        if state.items is not None and self._is_unchanged(before.for_each.items, planned.for_each.items):
            return SameItems(state.items.total, state.items.total, range(state.items.total))
        old, new = self._list(before, is_now=False), self._list(planned, is_now=True)
        if old is None or new is None:
            return None
        pairs = enumerate(zip(old, new, strict=False))
        return SameItems(len(old), len(new), [number for number, (one, other) in pairs if same(one, other)])

    def same_config(self, before: PlannedAction, planned: PlannedAction, item: int | None) -> bool:
        """See `Comparison`: whichever of its texts are endpoints, they are the same."""
        if self._is_unchanged(before.config, planned.config):
            return True
        forms = [self._config(before, item, is_now=False), self._config(planned, item, is_now=True)]
        return None not in forms and same(*forms)

    def same_use(self, before: PlannedAction, planned: PlannedAction) -> bool:
        """See `Comparison`; what it is made of is not kept, so nothing that it is made with may differ."""
        pairs = zip(_uses(before), _uses(planned), strict=True)
        return all(self._is_unchanged(one, other) for one, other in pairs)

    def _is_unchanged(self, before: templates.Template | None, planned: templates.Template | None) -> bool:
        """Whether nothing can make a difference: the same text, over what has not changed."""
        if before is None or planned is None:
            return before is planned
        if before is not planned and msgspec.json.encode(before) != msgspec.json.encode(planned):
            return False
        return not self._changed or not any(
            (reference.root == PARAMETERS and len(reference.segments) == 1)
            or named_parameter(reference) in self._changed
            for reference in templates.references(planned)
        )

    def _list(self, planned: PlannedAction, *, is_now: bool) -> list[Any] | None:
        key = planned.action_id, is_now
        if key not in self._lists:
            try:
                self._lists[key] = items_of(planned, self._scope(planned, is_now=is_now), self._budget)
            except ActionFailed as failure:
                _refuse_if_costly(failure)
                self._lists[key] = None
        return self._lists[key]

    def _config(self, planned: PlannedAction, item: int | None, *, is_now: bool) -> list[Any] | None:
        """The configuration, and its texts as they would be in an endpoint; None where it has no value."""
        scope = self._scope(planned, is_now=is_now)
        if item is not None:
            listed = self._list(planned, is_now=is_now)
            if listed is None:
                return None
            scope |= local_scope(planned, (item, listed[item]), None)
        if planned.secrets:
            scope[SECRETS] = SecretNames(planned.secrets)
        try:
            config = config_of(planned, frozenset(), scope, self._budget)
            return [config, {**config, **self._as_endpoints(planned.config, scope)}]
        except ActionFailed as failure:
            _refuse_if_costly(failure)
            return None

    def _as_endpoints(self, config: templates.Template, scope: Mapping[str, Any]) -> dict[str, str | None]:
        if not isinstance(config, templates.Object):
            return {}
        found: dict[str, str | None] = {}
        for name, part in config.items:
            if isinstance(part, templates.Text):
                try:
                    found[name] = rendered_endpoint(part, scope, self._budget)
                except TooCostly as error:
                    raise NotComparable(str(error)) from None
                except ExpressionError:
                    found[name] = None  # it is none, or there would have been no result
        return found

    def _scope(self, planned: PlannedAction, *, is_now: bool) -> dict[str, Any]:
        return (self._now if is_now else self._before).scope(planned, self._state)


def _uses(planned: PlannedAction) -> tuple[templates.Template | None, ...]:
    """What looks at the response of an action, or is made of it."""
    repeat = planned.repeat
    ends = (None, None) if repeat is None else (repeat.until, repeat.collect)
    return (planned.success_when, *ends, planned.output)


def _refuse_if_costly(failure: ActionFailed) -> None:
    if failure.code is ActionErrorCode.EXPRESSION_TOO_COSTLY:
        raise NotComparable(failure.message)
