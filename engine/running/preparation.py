"""Makes the attempts of an execution's actions ready to be carried out, from what its journal says at the time."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from engine.actions.protocol import Action, ActionCall, Again
from engine.actions.registry import ActionRegistry
from engine.actions.secret_fields import fields_for_secrets, misplaced_fields
from engine.core.clock import Clock
from engine.core.failure import ActionFailed
from engine.core.plan import COMPENSATION_SUFFIX, PlannedAction
from engine.core.state import ActionState, Earlier, ExecutionState, slot
from engine.expressions.budget import Budget
from engine.expressions.references import SECRETS
from engine.journal.stream import Stream
from engine.running.attempt import PreparedAttempt, measured_config
from engine.running.filling_in import is_item_wanted, is_wanted, items_of, local_scope
from engine.running.rendering import Renderer
from engine.running.wanted_links import wanted_links
from engine.secrets.approval_links import WantedLinks
from engine.secrets.scope import HiddenSecrets, SecretNames
from models.words import ActionErrorCode

T = TypeVar("T")


class Preparation:
    """For one execution; it keeps the items of a list in memory as long as an action runs for them."""

    def __init__(self, stream: Stream, actions: ActionRegistry, renderer: Renderer, clock: Clock) -> None:
        self._stream = stream
        self._actions = actions
        self._renderer = renderer
        self._clock = clock
        self._items: dict[str, list[Any]] = {}

    def scope(self, planned: PlannedAction, number: int = 1, before: ActionState | None = None) -> dict[str, Any]:
        """What the templates of an action see now, in an attempt before which this had become of it."""
        since = None if before is None else before.iterated_at
        return self._stream.run.scope(planned, self._stream.state, attempt=number, since=since)

    async def rendered(self, compute: Callable[[Budget], T], planned: PlannedAction | None = None) -> T:
        """What is made of templates, within the time that is left for the action and the execution.

        Raises what `compute` raises, and `ActionFailed` with TIMEOUT.
        """
        deadline = self._stream.run.deadline(self._stream.state)
        left = None if deadline is None else max(0.0, (deadline - self._clock.now()).total_seconds())
        return await self._renderer.render(compute, None if planned is None else planned.timeout_seconds, left)

    async def is_wanted(self, planned: PlannedAction, item: int | None = None) -> bool:
        """Whether the condition of an action, or that of its items, holds now, if it has one. Raises `ActionFailed`."""
        if item is None:
            if planned.when is None:
                return True
            return await self.rendered(partial(is_wanted, planned, self.scope(planned)), planned)
        if planned.for_each is None or planned.for_each.when is None:
            return True
        scope = self.scope(planned) | local_scope(planned, await self._place(planned, item), None)
        return await self.rendered(partial(is_item_wanted, planned, scope), planned)

    async def items(self, planned: PlannedAction) -> list[Any]:
        """The items of an action: whoever takes an execution over finds the same, from the same results.

        Raises `ActionFailed`.
        """
        if planned.action_id not in self._items:
            compute = partial(items_of, planned, self.scope(planned))
            self._items[planned.action_id] = await self.rendered(compute, planned)
        return self._items[planned.action_id]

    async def _place(self, planned: PlannedAction, item: int) -> tuple[int, Any]:
        return item, (await self.items(planned))[item]

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

    async def attempt(self, planned: PlannedAction, number: int, item: int | None) -> PreparedAttempt:
        """The attempt of an action, or of one item, with its templates filled in. Raises `ActionFailed`."""
        action = self._actions.get(planned.action_type)
        if action is None:
            message = f"the action type '{planned.action_type}' is not installed on this node"
            raise ActionFailed(ActionErrorCode.INVALID_CONFIG, message)
        run = self._stream.run
        before = self.before(planned.action_id, item)
        place = None if item is None else await self._place(planned, item)
        scope = self.scope(planned, number, before) | local_scope(planned, place, before)
        if planned.secrets:
            scope[SECRETS] = _secret_words(planned, action)
        config, size = await self.rendered(partial(measured_config, planned, action, scope), planned)
        state = self._stream.state
        call = ActionCall(
            execution_id=run.execution_id,
            workflow_id=run.workflow_id,
            tenant=run.tenant,
            action_id=planned.action_id,
            attempt=number,
            config=config,
            timeout_seconds=planned.timeout_seconds,
            item=item,
            iteration=1 if before is None else before.iteration,
            created_by=run.created_by,
            root_id=run.root_id,
            depth=run.depth,
            cleans_up=state.cleans_up_cancel,
            rerun_of=run.rerun_of,
            again=None if state.earlier is None or number > 1 else _again(state.earlier, planned, item),
            work_of=None if state.stopping is None else _work_of(planned, state),
        )
        hidden = run.plan.secrets if action.reaches_out or planned.secrets else frozenset[str]()
        links = await self._links(planned, hidden, None if place is None else place[1])
        return PreparedAttempt(planned, action, call, action.gate(call), scope, hidden, links, size)

    async def _links(self, planned: PlannedAction, hidden: frozenset[str], item: Any) -> WantedLinks:
        if not hidden:
            return WantedLinks()
        run = self._stream.run
        deadline = run.deadline(self._stream.state)
        compute = partial(wanted_links, run, self.scope, planned.secrets, hidden, item, deadline)
        return await self.rendered(compute, planned)


def _secret_words(planned: PlannedAction, action: Action) -> SecretNames:
    """What stands for the secrets of an action before its call or, where none of its fields goes into one, for good.

    Raises `ActionFailed` where a definition of an earlier release would pass one on by a field that may not hold it.
    """
    takes_secrets = bool(fields_for_secrets(action.config_model))
    misplaced = misplaced_fields(action.config_model, planned.config)
    if misplaced and (action.reaches_out or takes_secrets):
        message = f"config.{misplaced[0]} must not use secrets: save the workflow without them there"
        raise ActionFailed(ActionErrorCode.INVALID_CONFIG, message)
    return SecretNames(planned.secrets) if takes_secrets else HiddenSecrets(planned.secrets)


def _again(earlier: Earlier, planned: PlannedAction, item: int | None) -> Again | None:
    """What the first attempt goes on from; another one begins anew, as it does where nothing is done over."""
    child = earlier.children.get(slot(planned.action_id, item))
    return None if child is None else Again(child, earlier.keeps_versions, earlier.reuses_approvals)


def _work_of(planned: PlannedAction, state: ExecutionState) -> str | None:
    """The execution that had the result which a compensation undoes, where that is another one."""
    undone = state.actions.get(planned.action_id.removesuffix(COMPENSATION_SUFFIX))
    return None if undone is None else undone.reused_from
