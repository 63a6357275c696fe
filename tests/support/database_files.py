"""Database files as tests want them: kept, foreign, cut short, damaged, and in the way."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from models.database.sqlite_files.file import wal_of

MAKE = "CREATE TABLE kept (value TEXT)"


def url(file: Path) -> str:
    return f"sqlite:///{file}"


def kept(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [value for (value,) in connection.execute("SELECT value FROM kept ORDER BY value")]


def statements(file: Path, *texts: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for statement in texts:
            connection.execute(statement)


def foreign(file: Path) -> None:
    file.unlink()
    statements(file, MAKE)


def directory(file: Path) -> None:
    file.unlink()
    file.mkdir()


def lost(file: Path) -> None:
    wal_of(file).write_bytes(bytes(64))
    file.unlink()


def pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def loop(file: Path) -> None:
    file.unlink()
    file.symlink_to(file)


UNUSABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "no SQLite": (lambda file: file.write_bytes(b"this is no database" * 400), "is no SQLite database"),
    "cut short": (lambda file: file.write_bytes(file.read_bytes()[:20_000]), "is cut short"),
    "a directory": (directory, "is a directory"),
    "a pipe": (pipe, "is no file that can be kept"),
    "a link to itself": (loop, "is no file that can be kept"),
    "another program's": (foreign, "belongs to another program"),
    "of the future": (
        lambda file: statements(file, "UPDATE alembic_version SET version_num = '9999'"),
        "has the schema 9999",
    ),
    "gone, its log left": (lost, "is gone, and orchestrator.db-wal is there"),
    "without its directory": (lambda file: shutil.rmtree(file.parent), "has no directory"),
}
