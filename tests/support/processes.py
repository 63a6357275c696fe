"""Runs the command line as real processes, for the acceptance and the chaos tests."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import msgspec

from tests.support.forked_command import ForkedCommand

ORCHESTRATOR = Path(sys.executable).with_name("orchestrator")
AS_INSTALLED = (str(ORCHESTRATOR),)
"""The program of a process that is started as a user starts it, not as a fork."""

STAND_INS = Path(__file__).with_name("stand_ins")
SHELL_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), str(STAND_INS)])
"""Where commands of the shell are looked for: behind those of the machine a curl, for machines that have none."""

START_SECONDS = 60
STOP_SECONDS = 40
USER = {"X-User-ID": "ada"}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class OrchestratorProcess:
    """`orchestrator dev`, or another command that serves, as a process that can be killed and started again.

    It is a fork, unless a `program` is to be started, or one that it is to run under, or what only a fresh interpreter
    looks at is in its environment.
    """

    def __init__(
        self,
        data_dir: Path,
        port: int,
        services: Mapping[str, Any],
        program: Sequence[str] | None = None,
        environ: Mapping[str, str] | None = None,
        command: str = "dev",
        arguments: Sequence[str] = (),
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.data_dir = data_dir
        self._log = data_dir.with_suffix(".log")
        self._program = program or (AS_INSTALLED if any(name.startswith("PYTHON") for name in environ or ()) else None)
        self._arguments = [command, *arguments, "--port", str(port)]
        settings = {
            "ORCHESTRATOR_DATA_DIR": str(data_dir),
            "ORCHESTRATOR_SERVICES": msgspec.json.encode(services).decode(),
            "ORCHESTRATOR_LOG_FORMAT": "console",  # in which it says where it serves, on stdout
        }
        self._environ = {**os.environ, **settings, **(environ or {})}
        self._process: subprocess.Popen[bytes] | ForkedCommand | None = None

    def start(self, *under: str) -> None:
        """Start, `under` another program such as a tracer where one is given; return as soon as it says it serves."""
        if under or self._program:
            command = [*under, *(self._program or AS_INSTALLED), *self._arguments]
            with self._log.open("ab") as log:
                # What it says is read byte by byte, or a line could lie in a buffer while it is waited for.
                self._process = subprocess.Popen(
                    command, env=self._environ, bufsize=0, stdout=subprocess.PIPE, stderr=log
                )
        else:
            self._process = ForkedCommand(self._arguments, self._environ, self._log)
        self.waits_for_line(self.url)

    def start_dying(self, *under: str) -> None:
        """Start what may die before it serves."""
        try:
            self.start(*under)
        except AssertionError:
            if self._process is None:
                raise
            self._process.wait(timeout=STOP_SECONDS)

    def waits_for_line(self, text: str) -> None:
        """Return when the process says a line that holds `text` and is no continuation of another."""
        assert self._process is not None
        assert self._process.stdout is not None
        while True:
            ready, _, _ = select.select([self._process.stdout], [], [], START_SECONDS)
            assert ready, f"the process said nothing; its log:\n{self.log}"
            line = self._process.stdout.readline().decode()
            assert line, f"the process ended; its log:\n{self.log}"
            if text in line and not line.startswith(" "):
                return

    def kill(self) -> None:
        """Kill without warning, as a crash or the kernel would."""
        assert self._process is not None
        self._process.kill()
        self._close()

    def stop(self) -> int:
        """Ask to stop, and return the exit status."""
        self.terminate()
        return self.ended()

    def freeze(self) -> None:
        """Stop it in its tracks, as a machine does that is suspended."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on, as if no time had passed."""
        os.kill(self.pid, signal.SIGCONT)

    def terminate(self) -> None:
        """Ask to stop, and do not wait."""
        assert self._process is not None
        self._process.terminate()

    def ended(self) -> int:
        """Wait for the end that was asked for, and return the exit status."""
        return self._close()

    def _close(self) -> int:
        assert self._process is not None
        status = self._process.wait(timeout=STOP_SECONDS)
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None
        return status

    @property
    def pid(self) -> int:
        """The process's number."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """What it wrote to stderr, over all its starts."""
        return self._log.read_text(errors="replace")

    @property
    def is_running(self) -> bool:
        """Whether it was started and neither killed nor stopped."""
        return self._process is not None


class Processes:
    """Makes processes, and sees to it that none outlives its test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: list[OrchestratorProcess] = []

    def orchestrator(
        self,
        services: Mapping[str, Any] | None = None,
        port: int | None = None,
        data_dir: Path | None = None,
        under: Sequence[str] = (),
        **options: Any,
    ) -> OrchestratorProcess:
        """A process, started `under` another program where one is given."""
        process = self.made(services, port, data_dir, **options)
        process.start(*under)
        return process

    def made(
        self,
        services: Mapping[str, Any] | None = None,
        port: int | None = None,
        data_dir: Path | None = None,
        **options: Any,
    ) -> OrchestratorProcess:
        """A process that is not started yet, by default on a data directory of its own."""
        data_dir = data_dir or self._folder / f"data-{len(self._made)}"
        process = OrchestratorProcess(data_dir, port or free_port(), services or {}, **options)
        self._made.append(process)
        return process

    def end(self) -> None:
        """Kill what still runs, and print what all of them logged, for a test that failed."""
        for process in self._made:
            if process.is_running:
                process.kill()
            print(process.log, file=sys.stderr)


def create_workflow(client: httpx.Client, name: str, actions: list[dict[str, Any]], **more: Any) -> str:
    """Create a workflow and return its id."""
    response = client.post("/workflows", json={"name": name, "actions": actions, **more})
    assert response.status_code == 201, response.text
    workflow_id: str = response.json()["workflow_id"]
    return workflow_id


def service_call(action_id: str, service: str, endpoint: str, **more: Any) -> dict[str, Any]:
    """An action that posts to a service."""
    config = {"service": service, "endpoint": endpoint, "method": "POST", "parameters": {}}
    return {"action_id": action_id, "action_type": "service_call", "config": config, **more}


def watch(client: httpx.Client, execution_id: str, after: int = 0) -> Iterator[dict[str, Any]]:
    """Yield an execution's events over SSE until it has ended."""
    query = "subscription($id: ID!, $after: Int!) { executionEvents(executionId: $id, after: $after) { %s } }"
    body = {
        "query": query % "sequence type actionId data",
        "variables": {"id": execution_id, "after": after},
    }
    with client.stream("POST", "/graphql", json=body, headers={"Accept": "text/event-stream"}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        for line in response.iter_lines():
            if line.startswith("data: ") and len(line) > len("data: "):
                answer = msgspec.json.decode(line.removeprefix("data: "))
                assert "errors" not in answer, answer
                yield answer["data"]["executionEvents"]
