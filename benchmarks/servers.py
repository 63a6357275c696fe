"""Starts the servers that are measured as processes of their own, on free ports, and waits until they answer."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 20.0
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
    with _process(command, port, {}):
        yield port


@contextmanager
def orchestrator_server(data_dir: Path, environ: Mapping[str, str] | None = None) -> Iterator[int]:
    """`orchestrator dev` on a fresh data directory; gives its port."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("orchestrator")), "dev", "--port", str(port)]
    with _process([*command, "--data-dir", str(data_dir)], port, environ or {}):
        yield port


@contextmanager
def _process(command: list[str], port: int, environ: Mapping[str, str]) -> Iterator[None]:
    process = subprocess.Popen(command, env={**os.environ, **environ}, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait(timeout=40)


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
