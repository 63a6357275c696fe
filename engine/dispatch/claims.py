"""Which node has which execution in hand: given back by one, or handed over from a node that is gone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, case, null, select, tuple_, update

from engine.journal.lives import spare
from engine.journal.mailbox import ring_awaited
from engine.journal.queue import EXECUTIONS, NODES
from engine.journal.refusals import EVENTS, LAST_SEQUENCES
from models.database.one_of import one_of, word_list
from models.database.tables import HELD, LIVE, CallbackDeliveryRow, table
from models.words import ExecutionStatus

DELIVERIES = table(CallbackDeliveryRow)
MOMENT = bindparam("moment", type_=EXECUTIONS.c.runnable_at.type)

AT_ONCE = 500
"""Executions in one transaction at most."""

KNOWN = select(NODES.c.id)
UNKNOWN = select(EXECUTIONS.c.node_id).where(HELD, EXECUTIONS.c.node_id.not_in(KNOWN)).distinct()
"""The nodes that have something in hand, and that nobody knows: from an index of what is in hand."""

LAST_MOMENTS = select(EVENTS.c.execution_id, EVENTS.c.at).where(
    tuple_(EVENTS.c.execution_id, EVENTS.c.sequence).in_(bindparam("places", expanding=True))
)

NODE = bindparam("node", type_=NODES.c.id.type)
HELD_BY = select(EXECUTIONS.c.id).where(HELD, EXECUTIONS.c.node_id == NODE)
LEFT = HELD_BY.order_by(EXECUTIONS.c.id).limit(AT_ONCE).with_for_update()
ORPHANS = HELD_BY.order_by(EXECUTIONS.c.id).limit(AT_ONCE).with_for_update(skip_locked=True)
IN_NO_HAND = update(DELIVERIES).values(node_id=None)
LET_GO_OF = IN_NO_HAND.where(DELIVERIES.c.node_id == NODE)
LET_GO_OF_BY_UNKNOWN = IN_NO_HAND.where(DELIVERIES.c.node_id.is_not(None), DELIVERIES.c.node_id.not_in(KNOWN))
FORGET = NODES.delete().where(NODES.c.id == NODE)
IS_PAUSED = EXECUTIONS.c.status == ExecutionStatus.PAUSED.value
IN_HAND = (
    select(EXECUTIONS.c.id)
    .where(one_of(EXECUTIONS.c.id, word_list("named")), LIVE, EXECUTIONS.c.node_id == NODE)
    .order_by(EXECUTIONS.c.id)
    .with_for_update()
)
FREE = (
    update(EXECUTIONS)
    .where(one_of(EXECUTIONS.c.id, word_list("freed")))
    .values(node_id=None, runnable_at=case((IS_PAUSED, null()), else_=MOMENT))
)
"""What is paused is put into the queue by whoever has it go on."""


def give_back(
    connection: Connection, node_id: str, moments: Mapping[str, datetime], known: Mapping[str, int] = {}
) -> list[str]:
    """Let go of executions that a node has in hand, each until its moment, or until what it waits for is there.

    A moment follows from the journal up to the sequence that is `known`. One that somebody has changed since may be
    taken at once.
    """
    given = list(connection.execute(IN_HAND, {"named": list(moments), "node": node_id}).scalars())
    until = {name: moments[name] for name in given} | _changed(connection, given, known)
    for moment in set(until.values()):
        _free(connection, [name for name in given if until[name] == moment], moment)
    spare(connection, given)
    ring_awaited(connection, given)
    return given


def _changed(connection: Connection, given: Sequence[str], known: Mapping[str, int]) -> dict[str, datetime]:
    """Those whose journals go on beyond what is known, each with the moment of its last entry."""
    asked = [execution_id for execution_id in given if execution_id in known]
    if not asked:
        return {}
    last = {row[0]: row[1] for row in connection.execute(LAST_SEQUENCES, {"ids": asked})}
    changed = [execution_id for execution_id in asked if last[execution_id] > known[execution_id]]
    places = [(execution_id, last[execution_id]) for execution_id in changed]
    return {row.execution_id: row.at for row in connection.execute(LAST_MOMENTS, {"places": places})} if places else {}


def held_by(connection: Connection, node_id: str) -> list[str]:
    """The executions that a node has in hand."""
    return list(connection.execute(HELD_BY, {"node": node_id}).scalars())


def hand_over(connection: Connection, node_id: str, now: datetime) -> int:
    """Hand what a node has in hand to the others, and forget the node with the last of it; return how many it was."""
    count = _hand_over(connection, LEFT, node_id, now)
    if count < AT_ONCE:
        connection.execute(LET_GO_OF, {"node": node_id})
        connection.execute(FORGET, {"node": node_id})
    return count


def hand_over_orphans(connection: Connection, now: datetime) -> int:
    """Hand over what is in the hand of nodes that nobody knows; return how many it was, callbacks not counted."""
    connection.execute(LET_GO_OF_BY_UNKNOWN)
    unknown = connection.execute(UNKNOWN).scalars().all()
    return sum(_hand_over(connection, ORPHANS, node_id, now) for node_id in unknown)


def dead_nodes(connection: Connection, now: Any) -> list[str]:
    """The nodes whose time is over, but for those that somebody else is handing over at this moment."""
    dead = select(NODES.c.id).where(NODES.c.expires_at <= now).with_for_update(skip_locked=True)
    return list(connection.execute(dead).scalars())


def _hand_over(connection: Connection, held: Select[Any], node_id: str, now: datetime) -> int:
    left = list(connection.execute(held, {"node": node_id}).scalars())
    _free(connection, left, now)
    return len(left)


def _free(connection: Connection, execution_ids: Sequence[str], moment: datetime) -> None:
    if execution_ids:
        connection.execute(FREE, {"freed": list(execution_ids), "moment": moment})
