"""Reads execution rows and turns them, and their journals, into entities."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from engine.dag import Plan
from engine.decide import completed_actions, current_action
from engine.groups import whose_turn_it_is
from engine.run import Run
from engine.state import ExecutionState, Items
from engine.waiting import waiting_actions
from models.entities import ActionResult, Event, ExecutionDetail, ExecutionSummary, ItemResult
from models.errors import ExecutionNotFound
from models.tables import Execution, table
from models.validation import BAD_TEXT
from models.words import ExecutionStatus
from resolvers.context import Context
from resolvers.on_demand import OnDemand

EXECUTIONS = table(Execution)
SUMMARY_COLUMNS = (
    EXECUTIONS.c.id,
    EXECUTIONS.c.workflow_id,
    EXECUTIONS.c.revision,
    EXECUTIONS.c.status,
    EXECUTIONS.c.created_by,
    EXECUTIONS.c.callback_url,
    EXECUTIONS.c.created_at,
    EXECUTIONS.c.started_at,
    EXECUTIONS.c.completed_at,
    EXECUTIONS.c.total_actions,
    EXECUTIONS.c.completed_actions,
    EXECUTIONS.c.current_action,
    EXECUTIONS.c.error,
    EXECUTIONS.c.parent_id,
    EXECUTIONS.c.concurrency_key,
)
"""All but the parameters, which can be large: a list reads them where it is asked for them."""

SUMMARY_NAMES = tuple(column.name for column in SUMMARY_COLUMNS)

# Built once: composing a statement costs as much as running it.
BY_ID = select(*SUMMARY_COLUMNS, EXECUTIONS.c.parameters).where(
    EXECUTIONS.c.id == bindparam("execution_id"), EXECUTIONS.c.tenant == bindparam("of_tenant")
)


def summary(row: Row[*tuple[Any, ...]]) -> ExecutionSummary:
    """The list item of a row that begins with `SUMMARY_COLUMNS`."""
    return ExecutionSummary(**_values(row))


def read_summary(connection: Connection, tenant: str, execution_id: str) -> ExecutionSummary:
    """An execution of the tenant. Raises `ExecutionNotFound`."""
    if BAD_TEXT.search(execution_id):
        raise ExecutionNotFound(BAD_TEXT.sub("\ufffd", execution_id))
    row = connection.execute(BY_ID, {"execution_id": execution_id, "of_tenant": tenant}).one_or_none()
    if row is None:
        raise ExecutionNotFound(execution_id)
    return ExecutionSummary(**_values(row), parameters=row.parameters)


def _values(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    values = dict(zip(SUMMARY_NAMES, row, strict=False))
    values["status"] = ExecutionStatus(values["status"])
    return values


def new_summary(run: Run, callback_url: str | None) -> ExecutionSummary:
    """The list item of an execution that is being accepted."""
    return ExecutionSummary(
        id=run.execution_id,
        workflow_id=run.workflow_id,
        revision=run.revision,
        status=ExecutionStatus.QUEUED,
        created_by=run.created_by,
        parameters=run.parameters,
        callback_url=callback_url,
        created_at=run.created_at,
        started_at=None,
        completed_at=None,
        total_actions=run.plan.total_actions,
        completed_actions=0,
        current_action=None,
        error=None,
        concurrency_key=run.concurrency_key,
    )


def without_room(connection: Connection, executions: Iterable[ExecutionSummary]) -> set[str]:
    """Those of `executions` that are queued because as many of their group run as may."""
    queued = {
        execution.id: (execution.workflow_id, execution.concurrency_key)
        for execution in executions
        if execution.concurrency_key is not None and execution.status is ExecutionStatus.QUEUED
    }
    if not queued:
        return set()
    return queued.keys() - {place.execution_id for place in whose_turn_it_is(connection, set(queued.values()))}


def detail(
    ctx: Context,
    execution: ExecutionSummary,
    plan: Plan,
    events: Sequence[Event],
    state: ExecutionState,
    *,
    has_room: bool = True,
) -> ExecutionDetail:
    """The whole of an execution as its journal tells it: `events`, and the `state` that they fold to.

    `has_room` says of a queued one whether its group lets it begin.
    """
    services = ctx.services
    fixed = {name: getattr(execution, name) for name in execution.__struct_fields__}
    actions = tuple(
        ActionResult(
            action_id=action_id,
            status=action.status,
            attempt=action.attempt,
            started_at=action.started_at,
            completed_at=action.completed_at,
            response=action.response,
            error=action.error,
            total_items=None if action.items is None else action.items.total,
            items=() if action.items is None else OnDemand(partial(_item_results, action.items)),
        )
        for action_id in plan.action_ids
        if (action := state.actions.get(action_id)) is not None
    )
    told: dict[str, Any] = {
        "status": state.status,
        "started_at": state.started_at,
        "completed_at": state.completed_at,
        "completed_actions": completed_actions(state),
        "current_action": current_action(state),
        "error": state.error,
        "outputs": state.outputs,
    }
    if state.stopping is not None:
        told["stopped_at"] = state.stopping.at
        told["stopping"] = None if state.status.is_terminal else state.stopping.status
    held, now = services.dispatcher.held(execution.id), services.clock.now()
    waiting = waiting_actions(plan, state, held, now, has_room=has_room)
    return ExecutionDetail(**(fixed | told), actions=actions, events=events, waiting=waiting)


def _item_results(items: Items) -> tuple[ItemResult, ...]:
    begun = {**items.live, **items.ended}
    return tuple(
        ItemResult(
            index=index,
            status=begun[index].status,
            attempt=begun[index].attempt,
            started_at=begun[index].started_at,
            completed_at=begun[index].completed_at,
            response=begun[index].response,
            error=begun[index].error,
        )
        for index in sorted(begun)
    )
