"""Approvals over HTTP: an action that asks, until when it waits, and what people decide."""

import asyncio
from contextlib import aclosing
from typing import Any

import httpx

from tests.support.calls import (
    PATIENCE_SECONDS,
    Json,
    events,
    token,
)

DECIDE = """
mutation ($input: DecideApprovalInput!) {
  decideApproval(input: $input) { userErrors { code message path } execution { id } }
}
"""


def ask(action_id: str, message: str = "Ship it?", **more: Any) -> Json:
    keys = ("approvers", "quorum", "form", "escalation")
    config = {"message": message} | {key: more.pop(key) for key in keys if key in more}
    return {"action_id": action_id, "action_type": "approval", "config": config, **more}


async def waits(client: httpx.AsyncClient, execution_id: str, times: int = 1) -> Json:
    """The journal entry by which an action waits, the last of so many, as soon as it is there."""
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(events(client, execution_id)) as journal:
        async for event in journal:
            times -= event["type"] == "ACTION_WAITING"
            if not times:
                return event
    raise AssertionError("it ended before it waited")


async def decide(client: httpx.AsyncClient, execution_id: str, user: str, approved: bool, **more: Any) -> list[str]:
    """The codes of what was wrong with a decision about the action `ask`."""
    given = {"executionId": execution_id, "actionId": "ask", "approved": approved, **more}
    body = {"query": DECIDE, "variables": {"input": given}}
    answered = (await client.post("/graphql", json=body, headers=token(user, "default", "operator"))).json()
    if "errors" in answered:
        return [error["extensions"]["code"] for error in answered["errors"]]
    return [error["code"] for error in answered["data"]["decideApproval"]["userErrors"]]
