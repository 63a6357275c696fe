"""Reads execution rows and turns them, and their journals, into entities."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, select

from engine.core.decide import completed_actions, current_action
from engine.core.plan import Plan
from engine.core.run import Run
from engine.core.state import ExecutionState, Items
from engine.journal.groups import whose_turn_it_is
from models.commands.validation import BAD_TEXT
from models.database.one_of import one_of, word_list
from models.database.selections import Selection
from models.database.tables import ExecutionRow, table
from models.entities.executions import (
    ActionResult,
    Event,
    ExecutionDetail,
    ExecutionFault,
    ExecutionSummary,
    ItemResult,
)
from models.errors import ExecutionNotFound, Unreadable
from models.words import ExecutionStatus, FaultCode
from resolvers.context import Context
from resolvers.executions.folds import Folded
from resolvers.executions.on_demand import OnDemand
from resolvers.executions.waits import waits_of

EXECUTIONS = table(ExecutionRow)
SUMMARY_NAMES = (
    *(name for name in ExecutionSummary.__struct_fields__ if name != "parameters"),
    "faults",
    "runnable_at",
)
SUMMARY_COLUMNS = tuple(EXECUTIONS.c[name] for name in SUMMARY_NAMES)
"""All but the parameters, which can be large: a list reads them where it is asked for them."""

STATUSES: Mapping[str, ExecutionStatus] = {status.value: status for status in ExecutionStatus}
FAULTS = frozenset(FaultCode)
NEWER_STATUS = ExecutionFault(code=FaultCode.NEWER_EVENT, message="its status is one that this version does not know")
DAMAGED_ROW = ExecutionFault(code=FaultCode.DAMAGED, message="its row is damaged")

BY_ID = Selection(
    select(*SUMMARY_COLUMNS, EXECUTIONS.c.parameters).where(
        EXECUTIONS.c.id == bindparam("execution_id"), EXECUTIONS.c.tenant == bindparam("of_tenant")
    )
)


def summary(row: Sequence[Any]) -> ExecutionSummary:
    """The list item of a row that begins with `SUMMARY_COLUMNS`; what cannot be read in it spoils no list."""
    return ExecutionSummary(**_values(row))


def _fault(stored: Mapping[str, Any], tries: int, runnable_at: datetime | None) -> ExecutionFault:
    known = stored.get("code") in FAULTS
    return ExecutionFault(
        code=FaultCode(stored["code"]) if known else FaultCode.ENGINE_FAULT,
        message=str(stored.get("message", "")),
        since=datetime.fromisoformat(stored["since"]) if known else None,
        tries=tries,
        next_try_at=runnable_at,
    )


def read_summary(connection: Connection, tenant: str, execution_id: str) -> ExecutionSummary:
    """An execution of the tenant. Raises `ExecutionNotFound`."""
    if BAD_TEXT.search(execution_id):
        raise ExecutionNotFound(BAD_TEXT.sub("\ufffd", execution_id))
    rows = BY_ID.rows(connection, {"execution_id": execution_id, "of_tenant": tenant})
    if not rows:
        raise ExecutionNotFound(execution_id)
    *_, parameters = rows[0]
    return ExecutionSummary(**_values(rows[0], parameters=parameters))


def _values(row: Sequence[Any], **more: Any) -> dict[str, Any]:
    """The fields of a row and `more` of them; what cannot be read is left out, and the row has a fault."""
    values = dict(zip(SUMMARY_NAMES, row, strict=False))
    fault, tries, runnable_at = values["fault"], values.pop("faults"), values.pop("runnable_at")
    if fault is not None:
        values["fault"] = _fault(fault, tries, runnable_at)
    status = STATUSES.get(values["status"])
    values["status"] = status or ExecutionStatus.RUNNING
    if status is None:
        values["fault"] = NEWER_STATUS
    labels = values["labels"]
    if type(labels) is not dict:
        values["labels"] = {}
        if labels is not None:
            values["fault"] = values["fault"] or DAMAGED_ROW
    if more:
        values |= more
    for column in (*more, "error"):
        if values[column] is not None and type(values[column]) is not dict:
            values[column], values["fault"] = None, values["fault"] or DAMAGED_ROW
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
        labels=run.labels,
        rerun_of=run.rerun_of,
    )


class Standing(msgspec.Struct, frozen=True):
    """Whose an execution is, and where it stands by its row."""

    created_by: str
    status: ExecutionStatus


STANDING = select(EXECUTIONS.c.id, EXECUTIONS.c.tenant, EXECUTIONS.c.created_by, EXECUTIONS.c.status).where(
    one_of(EXECUTIONS.c.id, word_list("ids"))
)
"""Of whatever tenant: asked for one, PostgreSQL goes through all of its executions until it has counted them once."""


def read_standing(connection: Connection, tenant: str, execution_ids: Sequence[str]) -> dict[str, Standing]:
    """How those executions of the tenant stand that are among `execution_ids`."""
    known = {status.value: status for status in ExecutionStatus}
    return {
        row.id: Standing(row.created_by, known.get(row.status, ExecutionStatus.RUNNING))
        for row in connection.execute(STANDING, {"ids": list(execution_ids)})
        if row.tenant == tenant
    }


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


def stored_detail(
    ctx: Context, connection: Connection, execution: ExecutionSummary, folded: Folded, *, has_room: bool
) -> ExecutionDetail:
    """The whole of an execution as it is stored; where it cannot be read, as much of it as can be, and why."""
    try:
        plan = ctx.services.store.plan(connection, execution.workflow_id, execution.revision)
    except Unreadable as fault:
        return _unread(execution, folded, fault)
    if folded.fault is not None or not folded.events:
        return _unread(execution, folded, folded.fault or Unreadable(FaultCode.DAMAGED, "its journal is empty"))
    return detail(ctx, execution, plan, folded.events, folded.state, has_room=has_room)


def _unread(execution: ExecutionSummary, folded: Folded, fault: Unreadable) -> ExecutionDetail:
    """What its row says, and what became of its actions before the first event that is not known here."""
    fixed = {name: getattr(execution, name) for name in execution.__struct_fields__}
    fixed["fault"] = execution.fault or ExecutionFault(code=fault.fault, message=fault.message)
    state = folded.state
    shown = [event if type(event.data) is dict else msgspec.structs.replace(event, data={}) for event in folded.events]
    return ExecutionDetail(**fixed, actions=_results(state.actions, state), events=shown)


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
    fixed = {name: getattr(execution, name) for name in execution.__struct_fields__}
    actions = _results(plan.action_ids, state)
    told: dict[str, Any] = {
        "status": state.status,
        "started_at": state.started_at,
        "completed_at": state.completed_at,
        "completed_actions": completed_actions(plan, state),
        "current_action": current_action(state),
        "error": state.error,
        "outputs": state.outputs,
        "pause": state.pause,
    }
    if state.stopping is not None:
        told["stopped_at"] = state.stopping.at
        told["stopping"] = None if state.status.is_terminal else state.stopping.status
    waiting = waits_of(ctx, execution.id, plan, state, has_room=has_room)
    return ExecutionDetail(**(fixed | told), actions=actions, events=events, waiting=waiting)


def _results(action_ids: Iterable[str], state: ExecutionState) -> tuple[ActionResult, ...]:
    return tuple(
        ActionResult(
            action_id=action_id,
            status=action.status,
            attempt=action.attempt,
            started_at=action.started_at,
            completed_at=action.completed_at,
            response=action.response,
            error=action.error,
            http=action.http,
            resolved_by=action.resolved_by,
            iteration=action.iteration,
            total_items=None if action.items is None else action.items.total,
            items=() if action.items is None else OnDemand(partial(_item_results, action.items)),
            reused_from=action.reused_from,
            is_given=action.is_given,
            own_key=action.own_key,
        )
        for action_id in action_ids
        if (action := state.actions.get(action_id)) is not None
    )


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
            http=begun[index].http,
            resolved_by=begun[index].resolved_by,
            reused_from=begun[index].reused_from,
            iteration=begun[index].iteration,
        )
        for index in sorted(begun)
    )
