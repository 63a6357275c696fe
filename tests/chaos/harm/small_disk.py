"""A disk that a test can fill and free while the orchestrator writes to it."""

import errno
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from tests.chaos.harm.journal_file import FILE
from tests.support.processes import OrchestratorProcess

SIZE = "16m"
BLOCK = bytes(4_096)


class SmallDisk(Protocol):
    """Where the orchestrator's data lives; `kind` says how it is made small."""

    kind: str
    folder: Path

    def fill(self, orchestrator: OrchestratorProcess) -> None:
        """Leave no room for another block."""

    def free(self, orchestrator: OrchestratorProcess) -> None:
        """Give the room back."""


class Mounted:
    """A small file system of its own, filled by another file."""

    kind = "tmpfs"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, orchestrator: OrchestratorProcess) -> None:
        """See `SmallDisk`."""
        with self._ballast.open("ab", buffering=0) as ballast:
            try:
                while ballast.write(BLOCK):
                    pass
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def free(self, orchestrator: OrchestratorProcess) -> None:
        """See `SmallDisk`."""
        self._ballast.unlink()


class Limited:
    """A limit on the size of the process's files, for machines where nothing may be mounted."""

    kind = "file size limit"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, orchestrator: OrchestratorProcess) -> None:
        """See `SmallDisk`."""
        present = min(file.stat().st_size for file in self.folder.glob(f"{FILE}*") if not file.name.endswith("-shm"))
        self._limit(orchestrator, present)

    def free(self, orchestrator: OrchestratorProcess) -> None:
        """See `SmallDisk`."""
        self._limit(orchestrator, resource.RLIM_INFINITY)

    def _limit(self, orchestrator: OrchestratorProcess, size: int) -> None:
        _, most = resource.prlimit(orchestrator.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(orchestrator.pid, resource.RLIMIT_FSIZE, (size, most))


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    """A small disk at `folder`: a mount of its own where that is allowed, else a limit on the size of files."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        yield Limited(folder)
        return
    try:
        yield Mounted(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
