"""Hostile services, all at once: each action ends with its reason and in its time, and healthy executions go on."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.chaos.conftest import Figures
from tests.chaos.harm.hostile import ENDLESS_BYTES, hostile_service
from tests.chaos.harm.ledger import Ledger
from tests.chaos.harm.load import FAN, connect
from tests.sizes import sized
from tests.support.calls import create, ended, start
from tests.support.processes import OrchestratorProcess, Processes, service_call

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(sized(60, 600))]

REASONS = {
    "hang": ("failed", "TIMEOUT"),
    "drip-body": ("failed", "TIMEOUT"),
    "drip-headers": ("failed", "TIMEOUT"),
    "reset": ("failed", "CONNECTION_ERROR"),
    "half-body": ("failed", "CONNECTION_ERROR"),
    "garbage": ("failed", "CONNECTION_ERROR"),
    "wrong-charset": ("success", None),
    "deep-json": ("success", None),
    "endless": ("success", None),
    "gzip-bomb": ("success", None),
    "redirect-loop": ("failed", "HTTP_ERROR"),
    "redirect-metadata": ("failed", "HTTP_ERROR"),
}
CALLS_OF_EACH = sized(1, 3)
HEALTHY = sized(20, 50)
TIMEOUT_SECONDS = 3
OVERTIME_SECONDS = 1.5
MAX_GROWTH_MIB = 64
MAX_SENT_MIB = 64
MIB = 1024**2


def memory_mib(orchestrator: OrchestratorProcess, line: str) -> int:
    """A line of the process's status, in MiB: `VmRSS` is its memory now, `VmHWM` its most so far."""
    status = Path(f"/proc/{orchestrator.pid}/status").read_text()
    return int(status.partition(f"{line}:")[2].split()[0]) // 1024


async def duration(client: httpx.AsyncClient, workflow_id: str) -> tuple[float, dict[str, Any]]:
    """Execute a workflow; return the seconds from its acceptance to its end, and its last status."""
    final = await ended(client, await start(client, workflow_id))
    return final["duration_seconds"], final


async def test_hostile_services_harm_neither_the_memory_nor_other_executions(
    ledger: Ledger, processes: Processes, figures: Figures
) -> None:
    async with hostile_service() as hostile:
        # Each is a service of its own, as another operator's would be: a limit on one is none on its neighbour.
        services = {"ledger": ledger.url, **dict.fromkeys(REASONS, hostile.url)}
        orchestrator = await asyncio.to_thread(processes.orchestrator, services)
        async with connect(orchestrator.url) as client:
            healthy = (await create(client, "Healthy", *FAN))["workflow_id"]
            calls = {name: service_call("call", name, f"/{name}", timeout_seconds=TIMEOUT_SECONDS) for name in REASONS}
            ids = {name: (await create(client, name, action))["workflow_id"] for name, action in calls.items()}
            await asyncio.gather(*(duration(client, healthy) for _ in range(HEALTHY)))
            before = memory_mib(orchestrator, "VmHWM")
            names = [name for name in REASONS for _ in range(CALLS_OF_EACH)]
            ended_so, ended_well = await asyncio.gather(
                asyncio.gather(*(duration(client, ids[name]) for name in names)),
                asyncio.gather(*(duration(client, healthy) for _ in range(HEALTHY))),
            )
            most = memory_mib(orchestrator, "VmHWM")
    found = [
        (name, (call["status"], (call.get("error") or {}).get("code")))
        for name, (_, final) in zip(names, ended_so, strict=True)
        for call in [final["result"]["call"]]
    ]
    figures(
        hostile_calls=len(names),
        slowest_of_them_seconds=max(seconds for seconds, _ in ended_so),
        healthy=dict(Counter(final["status"] for _, final in ended_well)),
        slowest_healthy_seconds=max(seconds for seconds, _ in ended_well),
        memory_mib=f"{before} -> {most}",
        endless_mib=hostile.sent // MIB,
    )
    assert dict(found) == REASONS
    assert len(set(found)) == len(REASONS)
    assert max(seconds for seconds, _ in ended_so) < TIMEOUT_SECONDS + OVERTIME_SECONDS
    assert {final["status"] for _, final in ended_well} == {"completed"}
    assert max(seconds for seconds, _ in ended_well) < TIMEOUT_SECONDS
    assert hostile.requests == {f"/{name}": CALLS_OF_EACH for name in REASONS}
    assert hostile.sent < min(MAX_SENT_MIB * MIB * CALLS_OF_EACH, ENDLESS_BYTES)
    assert most - before < MAX_GROWTH_MIB
