"""Somebody does what the README and the page of the API say, from the top to the bottom, on a real server."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.documents.console import Ids
from tests.support.documents.markdown import Block, blocks
from tests.support.documents.shell_words import commands
from tests.support.processes import SHELL_PATH, OrchestratorProcess, Processes, free_port

Json = dict[str, Any]

PAUSE = re.compile(r"\bseconds: \d+")
ENDLESS = "  executionChanges("
SERVICE = re.compile(r"mkdir .*|python3 -m http\.server .*")
HERE = "localhost:5080"
PATIENCE_SECONDS = 20


class Reader:
    """Does one block after the other, with the ids that earlier ones answered. What it was told is kept as JSON."""

    def __init__(self, server: OrchestratorProcess, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self._ids = Ids()
        self.told: list[Json] = []

    def do(self, block: Block) -> None:
        """Do what a block says: operations of GraphQL, and commands that ask the server."""
        if block.language == "graphql":
            self._operate(self._ids.filled(PAUSE.sub("seconds: 0.1", block.text)))
        elif block.language == "console":
            for command in commands(block.text):
                if command.startswith("curl "):
                    self._run(self._ids.filled(command))

    def _operate(self, query: str) -> None:
        headers = {"X-User-ID": "demo-user"}
        with httpx.Client(base_url=self._server.url, headers=headers, timeout=PATIENCE_SECONDS) as client:
            if not query.startswith("subscription"):
                self._take(client.post("/graphql", json={"query": query}).json())
                return
            stream = {"Accept": "text/event-stream"}
            with client.stream("POST", "/graphql", json={"query": query}, headers=stream) as response:
                for line in response.iter_lines():
                    if line.startswith("data: {"):
                        self._take(json.loads(line.removeprefix("data: ")))
                        if ENDLESS in query:
                            return

    def _run(self, command: str) -> None:
        command = command.replace(HERE, self._server.url.removeprefix("http://"))
        command = command.replace("curl ", "curl --silent --show-error --fail-with-body ", 1)
        ended = subprocess.run(
            ["bash", "-c", command],
            cwd=self._folder,
            env={**os.environ, "PATH": SHELL_PATH},
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        assert ended.returncode == 0, (command, ended.stdout, ended.stderr)
        for line in ended.stdout.splitlines():
            if line.removeprefix("data: ").startswith("{"):
                self._take(json.loads(line.removeprefix("data: ")))

    def _take(self, answer: Json) -> None:
        assert "errors" not in answer and "error_code" not in answer, answer
        for payload in (answer.get("data") or {}).values():
            assert not (isinstance(payload, dict) and payload.get("userErrors")), answer
        self._ids.remember(answer)
        self.told.append(answer)

    @property
    def events(self) -> list[tuple[str, str | None]]:
        """The type and the action of each event that was told."""
        found = [(answer.get("data") or {}).get("executionEvents") for answer in self.told]
        return [(event["type"], event.get("actionId")) for event in found if event]


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[str]:
    """The service of the README, made by its own commands on a free port; gives its URL."""
    port = str(free_port())
    (make, serve) = [
        command
        for block in blocks("README.md")
        if block.language == "console"
        for command in commands(block.text)
        if SERVICE.fullmatch(command)
    ]
    subprocess.run(["bash", "-c", make], cwd=tmp_path, check=True)
    _, *words = serve.replace("9000", port).split()
    environ = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, *words], cwd=tmp_path, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None and process.stdout.readline()
        yield f"http://127.0.0.1:{port}"
        process.terminate()


def test_what_the_readme_says_can_be_done(processes: Processes, crm: str, tmp_path: Path) -> None:
    reader = Reader(processes.orchestrator({"crm": crm}), tmp_path)
    for block in blocks("README.md"):
        reader.do(block)
    assert ("ACTION_WAITING", "boil") in reader.events and ("ACTION_WAITING", "brew") in reader.events
    assert reader.events[-1] == ("EXECUTION_COMPLETED", None)
    assert reader.told[-1]["status"] == "completed"
    assert reader.told[-1]["result"]["tell"]["response"]["message"] == "The customer is Ada."


def test_what_the_page_of_the_api_says_can_be_done(processes: Processes, tmp_path: Path) -> None:
    reader = Reader(processes.orchestrator(), tmp_path)
    for block in blocks("docs/api.md"):
        reader.do(block)
    assert [event for event in reader.events if event == ("EXECUTION_COMPLETED", None)] == [reader.events[-1]] * 2
    (dashboard,) = [answer["data"]["workflows"] for answer in reader.told if "workflows" in (answer.get("data") or {})]
    assert [workflow["name"] for workflow in dashboard["nodes"]] == ["Greeting"]
    assert reader.told[-1]["result"]["greet"]["response"]["message"] == "Hello, Ada!"
