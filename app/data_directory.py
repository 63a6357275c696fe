"""Holds the data directory and the embedded database for one process alone."""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.settings.settings import PRIVATE, Settings, SettingsError
from models.database.sqlite_files.file import check_database_file, database_file, files_of

LOCKS_FILES_APART = sys.platform == "linux"
"""Whether a lock on a whole file (flock) is another one than those on its parts, which SQLite takes."""


@contextmanager
def own_data_directory(settings: Settings, *, fresh: bool = False) -> Iterator[None]:
    """Hold the data directory and the database, emptied where `fresh`.

    Two processes on one SQLite file would both resume the same executions: the second one gets `SettingsError`, by
    whatever name it knows the file. Raises `Unavailable` where the file is no database.
    """
    if not settings.is_embedded:
        yield
        return
    with _held_directory(settings):
        database = database_file(settings.url)
        if fresh:
            _empty(database)
        check_database_file(database)
        with _held_file(database):
            yield


@contextmanager
def held_database(settings: Settings) -> Iterator[None]:
    """Hold the data directory and the database, whatever its file is. Raises `SettingsError` where another one does."""
    with _held_directory(settings), _held_file(database_file(settings.url)):
        yield


@contextmanager
def _held_directory(settings: Settings) -> Iterator[None]:
    try:
        settings.data_dir.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"the data directory {settings.data_dir} cannot be made: {error.strerror}") from None
    with _locked(settings.data_dir / "lock", f"the data directory {settings.data_dir}") as lock:
        try:
            os.ftruncate(lock, 0)
            os.write(lock, str(os.getpid()).encode())
        except OSError as error:
            raise SettingsError(f"the data directory {settings.data_dir} cannot be used: {error.strerror}") from None
        yield


@contextmanager
def _held_file(database: Path) -> Iterator[None]:
    # SQLite locks parts of the file: where that is the same kind of lock, another file stands for it.
    file = database if LOCKS_FILES_APART else database.with_name(f"{database.name}.lock")
    with _locked(file, f"the database {database}"):
        yield


def _empty(database: Path) -> None:
    """What only begins with the name of the database is somebody's copy of it, and stays."""
    if not database.is_dir() and any(file.exists() for file in files_of(database)):
        with _held_file(database):
            for file in files_of(database):
                file.unlink(missing_ok=True)


@contextmanager
def _locked(path: Path, named: str) -> Iterator[int]:
    descriptor = _lock(path, named)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _lock(path: Path, named: str) -> int:
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise SettingsError(f"{named} cannot be used, as {path} cannot be written: {error.strerror}") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            raise SettingsError(
                f"another orchestrator uses {named}: stop it, or choose another directory with --data-dir"
            ) from None
        if _leads_to(path, descriptor):
            return descriptor
        os.close(descriptor)  # whoever held it has deleted it, or put another file in its place


def _leads_to(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
