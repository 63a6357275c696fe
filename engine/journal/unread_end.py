"""Ends an execution that nobody can read any more: its end is one more event, for which nothing need be folded."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, select

from engine.core.clock import Clock
from engine.core.plan import Plan
from engine.core.run import Parent, Run
from engine.core.state import ExecutionState
from engine.journal.journal import EVENTS, Journal
from engine.journal.refusals import Fenced
from models.database.database import Database
from models.database.tables import LIVE, ExecutionRow, table
from models.database.waiting_tables import ExpectationRow
from models.entities.audit import AuditNote
from models.errors import Unavailable
from models.words import EventType, ExecutionStatus, OnParentEnd

EXECUTIONS = table(ExecutionRow)
EXPECTATIONS = table(ExpectationRow)
UNKNOWN_PLAN = Plan((), ())
MAX_TRIES = 20


async def end_unread(
    database: Database, journal: Journal, clock: Clock, execution_id: str, audit: AuditNote, told: Mapping[str, Any]
) -> None:
    """Cancel an execution whose journal or definition is damaged: on disk when this returns.

    Its clean-up is not done, for nobody knows what it is. Nothing happens where it has ended.
    """
    for _ in range(MAX_TRIES):
        found = await database.transaction(lambda connection: _forget_waits(connection, execution_id))
        if found is None:
            return
        stream = journal.open(found.run, found.state)
        stream.release(found.children)
        stream.record(EventType.EXECUTION_CANCELLED, clock.now(), None, told)
        stream.commit(audit=audit)
        try:
            await stream.durable()
        except Fenced:
            continue  # whoever has it in hand appended in between: look again
        return
    raise Unavailable(f"Execution {execution_id} is changing too fast: try again in a moment")


class _Known(msgspec.Struct, frozen=True):
    """What is known of an execution without its journal; of its `children` that are live some may go on alone."""

    run: Run
    state: ExecutionState
    children: Sequence[str]


def _forget_waits(connection: Connection, execution_id: str) -> _Known | None:
    """What is known of an execution without its journal; it waits for nothing any more. None where it has ended."""
    columns = (EXECUTIONS.c[name] for name in KEPT)
    row = connection.execute(select(*columns).where(EXECUTIONS.c.id == execution_id, LIVE)).one_or_none()
    if row is None:
        return None
    connection.execute(delete(EXPECTATIONS).where(EXPECTATIONS.c.execution_id == execution_id))
    last = select(func.max(EVENTS.c.sequence)).where(EVENTS.c.execution_id == execution_id)
    sequence = connection.execute(last).scalar_one() or 0
    # Not from the expectations, which a try before this one may have deleted.
    children = connection.execute(select(EXECUTIONS.c.id).where(EXECUTIONS.c.parent_id == execution_id, LIVE))
    parent = None
    if row.parent_id is not None:
        parent = Parent(row.parent_id, row.root_id, row.depth - 1, OnParentEnd.CANCEL)
    run = Run(
        execution_id=execution_id,
        tenant=row.tenant,
        workflow_id=row.workflow_id,
        revision=row.revision,
        created_by=row.created_by,
        created_at=row.created_at,
        parameters={},
        timeout_seconds=row.timeout_seconds,
        plan=UNKNOWN_PLAN,
        callback_url=row.callback_url,
        concurrency_key=row.concurrency_key,
        parent=parent,
    )
    state = ExecutionState(sequence, ExecutionStatus(row.status), started_at=row.started_at)
    return _Known(run, state, list(children.scalars()))


KEPT = (
    "tenant",
    "workflow_id",
    "revision",
    "created_by",
    "created_at",
    "started_at",
    "status",
    "timeout_seconds",
    "callback_url",
    "concurrency_key",
    "parent_id",
    "root_id",
    "depth",
)
"""The columns that ending an execution needs: none of them is JSON."""
