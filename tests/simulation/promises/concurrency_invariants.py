"""What must hold of limited groups at each moment of a world: never too many at once, and everybody in turn."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from models.event_types import TERMINAL_EVENTS
from models.words import EventType, OnLimit
from tests.simulation.witness import Committed

ENDS = frozenset(kind.value for kind in TERMINAL_EVENTS)


class _Group:
    """The executions of one group, as the commits have it so far."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        self.limit: int = rule["limit"]
        self.on_limit = OnLimit(rule["on_limit"])
        self.queued: set[str] = set()
        self.running: set[str] = set()
        self.paused: set[str] = set()
        """Those that were paused in the queue: they keep nobody behind them waiting."""

    def take_in(self, entry: Committed, rows: Mapping[str, Row[Any]]) -> Iterator[str]:
        """Follow one entry, and yield what it breaks."""
        name = entry.execution_id
        if entry.kind == EventType.EXECUTION_QUEUED:
            self.queued.add(name)
        elif entry.kind == EventType.EXECUTION_STARTED:
            self.queued.discard(name)
            self.running.add(name)
            yield from self._faults_of_start(name, rows)
        elif entry.kind == EventType.EXECUTION_PAUSED and name in self.queued:
            self.queued.discard(name)
            self.paused.add(name)
        elif entry.kind == EventType.EXECUTION_UNPAUSED and name in self.paused:
            self.paused.discard(name)
            self.queued.add(name)
        elif entry.kind in ENDS:
            self.queued.discard(name)
            self.paused.discard(name)
            self.running.discard(name)

    def _faults_of_start(self, name: str, rows: Mapping[str, Row[Any]]) -> Iterator[str]:
        own = (rows[name].created_at, name)
        earlier = [other for other in self.queued if (rows[other].created_at, other) < own]
        if len(self.running) + len(earlier) > self.limit:
            yield f"{name} took the room of {sorted(earlier)}, which were accepted earlier"

    def faults(self) -> Iterator[str]:
        """What is wrong after a whole transaction."""
        if len(self.running) > self.limit:
            yield f"{sorted(self.running)} run at once, where {self.limit} may"
        waiting = self.queued | self.paused
        if self.on_limit is not OnLimit.QUEUE and len(self.running) + len(waiting) > self.limit:
            yield f"{len(self.running)} run and {len(waiting)} wait, where {self.limit} may and none is to wait"


def groups_are_limited(
    commits: Sequence[Committed], rows: Mapping[str, Row[Any]], rules: Mapping[str, Mapping[str, Any] | None]
) -> Iterator[str]:
    """Follow all commits of a world in their order. `rules` are the limits of workflows, `rows` those of executions."""
    groups: dict[tuple[str, str], _Group] = {}
    of_tick: defaultdict[int, list[Committed]] = defaultdict(list)
    for entry in commits:
        of_tick[entry.tick].append(entry)
    for entries in of_tick.values():
        touched = set()
        for entry in entries:
            row = rows[entry.execution_id]
            rule = rules[row.workflow_id]
            if (rule is None) != (row.concurrency_key is None):
                yield f"{row.id} has the key {row.concurrency_key!r} under the rule {rule}"
            elif rule is not None:
                group = groups.setdefault((row.workflow_id, row.concurrency_key), _Group(rule))
                touched.add((row.workflow_id, row.concurrency_key))
                yield from group.take_in(entry, rows)
        for name in sorted(touched):
            yield from groups[name].faults()
