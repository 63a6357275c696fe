"""The groups of executions that may not all run at once: who holds a group, how full it is, and whose turn it is.

All is counted from live rows, so that there is no counter which a crash could leave wrong.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, bindparam, func, or_, select, text, tuple_

from models.tables import LIMITED, Execution, Workflow, table
from models.words import ExecutionStatus, OnLimit

Group = tuple[str, str]
"""A workflow's id and a concurrency key, which is empty where all executions of the workflow are one group."""

EXECUTIONS = table(Execution)
WORKFLOWS = table(Workflow)

AT_ONCE = 500
"""Executions of one group whose turn it is at most: with each that starts there is a look for the next."""

IS_QUEUED = EXECUTIONS.c.status == ExecutionStatus.QUEUED.value
IS_RUNNING = EXECUTIONS.c.status == ExecutionStatus.RUNNING.value
NEEDS_NO_TURN = or_(EXECUTIONS.c.concurrency_key.is_(None), EXECUTIONS.c.status != ExecutionStatus.QUEUED.value)
"""What nothing but a worker keeps from going on."""

GROUP = tuple_(EXECUTIONS.c.workflow_id, EXECUTIONS.c.concurrency_key)
OF_GROUP = and_(
    LIMITED,
    EXECUTIONS.c.workflow_id == bindparam("of_workflow"),
    EXECUTIONS.c.concurrency_key == bindparam("with_key"),
)
LOCK = text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key")
SIZES = (
    select(EXECUTIONS.c.workflow_id, EXECUTIONS.c.concurrency_key, func.count())
    .where(LIMITED, GROUP.in_(bindparam("groups", expanding=True)))
    .group_by(EXECUTIONS.c.workflow_id, EXECUTIONS.c.concurrency_key)
)
RUNNING = SIZES.where(IS_RUNNING)
QUEUE = (
    select(EXECUTIONS.c.id, EXECUTIONS.c.node_id)
    .where(OF_GROUP, IS_QUEUED)
    .order_by(EXECUTIONS.c.created_at, EXECUTIONS.c.id)
    .limit(bindparam("room"))
)
OLDEST = (
    select(EXECUTIONS.c.id).where(OF_GROUP).order_by(EXECUTIONS.c.created_at, EXECUTIONS.c.id).limit(bindparam("count"))
)
QUEUED_GROUPS = select(EXECUTIONS.c.workflow_id, EXECUTIONS.c.concurrency_key).where(LIMITED, IS_QUEUED).distinct()
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
        connection.execute(LOCK, {"keys": sorted({_lock_key(group) for group in groups})})


def rules_of(connection: Connection, groups: Iterable[Group]) -> dict[str, Rule]:
    """The rule of each workflow, as it stands now: executions that were accepted under another one follow it too."""
    ids = {workflow_id for workflow_id, _ in groups}
    rows = connection.execute(select(WORKFLOWS.c.id, WORKFLOWS.c.concurrency).where(WORKFLOWS.c.id.in_(ids)))
    return {row.id: _rule(row.concurrency) for row in rows}


def sizes(connection: Connection, groups: Collection[Group]) -> dict[Group, int]:
    """How many executions of each group are queued or running; an empty group is absent."""
    return _counted(connection, SIZES, groups)


def oldest(connection: Connection, group: Group, count: int) -> list[str]:
    """The executions of a group that were accepted first, of those that have not ended."""
    return list(connection.execute(OLDEST, {**_named(group), "count": count}).scalars())


def in_line(connection: Connection, groups: Collection[Group], rules: Mapping[str, Rule]) -> list[InLine]:
    """The queued executions for which their groups have room, in the order of acceptance within each group."""
    if not groups:
        return []
    running = _counted(connection, RUNNING, groups)
    found: list[InLine] = []
    for group in groups:
        limit = rules[group[0]].limit
        room = AT_ONCE if limit is None else min(limit - running.get(group, 0), AT_ONCE)
        if room > 0:
            found += [InLine(*row) for row in connection.execute(QUEUE, {**_named(group), "room": room})]
    return found


def whose_turn_it_is(connection: Connection, groups: Collection[Group] | None = None) -> list[InLine]:
    """The queued executions that may begin, of `groups` or of all; nobody is kept from beginning others meanwhile."""
    waiting = queued_groups(connection) if groups is None else groups
    return in_line(connection, waiting, rules_of(connection, waiting)) if waiting else []


def queued_groups(connection: Connection, workflow_id: str | None = None) -> list[Group]:
    """The groups in which executions are queued, of one workflow or of all."""
    own = QUEUED_GROUPS if workflow_id is None else QUEUED_GROUPS.where(EXECUTIONS.c.workflow_id == workflow_id)
    return [(row[0], row[1]) for row in connection.execute(own)]


def groups_of(connection: Connection, execution_ids: Sequence[str]) -> list[Group]:
    """The groups of executions that have not ended."""
    return [(row[0], row[1]) for row in connection.execute(GROUPS_OF, {"ids": list(execution_ids)})]


def _rule(concurrency: Mapping[str, Any] | None) -> Rule:
    return Rule() if concurrency is None else Rule(concurrency["limit"], OnLimit(concurrency["on_limit"]))


def _counted(connection: Connection, statement: Any, groups: Collection[Group]) -> dict[Group, int]:
    return {(row[0], row[1]): row[2] for row in connection.execute(statement, {"groups": list(groups)})}


def _named(group: Group) -> dict[str, str]:
    return {"of_workflow": group[0], "with_key": group[1]}


def _lock_key(group: Group) -> int:
    digest = sha256("\0".join(group).encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
