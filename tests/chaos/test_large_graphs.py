"""Graphs over the limit are refused at once, and graphs at the limit run to their end."""

import asyncio
import time
from typing import Any

import pytest

from tests.chaos.conftest import Figures
from tests.chaos.harm.ledger import Ledger
from tests.chaos.harm.load import connect
from tests.sizes import sized
from tests.support.calls import create, ended, notify, start
from tests.support.processes import Processes, service_call

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(sized(60, 600))]

LIMIT = 500
FAR_OVER = 10_000
MAX_REFUSAL_SECONDS = 1.0
RUNS = sized(1, 10)


def chain(count: int) -> list[dict[str, Any]]:
    """Each action after the one before it; the smallest JSON, or the body itself would be over its limit."""
    return [
        {"action_id": f"a{n}", "action_type": "notification", "depends_on": [f"a{n - 1}"] if n else []}
        for n in range(count)
    ]


def fan_out(count: int) -> list[dict[str, Any]]:
    """All actions but the first after the first."""
    return [
        {"action_id": f"a{n}", "action_type": "notification", "depends_on": ["a0"] if n else []} for n in range(count)
    ]


async def test_ten_thousand_actions_are_refused_in_a_second(processes: Processes, figures: Figures) -> None:
    orchestrator = await asyncio.to_thread(processes.orchestrator)
    took = {}
    async with connect(orchestrator.url) as client:
        for name, shape in (("chain", chain), ("fan_out", fan_out)):
            began = time.monotonic()
            refused = await client.post("/workflows", json={"name": "Large", "actions": shape(FAR_OVER)})
            took[f"{name}_seconds"] = time.monotonic() - began
            assert refused.status_code == 422, refused.text
            assert ["body", "actions"] in [fault["loc"] for fault in refused.json()["detail"]]
    figures(actions=FAR_OVER, **took)
    assert max(took.values()) < MAX_REFUSAL_SECONDS


async def test_five_hundred_actions_of_either_shape_run_to_completion(
    ledger: Ledger, processes: Processes, figures: Figures
) -> None:
    orchestrator = await asyncio.to_thread(processes.orchestrator, {"ledger": ledger.url})
    long = [notify("a0"), *(notify(f"a{n}", f"after {{{{a{n - 1}.status}}}}") for n in range(1, LIMIT))]
    first = service_call("a0", "ledger", "/fast")
    wide = [first, *(service_call(f"a{n}", "ledger", "/fast", depends_on=["a0"]) for n in range(1, LIMIT))]
    took = {}
    async with connect(orchestrator.url) as client:
        for name, actions in (("chain", long), ("fan_out", wide)):
            workflow_id = (await create(client, name, *actions))["workflow_id"]
            for _ in range(RUNS):
                final = await ended(client, await start(client, workflow_id))
                assert (final["status"], len(final["result"])) == ("completed", LIMIT)
                took[f"{name}_seconds"] = max(took.get(f"{name}_seconds", 0.0), final["duration_seconds"])
    figures(actions=LIMIT, **took)
    assert len(ledger.keys) == len(set(ledger.keys)) == LIMIT * RUNS
