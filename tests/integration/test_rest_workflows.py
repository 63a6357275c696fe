"""The documented paths of workflow definitions, on both databases."""

import httpx
import pytest

pytestmark = pytest.mark.asyncio


async def test_a_created_workflow_comes_back_as_it_was_sent(client: httpx.AsyncClient) -> None:
    sent = {
        "name": "Test Workflow",
        "parameters": [{"name": "input_text", "type": "string", "required": True}],
        "actions": [
            {
                "action_id": "process",
                "action_type": "notification",
                "name": "Process Input",
                "config": {"message": "{{input_text}}"},
            }
        ],
    }
    created = await client.post("/workflows", json=sent)
    assert created.status_code == 201
    body = (await client.get(created.headers["location"])).json()
    assert body == created.json()
    assert body["parameters"] == sent["parameters"]
    assert body["actions"] == sent["actions"]
    assert (body["status"], body["version"], body["created_by"]) == ("active", "1.0", "ada")
