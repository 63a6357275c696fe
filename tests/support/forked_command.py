"""Starts `orchestrator` as a fork of a process that has its modules loaded: a start costs a tenth of a fresh one's."""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from io import FileIO
from multiprocessing.connection import Connection
from pathlib import Path

PRELOADED = ["app.cli", "app.server.server", "app.api_routes", "tests.support.forked_command"]
FORK_SERVER = multiprocessing.get_context("forkserver")
FORK_SERVER.set_forkserver_preload(PRELOADED)


class ForkedCommand:
    """A process of its own, to be handled as `subprocess.Popen` is; what it says on stderr goes to the end of a file.

    Modules are all that it has in common with others: its environment, its arguments and its exit are its own.
    """

    def __init__(self, arguments: Sequence[str], environ: Mapping[str, str], log: Path) -> None:
        reading, writing = FORK_SERVER.Pipe(duplex=False)
        self._process = FORK_SERVER.Process(
            target=_run, args=(list(arguments), dict(environ), str(log), writing), daemon=True
        )
        self._process.start()
        writing.close()
        self.stdout = FileIO(os.dup(reading.fileno()))
        reading.close()

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process.pid is not None
        return self._process.pid

    def kill(self) -> None:
        """Kill without warning."""
        self._process.kill()

    def terminate(self) -> None:
        """Ask to stop."""
        self._process.terminate()

    def wait(self, timeout: float) -> int:
        """Wait for its end; return its exit status, or the number of the signal that ended it, negative."""
        self._process.join(timeout)
        status = self._process.exitcode
        if status is None:
            raise subprocess.TimeoutExpired("orchestrator", timeout)
        return status


def run_forked(
    arguments: Sequence[str], environ: Mapping[str, str], timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, as `subprocess.run` does, and capture what it says."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        command = ForkedCommand(arguments, environ, log)
        with command.stdout as stdout:
            said = stdout.read().decode()
        return subprocess.CompletedProcess(arguments, command.wait(timeout), said, log.read_text())


def _run(arguments: list[str], environ: dict[str, str], log: str, writing: Connection) -> None:
    os.dup2(writing.fileno(), 1)
    writing.close()
    with Path(log).open("ab") as errors:
        os.dup2(errors.fileno(), 2)
    sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", buffering=1, closefd=False)  # noqa: SIM115 - open as long as the process is
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = ["orchestrator", *arguments]
    from app.cli import main  # loaded before the fork

    main()
