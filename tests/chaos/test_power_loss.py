"""What a power loss would find: an execution is synced to the disk before the bytes of its 202 leave."""

import asyncio
from pathlib import Path

import pytest

from tests.chaos.conftest import Figures
from tests.chaos.harm.load import connect
from tests.chaos.harm.tracing import WAL, SystemCall, recording, system_calls
from tests.sizes import sized
from tests.support.calls import create, notify, start
from tests.support.processes import Processes

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(sized(60, 600))]

STARTS = sized(20, 500)


def is_synced_before_its_answer(calls: list[SystemCall], execution_id: str) -> bool:
    """Whether the log's pages that name the execution were synced before the 202 that names it began to be sent."""
    answer = next(
        call for call in calls if "HTTP/1.1 202" in call.text and execution_id in call.text and "socket:" in call.text
    )
    written = [call for call in calls if call.name == "pwrite64" and WAL in call.text and execution_id in call.text]
    assert written, f"{execution_id} was never written to the log"
    return any(
        call.name in ("fdatasync", "fsync")
        and WAL in call.text
        and written[0].ended < call.begun
        and call.ended < answer.begun
        for call in calls
    )


async def test_an_execution_is_synced_before_its_202_leaves(
    processes: Processes, figures: Figures, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    orchestrator = await asyncio.to_thread(processes.orchestrator, under=recording(trace))
    async with connect(orchestrator.url) as client:
        workflow = await create(client, "Note", notify("note"))
        ids = [await start(client, workflow["workflow_id"]) for _ in range(STARTS)]
        ids += await asyncio.gather(*(start(client, workflow["workflow_id"]) for _ in range(STARTS)))
    assert await asyncio.to_thread(orchestrator.stop) == 0
    calls = list(system_calls(trace))
    synced = [execution_id for execution_id in ids if is_synced_before_its_answer(calls, execution_id)]
    figures(answers=len(ids), synced_before_the_answer=len(synced))
    assert synced == ids
