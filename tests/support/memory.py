"""Finds a place in memory for files that are many, or often synced, and that no test means to see on a disk."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
ROOM_BYTES = 2 << 30


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """A folder in memory where the machine has room there, else on disk.

    It is not pytest's: where root runs the tests, PostgreSQL is run by another user, and each run of pytest closes the
    folder of all runs to others, whoever is at work in it.
    """
    has_room = os.access(SHARED_MEMORY, os.W_OK) and shutil.disk_usage(SHARED_MEMORY).free > ROOM_BYTES
    with tempfile.TemporaryDirectory(prefix="orchestrator-", dir=SHARED_MEMORY if has_room else None) as folder:
        yield Path(folder)
