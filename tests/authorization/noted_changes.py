"""Notes in a database how often each of its tables was changed, to find out whether somebody left a trace."""

import sqlite3
from contextlib import closing
from pathlib import Path

from models.database.tables import SEARCH_INDEX

BY_THEMSELVES = ("audit_entry", "audit_chain", "callback_delivery", "callback_attempt", "change_counter")
"""Tables that are written to without anybody's leave: refusals, last uses, attempts."""

NOTES = """
CREATE TRIGGER note_{operation}_{table} AFTER {operation}{columns} ON "{table}"
BEGIN UPDATE noted SET changes = changes + 1 WHERE name = '{table}'; END;
"""
OF_KEYS = " OF id, digest, previous_digest, revoked_at"
"""What of an API key changes by somebody's leave alone."""


def note_changes(file: Path) -> None:
    """Have every change of what changes by somebody's leave alone noted, even one that leaves a row as it was."""
    with closing(sqlite3.connect(file)) as database, database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        database.execute("CREATE TABLE noted (name TEXT PRIMARY KEY, changes INTEGER)")
        for table in names:
            virtual = table.startswith(("sqlite_", SEARCH_INDEX))
            if table in BY_THEMSELVES or virtual:
                continue
            database.execute("INSERT INTO noted VALUES (?, 0)", (table,))
            for operation in ("INSERT", "UPDATE", "DELETE"):
                columns = OF_KEYS if (table, operation) == ("api_key", "UPDATE") else ""
                database.executescript(NOTES.format(operation=operation, table=table, columns=columns))


def noted_changes(file: Path) -> dict[str, int]:
    """How often each table was changed since then."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        return dict(database.execute("SELECT name, changes FROM noted").fetchall())
