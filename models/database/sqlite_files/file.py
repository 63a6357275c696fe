"""Looks at a SQLite database file before anybody opens it, and says in one line why it cannot be used.

The main file alone is not the whole: what was committed last lies in its write-ahead log (WAL). So the main file is
marked as `PARTIAL` as long as there may be more in the WAL, and the WAL itself takes the mark away: whoever reads both,
or closes the database in order, finds a whole one, and a main file that lost its WAL says so itself.
"""

import os
from pathlib import Path

from sqlalchemy.engine import make_url

from models.errors import Unavailable

MAGIC = b"SQLite format 3\0"
HEADER_BYTES = 100
PAGE_SIZE, PAGES, USER_VERSION = slice(16, 18), slice(28, 32), slice(60, 64)
"""Where the header of a database file has its page size, its length in pages, and a number that is the user's own."""

LARGEST_PAGE_SIZE = 65_536
"""Which does not fit into its two bytes, and is written as 1."""

WAL_HEADER_BYTES = 32

SUFFIXES = ("", "-wal", "-shm", "-journal")

INCREMENTAL = 2
"""What `PRAGMA auto_vacuum` says of a file that can give pages back without being written anew."""

WHOLE = 0
PARTIAL = int.from_bytes(b"orch")


def database_file(url: str) -> Path:
    """The file that a `sqlite:///` URL names."""
    return Path(os.path.realpath(make_url(url).database or ""))


def check_database_file(path: Path) -> None:
    """Return where the file can be used, or where it can be made. Raises `Unavailable` with a line that names it.

    Before this process opens it: to close a file takes away the locks that SQLite has on it.
    """
    if path.is_dir():
        raise Unavailable(f"the database {path} is a directory: name a file, or move the directory away")
    if not path.parent.is_dir():
        raise Unavailable(f"the database {path} has no directory: make {path.parent}")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise Unavailable(f"the directory {path.parent} of the database cannot be written: give this user the right to")
    if has_wal(path) and not (path.exists() and path.stat().st_size):
        raise Unavailable(f"the database {path} is gone, and {wal_of(path).name} is there: put the file back beside it")
    if path.is_symlink() or (path.exists() and not path.is_file()):  # a link that is still one leads to itself
        raise Unavailable(f"the database {path} is no file that can be kept: choose another name")
    if not path.exists():
        return
    if not os.access(path, os.R_OK | os.W_OK):
        raise Unavailable(f"the database {path} cannot be read and written: give this user the right to")
    fault = fault_of_file(path)
    if fault is not None:
        raise Unavailable(f"the database {path} {fault}")


def is_partial(path: Path) -> bool:
    """Whether a main file was separated from a WAL that held what was acknowledged last."""
    with path.open("rb") as file:
        mark = file.read(HEADER_BYTES)[USER_VERSION]
    return int.from_bytes(mark) == PARTIAL and not has_wal(path)


def has_wal(path: Path) -> bool:
    """Whether there is a write-ahead log beside the file."""
    wal = wal_of(path)
    return wal.exists() and wal.stat().st_size >= WAL_HEADER_BYTES


def wal_of(path: Path) -> Path:
    """The write-ahead log of a database file."""
    return path.with_name(f"{path.name}-wal")


def files_of(path: Path) -> list[Path]:
    """All the files that a database may consist of: itself, and the logs that SQLite keeps beside it."""
    return [path.with_name(f"{path.name}{suffix}") for suffix in SUFFIXES]


def fault_of_file(path: Path) -> str | None:
    """What is wrong with a file that can be read, in words that follow its name."""
    size = path.stat().st_size
    if size == 0:
        return None  # it was made, and nothing was written yet
    with path.open("rb") as file:
        header = file.read(HEADER_BYTES)
    if not header.startswith(MAGIC) or len(header) < HEADER_BYTES:
        return "is no SQLite database: choose another file, or restore a backup with 'orchestrator restore'"
    if is_partial(path):
        return (
            f"was separated from {wal_of(path).name}, which held what was acknowledged last: put that file back beside "
            "it, or restore a backup; 'orchestrator restore --replace --accept-loss' with this file goes on without"
        )
    page_size = int.from_bytes(header[PAGE_SIZE])
    page_size = LARGEST_PAGE_SIZE if page_size == 1 else page_size
    if size < page_size * int.from_bytes(header[PAGES]) and not has_wal(path):
        return "is cut short: restore a backup with 'orchestrator restore'"
    return None
