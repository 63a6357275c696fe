"""A subscriber comes back after `kill -9` of the service with its cursor, and misses nothing; a stop waits for none."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest

from tests.support.calls import PATIENCE_SECONDS
from tests.support.processes import USER, Processes, create_workflow, service_call, watch
from tests.support.scripted_service import ScriptedService, hang_until_released
from tests.support.sockets import closed, receive, send, signed_in

pytestmark = pytest.mark.asyncio

LIST = """
subscription ($after: String) { executions(after: $after) { cursor execution { id status } } }
"""
NOTE = {"action_id": "note", "action_type": "notification", "config": {"message": "x"}}


def listed(client: httpx.Client, after: str | None) -> Iterator[dict[str, Any]]:
    """The live list after a cursor."""
    body = {"query": LIST, "variables": {"after": after}}
    with client.stream("POST", "/graphql", json=body, headers={"Accept": "text/event-stream"}) as response:
        for line in response.iter_lines():
            if line.startswith("data: {"):
                yield msgspec.json.decode(line.removeprefix("data: "))["data"]["executions"]


async def test_a_subscriber_to_an_execution_goes_on_where_it_was_cut_off(
    scripted: ScriptedService, processes: Processes
) -> None:
    scripted.answers["/slow"] = hang_until_released
    orchestrator = await asyncio.to_thread(processes.orchestrator, {"ledger": scripted.url})

    def begin() -> tuple[str, list[dict[str, Any]]]:
        with httpx.Client(base_url=orchestrator.url, headers=USER, timeout=30) as client:
            slow = service_call("slow", "ledger", "/slow")
            workflow_id = create_workflow(client, "Watched", [slow, {**NOTE, "depends_on": ["slow"]}])
            execution_id = client.post(f"/workflows/{workflow_id}/execute", json={}).json()["execution_id"]
            seen = []
            for event in watch(client, execution_id):
                seen.append(event)
                if event["type"] == "ACTION_STARTED":
                    orchestrator.kill()
                    return execution_id, seen
        raise AssertionError("the action never started")

    def resume(execution_id: str, after: int) -> list[dict[str, Any]]:
        orchestrator.start()
        with httpx.Client(base_url=orchestrator.url, headers=USER, timeout=30) as client:
            return list(watch(client, execution_id, after))

    execution_id, seen = await asyncio.to_thread(begin)
    scripted.released.set()
    seen += await asyncio.to_thread(resume, execution_id, seen[-1]["sequence"])
    assert [event["sequence"] for event in seen] == list(range(1, len(seen) + 1))
    assert [seen[0]["type"], seen[-1]["type"]] == ["EXECUTION_QUEUED", "EXECUTION_COMPLETED"]
    assert "EXECUTION_RESUMED" in [event["type"] for event in seen]


async def test_a_live_list_goes_on_where_it_was_cut_off(processes: Processes) -> None:
    orchestrator = await asyncio.to_thread(processes.orchestrator)

    def cut_off() -> tuple[str, set[str]]:
        """Accept executions that the listener never sees, because the service is killed."""
        with httpx.Client(base_url=orchestrator.url, headers=USER, timeout=30) as client:
            changes = listed(client, None)
            cursor = next(changes)["cursor"]
            workflow_id = create_workflow(client, "Listed", [NOTE])
            accepted = {
                client.post(f"/workflows/{workflow_id}/execute", json={}).json()["execution_id"] for _ in range(20)
            }
            orchestrator.kill()
        return cursor, accepted

    def resume(cursor: str, accepted: set[str]) -> set[str]:
        orchestrator.start()
        completed: set[str] = set()
        with httpx.Client(base_url=orchestrator.url, headers=USER, timeout=30) as client:
            for change in listed(client, cursor):
                if change["execution"]["status"] == "COMPLETED":
                    assert change["execution"]["id"] not in completed
                    completed.add(change["execution"]["id"])
                if completed >= accepted:
                    return completed
        raise AssertionError("the list ended")

    cursor, accepted = await asyncio.to_thread(cut_off)
    assert await asyncio.to_thread(resume, cursor, accepted) == accepted


FIGURES = {"query": "subscription { systemMetrics(intervalSeconds: 3600) { timestamp } }"}
STREAMS = ("text/event-stream", "multipart/mixed;subscriptionSpec=1.0")
SERVICE_RESTART = 1012
MAX_STOP_SECONDS = 5.0
"""Half of what requests are given, to be seen under load; alone it takes half a second."""


async def test_a_stop_cuts_off_open_streams_at_once_and_quietly(processes: Processes) -> None:
    orchestrator = await asyncio.to_thread(processes.orchestrator)
    async with httpx.AsyncClient(base_url=orchestrator.url, headers=USER, timeout=PATIENCE_SECONDS) as client:
        watching = [asyncio.Event() for _ in STREAMS]

        async def watch_figures(accept: str, begun: asyncio.Event) -> None:
            async with client.stream("POST", "/graphql", json=FIGURES, headers={"Accept": accept}) as response:
                async for chunk in response.aiter_text():
                    if "timestamp" in chunk:
                        begun.set()

        streams = [asyncio.create_task(watch_figures(*each)) for each in zip(STREAMS, watching, strict=True)]
        async with signed_in(client, USER) as socket:
            await send(socket, type="subscribe", id="1", payload=FIGURES)
            assert (await receive(socket))["type"] == "next"
            for begun in watching:
                await begun.wait()
            asked = time.monotonic()
            orchestrator.terminate()
            # No client takes it for an end of the operation: each comes back, here or elsewhere.
            assert await closed(socket) == (SERVICE_RESTART, "")
        for stream in streams:
            with pytest.raises(httpx.RemoteProtocolError):
                await stream
    assert await asyncio.to_thread(orchestrator.ended) == 0
    assert time.monotonic() - asked < MAX_STOP_SECONDS
    assert [line for line in orchestrator.log.splitlines() if " INFO " not in line] == []
