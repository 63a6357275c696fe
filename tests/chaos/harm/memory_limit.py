"""A limit of memory that the kernel enforces on a process of the tests, as it does on a container."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
FIRST_VERSION = CGROUPS / "memory"


@contextmanager
def limited_memory(name: str, limit_bytes: int) -> Iterator[list[str]]:
    """The command `under` which a program, and what it starts, has so much memory and is killed when it takes more.

    It needs the right to make a control group (root, as in `make chaos` of a machine of one's own).
    """
    version_1 = FIRST_VERSION.is_dir()
    group = (FIRST_VERSION if version_1 else CGROUPS) / name
    group.mkdir()
    try:
        (group / ("memory.limit_in_bytes" if version_1 else "memory.max")).write_text(str(limit_bytes))
        yield ["sh", "-c", f'echo $$ > {group}/cgroup.procs && exec "$@"', "limited"]
    finally:
        group.rmdir()
