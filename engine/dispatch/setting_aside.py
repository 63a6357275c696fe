"""Sets executions aside that this version cannot read, or stumbles over: shown, and tried again with back-off."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from engine.dispatch.store import PLAIN_COLUMNS, in_line_of
from engine.journal.groups import groups_of, hold, whose_turn_it_is
from engine.journal.queue import put
from engine.journal.released import among
from models.database.changes import take_change
from models.database.tables import LIVE, SET_ASIDE, ExecutionRow, table
from models.log_context import facts
from models.moments import spelled
from models.words import FaultCode

log = logging.getLogger("orchestrator.engine.faults")

EXECUTIONS = table(ExecutionRow)

MAX_DOUBLINGS = 8
"""The last waits are of 256 seconds."""

MOMENT = bindparam("moment", type_=EXECUTIONS.c.runnable_at.type)
RETRY_ALL = update(EXECUTIONS).where(SET_ASIDE, EXECUTIONS.c.node_id.is_(None)).values(runnable_at=MOMENT)

STUMBLED = "The engine stumbled over this execution: the log has the fault"


class Aside(msgspec.Struct, frozen=True):
    """An execution to be set aside, and why. `fault` and `faults` are those that it has already.

    `in_line_of` is its workflow where it is queued in a limited group of it: those behind it may begin.
    """

    execution_id: str
    tenant: str
    in_line_of: str | None
    code: FaultCode
    message: str
    fault: dict[str, Any] | None = None
    faults: int = 0

    @property
    def is_new(self) -> bool:
        """Whether it was not set aside for this until now."""
        return self.fault is None or self.fault.get("code") != self.code.value


def set_aside(connection: Connection, asides: Sequence[Aside], now: datetime, node_id: str) -> bool:
    """Put executions that a node has in hand aside until they are tried again: here, or by whoever is first.

    Those whose turn it is now in the line of one of them may be taken; return whether there are any.
    """
    groups = groups_of(connection, [aside.execution_id for aside in asides if aside.in_line_of is not None])
    hold(connection, groups)
    for aside in asides:
        since = spelled(now) if aside.is_new else (aside.fault or {})["since"]
        values: dict[str, Any] = {
            "fault": {"code": aside.code.value, "message": aside.message, "since": since},
            "faults": aside.faults + 1,
            "runnable_at": now + timedelta(seconds=2 ** min(aside.faults, MAX_DOUBLINGS)),
            "node_id": None,
            "taken_by": None,
            "lives": 0,
        }
        if aside.is_new:
            values["change"] = take_change(connection)
            known = facts(execution_id=aside.execution_id, code=aside.code.value)
            log.error("An execution is set aside: %s", aside.message, extra=known)
        is_ours = (EXECUTIONS.c.id == aside.execution_id) & (EXECUTIONS.c.node_id == node_id)
        connection.execute(update(EXECUTIONS).where(is_ours, LIVE).values(values))
    turns = [turn.execution_id for turn in whose_turn_it_is(connection, groups) if turn.node_id is None]
    put(connection, turns)
    return bool(turns)


def stumbled_over(connection: Connection, execution_ids: Sequence[str]) -> list[Aside]:
    """What sets executions aside that stopped on a fault of the engine."""
    columns = (EXECUTIONS.c.id, EXECUTIONS.c.fault, *PLAIN_COLUMNS)
    rows = connection.execute(select(*columns).where(EXECUTIONS.c.id.in_(execution_ids), LIVE))
    return [
        Aside(row.id, row.tenant, in_line_of(row), FaultCode.ENGINE_FAULT, STUMBLED, row.fault, row.faults)
        for row in rows
    ]


def take_back(connection: Connection, execution_ids: Sequence[str]) -> list[str]:
    """They can be read after all, and have to make progress; return those of them that nobody waits for any more."""
    for execution_id in execution_ids:
        log.warning("An execution can be read again, and goes on", extra=facts(execution_id=execution_id))
    present = update(EXECUTIONS).where(EXECUTIONS.c.id.in_(execution_ids))
    connection.execute(present.values(fault=None, change=take_change(connection)))
    return among(connection, execution_ids)


def retry_all(connection: Connection, now: datetime) -> None:
    """Have all be tried at once: by a process that has just started, and may be of a newer version."""
    connection.execute(RETRY_ALL, {"moment": now})
