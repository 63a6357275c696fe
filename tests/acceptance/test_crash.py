"""What was accepted survives `kill -9` of the process, and nothing that was journaled runs again."""

import asyncio
from collections import Counter

import httpx
import pytest

from tests.support.processes import USER, Processes, create_workflow, service_call, watch
from tests.support.scripted_service import ScriptedService, hang_until_released

pytestmark = pytest.mark.asyncio


async def test_an_execution_goes_on_after_kill_and_repeats_only_the_call_in_flight(
    scripted: ScriptedService, processes: Processes
) -> None:
    scripted.answers["/slow"] = hang_until_released
    orchestrator = await asyncio.to_thread(processes.orchestrator, {"ledger": scripted.url})
    async with httpx.AsyncClient(base_url=orchestrator.url, headers=USER) as client:
        actions = [
            service_call("first", "ledger", "/first"),
            service_call("slow", "ledger", "/slow", depends_on=["first"]),
            service_call("last", "ledger", "/last", depends_on=["slow"]),
        ]
        created = await client.post("/workflows", json={"name": "Ledger", "actions": actions})
        execution = await client.post(f"/workflows/{created.json()['workflow_id']}/execute", json={})
        assert execution.status_code == 202
    while not any(request["path"] == "/slow" for request in scripted.requests):
        scripted.arrived.clear()
        await scripted.arrived.wait()

    await asyncio.to_thread(orchestrator.kill)
    scripted.released.set()
    await asyncio.to_thread(orchestrator.start)

    def events_to_the_end() -> list[dict[str, object]]:
        with httpx.Client(base_url=orchestrator.url, headers=USER, timeout=30) as reader:
            return list(watch(reader, execution.json()["execution_id"]))

    events = await asyncio.to_thread(events_to_the_end)
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["type"] == "EXECUTION_COMPLETED"
    assert "EXECUTION_RESUMED" in [event["type"] for event in events]
    calls = Counter(request["path"] for request in scripted.requests)
    assert calls == {"/first": 1, "/slow": 2, "/last": 1}
    keys = {request["headers"]["idempotency-key"] for request in scripted.requests if request["path"] == "/slow"}
    assert keys == {f"{execution.json()['execution_id']}:slow"}


async def test_executions_that_were_only_queued_survive_kill(processes: Processes) -> None:
    orchestrator = await asyncio.to_thread(processes.orchestrator)

    def accept_and_kill() -> list[str]:
        with httpx.Client(base_url=orchestrator.url, headers=USER) as client:
            workflow_id = create_workflow(
                client, "Note", [{"action_id": "note", "action_type": "notification", "config": {"message": "x"}}]
            )
            answers = [client.post(f"/workflows/{workflow_id}/execute", json={}) for _ in range(20)]
        orchestrator.kill()
        orchestrator.start()
        return [answer.json()["execution_id"] for answer in answers]

    def last_events(execution_ids: list[str]) -> set[object]:
        with httpx.Client(base_url=orchestrator.url, headers=USER, timeout=30) as client:
            return {list(watch(client, execution_id))[-1]["type"] for execution_id in execution_ids}

    execution_ids = await asyncio.to_thread(accept_and_kill)
    assert await asyncio.to_thread(last_events, execution_ids) == {"EXECUTION_COMPLETED"}


async def test_the_queue_of_a_limited_workflow_goes_on_after_kill_in_its_order(
    scripted: ScriptedService, processes: Processes
) -> None:
    scripted.answers["/slow"] = hang_until_released
    orchestrator = await asyncio.to_thread(processes.orchestrator, {"ledger": scripted.url})
    body = {"name": "Ledger", "actions": [service_call("slow", "ledger", "/slow")], "concurrency": {"limit": 1}}
    async with httpx.AsyncClient(base_url=orchestrator.url, headers=USER) as client:
        created = await client.post("/workflows", json=body)
        path = f"/workflows/{created.json()['workflow_id']}/execute"
        ids = [(await client.post(path, json={})).json()["execution_id"] for _ in range(3)]
        await scripted.arrived.wait()
        waiting = (await client.get(f"/workflows/executions/{ids[1]}")).json()["waiting"]
        assert [action["wait_reason"] for action in waiting] == ["workflow_limit"]
    await asyncio.to_thread(orchestrator.kill)
    scripted.released.set()
    await asyncio.to_thread(orchestrator.start)

    def last_events() -> list[object]:
        with httpx.Client(base_url=orchestrator.url, headers=USER, timeout=30) as reader:
            return [list(watch(reader, execution_id))[-1]["type"] for execution_id in ids]

    assert await asyncio.to_thread(last_events) == ["EXECUTION_COMPLETED"] * 3
    keys = [request["headers"]["idempotency-key"] for request in scripted.requests if request["path"] == "/slow"]
    assert keys == [f"{execution_id}:slow" for execution_id in (ids[0], *ids)]


async def test_two_hundred_starts_at_once_are_all_accepted_and_completed(processes: Processes) -> None:
    orchestrator = await asyncio.to_thread(processes.orchestrator)
    limits = httpx.Limits(max_connections=200)
    async with httpx.AsyncClient(base_url=orchestrator.url, headers=USER, limits=limits, timeout=60) as client:
        note = {"action_id": "note", "action_type": "notification", "config": {"message": "x"}}
        created = await client.post("/workflows", json={"name": "Note", "actions": [note]})
        path = f"/workflows/{created.json()['workflow_id']}"
        answers = await asyncio.gather(*(client.post(f"{path}/execute", json={}) for _ in range(200)))
        assert {answer.status_code for answer in answers} == {202}
        execution_ids = {answer.json()["execution_id"] for answer in answers}
        assert len(execution_ids) == 200

    def last_events() -> set[object]:
        with httpx.Client(base_url=orchestrator.url, headers=USER, timeout=30) as reader:
            return {list(watch(reader, execution_id))[-1]["type"] for execution_id in execution_ids}

    assert await asyncio.to_thread(last_events) == {"EXECUTION_COMPLETED"}


async def test_a_stop_lets_running_executions_end_and_exits_cleanly(
    scripted: ScriptedService, processes: Processes
) -> None:
    scripted.answers["/slow"] = hang_until_released
    orchestrator = await asyncio.to_thread(processes.orchestrator, {"ledger": scripted.url})
    async with httpx.AsyncClient(base_url=orchestrator.url, headers=USER) as client:
        created = await client.post(
            "/workflows", json={"name": "Ledger", "actions": [service_call("slow", "ledger", "/slow")]}
        )
        execution = await client.post(f"/workflows/{created.json()['workflow_id']}/execute", json={})
    await scripted.arrived.wait()
    stopping = asyncio.create_task(asyncio.to_thread(orchestrator.stop))
    scripted.released.set()
    assert await stopping == 0
    await asyncio.to_thread(orchestrator.start)
    async with httpx.AsyncClient(base_url=orchestrator.url, headers=USER) as client:
        status = await client.get(f"/workflows/executions/{execution.json()['execution_id']}")
    assert status.json()["status"] == "completed"
    assert len(scripted.requests) == 1
