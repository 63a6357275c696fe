"""A callback reaches a target that was down while the service was killed (FAULTS F17)."""

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.server.serving import serving
from tests.support.processes import ORCHESTRATOR, USER, Processes, free_port
from tests.support.scripted_service import ScriptedService

PATIENCE_SECONDS = 40
DELIVERIES = """
query ($id: ID!) {
  execution(id: $id) { status callbackDeliveries { id status attempts { httpStatus error } } }
}
"""


async def execution(client: httpx.AsyncClient, execution_id: str) -> dict[str, Any]:
    """An execution with its deliveries."""
    answer = await client.post("/graphql", json={"query": DELIVERIES, "variables": {"id": execution_id}})
    return dict(answer.json()["data"]["execution"])


@pytest.mark.asyncio
async def test_a_callback_reaches_a_target_that_was_down_while_the_service_was_killed(processes: Processes) -> None:
    port = free_port()
    orchestrator = await asyncio.to_thread(
        processes.orchestrator, environ={"ORCHESTRATOR_ALLOW_PRIVATE_NETWORKS": "127.0.0.0/8"}
    )
    async with (
        httpx.AsyncClient(base_url=orchestrator.url, headers=USER, timeout=30) as client,
        asyncio.timeout(PATIENCE_SECONDS),
    ):
        action = {"action_id": "note", "action_type": "notification", "config": {"message": "x"}}
        created = (await client.post("/workflows", json={"name": "Told", "actions": [action]})).json()
        body = {"async_execution": False, "callback_url": f"http://127.0.0.1:{port}/hook"}
        done = (await client.post(f"/workflows/{created['workflow_id']}/execute", json=body)).json()
        assert done["status"] == "completed"
        while not (before := await execution(client, done["execution_id"]))["callbackDeliveries"][0]["attempts"]:
            pass
        (delivery,) = before["callbackDeliveries"]
        assert (before["status"], delivery["status"]) == ("COMPLETED", "PENDING")
        assert delivery["attempts"][0]["httpStatus"] is None

        await asyncio.to_thread(orchestrator.kill)
        target = ScriptedService()

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await target.app(scope, receive, send)

        async with serving(app, port=port):
            await asyncio.to_thread(orchestrator.start)
            await target.arrived.wait()
            while (after := await execution(client, done["execution_id"]))["callbackDeliveries"][0]["status"] != (
                "DELIVERED"
            ):
                pass
        assert after["status"] == "COMPLETED"
        assert [request["headers"]["webhook-id"] for request in target.requests] == [delivery["id"]]
        told = json.loads(target.requests[0]["body"])
        assert (told["event"], told["execution_id"]) == ("execution.completed", done["execution_id"])
        assert [attempt["httpStatus"] for attempt in after["callbackDeliveries"][0]["attempts"]] == [None, 200]


def test_a_spoilt_secret_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "callback_secret").write_text("spoilt")
    command = [str(ORCHESTRATOR), "dev", "--data-dir", str(tmp_path), "--port", "0"]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
    assert refused.returncode == 2
    assert refused.stderr.startswith("error: the secret that signs callbacks cannot be kept in ")
    assert "ORCHESTRATOR_CALLBACK_SECRETS" in refused.stderr
