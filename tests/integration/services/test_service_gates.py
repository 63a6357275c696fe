"""Service gates in the running service: limits hold over executions, an open circuit is waited out, all is seen."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from app.asgi import create_app
from app.server.serving import serving
from app.settings.settings import Settings
from models.ids import new_id
from tests.support.calls import NO_TLS, PATIENCE_SECONDS, Json, answer, call, create, ended, events, graphql, start
from tests.support.scripted_service import PartnerService

pytestmark = pytest.mark.asyncio

GATES = "{ health { status serviceGates { name circuit openUntil consecutiveFailures running waiting } } }"
RESOLVE = "mutation ($input: ResolveActionInput!) { resolveAction(input: $input) { userErrors { code message } } }"
OPEN_SECONDS = 3.0


@asynccontextmanager
async def gated(settings: Settings, scripted: PartnerService, **limits: Any) -> AsyncIterator[httpx.AsyncClient]:
    """The whole service with these limits of its partner, and a client of `ada`."""
    own = {**settings.services, "scripted": scripted.service("scripted", **limits)}
    settings = msgspec.structs.replace(settings, services=own)
    async with (
        serving(create_app(settings)) as url,
        httpx.AsyncClient(base_url=url, headers={"X-User-ID": "ada"}, timeout=30, verify=NO_TLS) as client,
    ):
        yield client


class Line:
    """Answers of the partner that count how many calls are there at once, and hold each until it is let go."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.now = 0
        self.most = 0
        self.moments: list[float] = []
        self.reached = asyncio.Event()
        self.released = asyncio.Event()

    async def answer(self, _service: PartnerService, send: Any) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        self.moments.append(time.monotonic())
        self.reached.set()
        await self.released.wait()
        self.now -= 1
        status, headers, body = answer({}, self.status)
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})


async def started(client: httpx.AsyncClient, count: int, endpoint: str, **action: Any) -> list[str]:
    """Start as many executions of one call each."""
    workflow = await create(client, new_id("wf"), call("a", endpoint, **action))
    return [await start(client, workflow["workflow_id"]) for _ in range(count)]


async def gate_once(client: httpx.AsyncClient, **wanted: Any) -> Json:
    """The partner's gate as health shows it, as soon as it is as wanted."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            gate: Json = (await client.get("/workflows/health")).json()["service_gates"]["scripted"]
            if all(gate[name] == value for name, value in wanted.items()):
                return gate


async def test_no_more_calls_than_the_service_has_places_are_made_over_all_executions(
    settings: Settings, scripted: PartnerService
) -> None:
    line = Line()
    scripted.answers["/line"] = line.answer
    async with gated(settings, scripted, max_concurrency=2) as client:
        ids = await started(client, 5, "/line")
        gate = await gate_once(client, running=2, waiting=3)
        assert gate == {
            "circuit": "closed", "open_until": None, "consecutive_failures": 0, "running": 2, "waiting": 3
        }  # fmt: skip
        line.released.set()
        assert [(await ended(client, execution_id))["status"] for execution_id in ids] == ["completed"] * 5
        assert (await gate_once(client))["running"] == 0
    assert (line.most, len(line.moments)) == (2, 5)


async def test_a_cancelled_execution_gives_its_place_and_its_turn_back(
    settings: Settings, scripted: PartnerService
) -> None:
    line = Line()
    scripted.answers["/line"] = line.answer
    async with gated(settings, scripted, max_concurrency=1) as client:
        running, waiting, patient = await started(client, 3, "/line")
        await gate_once(client, running=1, waiting=2)
        for execution_id in (waiting, running):
            cancelled = await client.post(f"/workflows/executions/{execution_id}/cancel")
            assert cancelled.status_code == 200
        await gate_once(client, running=1, waiting=0)
        line.released.set()
        assert (await ended(client, patient))["status"] == "completed"
        await gate_once(client, running=0, waiting=0)


async def test_what_waits_for_its_place_is_filled_in_anew_when_a_result_came_by_hand(
    settings: Settings, scripted: PartnerService
) -> None:
    line, refusals = Line(), Line(500)
    scripted.answers |= {"/line": line.answer, "/bad": refusals.answer}
    told = call("told", "/told", {"parameters": {"of": "{{bad.response}}"}}, depends_on=["bad"], run_if="all_done")
    bad = call("bad", "/bad", retry={"max_attempts": 1}, on_error="continue")
    async with gated(settings, scripted, max_concurrency=1) as client:
        workflow = await create(client, new_id("wf"), bad, told)
        execution_id = await start(client, workflow["workflow_id"])
        await gate_once(client, running=1)
        await started(client, 1, "/line")
        await gate_once(client, waiting=1)
        refusals.released.set()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await line.reached.wait()
        await gate_once(client, waiting=1)
        asked = {"executionId": execution_id, "actionId": "bad", "outcome": "SUCCEED", "output": 42, "reason": "paid"}
        assert (await graphql(client, RESOLVE, input=asked))["resolveAction"]["userErrors"] == []
        line.released.set()
        assert (await ended(client, execution_id))["status"] == "completed"
    assert [json.loads(request["body"]) for request in scripted.requests if request["path"] == "/told"] == [{"of": 42}]


async def test_calls_over_the_rate_wait_for_their_turn(settings: Settings, scripted: PartnerService) -> None:
    line = Line()
    line.released.set()
    scripted.answers["/line"] = line.answer
    async with gated(settings, scripted, rate_limit=5.0) as client:
        began = time.monotonic()
        for execution_id in await started(client, 8, "/line"):
            assert (await ended(client, execution_id))["status"] == "completed"
    assert len(line.moments) == 8
    # Five calls go at once, the others every 0.2 s, whenever the first of them came.
    assert max(line.moments) - began >= 0.6


async def test_an_open_circuit_is_seen_waited_out_and_closed_by_a_success(
    settings: Settings, scripted: PartnerService
) -> None:
    scripted.answers["/broken"] = answer({}, 500)
    async with gated(settings, scripted, circuit_threshold=2, circuit_open_seconds=OPEN_SECONDS) as client:
        for execution_id in await started(client, 2, "/broken"):
            assert (await ended(client, execution_id))["status"] == "failed"
        opened = (await client.get("/workflows/health")).json()
        edge = (await graphql(client, GATES))["health"]
        [deferred] = await started(client, 1, "/fine")
        journal = [event async for event in events(client, deferred)]
        assert (await ended(client, deferred))["status"] == "completed"
        closed = await gate_once(client)

    gate = opened["service_gates"]["scripted"]
    assert (opened["status"], gate["circuit"], gate["consecutive_failures"]) == ("degraded", "open", 2)
    until = datetime.fromisoformat(gate["open_until"])
    assert abs(until - datetime.now(UTC)) < timedelta(seconds=PATIENCE_SECONDS)
    assert (edge["status"], edge["serviceGates"]) == (
        "DEGRADED",
        [
            {
                "name": "scripted",
                "circuit": "OPEN",
                "openUntil": edge["serviceGates"][0]["openUntil"],
                "consecutiveFailures": 2,
                "running": 0,
                "waiting": 0,
            }
        ],
    )
    assert datetime.fromisoformat(edge["serviceGates"][0]["openUntil"]) == until

    waits = [event for event in journal if event["type"] == "ACTION_DEFERRED"]
    assert [event["data"]["reason"] for event in waits] == ["circuit_open"]
    assert datetime.fromisoformat(waits[0]["data"]["due_at"]) >= until
    assert [event["type"] for event in journal].count("ACTION_STARTED") == 1
    assert [request["path"] for request in scripted.requests].count("/fine") == 1
    assert (closed["circuit"], closed["open_until"], closed["consecutive_failures"]) == ("closed", None, 0)
