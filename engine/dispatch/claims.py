"""Which node has which execution in hand: claimed by one, released, or handed over from a node that is gone."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Update, func, select, update

from engine.dispatch.job_queue import EXPIRE, Urgency, enqueue, unasked
from engine.dispatch.unattended import unattended
from engine.journal.groups import FIRST_PLACE, Group, groups_of, hold, turns_from, whose_turn_it_is
from engine.journal.lives import spare
from models.database.tables import (
    HELD,
    LIVE,
    table,
)
from models.database.tables import (
    CallbackDeliveryRow as CallbackDelivery,
)
from models.database.tables import (
    ExecutionRow as Execution,
)
from models.database.tables import (
    NodeRow as Node,
)
from models.errors import Unavailable
from models.words import ExecutionStatus

EXECUTIONS = table(Execution)
DELIVERIES = table(CallbackDelivery)
NODES = table(Node)

AT_ONCE = 500
"""Executions in one transaction at most."""

STRAYS = 100
"""Executions that nobody has in hand and that are asked about in one sweep at most, the oldest first."""

IS_QUEUED = (EXECUTIONS.c.status == ExecutionStatus.QUEUED.value) & EXECUTIONS.c.fault.is_(None)
IS_FREE = EXECUTIONS.c.node_id.is_(None)
KNOWN = select(NODES.c.id)


class Asked(msgspec.Struct, frozen=True):
    """For how many executions nodes were newly asked, and whether it was not looked further than at so many."""

    count: int
    is_full: bool


def claim(connection: Connection, node_id: str, execution_ids: Collection[str]) -> list[str]:
    """Take executions in hand for a node: those that have not ended and that no node has.

    Raises `Unavailable` where the node was taken for dead and has not noticed yet.
    """
    myself = select(NODES.c.id).where(NODES.c.id == node_id).with_for_update(read=True, key_share=True)
    if connection.execute(myself).one_or_none() is None:
        raise Unavailable("this node was taken for dead: it goes on under another name")
    free = (
        select(EXECUTIONS.c.id)
        .where(EXECUTIONS.c.id.in_(execution_ids), LIVE, IS_FREE)
        .order_by(EXECUTIONS.c.id)  # in one order everywhere, so that nobody waits in a circle
        .with_for_update()
    )
    claimed = list(connection.execute(free).scalars())
    if claimed:
        connection.execute(_held_by(claimed, node_id))
    return claimed


def release(connection: Connection, node_id: str, parked: Sequence[str], left: Sequence[str]) -> None:
    """Let go of executions that a node has in hand: of those `parked` until their timer is due, and of those that it
    has `left` to whoever takes them next.
    """
    held = (
        select(EXECUTIONS.c.id)
        .where(EXECUTIONS.c.id.in_([*parked, *left]), LIVE, EXECUTIONS.c.node_id == node_id)
        .order_by(EXECUTIONS.c.id)
        .with_for_update()
    )
    released = list(connection.execute(held).scalars())
    if released:
        connection.execute(_held_by(released, None))
        spare(connection, released)
        enqueue(connection, [found for found in released if found in set(left)], Urgency.LEFT_BEHIND)


def release_to_group(connection: Connection, node_id: str, execution_ids: Sequence[str]) -> bool:
    """Let go of executions that must wait for their turn; return whether it has come for any in the meantime.

    Whoever gave room to one that was still in hand here could not have it begun.
    """
    groups = groups_of(connection, execution_ids)
    hold(connection, groups)
    release(connection, node_id, execution_ids, [])
    turns = [place.execution_id for place in whose_turn_it_is(connection, groups) if place.node_id is None]
    enqueue(connection, turns, Urgency.DUE)
    return bool(turns)


def held_by(connection: Connection, node_id: str) -> list[str]:
    """The executions that a node has in hand."""
    return list(connection.execute(select(EXECUTIONS.c.id).where(HELD, EXECUTIONS.c.node_id == node_id)).scalars())


def hand_over(connection: Connection, node_id: str) -> int:
    """Hand what a node has in hand to the others, and forget the node with the last of it; return how many it was."""
    held = (
        select(EXECUTIONS.c.id)
        .where(HELD, EXECUTIONS.c.node_id == node_id)
        .order_by(EXECUTIONS.c.id)
        .limit(AT_ONCE)
        .with_for_update()
    )
    left = list(connection.execute(held).scalars())
    if left:
        connection.execute(_held_by(left, None))
        enqueue(connection, left, Urgency.LEFT_BEHIND)
    if len(left) < AT_ONCE:
        connection.execute(update(DELIVERIES).where(DELIVERIES.c.node_id == node_id).values(node_id=None))
        connection.execute(NODES.delete().where(NODES.c.id == node_id))
    return len(left)


def dead_nodes(connection: Connection) -> list[str]:
    """The nodes whose time is over, but for those that somebody else is handing over at this moment."""
    dead = select(NODES.c.id).where(NODES.c.expires_at <= func.now()).with_for_update(skip_locked=True)
    return list(connection.execute(dead).scalars())


def enqueue_due(connection: Connection, now: datetime) -> Asked:
    """Ask for nodes for the executions whose timer is due, the longest overdue first.

    Those who are asked for already come before the others: `is_full` says that there may be more behind them.
    """
    due = (
        select(EXECUTIONS.c.id, IS_QUEUED.label("is_queued"))
        .where(EXECUTIONS.c.wake_at <= now, LIVE, IS_FREE)
        .order_by(EXECUTIONS.c.wake_at)
        .limit(AT_ONCE)
    )
    found = connection.execute(due).all()
    to_expire = unasked(connection, [row.id for row in found if row.is_queued], EXPIRE)
    to_execute = unasked(connection, [row.id for row in found if not row.is_queued])
    enqueue(connection, to_expire, Urgency.DUE, EXPIRE)
    enqueue(connection, to_execute, Urgency.DUE)
    return Asked(len(to_expire) + len(to_execute), is_full=len(found) == AT_ONCE)


def enqueue_strays(connection: Connection, now: datetime, place: Group = FIRST_PLACE) -> Group:
    """Ask for nodes for what no node that is known has in hand, where a job may have been lost.

    Of limited groups only some are looked at, from `place` on: return where the next look begins.
    """
    orphans = (
        select(EXECUTIONS.c.id)
        .where(HELD, EXECUTIONS.c.node_id.not_in(KNOWN))
        .order_by(EXECUTIONS.c.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    orphaned = list(connection.execute(orphans).scalars())
    if orphaned:
        connection.execute(_held_by(orphaned, None))
    free_deliveries(connection)
    turns = turns_from(connection, place)
    found = dict.fromkeys([*orphaned, *unattended(connection, now, STRAYS, turns.found, in_no_hand=True)])
    enqueue(connection, unasked(connection, list(found)), Urgency.LEFT_BEHIND)
    return turns.next_place or FIRST_PLACE


def free_deliveries(connection: Connection) -> None:
    """Let go of the callbacks that a node which nobody knows was delivering."""
    is_unknown = DELIVERIES.c.node_id.is_not(None) & DELIVERIES.c.node_id.not_in(KNOWN)
    connection.execute(update(DELIVERIES).where(is_unknown).values(node_id=None))


def _held_by(execution_ids: Sequence[str], node_id: str | None) -> Update:
    return update(EXECUTIONS).where(EXECUTIONS.c.id.in_(execution_ids)).values(node_id=node_id)
