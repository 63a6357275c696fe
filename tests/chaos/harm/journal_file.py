"""Reads the journal from the database's files, beside the orchestrator or without it."""

import shutil
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

FILE = "orchestrator.db"
TERMINAL = frozenset({"execution_completed", "execution_failed", "execution_cancelled"})
RESULTS = frozenset({"action_succeeded", "action_failed"})
EVENTS = """
SELECT execution_id, sequence, type, action_id, CAST(data ->> 'item' AS INTEGER) FROM execution_event
ORDER BY execution_id, sequence
"""


class Event(msgspec.Struct, frozen=True):
    """One entry of the journal."""

    execution_id: str
    sequence: int
    type: str
    action_id: str | None
    item: int | None = None

    @property
    def key(self) -> str:
        """The idempotency key of the action's calls, or of its item's."""
        key = f"{self.execution_id}:{self.action_id}"
        return key if self.item is None else f"{key}:{self.item}"


Journals = Mapping[str, Sequence[Event]]


def read_journals(data_dir: Path) -> Journals:
    """The journal of each execution, as a crash at this moment would leave it.

    A copy is read: the last reader to close the files themselves would tidy them up before the next start does.
    """
    with TemporaryDirectory() as folder:
        for file in (data_dir / FILE, data_dir / f"{FILE}-wal"):
            if file.exists():
                shutil.copy(file, folder)
        journals: dict[str, list[Event]] = defaultdict(list)
        with closing(sqlite3.connect(Path(folder) / FILE)) as connection:
            for row in connection.execute(EVENTS):
                journals[row[0]].append(Event(*row))
    return journals


def select(data_dir: Path, statement: str) -> list[tuple[object, ...]]:
    """The rows of a statement on the files themselves."""
    with closing(sqlite3.connect(data_dir / FILE)) as connection:
        return connection.execute(statement).fetchall()


def keys_with_result(journals: Journals) -> set[str]:
    """The keys of all actions whose result is in the journal."""
    return {event.key for events in journals.values() for event in events if event.type in RESULTS}


def keys_in_flight(journals: Journals) -> set[str]:
    """The keys of all actions that were started, and whose result is not in the journal."""
    started = {event.key for events in journals.values() for event in events if event.type == "action_started"}
    return started - keys_with_result(journals)


def outcomes(journals: Journals) -> dict[str, int]:
    """How many executions ended in which way, by the word of their last event."""
    return dict(Counter(events[-1].type.removeprefix("execution_") for events in journals.values()))


def faults(journals: Journals) -> list[str]:
    """What is wrong with finished journals: a gap, an action with two results, no end or more than one."""
    found = []
    for execution_id, events in journals.items():
        if [event.sequence for event in events] != list(range(1, len(events) + 1)):
            found.append(f"{execution_id} has a gap")
        if [event.type in TERMINAL for event in events] != [False] * (len(events) - 1) + [True]:
            found.append(f"{execution_id} does not end exactly once: {[event.type for event in events]}")
        results = [(event.action_id, event.item) for event in events if event.type in RESULTS]
        if len(results) != len(set(results)):
            found.append(f"{execution_id} has two results of one action")
    return found
