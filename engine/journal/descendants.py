"""The bounds of what comes of one execution: how many of it may be live, and nothing under what has ended."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, func, select

from engine.journal.projection import Entry
from models.database.tables import LIVE_OF_ROOT, ExecutionRow, table
from models.database.waiting_tables import ReleasedExecutionRow
from models.words import TERMINAL_STATUSES, ActionErrorCode, OnParentEnd

EXECUTIONS = table(ExecutionRow)
RELEASED = table(ReleasedExecutionRow)

COUNT = select(func.count()).select_from(EXECUTIONS).where(LIVE_OF_ROOT, EXECUTIONS.c.root_id == bindparam("of_root"))
"""What is live of a root, from its index alone."""

MAX_ROOTS = 1_000
"""Roots whose headroom is remembered."""

_STARTING = (
    select(EXECUTIONS.c.id, EXECUTIONS.c.parent_id, EXECUTIONS.c.on_parent_end, EXECUTIONS.c.status)
    .where(EXECUTIONS.c.id.in_(bindparam("ids", expanding=True)))
    .cte("above", recursive=True)
)
_UPPER = EXECUTIONS.alias("upper")
_ABOVE = _STARTING.union(
    select(_UPPER.c.id, _UPPER.c.parent_id, _UPPER.c.on_parent_end, _UPPER.c.status)
    .join(_STARTING, _UPPER.c.id == _STARTING.c.parent_id)
    .where(_STARTING.c.on_parent_end == OnParentEnd.CANCEL.value)
)
ABOVE = select(_ABOVE, RELEASED.c.execution_id.is_not(None).label("is_released")).join(
    RELEASED, RELEASED.c.execution_id == _ABOVE.c.id, isouter=True
)
"""Some executions, and all above them whose end ends them: each once, by its primary key."""


ROOT_STATUS = select(EXECUTIONS.c.status).where(EXECUTIONS.c.id == bindparam("root"))

_ITSELF = (
    select(EXECUTIONS.c.parent_id, EXECUTIONS.c.workflow_id)
    .where(EXECUTIONS.c.id == bindparam("of_execution"))
    .cte("lineage", recursive=True)
)
_LINEAGE = _ITSELF.union_all(
    select(_UPPER.c.parent_id, _UPPER.c.workflow_id).join(_ITSELF, _UPPER.c.id == _ITSELF.c.parent_id)
)
LINEAGE = select(_LINEAGE.c.workflow_id)
"""The workflows of an execution and of all above it, whatever binds them: no more than executions are deep."""


class StartRefused(Exception):
    """An execution may not start another one now, or not any more: whoever asks again is told why."""

    def __init__(self, code: ActionErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Starter(msgspec.Struct, frozen=True):
    """An execution that starts others; `cleans_up` where that is its clean-up after a cancel."""

    execution_id: str
    root_id: str
    cleans_up: bool


class Headroom:
    """How many more executions may come of each root before somebody counts again: half of what there was room for.

    It only spares looks: what other nodes start meanwhile is counted where the start is written.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._left: OrderedDict[str, int] = OrderedDict()

    def take(self, root_id: str) -> bool:
        """Whether one more needs no count."""
        left = self._left.get(root_id, 0)
        self._left[root_id] = max(0, left - 1)
        if len(self._left) > MAX_ROOTS:
            self._left.popitem(last=False)
        return left > 0

    def counted(self, root_id: str, live: int) -> None:
        """So many were live just now."""
        self._left[root_id] = (self.most - live) // 2


def check_start(connection: Connection, starter: Starter, headroom: Headroom, *, is_spared: bool) -> None:
    """See whether an execution may start one more, with a count unless that `is_spared`. Raises `StartRefused`."""
    if starter.execution_id in _doomed(connection, [starter]):
        raise _under_ended(starter)
    if is_spared:
        return
    live = _live(connection, starter)
    headroom.counted(starter.root_id, live)
    if live >= headroom.most:
        raise _too_many(starter, headroom.most)


def check_recursion(connection: Connection, starter: Starter, workflow_id: str) -> None:
    """See whether what was started by an execution that has ended starts more of itself: without this, what goes on
    alone could go on for ever. Raises `StartRefused`.
    """
    if starter.execution_id == starter.root_id:
        return
    if connection.execute(ROOT_STATUS, {"root": starter.root_id}).scalar_one_or_none() not in TERMINAL_STATUSES:
        return
    if workflow_id in connection.execute(LINEAGE, {"of_execution": starter.execution_id}).scalars():
        raise _under_ended(starter)


def refused_starts(connection: Connection, entries: Sequence[Entry], most: int) -> dict[int, Exception]:
    """The places of those `entries` that may not start what they would start, and of what follows them.

    Where no entry starts anything, nothing is asked.
    """
    starters = {number: starter for number, entry in enumerate(entries) if (starter := _starter(entry)) is not None}
    if not starters:
        return {}
    doomed = _doomed(connection, list(starters.values()))
    live: dict[str, int] = {}
    refused: dict[int, Exception] = {}
    of: dict[str, Exception] = {}
    for number, entry in enumerate(entries):
        if entry.execution_id in of:  # or its journal would have a gap
            refused[number] = of[entry.execution_id]
            continue
        starter = starters.get(number)
        if starter is None:
            continue
        root_id, count = starter.root_id, len(entry.children)
        if root_id not in live:
            live[root_id] = _live(connection, starter)
        if entry.execution_id in doomed:
            refused[number] = of[entry.execution_id] = _under_ended(starter)
        elif live[root_id] + count > most:
            refused[number] = of[entry.execution_id] = _too_many(starter, most)
        else:
            live[root_id] += count
    return refused


def _starter(entry: Entry) -> Starter | None:
    first = next((child.new_execution for child in entry.children), None)
    return None if first is None else Starter(entry.execution_id, first["root_id"], entry.cleans_up)


def _live(connection: Connection, starter: Starter) -> int:
    return int(connection.execute(COUNT, {"of_root": starter.root_id}).scalar_one())


def _doomed(connection: Connection, starters: Sequence[Starter]) -> set[str]:
    """Those that are to be cancelled, or are below one that is or that has ended.

    A root is cancelled in its own journal, which fences it. What a cancelled execution does to clean up, it does.
    """
    ids = {found.execution_id for found in starters if found.execution_id != found.root_id and not found.cleans_up}
    if not ids:
        return set()
    above = {row.id: row for row in connection.execute(ABOVE, {"ids": sorted(ids)})}
    return {execution_id for execution_id in ids if _is_doomed(execution_id, above)}


def _is_doomed(execution_id: str, above: Mapping[str, Row[Any]]) -> bool:
    row = above.get(execution_id)
    while row is not None:
        if row.is_released or row.status in TERMINAL_STATUSES:
            return True
        row = above.get(row.parent_id) if row.on_parent_end == OnParentEnd.CANCEL else None
    return False


def _under_ended(starter: Starter) -> StartRefused:
    message = f"execution {starter.execution_id} starts no others: one above it, {starter.root_id} or below, has ended"
    return StartRefused(ActionErrorCode.PARENT_ENDED, message)


def _too_many(starter: Starter, most: int) -> StartRefused:
    message = (
        f"{most:,} executions that came of execution {starter.root_id} have not ended, and there may be no more: "
        "wait for some of them, or cancel it"
    )
    return StartRefused(ActionErrorCode.TOO_MANY_DESCENDANTS, message)
