"""Makes the attempts of an execution's actions ready to be carried out, from what its journal says at the time."""

from typing import Any

from engine.actions.protocol import ActionCall
from engine.actions.registry import ActionRegistry
from engine.approval_links import WantedLinks
from engine.attempt import Attempt, rendered_config
from engine.dag import PlannedAction
from engine.failure import ActionFailed
from engine.filling_in import is_wanted, items_of, local_scope
from engine.journal import Stream
from engine.references import SECRETS
from engine.secret_scope import SecretNames
from engine.state import ActionState
from engine.wanted_links import wanted_links
from models.words import ActionErrorCode


class Preparation:
    """For one execution; it keeps the items of a list in memory as long as an action runs for them."""

    def __init__(self, stream: Stream, actions: ActionRegistry) -> None:
        self._stream = stream
        self._actions = actions
        self._items: dict[str, list[Any]] = {}

    def scope(self, planned: PlannedAction) -> dict[str, Any]:
        """What the templates of an action see now."""
        return self._stream.run.scope(planned, self._stream.state)

    def is_wanted(self, planned: PlannedAction) -> bool:
        """Whether the condition of an action, if it has one, holds now. Raises `ActionFailed`."""
        return planned.when is None or is_wanted(planned, self.scope(planned))

    def items(self, planned: PlannedAction) -> list[Any]:
        """The items of an action: whoever takes an execution over finds the same, from the same results.

        Raises `ActionFailed`.
        """
        if planned.action_id not in self._items:
            self._items[planned.action_id] = items_of(planned, self.scope(planned))
        return self._items[planned.action_id]

    def forget_items(self, planned: PlannedAction) -> None:
        """They are not needed any more."""
        self._items.pop(planned.action_id, None)

    def forget_all_items(self) -> None:
        """No action of the main part needs them any more."""
        self._items.clear()

    def before(self, action_id: str, item: int | None) -> ActionState | None:
        """What became of an action, or of an item of it that has not ended; None where it has not begun."""
        action = self._stream.state.actions.get(action_id)
        if item is None or action is None or action.items is None:
            return action
        return action.items.live.get(item)

    def attempt(self, planned: PlannedAction, number: int, item: int | None) -> Attempt:
        """The attempt of an action, or of one item, with its templates filled in. Raises `ActionFailed`."""
        action = self._actions.get(planned.action_type)
        if action is None:
            message = f"the action type '{planned.action_type}' is not installed on this node"
            raise ActionFailed(ActionErrorCode.INVALID_CONFIG, message)
        run = self._stream.run
        before = self.before(planned.action_id, item)
        place = None if item is None else (item, self.items(planned)[item])
        scope = self.scope(planned) | local_scope(planned, place, before)
        if planned.secrets:
            scope[SECRETS] = SecretNames(planned.secrets)
        call = ActionCall(
            execution_id=run.execution_id,
            workflow_id=run.workflow_id,
            tenant=run.tenant,
            action_id=planned.action_id,
            attempt=number,
            config=rendered_config(planned, action, scope),
            timeout_seconds=planned.timeout_seconds,
            item=item,
            iteration=1 if before is None else before.iteration,
            created_by=run.created_by,
            depth=run.depth,
        )
        hidden = run.plan.secrets if action.reaches_out else planned.secrets
        links = self._links(planned, hidden, None if place is None else place[1])
        return Attempt(planned, action, call, action.gate(call), scope, hidden, links)

    def _links(self, planned: PlannedAction, hidden: frozenset[str], item: Any) -> WantedLinks:
        run = self._stream.run
        deadline = run.deadline(self._stream.state)
        return wanted_links(run, self.scope, planned.secrets, hidden, item, deadline) if hidden else WantedLinks()
