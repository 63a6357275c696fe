"""Executions in a line, and what is known of what they wait for: alike on both databases, for a list at once."""

import asyncio
from contextlib import aclosing
from typing import Any

import httpx
import msgspec
import pytest

from models.latest import Latest
from resolvers.context import Context, Services
from resolvers.overviews import sketches
from resolvers.overviews.strips import MOST_KEPT
from schema.context import GraphQLContext
from schema.schema import build_schema
from tests.support.calls import (
    PATIENCE_SECONDS,
    Json,
    answer,
    call,
    create,
    ended,
    events,
    graphql,
    notify,
    run,
    soon,
    start,
    token,
)
from tests.support.calls import held as held_back
from tests.support.edges.approvals import ask
from tests.support.edges.approvals import waits as asks
from tests.support.engine_calls import ADA
from tests.support.engine_calls import create as created
from tests.support.engine_calls import execute as executed
from tests.support.scripted_service import PartnerService, ScriptedService
from tests.support.statements import watched

pytestmark = pytest.mark.asyncio

IN_A_LINE = "query ($id: ID!) { execution(id: $id) { status strip reason } }"
WAITS = """
query ($id: ID!) {
  execution(id: $id) {
    strip
    reason
    waiting {
      actionId waitReason until service position ahead nodeId signal childId quorum approvers
    }
  }
}
"""
SCHEMA = build_schema(test_environment=True)


async def sketch(client: httpx.AsyncClient, execution_id: str) -> tuple[str | None, str | None]:
    told = (await graphql(client, IN_A_LINE, id=execution_id))["execution"]
    return told["strip"], told["reason"]


async def waits(client: httpx.AsyncClient, execution_id: str) -> Json:
    """What is told of the first action that waits, without what is null."""
    told = (await graphql(client, WAITS, id=execution_id))["execution"]
    first = {key: value for key, value in told["waiting"][0].items() if value not in (None, [])}
    return first | {"strip": told["strip"], "reason": told["reason"]}


def wait(action_id: str, **config: Any) -> Json:
    return {"action_id": action_id, "action_type": "wait", "config": config}


async def came(client: httpx.AsyncClient, execution_id: str, kind: str) -> None:
    """Come back when the journal has such an entry."""
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(events(client, execution_id)) as journal:
        async for event in journal:
            if event["type"] == kind:
                return
    raise AssertionError("it ended before that")


async def test_what_became_of_each_action(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    scripted.answers["/broken"] = answer({"why": "not today"}, 503)
    undo = {"compensate": {"action_type": "notification", "config": {"message": "undo"}}}
    once = {"retry": {"max_attempts": 1}}
    workflow = await create(
        client,
        "saga",
        notify("reserve", **undo),
        notify("never", when="{{execution.id == 'x'}}", depends_on=["reserve"]),
        call("charge", "/broken", depends_on=["never"], **once),
        notify("ship", depends_on=["charge"]),
    )
    execution_id = await start(client, workflow["workflow_id"])
    await ended(client, execution_id)
    letters, reason = await sketch(client, execution_id)
    assert letters == "ukf-"
    assert reason is not None and reason.startswith("charge: HTTP_ERROR 503: ")
    good = await run(client, (await create(client, "good", notify("a"), notify("b")))["workflow_id"])
    assert await sketch(client, good["execution_id"]) == ("ss", None)
    client.headers.pop("X-User-ID")
    client.headers.update(token("eve", "default", "viewer"))
    assert await sketch(client, execution_id) == ("ukf-", "charge: HTTP_ERROR 503")


async def test_what_a_call_waits_for(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    scripted.answers["/broken"] = answer({}, 503)
    again = {"max_attempts": 3, "initial_delay_seconds": 600, "jitter": False}
    workflow = await create(client, "backoff", call("charge", "/broken", retry=again), notify("b"))
    execution_id = await start(client, workflow["workflow_id"])
    await came(client, execution_id, "ACTION_RETRY_SCHEDULED")
    told = await waits(client, execution_id)
    assert (told["service"], told["waitReason"], told["strip"]) == ("scripted", "RETRY_BACKOFF", "ws")
    assert told["reason"].startswith("charge: its last attempt failed, and the next one is at ")


async def test_what_people_and_others_have_to_do(client: httpx.AsyncClient) -> None:
    approval = await start(client, (await create(client, "asks", ask("ok", approvers=["ann"])))["workflow_id"])
    await asks(client, approval)
    told = await waits(client, approval)
    assert (told["quorum"], told["approvers"], told["strip"]) == (1, ["ann"], "p")
    assert told["reason"].startswith("ok: somebody has to decide")
    child = await create(client, "child", wait("w", signal="paid"))
    starts = {"action_id": "s", "action_type": "sub_workflow", "config": {"workflow_id": child["workflow_id"]}}
    parent = await start(client, (await create(client, "parent", starts))["workflow_id"])
    await came(client, parent, "ACTION_WAITING")
    told = await waits(client, parent)
    child_id = told["childId"]
    assert (told["strip"], told["reason"]) == ("w", f"s: it waits for the execution {child_id}")
    await came(client, child_id, "ACTION_WAITING")
    told = await waits(client, child_id)
    assert (told["signal"], told["reason"]) == ("paid", "w: it waits for the signal paid")
    client.headers.pop("X-User-ID")
    client.headers.update(token("eve", "default", "viewer"))
    hidden = await waits(client, child_id)
    assert ("signal" in hidden, hidden["reason"]) == (False, "w: it waits for a signal")
    assert (await waits(client, parent))["childId"] == child_id


async def test_an_items_wait_is_told(client: httpx.AsyncClient) -> None:
    each = {**wait("w", signal="go"), "for_each": {"in": [1, 2], "as": "n"}}
    execution_id = await start(client, (await create(client, "items", each))["workflow_id"])
    await came(client, execution_id, "ACTION_WAITING")
    told = await waits(client, execution_id)
    assert (told["signal"], told["strip"], told["reason"]) == ("go", "w", "w: it waits for the signal go")


async def test_places_in_the_line_of_a_limited_workflow(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    scripted.answers["/held"] = held_back
    workflow = await create(client, "limited", call("hold", "/held"), concurrency={"limit": 1})
    first = await start(client, workflow["workflow_id"])
    await soon(scripted.arrived)
    queued = [await start(client, workflow["workflow_id"]) for _ in range(12)]
    assert await sketch(client, first) == ("r", None)
    for place, execution_id in enumerate(queued):
        told = await waits(client, execution_id)
        assert (told["waitReason"], told["position"]) == ("WORKFLOW_LIMIT", place + 1)
        assert told.get("ahead", []) == queued[max(0, place - 10) : place][::-1]
        assert told["reason"] == "hold: as many executions of its workflow run as may"
    scripted.released.set()
    for execution_id in queued:
        await ended(client, execution_id)


async def asked(services: Services, query: str, **variables: Any) -> Json:
    found = await SCHEMA.execute(query, variables, context_value=GraphQLContext(Context(ADA, services), {}))
    assert not found.errors, found.errors
    return dict(found.data or {})


LIST = "{ executions(first: 50) { nodes { id strip reason } } }"


async def test_a_list_reads_them_at_once_and_no_payload(
    ctx: Context, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow_id = await created(
        ctx, notify("a", "{{text}}"), notify("b"), parameters=[{"name": "text", "type": "string"}]
    )
    for count in (1, 6):
        for _ in range(count):
            await executed(ctx, workflow_id, parameters={"text": "x" * 10_000}, async_execution=False)
        services, seen = watched(ctx.services)
        listed = (await asked(services, LIST))["executions"]["nodes"]
        assert {(node["strip"], node["reason"]) for node in listed} == {("ss", None)}
        assert sum(" from execution_event " in statement for statement in seen) == 2, (
            "lengths, and what there is room for"
        )
    seen.clear()
    assert (await asked(services, LIST))["executions"]["nodes"] == listed
    assert not any(" from execution_event " in statement for statement in seen), "what has ended is known"
    monkeypatch.setattr(sketches, "MAX_EVENTS", 15)
    forgetful = msgspec.structs.replace(services, strips=Latest(MOST_KEPT))
    strips = [node["strip"] for node in (await asked(forgetful, LIST))["executions"]["nodes"]]
    assert (strips.count("ss"), strips.count(None)) == (2, 5)


async def test_the_line_at_a_gate(services: Services, scripted: PartnerService) -> None:
    ctx = Context(ADA, services)
    scripted.answers["/held"] = held_back
    room = scripted.service("scripted").max_concurrency
    workflow_id = await created(ctx, call("hold", "/held"))
    ids = [(await executed(ctx, workflow_id)).id for _ in range(room + 2)]
    waiting: dict[int, tuple[str, str, str]] = {}
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(waiting) < 2:
            for execution_id in ids:
                for told in (await asked(services, WAITS, id=execution_id))["execution"]["waiting"]:
                    if told["position"] is not None:
                        waiting[told["position"]] = (told["service"], told["waitReason"], told["nodeId"])
    node = services.dispatcher.node_id
    assert waiting == dict.fromkeys((1, 2), ("scripted", "CONCURRENCY", node))
    scripted.released.set()
