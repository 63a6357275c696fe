"""Executions whose work kills their process each time are given up by themselves, and others complete meanwhile."""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import httpx
import pytest

from engine.journal.lives import MAX_LIVES
from tests.chaos.conftest import Figures
from tests.chaos.harm.memory_limit import limited_memory
from tests.sizes import IS_FULL, sized
from tests.support.calls import notify
from tests.support.databases import PostgresServer
from tests.support.processes import USER, OrchestratorProcess, Processes, create_workflow, service_call
from tests.support.scripted_service import ScriptedService, hang_until_released

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(sized(120, 600))]

KILLERS = sized(1, 3)
HEALTHY = sized(6, 24)
HELD_LIVES = 2
"""So often the process of the healthy ones dies before their calls are answered: then they are suspects too."""

MEMORY_BYTES = 1_000_000_000
"""What the process may take in the full size, where its killers take all memory there is."""

KILLED = "os.kill(os.getpid(), signal.SIGKILL)"
GLUTTON = """taken = []
        while True:
            taken.append(b"x" * 16_000_000)"""

PLUG_IN = f'''
"""An action type that takes its process with it, by itself or by what the kernel does at the end of the memory."""

import os
import signal

from models.commands.validation import Command


class Nothing(Command):
    """It takes no configuration."""


class Killer:
    action_type = "killer"
    config_model = Nothing
    reaches_out = False

    def gate(self, _call):
        return None

    async def run(self, _call):
        {sized(KILLED, GLUTTON)}


def killer(_resources):
    return Killer()
'''


def plug_in(folder: Path) -> dict[str, str]:
    """Install the action type for a process; returns what its environment must hold."""
    (folder / "killer-1.0.dist-info").mkdir(parents=True)
    (folder / "killer_action.py").write_text(PLUG_IN)
    (folder / "killer-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: killer\nVersion: 1.0\n")
    (folder / "killer-1.0.dist-info" / "entry_points.txt").write_text(
        "[orchestrator.actions]\nkiller = killer_action:killer\n"
    )
    return {"PYTHONPATH": str(folder)}


def accept(orchestrator: OrchestratorProcess) -> tuple[list[str], list[str]]:
    """Have the killers and the others accepted; a killer waits for a moment, so that all of them are."""
    killer: dict[str, Any] = {"action_id": "kill", "action_type": "killer", "depends_on": ["pause"]}
    pause = {"action_id": "pause", "action_type": "wait", "config": {"seconds": 3}}
    healthy = [service_call("call", "ledger", "/held"), notify("told", "{{call.status}}")]
    with httpx.Client(base_url=orchestrator.url, headers=USER) as client:

        def start(workflow_id: str) -> str:
            accepted = client.post(f"/workflows/{workflow_id}/execute", json={})
            return str(accepted.json()["execution_id"])

        good = create_workflow(client, "healthy", healthy)
        bad = create_workflow(client, "killer", [pause, killer])
        others = [start(good) for _ in range(HEALTHY)]
        return [start(bad) for _ in range(KILLERS)], others


def ends(orchestrator: OrchestratorProcess, execution_ids: list[str]) -> list[dict[str, Any]]:
    """The executions as soon as all of them have ended; fewer where the process dies before, or has not started."""
    found = []
    with httpx.Client(base_url=orchestrator.url, headers=USER, timeout=30) as client:
        for execution_id in execution_ids:
            try:
                list(watch_to_the_end(client, execution_id))
                found.append(client.get(f"/workflows/executions/{execution_id}").json())
            except httpx.TransportError:
                return found
    return found


def watch_to_the_end(client: httpx.Client, execution_id: str) -> Any:
    query = "subscription($id: ID!) { executionEvents(executionId: $id) { sequence } }"
    body = {"query": query, "variables": {"id": execution_id}}
    with client.stream("POST", "/graphql", json=body, headers={"Accept": "text/event-stream"}) as response:
        yield from response.iter_lines()


@pytest.fixture
def under(tmp_path: Path) -> Iterator[list[str]]:
    """What the process is started under: in the full size a limit of memory."""
    limit: AbstractContextManager[list[str]] = (
        limited_memory(f"orchestrator-{tmp_path.name}", MEMORY_BYTES) if IS_FULL else nullcontext([])
    )
    with limit as command:
        yield command


@pytest.mark.parametrize("kind", sized(["sqlite"], ["sqlite", "postgresql"]))
async def test_killers_are_given_up_by_themselves_and_the_others_complete(
    scripted: ScriptedService,
    processes: Processes,
    figures: Figures,
    tmp_path: Path,
    under: list[str],
    kind: str,
    request: pytest.FixtureRequest,
) -> None:
    scripted.answers["/held"] = hang_until_released
    environ = plug_in(tmp_path / "plug-in")
    if kind == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        environ["ORCHESTRATOR_DATABASE_URL"] = server.url(await server.create_database())
    orchestrator = await asyncio.to_thread(
        processes.orchestrator, {"ledger": scripted.url}, under=under, environ=environ
    )
    killers, others = await asyncio.to_thread(accept, orchestrator)
    deaths = 0
    while len(told := await asyncio.to_thread(ends, orchestrator, [*killers, *others])) < len(killers) + len(others):
        deaths += 1
        assert deaths <= KILLERS * (MAX_LIVES + 1)
        if deaths == HELD_LIVES:
            scripted.released.set()
        await asyncio.to_thread(orchestrator.ended)
        await asyncio.to_thread(orchestrator.start_dying, *under)
    given_up, completed = told[: len(killers)], told[len(killers) :]
    assert {body["status"] for body in completed} == {"completed"}
    assert [(body["status"], body["error"]["code"]) for body in given_up] == [("failed", "WORKER_LOST")] * len(killers)
    figures(killers=KILLERS, others=HEALTHY, deaths=deaths)
    assert await asyncio.to_thread(orchestrator.stop) == 0
