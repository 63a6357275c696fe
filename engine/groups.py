"""The groups of executions that may not all run at once: who holds a group, how full it is, and whose turn it is.

All is counted from live rows, so that there is no counter which a crash could leave wrong.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, bindparam, case, func, or_, select, text

from models.sound_json import sound_json
from models.tables import LIMITED, Execution, Workflow, table
from models.words import LIVE_STATUSES, ExecutionStatus, OnLimit

Group = tuple[str, str]
"""A workflow's id and a concurrency key, which is empty where all executions of the workflow are one group."""

EXECUTIONS = table(Execution)
WORKFLOWS = table(Workflow)

AT_ONCE = 500
"""Executions whose turn it is at most, of a group or in a sweep: with each that starts there is a look for the next."""

IS_QUEUED = EXECUTIONS.c.status == ExecutionStatus.QUEUED.value
IS_RUNNING = EXECUTIONS.c.status == ExecutionStatus.RUNNING.value
IS_SOUND = EXECUTIONS.c.fault.is_(None)
"""What is set aside in the queue keeps nobody behind it waiting."""

NEEDS_NO_TURN = or_(EXECUTIONS.c.concurrency_key.is_(None), EXECUTIONS.c.status != ExecutionStatus.QUEUED.value)
"""What nothing but a worker keeps from going on."""

OF_GROUP = and_(
    LIMITED,
    EXECUTIONS.c.workflow_id == bindparam("of_workflow"),
    EXECUTIONS.c.concurrency_key == bindparam("with_key"),
)
LOCKS = 1_024
"""All groups share so many locks: those of a server are in a table of its memory, which is not large."""

LOCK_SPACE = 730_511
LOCK = text("SELECT pg_advisory_xact_lock(:space, lock) FROM unnest(CAST(:locks AS int[])) AS lock")
SIZE = select(func.count()).select_from(EXECUTIONS).where(OF_GROUP)
RUNNING = SIZE.where(IS_RUNNING)
QUEUE = (
    select(EXECUTIONS.c.id, EXECUTIONS.c.node_id)
    .where(OF_GROUP, IS_QUEUED, IS_SOUND)
    .order_by(EXECUTIONS.c.created_at, EXECUTIONS.c.id)
    .limit(bindparam("room"))
)
OLDEST = (
    select(EXECUTIONS.c.created_at, EXECUTIONS.c.id)
    .where(OF_GROUP, EXECUTIONS.c.status == bindparam("of_status"))
    .order_by(EXECUTIONS.c.created_at, EXECUTIONS.c.id)
    .limit(bindparam("count"))
)
"""Of one status at a time: so the index gives them in this order, and what has ended is not looked at."""

PLACES = (
    select(
        EXECUTIONS.c.id,
        EXECUTIONS.c.node_id,
        EXECUTIONS.c.workflow_id,
        EXECUTIONS.c.status,
        EXECUTIONS.c.created_at,
        func.row_number()
        .over(
            partition_by=(EXECUTIONS.c.workflow_id, EXECUTIONS.c.concurrency_key),
            order_by=(case((IS_RUNNING, 0), else_=1), EXECUTIONS.c.created_at, EXECUTIONS.c.id),
        )
        .label("place"),
    )
    .where(LIMITED, or_(IS_RUNNING, IS_SOUND))
    .subquery("places")
)
LIMIT = sound_json(WORKFLOWS.c.concurrency)["limit"].as_integer()
TURNS = (
    select(PLACES.c.id, PLACES.c.node_id)
    .join(WORKFLOWS, WORKFLOWS.c.id == PLACES.c.workflow_id)
    .where(PLACES.c.status == ExecutionStatus.QUEUED.value, or_(LIMIT.is_(None), PLACES.c.place <= LIMIT))
    .order_by(PLACES.c.created_at, PLACES.c.id)
    .limit(AT_ONCE)
)
"""Of all groups in one statement, which reads all that is live in them; `in_line` reads what a few groups need."""

GROUPS_OF = (
    select(EXECUTIONS.c.workflow_id, EXECUTIONS.c.concurrency_key)
    .where(LIMITED, EXECUTIONS.c.id.in_(bindparam("ids", expanding=True)))
    .distinct()
)


class Rule(msgspec.Struct, frozen=True):
    """What holds for the groups of a workflow at present; without `limit` all may run."""

    limit: int | None = None
    on_limit: OnLimit = OnLimit.QUEUE


class InLine(msgspec.Struct, frozen=True):
    """A queued execution whose turn it is, and the node that has it in hand already."""

    execution_id: str
    node_id: str | None


def hold(connection: Connection, groups: Collection[Group]) -> None:
    """Keep all others from accepting, beginning and ending executions of `groups` until the transaction is over.

    SQLite has one writer anyway.
    """
    if groups and connection.dialect.name == "postgresql":
        # In one order everywhere, and before any row is written, so that nobody waits in a circle.
        connection.execute(LOCK, {"space": LOCK_SPACE, "locks": sorted({_lock(group) for group in groups})})


def rules_of(connection: Connection, groups: Iterable[Group]) -> dict[str, Rule]:
    """The rule of each workflow, as it stands now: executions that were accepted under another one follow it too."""
    ids = {workflow_id for workflow_id, _ in groups}
    rows = connection.execute(select(WORKFLOWS.c.id, WORKFLOWS.c.concurrency).where(WORKFLOWS.c.id.in_(ids)))
    return {row.id: _rule(row.concurrency) for row in rows}


def size(connection: Connection, group: Group) -> int:
    """How many executions of a group are queued or running."""
    return int(connection.execute(SIZE, _named(group)).scalar_one())


def oldest(connection: Connection, group: Group, count: int) -> list[str]:
    """The executions of a group that were accepted first, of those that have not ended."""
    named = {**_named(group), "count": count}
    found: list[tuple[datetime, str]] = []
    for status in LIVE_STATUSES:
        found += [(row[0], row[1]) for row in connection.execute(OLDEST, {**named, "of_status": status.value})]
    return [execution_id for _, execution_id in sorted(found)[:count]]


def in_line(connection: Connection, groups: Collection[Group], rules: Mapping[str, Rule]) -> list[InLine]:
    """The queued executions for which their groups have room, in the order of acceptance within each group."""
    found: list[InLine] = []
    for group in groups:
        named = _named(group)
        limit = rules[group[0]].limit
        room = AT_ONCE if limit is None else min(limit - connection.execute(RUNNING, named).scalar_one(), AT_ONCE)
        if room > 0:
            found += [InLine(*row) for row in connection.execute(QUEUE, {**named, "room": room})]
    return found


def whose_turn_it_is(connection: Connection, groups: Collection[Group]) -> list[InLine]:
    """The queued executions of `groups` that may begin; nobody is kept from beginning others meanwhile."""
    return in_line(connection, groups, rules_of(connection, groups)) if groups else []


def all_turns(connection: Connection, workflow_id: str | None = None) -> list[InLine]:
    """The queued executions that may begin, of one workflow or of all, the oldest first."""
    own = TURNS if workflow_id is None else TURNS.where(PLACES.c.workflow_id == workflow_id)
    return [InLine(*row) for row in connection.execute(own)]


def groups_of(connection: Connection, execution_ids: Sequence[str]) -> list[Group]:
    """The groups of executions that have not ended."""
    return [(row[0], row[1]) for row in connection.execute(GROUPS_OF, {"ids": list(execution_ids)})]


def _rule(concurrency: Mapping[str, Any] | None) -> Rule:
    """A rule that is damaged is none: what is accepted already must come to its end."""
    if not isinstance(concurrency, dict) or not concurrency:
        return Rule()
    return Rule(concurrency["limit"], OnLimit(concurrency["on_limit"]))


def _named(group: Group) -> dict[str, str]:
    return {"of_workflow": group[0], "with_key": group[1]}


def _lock(group: Group) -> int:
    digest = sha256("\0".join(group).encode()).digest()
    return int.from_bytes(digest[:8]) % LOCKS
