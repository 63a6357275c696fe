"""The example clients: generated anew from what is committed, their types checked, then run against the service."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.javascript import node
from tests.support.processes import Processes

ROOT = Path(__file__).parents[2]
MADE = ("generated", "built", "node_modules", ".venv", "__pycache__")
STEPS = [
    "1 EXECUTION_QUEUED",
    "2 EXECUTION_STARTED",
    "3 ACTION_STARTED greet",
    "4 ACTION_SUCCEEDED greet",
    "5 EXECUTION_COMPLETED",
]
ANSWERS = ["created active 2", "executed 0 of 2", "is cancelled", "refused VALIDATION_ERROR body.parameters.names"]


def generated(edge: str, memory: Path) -> Path:
    """The folder of the clients, with those of an edge generated and built."""
    folder = memory / edge
    clients = folder / "examples" / "clients"
    shutil.copytree(ROOT / "examples" / "clients", clients, ignore=shutil.ignore_patterns(*MADE))
    for document in ("schema.graphql", "openapi.json"):
        shutil.copy(ROOT / document, folder)
    generate = [sys.executable, "-m", "examples.clients.generate", f"--edge={edge}", str(clients)]
    ended = subprocess.run(generate, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert ended.returncode == 0, ended.stderr
    return clients


def printed(command: list[str], folder: Path) -> list[str]:
    """The lines of a program that must succeed."""
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=50, check=False)
    assert ended.returncode == 0, ended.stderr
    return [line.strip() for line in ended.stdout.splitlines()]


@pytest.mark.timeout(300)  # three hundred packages of the generators are installed
def test_generated_clients_create_execute_and_watch(memory: Path, processes: Processes) -> None:
    clients = generated("graphql", memory)
    service = processes.orchestrator()
    assert printed([node(), "built/main.js", service.url], clients / "typescript") == STEPS
    assert printed([".venv/bin/python", "main.py", service.url], clients / "python") == STEPS


@pytest.mark.timeout(300)
def test_generated_clients_of_rest_create_execute_read_and_cancel(memory: Path, processes: Processes) -> None:
    clients = generated("rest", memory)
    service = processes.orchestrator()
    for program in ("openapi-typescript", "typescript-fetch"):
        assert printed([node(), f"built/{program}.js", service.url], clients / "rest-typescript") == ANSWERS, program
    for program in ("with_attrs", "with_pydantic"):
        assert printed([".venv/bin/python", f"{program}.py", service.url], clients / "rest-python") == ANSWERS, program
