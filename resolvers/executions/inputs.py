"""What an execution's expressions come to for its readers: the inputs of its actions, and one that somebody tries."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import msgspec

from engine.actions.protocol import endpoint_fields
from engine.core.failure import ActionFailed
from engine.core.plan import PlannedAction
from engine.core.run import Run
from engine.core.state import START, ExecutionState, apply, fold
from engine.expressions import templates
from engine.expressions.braces import CLOSE, OPEN
from engine.expressions.budget import Budget
from engine.expressions.references import SECRETS, ExpressionError
from engine.running.filling_in import config_of, local_scope
from engine.secrets.scope import HiddenSecrets
from models.answer_budget import answer_budget
from models.entities.executions import Event, ExecutionDetail
from models.errors import AnswerTooLarge, InvalidInput
from models.faults import Fault
from models.words import ActionErrorCode, EventType, Permission
from resolvers.access.permissions import may, permits, require
from resolvers.context import Context
from resolvers.executions.executions import get_execution
from resolvers.executions.lists import parameters_by_id

MAX_EXPRESSION = 10_000
"""Characters of an expression that is tried."""

OWN_SECONDS = 2.0
"""So long may one be filled in for a reader, once its turn has come, and wait for that."""

AT_ONCE = 500
"""So many events are folded while others wait; more of them in a thread."""


class Inputs:
    """The inputs of the actions of one execution, whose journal is folded once, where one of them is asked for."""

    def __init__(self, detail: ExecutionDetail) -> None:
        self._detail = detail
        self._lock = asyncio.Lock()
        self._known: tuple[Run, Mapping[str, ExecutionState]] | None = None

    async def of(self, ctx: Context, action_id: str) -> Any:
        """The configuration that the latest attempt of an action was given, secrets as `[secret:name]`.

        None where it has not begun, runs for each of a list, or the caller may not see payloads. Raises
        `AnswerTooLarge`.
        """
        if not may(ctx.user, Permission.EXECUTION_PAYLOAD):
            return None
        async with self._lock:
            if self._known is None:
                self._known = await self._read(ctx)
        run, before = self._known
        planned = next((action for action in run.plan.every_action if action.action_id == action_id), None)
        if planned is None or action_id not in before:
            return None
        action = ctx.services.actions.get(planned.action_type)
        fields = frozenset[str]() if action is None else endpoint_fields(action.config_model)
        state = before[action_id]
        scope = run.scope(planned, state) | local_scope(planned, None, state.actions.get(action_id))
        scope[SECRETS] = HiddenSecrets(planned.secrets)
        try:
            return await _rendered(ctx, partial(config_of, planned, fields, scope))
        except ActionFailed:
            return None  # then its attempt came to nothing as well

    async def _read(self, ctx: Context) -> tuple[Run, Mapping[str, ExecutionState]]:
        run = await _run_of(ctx, self._detail)
        events = self._detail.events
        if len(events) <= AT_ONCE:
            return run, states_before(run.plan.every_action, events)
        return run, await asyncio.to_thread(states_before, run.plan.every_action, events)


def states_before(actions: Iterable[PlannedAction], events: Iterable[Event]) -> dict[str, ExecutionState]:
    """Where the execution stood before the latest attempt of each of its actions, but for those of a `for_each`."""
    single = {action.action_id for action in actions if action.for_each is None}
    found: dict[str, ExecutionState] = {}
    state = START
    for event in events:
        if event.type == EventType.ACTION_STARTED and event.action_id in single:
            found[event.action_id] = state
        state = apply(state, event)
    return found


@permits(Permission.EXECUTION_READ)
async def evaluate_expression(ctx: Context, execution_id: str, expression: str) -> Any:
    """The value of an expression, or of a text with some, as an action sees it that comes after all that has ended.

    Secrets are `[secret:name]`. Nothing is changed. Raises `ExecutionNotFound`, `PermissionDenied` without
    `execution:payload`, `InvalidInput` where it has no value or costs too much, and `Unreadable`.
    """
    require(ctx.user, Permission.EXECUTION_PAYLOAD)
    if len(expression) > MAX_EXPRESSION:
        raise _refused(f"is longer than the {MAX_EXPRESSION:,} characters that an expression may have")
    text = expression if OPEN in expression else f"{OPEN}{expression}{CLOSE}"
    template = templates.parse(text)
    for fault in templates.faults(template):
        raise _refused(f"cannot be read: {fault.reason}")
    detail = await get_execution(ctx, execution_id)
    run = await _run_of(ctx, detail)
    state = await asyncio.to_thread(fold, detail.events)
    scope = run.scope(None, state)
    scope[SECRETS] = HiddenSecrets(run.plan.secrets)
    try:
        return await _rendered(ctx, partial(_value, template, scope))
    except ActionFailed as failure:
        raise _refused(failure.message) from None


async def _run_of(ctx: Context, detail: ExecutionDetail) -> Run:
    """The execution as the scopes of its expressions need it. Raises `Unreadable`, `AnswerTooLarge`."""
    parameters = detail.parameters
    if parameters is msgspec.UNSET:
        found = (await parameters_by_id(ctx, [detail.id])).get(detail.id)
        if isinstance(found, AnswerTooLarge):
            raise found
        parameters = found
    plan = await ctx.read(lambda connection: ctx.services.store.plan(connection, detail.workflow_id, detail.revision))
    return Run(
        execution_id=detail.id,
        tenant=ctx.user.tenant,
        workflow_id=detail.workflow_id,
        revision=detail.revision,
        created_by=detail.created_by,
        created_at=detail.created_at,
        parameters=parameters or {},
        timeout_seconds=0,
        plan=plan,
    )


async def _rendered(ctx: Context, compute: Callable[[Budget], Any]) -> Any:
    """What `compute` makes, within the budget of one rendering and, with all else, that of the answer.

    Raises what it raises, `ActionFailed` with TIMEOUT, and `AnswerTooLarge`.
    """
    taken = 0

    def measured(budget: Budget) -> Any:
        nonlocal taken
        made = compute(budget)
        taken = budget.bytes
        return made

    made = await ctx.services.renderer.render(measured, OWN_SECONDS, OWN_SECONDS)
    answer = answer_budget()
    if answer is not None:
        answer.reading(taken)
    return made


def _value(template: templates.Template, scope: Mapping[str, Any], budget: Budget) -> Any:
    try:
        return templates.render(template, scope, budget)
    except ExpressionError as error:
        raise ActionFailed(ActionErrorCode.EXPRESSION_ERROR, str(error)) from None


def _refused(message: str) -> InvalidInput:
    return InvalidInput([Fault(("expression",), message, "value_error.expression")])
