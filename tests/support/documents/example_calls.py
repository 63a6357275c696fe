"""What the tests of the example workflows share: an example saved from its file, and what came of an execution."""

import asyncio
from contextlib import aclosing
from typing import Any

import httpx

from examples.workflows.pictures import FOLDER
from resolvers.workflows.sources.source_text import read_source
from tests.support.calls import PATIENCE_SECONDS, Json, events, graphql, token

SIGNAL = """
mutation ($id: ID!) {
  sendSignal(input: { executionId: $id, name: "email_confirmed" }) { userErrors { code } }
}
"""
DECIDE = """
mutation ($input: DecideApprovalInput!) { decideApproval(input: $input) { userErrors { code } } }
"""


async def save(client: httpx.AsyncClient, name: str, title: str | None = None, **limits: int) -> str:
    """Save an example as it is, but for its delays, which are none, and the time-outs of some actions; give its id."""
    workflow = read_source(FOLDER / f"{name}.yaml").value
    _hurry(workflow)
    workflow["name"] = title or workflow["name"]
    for action in workflow["actions"]:
        if action["action_id"] in limits:
            action["timeout_seconds"] = limits[action["action_id"]]
    saved = await client.post("/workflows", json=workflow)
    assert saved.status_code == 201, saved.text
    assert "warnings" not in saved.json()
    return str(saved.json()["workflow_id"])


def _hurry(part: Any) -> None:
    if isinstance(part, list):
        for item in part:
            _hurry(item)
    elif isinstance(part, dict):
        if "retry" in part:
            part["retry"] |= {"initial_delay_seconds": 0}
        if "repeat" in part:
            part["repeat"] |= {"delay_seconds": 0}
        for item in part.values():
            _hurry(item)


async def waiting(client: httpx.AsyncClient, execution_id: str, action_id: str) -> None:
    """Come back as soon as an action waits."""
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(events(client, execution_id)) as journal:
        async for event in journal:
            if (event["type"], event["actionId"]) == ("ACTION_WAITING", action_id):
                return
    raise AssertionError("it ended before it waited")


def statuses(execution: Json) -> dict[str, str]:
    """The status of each action."""
    return {action_id: result["status"] for action_id, result in execution["result"].items()}


async def decide(client: httpx.AsyncClient, execution_id: str, user: str, approved: bool, **form: str) -> None:
    """Decide about the action `ask`."""
    given = {"executionId": execution_id, "actionId": "ask", "approved": approved, "form": form}
    body = {"query": DECIDE, "variables": {"input": given}}
    answered = await client.post("/graphql", json=body, headers=token(user, "default", "operator"))
    assert answered.json()["data"]["decideApproval"]["userErrors"] == []


async def confirm(client: httpx.AsyncClient, execution_id: str) -> None:
    """Send the signal `email_confirmed`."""
    sent = await graphql(client, SIGNAL, id=execution_id)
    assert sent["sendSignal"]["userErrors"] == []
