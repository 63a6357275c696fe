"""Failures and waits counted by their causes: alike on both databases, each with its first and its latest execution."""

from typing import Any

import httpx
import pytest

from resolvers.overviews import groups
from tests.support.calls import Json, answer, call, create, graphql, notify, run, start
from tests.support.edges.approvals import ask, waits
from tests.support.edges.graphql_operations import top_level_errors
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

GROUPS = """
query ($field: ExecutionGroup!, $filter: ExecutionFilterInput, $first: Int) {
  executionsGroupedBy(field: $field, filter: $filter, first: $first) {
    groups {
      key value count workflow { name } actionId code httpStatus latest { id error { message } } first { id }
    }
    counted isComplete
  }
}
"""
PAUSE = "mutation ($id: ID!) { pauseExecution(input: { id: $id }) { userErrors { message } } }"


async def grouped(client: httpx.AsyncClient, field: str, **arguments: Any) -> Json:
    return dict((await graphql(client, GROUPS, field=field, **arguments))["executionsGroupedBy"])


def told(group: Json) -> tuple[Any, ...]:
    where = group["workflow"] and group["workflow"]["name"]
    return where, group["actionId"], group["code"], group["httpStatus"], group["count"]


def ends(group: Json) -> tuple[str, str]:
    return group["first"]["id"], group["latest"]["id"]


async def test_failures_by_what_failed(
    client: httpx.AsyncClient, scripted: ScriptedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = {"retry": {"max_attempts": 1}}
    calls = await create(client, "calls", call("charge", "/answer", **once))
    ghost = await create(client, "ghost", notify("a", "{{ghost}}"))
    good = await create(client, "good", notify("a"))

    async def failed(workflow: Json, status: int = 500) -> str:
        scripted.answers["/answer"] = answer({}, status)
        return str((await run(client, workflow["workflow_id"]))["execution_id"])

    ids = [await failed(calls, 500), await failed(ghost), await failed(calls, 404), await failed(calls, 500)]
    await failed(good)
    found = await grouped(client, "FAILURE")
    assert list(map(told, found["groups"])) == [
        ("calls", "charge", "HTTP_ERROR", 500, 2),
        ("calls", "charge", "HTTP_ERROR", 404, 1),
        ("ghost", "a", "EXPRESSION_ERROR", None, 1),
    ]
    assert [ends(group) for group in found["groups"]] == [(ids[0], ids[3]), (ids[2], ids[2]), (ids[1], ids[1])]
    assert found["groups"][0]["value"] == f"{calls['workflow_id']}:charge:HTTP_ERROR:500"
    assert found["groups"][0]["latest"]["error"]["message"]
    assert (found["counted"], found["isComplete"]) == (4, True)
    [only] = (await grouped(client, "FAILURE", filter={"workflowId": [ghost["workflow_id"]]}))["groups"]
    assert only["count"] == 1
    assert len((await grouped(client, "FAILURE", first=1))["groups"]) == 1
    monkeypatch.setattr(groups, "MAX_COUNTED", 3)
    cut = await grouped(client, "FAILURE")
    assert (cut["counted"], cut["isComplete"]) == (3, False)


async def test_waits_by_what_for(client: httpx.AsyncClient) -> None:
    asks = await create(client, "asks", ask("ok"))
    signal = {"action_id": "w", "action_type": "wait", "config": {"signal": "go"}}
    signals = await create(client, "signals", signal)
    ids = [await start(client, asks["workflow_id"]) for _ in range(2)]
    ids.append(await start(client, signals["workflow_id"]))
    for execution_id in ids:
        await waits(client, execution_id)
    paused = await start(client, signals["workflow_id"])
    await waits(client, paused)
    await graphql(client, PAUSE, id=paused)
    found = await grouped(client, "WAIT_REASON")
    counts = {group["value"]: (group["count"], *ends(group)) for group in found["groups"]}
    assert counts == {
        "APPROVAL": (2, ids[0], ids[1]),
        "SIGNAL": (2, ids[2], paused),
        "PAUSED": (1, paused, paused),
    }
    assert found["isComplete"] is True
    assert {told(group)[:4] for group in found["groups"]} == {(None, None, None, None)}
    only = await grouped(client, "WAIT_REASON", filter={"waitReason": ["APPROVAL"]})
    assert [group["value"] for group in only["groups"]] == ["APPROVAL"]
    none = await grouped(client, "WAIT_REASON", filter={"status": ["COMPLETED"]})
    assert none["groups"] == []
    [error] = await top_level_errors(client, GROUPS, field="WAIT_REASON", filter={"text": "x"})
    assert [fault["loc"] for fault in error["extensions"]["faults"]] == [["filter", "text"]]


async def test_other_fields_have_no_cause(client: httpx.AsyncClient) -> None:
    await run(client, (await create(client, "good", notify("a")))["workflow_id"])
    [group] = (await grouped(client, "STATUS"))["groups"]
    assert (group["latest"], group["first"], group["actionId"]) == (None, None, None)
