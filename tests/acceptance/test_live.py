"""A subscriber comes back after `kill -9` of the service with its cursor, and misses nothing."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest

from tests.support.processes import USER, Processes, create_workflow, service_call, watch
from tests.support.scripted_service import ScriptedService, hang_until_released

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
