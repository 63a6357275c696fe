"""Copies a WAL into its database file now and then, and leaves a mark in the file that there may be more in the WAL."""

from pathlib import Path
from typing import Any

from models.sqlite_file import PARTIAL, WHOLE, wal_of

ROWS = 5_000
"""Changed rows after which the WAL is copied into the database file: with small commits as many pages, else fewer."""

BYTES = 16 << 20
"""By so much a WAL may grow above what it has been: rows can be large."""


class Checkpoints:
    """For the one connection of a process that writes; SQLite itself makes none until the database is closed.

    The mark is written before the copy, and taken away in the WAL alone after it: so it is in the file and not in what
    a reader sees, until the last one that closes the database copies the whole of it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._wal = wal_of(path)
        self._next_change = 0
        self._next_size = 0
        self._file: tuple[int, int] | None = None

    def after_commit(self, connection: Any) -> None:
        """Make a checkpoint where it is time for one; `connection` is the driver's. Raises `sqlite3.Error`."""
        if connection.total_changes < self._next_change and self._wal.stat().st_size < self._next_size:
            return
        connection.execute(f"PRAGMA user_version = {PARTIAL}")
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        connection.execute(f"PRAGMA user_version = {WHOLE}")
        self._next_change = connection.total_changes + ROWS
        self._next_size = self._wal.stat().st_size + BYTES
        self._file = self._file or self._identity()

    @property
    def is_in_place(self) -> bool:
        """Whether what is written goes to the file that has the name: it may have been moved or deleted meanwhile."""
        try:
            return self._file is None or self._identity() == self._file
        except OSError:
            return False

    def _identity(self) -> tuple[int, int]:
        found = self._path.stat()
        return found.st_dev, found.st_ino
