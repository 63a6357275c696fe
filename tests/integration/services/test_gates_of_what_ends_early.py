"""A place at a gate is not lost, and not used, where what stood there is not to begin any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import httpx
import msgspec
import pytest

from app.settings.settings import Settings
from models.ids import new_id
from tests.integration.services.test_service_gates import Line, gate_once, gated, started
from tests.support.calls import PATIENCE_SECONDS, Json, answer, call, create, ended, events, graphql, run, start
from tests.support.scripted_service import PartnerService

pytestmark = pytest.mark.asyncio

SIGNAL = "mutation ($input: SendSignalInput!) { sendSignal(input: $input) { userErrors { message } } }"


@asynccontextmanager
async def limited(
    settings: Settings, scripted: PartnerService, max_concurrency: int
) -> AsyncIterator[httpx.AsyncClient]:
    """The whole service with as many places at its partner's gate, and the same partner without a limit as `free`."""
    free = scripted.service("free")
    settings = msgspec.structs.replace(settings, services={**settings.services, "free": free})
    async with gated(settings, scripted, max_concurrency=max_concurrency) as client:
        yield client


def awaited(action_id: str, **more: Any) -> Json:
    """A wait for the signal of its own name."""
    return {"action_id": action_id, "action_type": "wait", "config": {"signal": action_id}, **more}


async def signal(client: httpx.AsyncClient, execution_id: str, name: str) -> None:
    """Send a signal that the execution waits for."""
    sent = await graphql(client, SIGNAL, input={"executionId": execution_id, "name": name, "payload": None})
    assert sent["sendSignal"]["userErrors"] == []


async def told(client: httpx.AsyncClient, execution_id: str, kind: str, action_id: str | None) -> None:
    """Wait until the journal says this of an action."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        async with aclosing(events(client, execution_id)) as journal:
            async for event in journal:
                if (event["type"].lower(), event["actionId"]) == (kind, action_id):
                    return
    raise AssertionError(f"{kind} of {action_id} was never told")


async def test_the_losers_of_a_race_give_all_their_places_back(settings: Settings, scripted: PartnerService) -> None:
    line, other = Line(), Line()
    scripted.answers |= {"/line": line.answer, "/long": other.answer, "/ok": answer({})}
    racers = [call(name, "/line", on_error="continue") for name in ("b0", "b1", "b2")]
    best = {
        "action_id": "best",
        "action_type": "transform",
        "config": {"output": 1},
        "depends_on": ["fast", "b0", "b1", "b2"],
        "run_if": "first_success",
        "cancel_losers": True,
    }
    long = call("long", "/long", {"service": "free"})
    async with limited(settings, scripted, 1) as client:
        race = await create(client, new_id("wf"), awaited("fast"), long, *racers, best)
        one = await create(client, new_id("wf"), call("a", "/ok"))
        execution_id = await start(client, race["workflow_id"])
        await gate_once(client, running=1, waiting=2)
        await told(client, execution_id, "action_waiting", "fast")
        await signal(client, execution_id, "fast")
        await told(client, execution_id, "action_succeeded", "best")
        await gate_once(client, running=0, waiting=0)
        assert (await run(client, one["workflow_id"]))["status"] == "completed"
        other.released.set()
        assert (await ended(client, execution_id))["status"] == "completed"


async def test_what_stands_at_a_gate_does_not_start_after_a_failure(
    settings: Settings, scripted: PartnerService
) -> None:
    before, beside, late = Line(), Line(), Line()
    late.released.set()
    scripted.answers |= {"/before": before.answer, "/beside": beside.answer, "/late": late.answer}
    fails = {"action_id": "fails", "action_type": "fail", "config": {"message": "no"}, "depends_on": ["signalled"]}
    async with limited(settings, scripted, 1) as client:
        (first,) = await started(client, 1, "/before")
        await gate_once(client, running=1, waiting=0)
        beside_it = call("beside", "/beside", {"service": "free"})
        workflow = await create(client, new_id("wf"), beside_it, call("late", "/late"), awaited("signalled"), fails)
        execution_id = await start(client, workflow["workflow_id"])
        await gate_once(client, waiting=1)
        await told(client, execution_id, "action_waiting", "signalled")
        await signal(client, execution_id, "signalled")
        await told(client, execution_id, "action_failed", "fails")
        before.released.set()
        assert (await ended(client, first))["status"] == "completed"
        await gate_once(client, running=0, waiting=0)
        beside.released.set()
        assert (await ended(client, execution_id))["status"] == "failed"
        begun = [e["actionId"] async for e in events(client, execution_id) if e["type"].lower() == "action_started"]
    assert begun == ["beside", "signalled", "fails"]
    assert late.moments == []


async def test_what_was_decided_beside_a_failure_does_not_start_after_it(
    settings: Settings, scripted: PartnerService
) -> None:
    refused = {"action_id": "refused", "action_type": "transform", "config": {"output": 1}, "success_when": "{{ok}}"}
    ok = {"name": "ok", "type": "boolean"}
    async with limited(settings, scripted, 1) as client:
        workflow = await create(client, new_id("wf"), refused, call("after", "/after"), parameters=[ok])
        execution_id = await start(client, workflow["workflow_id"], ok=False)
        assert (await ended(client, execution_id))["status"] == "failed"
        begun = [e["actionId"] async for e in events(client, execution_id) if e["type"].lower() == "action_started"]
    assert begun == ["refused"]
    assert scripted.requests == []
