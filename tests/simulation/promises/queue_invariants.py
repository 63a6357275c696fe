"""After each transaction the queue says what the journals say: what needs a node, and is in no hand, is in it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Row, func, select

from engine.core.decide import wake_at
from engine.core.run import Run
from engine.core.state import ExecutionState, fold, fold_as_far_as_known
from engine.dispatch.store import EVENTS, EXECUTIONS, Store
from engine.journal.journal import read_events_after
from engine.journal.mailbox import AWAITED
from models.database.database import Database
from models.database.tables import LIVE
from models.errors import Unreadable
from models.words import ExecutionStatus
from tests.support.core.turns import all_turns

LAST = select(func.max(EVENTS.c.sequence)).where(EVENTS.c.execution_id == EXECUTIONS.c.id).scalar_subquery()
ROWS = select(
    EXECUTIONS.c.id,
    EXECUTIONS.c.status,
    EXECUTIONS.c.node_id,
    EXECUTIONS.c.runnable_at,
    EXECUTIONS.c.expires_at,
    EXECUTIONS.c.concurrency_key,
    LAST.label("last"),
).where(LIVE)


class QueueWatch:
    """Looks at a world's database after each commit; `now` is its time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._store = Store(cast(Database, None))
        self._folded: dict[str, tuple[Run, ExecutionState]] = {}
        self._before: dict[str, Row[Any]] = {}

    def faults(self, connection: Connection) -> Iterator[str]:
        """What is wrong with the places in the queue, and what was taken before its time."""
        rows = connection.execute(ROWS).all()
        free = [row for row in rows if row.node_id is None]
        awaited = set(connection.execute(AWAITED, {"ids": [row.id for row in free]}).scalars()) if free else set()
        turns = self._turns(connection, free)
        for row in rows:
            yield from (f"{row.id}: {fault}" for fault in self._faults(connection, row, awaited, turns))
        self._before = {row.id: row for row in rows}

    def _turns(self, connection: Connection, free: list[Row[Any]]) -> set[str]:
        if all(row.runnable_at is not None for row in free):
            return set()
        return {turn.execution_id for turn in all_turns(connection) if turn.node_id is None}

    def _faults(self, connection: Connection, row: Row[Any], awaited: set[str], turns: set[str]) -> Iterator[str]:
        try:
            run, state = self._state(connection, row)
        except Unreadable as fault:
            yield f"its journal makes no sense: {fault.message}"
            return
        lapse = run.deadline(state) if state.status is ExecutionStatus.QUEUED else None
        if row.expires_at != lapse:
            yield f"may be queued until {row.expires_at}, the journal says {lapse}"
        if row.node_id is not None:
            if row.runnable_at is not None:
                yield f"is in the hand of {row.node_id}, and may be taken from {row.runnable_at} on"
            yield from self._faults_of_taking(row)
        elif state.pause is not None:
            if row.runnable_at is not None:
                yield f"is paused, and may be taken from {row.runnable_at} on"
        elif row.runnable_at is not None:
            yield from self._faults_of_place(row, run, state, row.id in awaited)
        elif state.status is not ExecutionStatus.QUEUED or row.concurrency_key is None or row.id in turns:
            yield "needs a node, is in no hand and not in the queue"

    def _faults_of_taking(self, row: Row[Any]) -> Iterator[str]:
        before = self._before.get(row.id)
        if before is None or before.node_id is not None:
            return
        moments = [moment for moment in (before.runnable_at, before.expires_at) if moment is not None]
        if not moments or min(moments) > self._now():
            yield f"was taken at {self._now()}, before {moments}"

    def _faults_of_place(self, row: Row[Any], run: Run, state: ExecutionState, is_awaited: bool) -> Iterator[str]:
        moment = None if state.status is ExecutionStatus.QUEUED else wake_at(run.plan, state, run.deadline(state))
        if row.runnable_at <= self._now():
            return  # to be taken too early does no harm, and leads to the right place
        if moment is None or is_awaited:
            yield f"could go on, and may be taken from {row.runnable_at} on"
        elif row.runnable_at != moment:
            yield f"may be taken from {row.runnable_at} on, the journal says {moment}"

    def _state(self, connection: Connection, row: Row[Any]) -> tuple[Run, ExecutionState]:
        known = self._folded.get(row.id)
        if known is None:
            [found] = self._store.find(connection, [row.id])
            if not isinstance(found.run, Run):
                raise found.run
            known = self._folded[row.id] = found.run, fold(found.events)
        run, state = known
        if state.sequence != row.last:  # what was looked at before can be changed by nobody, see the witness's triggers
            events, _ = read_events_after(connection, row.id, state.sequence)
            state, fault = fold_as_far_as_known(events, state)
            if fault is not None:
                raise fault
            self._folded[row.id] = run, state
        return run, state
