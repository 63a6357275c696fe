"""Copies a SQLite database as a whole into one file, beside whoever works on it, and puts such a copy in its place."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from tempfile import mkstemp

import msgspec

from models.database.sqlite_files.checkpoints import take_mark_away
from models.database.sqlite_files.file import INCREMENTAL, WHOLE, fault_of_file, files_of, is_partial
from models.errors import Unavailable
from models.migrations.upgrade import HEAD, KNOWN


class Contents(msgspec.Struct, frozen=True):
    """What a copy holds."""

    workflows: int
    executions: int
    bytes: int


def write_copy(source: Path, target: Path, *, of_partial: bool = False) -> Contents:
    """Copy all that is committed in `source` into the new file `target`, which is checked and on disk when it appears.

    Raises `Unavailable` where either cannot be used, where `source` is damaged, of a newer version, or another
    program's; where it is partial, only if `of_partial` is false.
    """
    fault = "does not exist" if not source.is_file() else fault_of_file(source)
    if fault is not None and not (of_partial and is_partial(source)):
        raise _refused(source, fault)
    unfinished = _new_file(target)
    try:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True)) as original:
            if fault is None:
                take_mark_away(original)
            contents = _copy(original, unfinished, source)
        unfinished.rename(target)
        _sync(target.parent)
    except sqlite3.Error as error:
        raise _refused(source, f"could not be copied to {target}: {error}") from error
    except OSError as error:
        raise Unavailable(f"{target} cannot be written: {error.strerror}") from error
    finally:
        _clear(unfinished)
    return contents


def _new_file(target: Path) -> Path:
    """An empty file beside `target`, for its owner's eyes alone, and no other copy's that is made at the same time."""
    try:
        descriptor, name = mkstemp(prefix=f"{target.name}.", suffix=".unfinished", dir=target.parent)
    except OSError as error:
        raise Unavailable(f"{target} cannot be written: {error.strerror}") from error
    os.close(descriptor)
    return Path(name)


def _copy(original: sqlite3.Connection, target: Path, source: Path) -> Contents:
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        original.backup(copy)  # in one step, so of one moment
        copy.execute("PRAGMA journal_mode = DELETE")
        if copy.execute("PRAGMA auto_vacuum").fetchone() != (INCREMENTAL,):  # of an earlier version
            copy.execute(f"PRAGMA auto_vacuum = {INCREMENTAL}")
            copy.execute("VACUUM")
        copy.execute(f"PRAGMA user_version = {WHOLE}")
        contents = _checked(copy, source)
    _sync(target)
    return contents


def _checked(copy: sqlite3.Connection, source: Path) -> Contents:
    tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"alembic_version", "workflow", "execution"} <= tables:
        raise _refused(source, "belongs to another program: choose another file")
    (schema,) = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    if schema not in KNOWN:
        raise _refused(source, f"has the schema {schema}, and this version knows those up to {HEAD}")
    (verdict,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise _refused(source, f"is damaged: {verdict}")
    (workflows,) = copy.execute("SELECT count(*) FROM workflow WHERE deleted_at IS NULL").fetchone()
    (executions,) = copy.execute("SELECT count(*) FROM execution").fetchone()
    (pages,), (page_size,) = copy.execute("PRAGMA page_count").fetchone(), copy.execute("PRAGMA page_size").fetchone()
    return Contents(workflows, executions, pages * page_size)


def _clear(database: Path) -> None:
    """The logs too, which SQLite leaves where there was no room for a copy."""
    for file in files_of(database):
        with suppress(OSError):  # what failed before is told
            file.unlink()


def _refused(source: Path, fault: str) -> Unavailable:
    return Unavailable(f"the database {source} {fault}")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
