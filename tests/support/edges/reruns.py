"""Calls that do executions over, and look at what became of that."""

from typing import Any

import httpx

from tests.support.calls import Json, ended, graphql
from tests.support.scripted_service import ScriptedService

PREVIEW = """
query ($input: PreviewRerunInput!) {
  previewRerun(input: $input) {
    executionId version idempotencyKeys warnings token
    actions { actionId phase verdict reason becauseOf totalItems reusedItems continues }
  }
}
"""
RERUN = """
mutation ($input: RerunExecutionInput!) {
  rerunExecution(input: $input) {
    userErrors { code message path }
    isReplay warnings
    execution { id status rerunOf { id } rerunReason progress { completedActions } actions { actionId status } }
  }
}
"""


async def preview(client: httpx.AsyncClient, execution_id: str, **asked: Any) -> dict[str, tuple[str, str]]:
    """What would become of each action of the main part, and why."""
    found = await preview_of(client, execution_id, **asked)
    return {each["actionId"]: (each["verdict"], each["reason"]) for each in found["actions"] if each["phase"] == "MAIN"}


async def preview_of(client: httpx.AsyncClient, execution_id: str, **asked: Any) -> Json:
    """The whole preview."""
    data = await graphql(client, PREVIEW, input={"id": execution_id, **asked})
    return dict(data["previewRerun"])


async def rerun(client: httpx.AsyncClient, execution_id: str, **asked: Any) -> str:
    """Do an execution over and return the id of the one that does it."""
    payload = (await graphql(client, RERUN, input={"id": execution_id, **asked}))["rerunExecution"]
    assert payload["userErrors"] == [], payload
    assert payload["execution"]["rerunOf"] == {"id": execution_id}
    return str(payload["execution"]["id"])


async def done_over(client: httpx.AsyncClient, execution_id: str, **asked: Any) -> Json:
    """Do an execution over, and return the documented status of the one that did it, once it has ended.

    What the preview said came true.
    """
    foreseen = await preview(client, execution_id, **asked)
    after = await ended(client, await rerun(client, execution_id, **asked))
    result = after["result"]
    for action_id, (verdict, _) in foreseen.items():
        found = result.get(action_id, {})
        assert ("reused_from" in found) == (verdict == "REUSED"), (action_id, verdict, found)
        assert ("given" in found) == (verdict == "GIVEN"), (action_id, verdict, found)
    return after


async def refusals(client: httpx.AsyncClient, execution_id: str, **asked: Any) -> list[tuple[str, list[str]]]:
    """The codes with which a rerun is refused, and what each is about."""
    payload = (await graphql(client, RERUN, input={"id": execution_id, **asked}))["rerunExecution"]
    assert payload["execution"] is None
    return [(error["code"], error["path"]) for error in payload["userErrors"]]


def called(service: ScriptedService) -> list[str]:
    """The paths that were called since the last look, in their order."""
    found = [request["path"] for request in service.requests]
    service.requests.clear()
    return found
