"""The commands that make credentials, beside a running server."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from models.api_key_text import KEY, key_id_of
from tests.support.processes import ORCHESTRATOR, SHELL_PATH, OrchestratorProcess, Processes

PAGE = Path(__file__).parents[2] / "docs" / "authentication.md"
VIEWER = "{ viewer { userId tenant role permissions credential expiresAt } }"


class Commands:
    """Runs commands with the settings of a server in the environment."""

    def __init__(self, data_dir: Path) -> None:
        self._environ = {**os.environ, "PATH": SHELL_PATH, "ORCHESTRATOR_DATA_DIR": str(data_dir)}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one to its end."""
        command = [str(ORCHESTRATOR), *words]
        return subprocess.run(command, env=self._environ, capture_output=True, text=True, timeout=50, check=False)

    def script(self, text: str) -> str:
        """What a script of the shell prints that must succeed."""
        ended = subprocess.run(["bash", "-c", text], env=self._environ, capture_output=True, text=True, timeout=50)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def told(self, *words: str) -> str:
        """What one that must succeed prints."""
        ended = self.run(*words)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.strip()


@pytest.fixture
def server(processes: Processes) -> OrchestratorProcess:
    return processes.orchestrator()


@pytest.fixture
def commands(server: OrchestratorProcess) -> Commands:
    return Commands(server.data_dir)


@pytest.fixture
def client(server: OrchestratorProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=30) as anonymous:
        yield anonymous


def viewer(client: httpx.Client, headers: dict[str, str]) -> dict[str, object] | None:
    """Who the server takes a credential for; None where it refuses it."""
    answered = client.post("/graphql", json={"query": VIEWER}, headers=headers).json()
    if "errors" in answered:
        assert answered["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED", answered
        return None
    found: dict[str, object] = answered["data"]["viewer"]
    return found


def test_a_key_is_made_rotated_and_revoked_beside_a_running_server(
    commands: Commands, client: httpx.Client, server: OrchestratorProcess
) -> None:
    made = commands.run("api-key", "create", "--user", "ci", "--role", "editor", "--name", "CI", "--expires", "90d")
    assert made.returncode == 0, made.stderr
    key = made.stdout.strip()
    key_id = key_id_of(key)
    assert KEY.fullmatch(key) and key_id is not None
    assert key_id in made.stderr and key not in made.stderr
    found = viewer(client, {"X-API-Key": key})
    assert found is not None and (found["userId"], found["role"], found["tenant"]) == ("ci", "EDITOR", "default")
    left = datetime.fromisoformat(str(found["expiresAt"])) - datetime.now(UTC)
    assert timedelta(days=89, hours=23) < left <= timedelta(days=90)
    (listed,) = [json.loads(line) for line in commands.told("api-key", "list", "--json").splitlines()]
    assert (listed["id"], listed["name"], listed["created_by"]) == (key_id, "CI", "operator")

    fresh = commands.told("api-key", "rotate", key_id)
    assert [viewer(client, {"X-API-Key": one}) is not None for one in (key, fresh)] == [False, True]
    assert commands.told("api-key", "revoke", key_id) == ""
    assert viewer(client, {"X-API-Key": fresh}) is None

    entries = [json.loads(line) for line in commands.told("audit", "export").splitlines()]
    told = [(entry["actor"], entry["credential"], entry["action"]) for entry in entries if entry["target"] == key_id]
    assert told == [("operator", "system", f"{verb}_api_key") for verb in ("create", "rotate", "revoke")]
    assert not [one for one in (key, fresh) if one in str(entries) + server.log]


def test_a_token_of_the_test_environment_needs_no_configuration(commands: Commands, client: httpx.Client) -> None:
    token = commands.told("token", "--role", "admin")
    found = viewer(client, {"Authorization": f"Bearer {token}"})
    assert found is not None
    who = (found["userId"], found["tenant"], found["role"], found["credential"])
    assert who == ("operator", "default", "ADMIN", "BEARER")
    narrow = commands.told(
        *("token", "--user", "eve", "--tenant", "acme", "--role", "viewer", "--role", "editor"),
        *("--scope", "workflow:read", "--scope", "execution:read", "--expires", "5m"),
    )
    found = viewer(client, {"Authorization": f"Bearer {narrow}"})
    assert found is not None
    assert (found["userId"], found["tenant"], found["role"]) == ("eve", "acme", "EDITOR")
    assert found["permissions"] == ["EXECUTION_READ", "WORKFLOW_READ"]
    left = datetime.fromisoformat(str(found["expiresAt"])) - datetime.now(UTC)
    assert timedelta(minutes=5) < left <= timedelta(minutes=5, seconds=30)


def test_the_page_authenticates_as_it_says(commands: Commands, server: OrchestratorProcess, tmp_path: Path) -> None:
    section = PAGE.read_text().partition("## Authentication")[2].partition("\n## ")[0]
    (console,) = re.findall(r"```console\n(.*?)```", section, re.DOTALL)
    (program,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    file = tmp_path / "program.py"
    file.write_text(program)
    lines = [line.removeprefix("$ ") for line in console.splitlines()]
    assert len([line for line in lines if line.startswith("curl ")]) == 3
    script = "\n".join(["set -eu", *lines, f"{sys.executable} {file}"])
    for said, here in (
        (".venv/bin/orchestrator", str(ORCHESTRATOR)),
        ("http://localhost:5080", server.url),
        ("curl ", "curl --silent --show-error --fail-with-body "),
    ):
        assert said in script
        script = script.replace(said, here)
    file.write_text(program.replace("http://localhost:5080", server.url))
    assert commands.script(script).count('"workflows"') == 3
