"""Copies a WAL into its database file now and then, and leaves a mark in the file that there may be more in the WAL."""

from pathlib import Path
from typing import Any

from models.database.sqlite_files.file import PARTIAL, WHOLE, wal_of

ROWS = 5_000
"""Changed rows after which the WAL is copied into the database file: with small commits as many pages, else fewer."""

BYTES = 16 << 20
"""By so much a WAL may grow above what it has been: rows can be large."""


def take_mark_away(connection: Any) -> None:
    """Say that what is read by way of `connection` is whole, for it is read together with the WAL.

    Whoever opens a database has to: else the mark of a process that was killed is in the file alone when it is closed.
    Raises `sqlite3.Error`.
    """
    if connection.execute("PRAGMA user_version").fetchone() == (PARTIAL,):
        connection.execute(f"PRAGMA user_version = {WHOLE}")


class Checkpoints:
    """For the one connection of a process that writes; SQLite itself makes none until the database is closed.

    The mark is written before the copy, and taken away in the WAL alone after it: so it is in the file and not in what
    a reader sees, until the last one that closes the database copies the whole of it. Who is killed in between leaves a
    mark in the WAL: see `take_mark_away`.
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
        try:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        finally:
            take_mark_away(connection)
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
