"""Installs the peers on demand, and starts each with what it is to execute."""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.servers import free_port, server_process

HERE = Path(__file__).parent
NODE_PACKAGES = ("@restatedev/restate-server@1.7", "node-red@5.0")
PYTHON_PACKAGES = ("restate-sdk~=1.3", "hypercorn~=0.18", "dbos~=3.4", "uvicorn[standard]", "aiohttp")


def install(folder: Path) -> None:
    """Bring the peers into `folder`, unless they are there: needs npm and a package index."""
    if not (folder / "node_modules").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}')
        subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", "--silent", *NODE_PACKAGES], cwd=folder, check=True
        )
    if not (folder / "venv").exists():
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        subprocess.run([folder / "venv/bin/pip", "install", "--quiet", *PYTHON_PACKAGES], check=True)


@contextmanager
def restate(peers: Path, data: Path, target: str) -> Iterator[tuple[int, int]]:
    """Restate and its service in Python; gives the ports of its ingress and of its own API."""
    ingress, admin, node, service = (free_port() for _ in range(4))
    environ = {
        "RESTATE_BASE_DIR": str(data),
        "RESTATE_INGRESS__BIND_ADDRESS": f"127.0.0.1:{ingress}",
        "RESTATE_ADMIN__BIND_ADDRESS": f"127.0.0.1:{admin}",
        "RESTATE_BIND_ADDRESS": f"127.0.0.1:{node}",
        "RESTATE_LOG_FILTER": "warn",
        "DO_NOT_TRACK": "1",
    }
    server = [str(peers / "node_modules/.bin/restate-server"), "--no-logo", "--listen-mode", "tcp"]
    worker = ["venv/bin/hypercorn", "--bind", f"127.0.0.1:{service}", "--log-level", "error", "restate_service:app"]
    with ExitStack() as stack:
        stack.enter_context(_started(server, ingress, data, environ))
        stack.enter_context(_started(_of(peers, worker), service, HERE, {"BENCH_TARGET": target}))
        _asked(admin, "POST", "/deployments", {"uri": f"http://127.0.0.1:{service}"})
        yield ingress, admin


@contextmanager
def dbos(peers: Path, data: Path, target: str) -> Iterator[int]:
    """DBOS on SQLite; gives its port."""
    port = free_port()
    environ = {"BENCH_TARGET": target, "BENCH_DATABASE": f"sqlite:///{data / 'dbos.db'}"}
    command = ["venv/bin/uvicorn", "--port", str(port), "--log-level", "error", "--no-access-log", "dbos_service:app"]
    with _started(_of(peers, command), port, HERE, environ):
        yield port


@contextmanager
def node_red(peers: Path, data: Path, target: str) -> Iterator[int]:
    """Node-RED, which keeps nothing; gives its port."""
    port = free_port()
    flows = data / "flows.json"
    flows.write_text((HERE / "node_red_flows.json").read_text().replace("TARGET", target))
    command = ["node_modules/.bin/node-red", "--port", str(port), "--userDir", str(data), str(flows)]
    with _started(_of(peers, command), port, data, {}):
        yield port


def _of(peers: Path, command: Sequence[str]) -> list[str]:
    program, *options = command
    return [str(peers / program), *options]


@contextmanager
def _started(command: list[str], port: int, folder: Path, environ: Mapping[str, str]) -> Iterator[None]:
    with server_process(command, port, {**environ, "PYTHONPATH": str(folder)}, folder):
        yield


def _asked(port: int, method: str, path: str, body: object) -> None:
    """Ask until it answers well: a server may listen before it can."""
    for _ in range(100):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        try:
            connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
            if connection.getresponse().status < 300:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    raise RuntimeError(f"port {port} does not take {path}: {os.strerror(110)}")
