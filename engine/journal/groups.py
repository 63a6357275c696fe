"""The groups of executions that may not all run at once: who holds a group, how full it is, and whose turn it is.

All is counted from live rows, so that there is no counter which a crash could leave wrong.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import (
    CTE,
    Column,
    ColumnElement,
    Connection,
    Select,
    String,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
)

from models.database.one_of import one_of, word_list
from models.database.sound_json import sound_json
from models.database.tables import LIMITED, ExecutionRow, WorkflowRow, table
from models.words import LIVE_STATUSES, ExecutionStatus, OnLimit

Group = tuple[str, str]
"""A workflow's id and a concurrency key, which is empty where all executions of the workflow are one group."""

EXECUTIONS = table(ExecutionRow)
WORKFLOWS = table(WorkflowRow)

AT_ONCE = 500
"""Executions whose turn it is at most, of a group or in a sweep: with each that starts there is a look for the next."""

GROUPS_AT_ONCE = 500
"""Groups in one look at most."""

FIRST_PLACE: Group = ("", "")

IS_QUEUED = EXECUTIONS.c.status == ExecutionStatus.QUEUED.value
IS_RUNNING = EXECUTIONS.c.status == ExecutionStatus.RUNNING.value
IS_PAUSED = and_(EXECUTIONS.c.status == ExecutionStatus.PAUSED.value, EXECUTIONS.c.started_at.is_not(None))
"""What was begun before it was paused keeps its room."""

IS_SOUND = EXECUTIONS.c.fault.is_(None)
"""What is set aside in the queue keeps nobody behind it waiting."""

OF_GROUP = and_(
    LIMITED,
    EXECUTIONS.c.workflow_id == bindparam("of_workflow"),
    EXECUTIONS.c.concurrency_key == bindparam("with_key"),
)
LOCKS = 1_024
"""All groups share so many locks: those of a server are in a table of its memory, which is not large."""

LOCK_SPACE = 730_511
LOCK = text("SELECT pg_advisory_xact_lock(:space, lock) FROM unnest(CAST(:locks AS int[])) AS lock")
RULES = select(WORKFLOWS.c.id, WORKFLOWS.c.concurrency).where(one_of(WORKFLOWS.c.id, word_list("workflows")))
SIZE = select(func.count()).select_from(EXECUTIONS).where(OF_GROUP)
RUNNING = select(SIZE.where(IS_RUNNING).scalar_subquery() + SIZE.where(IS_PAUSED).scalar_subquery())
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

BY_GROUP = (EXECUTIONS.c.workflow_id, EXECUTIONS.c.concurrency_key)
LIMIT = sound_json(WORKFLOWS.c.concurrency)["limit"].as_integer()


def _waiting() -> CTE:
    """The groups in which something is queued, from a place on: each is a step in the index, however many wait."""

    def first(at: ColumnElement[bool], *columns: Column[Any]) -> Select[Any]:
        return select(*columns).where(LIMITED, IS_QUEUED, IS_SOUND, at).order_by(*BY_GROUP).limit(1)

    named = (bindparam("from_workflow", type_=String), bindparam("from_key", type_=String))
    place = first(tuple_(*BY_GROUP) >= tuple_(*named), *BY_GROUP).subquery()
    found = select(
        place.c.workflow_id.label("of_workflow"), place.c.concurrency_key.label("with_key"), literal(1).label("number")
    ).cte("waiting", recursive=True)
    is_behind = tuple_(*BY_GROUP) > tuple_(found.c.of_workflow, found.c.with_key)
    behind = [first(is_behind, column).correlate(found).scalar_subquery() for column in BY_GROUP]
    return found.union_all(
        select(*behind, found.c.number + 1).where(found.c.of_workflow.is_not(None), found.c.number <= GROUPS_AT_ONCE)
    )


WAITING = _waiting()


def _taken(status: ColumnElement[bool]) -> ColumnElement[int]:
    of_group = tuple_(*BY_GROUP) == tuple_(WAITING.c.of_workflow, WAITING.c.with_key)
    count = select(func.count()).select_from(EXECUTIONS).where(LIMITED, status, of_group)
    return count.correlate(WAITING).scalar_subquery()


TAKEN = _taken(IS_RUNNING) + _taken(IS_PAUSED)
WAITING_GROUPS = (
    select(WAITING.c.of_workflow, WAITING.c.with_key, or_(LIMIT.is_(None), LIMIT > TAKEN).label("has_room"))
    .join(WORKFLOWS, WORKFLOWS.c.id == WAITING.c.of_workflow)
    .order_by(WAITING.c.number)
)
"""One more of them than are looked at: it is where the next look begins."""

QUEUED_IN = (
    select(*BY_GROUP)
    .where(LIMITED, IS_QUEUED, IS_SOUND, EXECUTIONS.c.workflow_id == bindparam("of_workflow"))
    .distinct()
)
GROUPS_OF = (
    select(EXECUTIONS.c.workflow_id, EXECUTIONS.c.concurrency_key)
    .where(LIMITED, one_of(EXECUTIONS.c.id, word_list("ids")))
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


class Turns(msgspec.Struct, frozen=True):
    """Those whose turn it is in some groups, and the group at which the next look begins: None after the last."""

    found: list[InLine]
    next_place: Group | None


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
    rows = connection.execute(RULES, {"workflows": list(ids)})
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


def turns_from(connection: Connection, place: Group) -> Turns:
    """The queued executions that may begin, of the next groups from `place` on in which something is queued."""
    found = connection.execute(WAITING_GROUPS, {"from_workflow": place[0], "from_key": place[1]}).all()
    groups, rest = found[:GROUPS_AT_ONCE], found[GROUPS_AT_ONCE:]
    turns = whose_turn_it_is(connection, [(row.of_workflow, row.with_key) for row in groups if row.has_room])
    return Turns(turns, next_place=(rest[0].of_workflow, rest[0].with_key) if rest else None)


def turns_of(connection: Connection, workflow_id: str) -> list[InLine]:
    """The queued executions that may begin, of the groups of one workflow."""
    return whose_turn_it_is(
        connection, [(row[0], row[1]) for row in connection.execute(QUEUED_IN, {"of_workflow": workflow_id})]
    )


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
