"""The example clients: generated anew from the committed schema, their types checked, then run against the service."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hatch_build import npm_command
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


def printed(command: list[str], folder: Path) -> list[str]:
    """The lines of a program that must succeed."""
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=50, check=False)
    assert ended.returncode == 0, ended.stderr
    return [line.strip() for line in ended.stdout.splitlines()]


@pytest.mark.timeout(300)  # three hundred packages of the generators are installed
def test_generated_clients_create_execute_and_watch(memory: Path, processes: Processes) -> None:
    clients = memory / "examples" / "clients"
    shutil.copytree(ROOT / "examples" / "clients", clients, ignore=shutil.ignore_patterns(*MADE))
    shutil.copy(ROOT / "schema.graphql", memory)
    generate = [sys.executable, "-m", "examples.clients.generate", str(clients)]
    generated = subprocess.run(generate, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert generated.returncode == 0, generated.stderr

    service = processes.orchestrator()
    npm, _ = npm_command()
    node = str(Path(npm[0]).with_name("node"))
    assert printed([node, "built/main.js", service.url], clients / "typescript") == STEPS
    assert printed([".venv/bin/python", "main.py", service.url], clients / "python") == STEPS
