"""Runs the orchestrator under strace: to see its system calls in their order, and to let some of them fail."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

ALL_PROGRAMS = "ALL_PROGRAMS_OF_TESTS"
"""The environment variable by which a run says that every program that some test needs is to be there."""

WAL = "orchestrator.db-wal"
BEGUN = re.compile(r"(?P<thread>\d+) +(?P<name>\w+)\((?P<rest>.*)")
RESUMED = re.compile(r"(?P<thread>\d+) +<\.\.\. (?P<name>\w+) resumed>")
UNFINISHED = "<unfinished ...>"
WHOLE_PAGE = "8192"
START_UNHARMED = 100


class SystemCall(msgspec.Struct, frozen=True):
    """One system call: `begun` and `ended` are places in the order of all that was seen."""

    name: str
    text: str
    begun: int
    ended: int


def tracer(*options: str) -> list[str]:
    """The command that starts another one traced, as the direct child of whoever starts it.

    Where strace is not installed the test is skipped, or fails if `ALL_PROGRAMS` is set, as in continuous
    integration. Where strace may not trace it fails: what it shows cannot be shown in another way.
    """
    if shutil.which("strace") is None:
        leave = pytest.fail if ALL_PROGRAMS in os.environ else pytest.skip
        leave("reads what strace sees, and strace is not installed: apt-get install strace")
    probe = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        pytest.fail(
            f"strace may not trace on this machine ({probe.stderr.strip()}): allow ptrace, "
            "in a container with --cap-add SYS_PTRACE"
        )
    return ["strace", "-D", "-f", "--seccomp-bpf", "-e", "signal=none", *options]


def recording(trace: Path) -> list[str]:
    """Record every write to files and sockets, and every sync, into the file `trace`."""
    calls = "trace=write,writev,sendto,sendmsg,pwrite64,pwritev,fdatasync,fsync"
    return tracer("-y", "-s", WHOLE_PAGE, "-e", calls, "-o", str(trace))


def failing(trace: Path, files: Sequence[Path], writes: int, syncs: int) -> list[str]:
    """Let one of so many writes and one of so many syncs of `files` fail with EIO; `trace` says which did.

    The numbers should have no common factor, and `writes` should be more than a transaction has: what is tried
    again then meets no failure at the same place.
    """
    paths = [option for file in files for option in ("-P", str(file))]
    faults = [
        f"inject=pwrite64:error=EIO:when={START_UNHARMED}+{writes}",
        f"inject=fdatasync,fsync:error=EIO:when={syncs}+{syncs}",
    ]
    injections = [option for fault in faults for option in ("-e", fault)]
    return tracer("-s", "0", *paths, "-e", "trace=pwrite64,fdatasync,fsync", *injections, "-o", str(trace))


def system_calls(trace: Path) -> Iterator[SystemCall]:
    """The calls of a trace, in the order in which they ended."""
    under_way: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(trace.read_text(errors="replace").splitlines()):
        if resumed := RESUMED.match(line):
            begun, text = under_way.pop(resumed["thread"])
            yield SystemCall(resumed["name"], text, begun, number)
        elif call := BEGUN.match(line):
            if line.endswith(UNFINISHED):
                under_way[call["thread"]] = number, call["rest"]
            else:
                yield SystemCall(call["name"], call["rest"], number, number)
