"""Copies executions of a service that is stopped, rows and journal, as often as a list or a page is to hold them."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Self

FILE = "orchestrator.db"

NUMBERS = "WITH RECURSIVE number(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < :copies - 1)"
ID = "printf('exec_%06x%010x', :series, n)"
"""Ids of one series are in their order, and so are the rows of what they have: as fast as SQLite can write."""

ADD_TO_TOTALS = """
UPDATE workflow_statistics SET accepted = accepted + :copies WHERE (tenant, workflow_id, shard) = (
  SELECT totals.tenant, totals.workflow_id, totals.shard FROM workflow_statistics AS totals, execution
  WHERE totals.workflow_id = execution.workflow_id AND execution.id = :source LIMIT 1
)
"""

AS_IT_IS = ("", "")


class Histories:
    """The database of a stopped service, within a `with`."""

    def __init__(self, data_dir: Path) -> None:
        self._database = sqlite3.connect(data_dir / FILE)
        self._database.execute("PRAGMA synchronous = OFF")
        self._series = 0

    def copy(
        self,
        execution_id: str,
        copies: int = 1,
        apart_seconds: float = 1.0,
        journals: int | None = None,
        replace: tuple[str, str] = AS_IT_IS,
    ) -> list[str]:
        """The ids of copies, the newest first: each began `apart_seconds` before the last, the first as the original.

        `replace` puts one text in the place of another, in the row and the journal of each. Where only so many
        `journals` are asked for, the newest have one, whom somebody may open: that saves most of the time.
        """
        self._series += 1
        old, new = replace
        given = {"series": self._series, "apart": apart_seconds, "source": execution_id, "old": old, "new": new}
        moved = "strftime('%Y-%m-%d %H:%M:%f000', {}, '-' || (n * :apart) || ' seconds')"
        times = {name: moved.format(name) for name in ("created_at", "started_at", "completed_at")}
        texts = {name: f"replace({name}, :old, :new)" for name in ("parameters", "error")}
        self._insert("execution", "id", {"id": ID, **times, **texts}, {**given, "copies": copies})
        self._database.execute(ADD_TO_TOTALS, {**given, "copies": copies})
        self._insert("execution_label", "execution_id", {"execution_id": ID}, {**given, "copies": copies})
        waiting = {"execution_id": ID, "since": moved.format("since")}
        self._insert("expectation", "execution_id", waiting, {**given, "copies": copies})
        entry = {"execution_id": ID, "at": moved.format("at"), "data": "replace(data, :old, :new)"}
        self._insert("execution_event", "execution_id", entry, {**given, "copies": min(copies, journals or copies)})
        return [f"exec_{self._series:06x}{number:010x}" for number in range(copies)]

    def _insert(self, table: str, key: str, columns: Mapping[str, str], given: Mapping[str, object]) -> None:
        names = [name for _, name, *_ in self._database.execute(f"PRAGMA table_info({table})")]
        values = ", ".join(columns.get(name, name) for name in names)
        chosen = f"SELECT {values} FROM number, {table} WHERE {table}.{key} = :source ORDER BY n"  # noqa: S608 - names of our own tables
        self._database.execute(f"{NUMBERS} INSERT INTO {table} ({', '.join(names)}) {chosen}", given)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Have it on disk, with what the planner goes by in a database that has grown for long."""
        self._database.commit()
        self._database.execute("ANALYZE")
        self._database.close()
