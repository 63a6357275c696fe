"""Follows one execution: which of its actions matter for what happens next, found without looking at all of them."""

from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter

from engine.core.plan import Plan, PlannedAction
from engine.core.state import ActionState, ExecutionState
from models.words import ActionStatus, RunIf


class Agenda:
    """It looks only at what was open before and at what that set free, so its cost does not grow with the graph."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._blockers = {action.action_id: len(action.depends_on) for action in plan.actions if action.depends_on}
        self._open = [action for action in plan.actions if not action.depends_on]
        self._failed: list[PlannedAction] = []
        self._seen: Mapping[str, ActionState] | None = None
        self._is_new = True

    def actions(self, state: ExecutionState) -> Sequence[PlannedAction]:
        """The actions that are open: neither blocked nor ended, in the order of the definition; then those that failed.

        `state` is no earlier than those that were asked about before.
        """
        if state.actions and state.actions is not self._seen:
            self._seen = state.actions
            self._look(state.actions)
        return [*self._open, *self._failed] if self._failed else self._open

    def _look(self, actions: Mapping[str, ActionState]) -> None:
        still_open: list[PlannedAction] = []
        unseen = self._open
        if self._is_new:
            self._is_new = False
            unseen = [*unseen, *self._freed_by_given(actions)]
        while unseen:
            freed: list[PlannedAction] = []
            for action in unseen:
                present = actions.get(action.action_id)
                if present is None or present.completed_at is None:
                    still_open.append(action)
                    continue
                freed += self._freed_by(action, present)
                if present.status is ActionStatus.FAILED:
                    self._failed.append(action)
            unseen = freed
        self._open = sorted(still_open, key=attrgetter("position"))

    def _freed_by_given(self, actions: Mapping[str, ActionState]) -> Iterator[PlannedAction]:
        """Whom results set free that were there before what they depend on: these count as ended, once for all."""
        ended = {action_id for action_id, action in actions.items() if action.completed_at is not None}
        for action in self._plan.actions:
            if action.action_id in ended and not action.depends_on <= ended:
                self._blockers[action.action_id] = 0
                yield from self._freed_by(action, actions[action.action_id])

    def _freed_by(self, action: PlannedAction, ended: ActionState) -> Iterator[PlannedAction]:
        for waiting in self._plan.dependants.get(action.action_id, ()):
            if not self._blockers[waiting.action_id]:
                continue  # it was free before
            is_enough = waiting.run_if is RunIf.FIRST_SUCCESS and ended.status is ActionStatus.SUCCESS
            self._blockers[waiting.action_id] = 0 if is_enough else self._blockers[waiting.action_id] - 1
            if not self._blockers[waiting.action_id]:
                yield waiting
