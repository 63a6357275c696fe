"""A release is opened by the next one: each live execution goes on to its end, and nothing is called twice."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio
from click.testing import CliRunner
from sqlalchemy import Connection, select, text, update

from app.asgi import create_app
from app.cli import main
from app.composition import running_services
from app.server.serving import serving
from app.settings.settings import Settings
from engine.dispatch.store import VERSIONS
from engine.journal.journal import EVENTS
from models.errors import Unavailable
from models.words import ExecutionStatus, FaultCode
from resolvers.context import Context
from tests.support.calls import NO_TLS, PATIENCE_SECONDS, Json, answer, ended, events, graphql, run
from tests.support.databases import PostgresServer
from tests.support.engine_calls import ADA
from tests.support.release_before import (
    CALLBACK_PORT,
    Before,
    forwarded,
    left_behind,
    restore_dump,
    unpack_data_directory,
)
from tests.support.scripted_service import ScriptedService
from tests.support.timers import MovableClock
from tests.support.unreadable import at_rest, newer_event, set_aside

pytestmark = pytest.mark.asyncio

CHILDREN = "query ($parent: [ID!]) { executions(filter: { parentId: $parent }) { nodes { id status } } }"
SEND = """mutation ($id: ID!, $payload: JSON) {
  sendSignal(input: { executionId: $id, name: "go", payload: $payload }) { userErrors { code } }
}"""
DECIDE = """mutation ($input: DecideApprovalInput!) { decideApproval(input: $input) { userErrors { code } } }"""
LINK = """mutation ($id: ID!) {
  createApprovalLink(input: { executionId: $id, actionId: "ask" }) { path userErrors { code } }
}"""

SIGNALLED = ("signal", "secret", "revised", "a1", "a2", "a3", "b1", "b2")
AT_ONCE = {
    **dict.fromkeys(SIGNALLED, "completed"),
    **dict.fromkeys(("mailbox", "in flight", "items", "queued 1", "queued 2", "deferred", "parent"), "completed"),
    **dict.fromkeys(("approval", "approvals each", "link"), "completed"),
    "rejection": "failed",
}
"""How executions end without that time passes, once they are sent what they wait for."""

LATER: Sequence[tuple[int, Mapping[str, str]]] = (
    (130, {"retry": "completed"}),
    (260, {"repeat": "completed"}),
    (
        390,
        {
            **dict.fromkeys(("timer", "timer with callback", "branches", "deleted", "mocked"), "completed"),
            "clean-up": "cancelled",
            "on failure": "failed",
        },
    ),
    (700, {"waits each": "completed", "signal late": "completed", "time over": "failed", "i2": "failed"}),
    (1_200, {"moment": "completed", "children": "completed", "escalated": "completed", "i1": "completed"}),
)
"""How those end that wait for a time, by the seconds after which it has come."""

OUTPUTS: Mapping[str, Json] = {
    "signal": {"said": "gone on"},
    "mailbox": {"said": "came early"},
    "approvals each": {"all": 3},
    "items": {"all": 4},
    "branches": {"said": "2 /kept", "big": 12345678901234567890, "note": "ünïcode ✓"},
    "mocked": {"mocked": True},
}
IN_FLIGHT = {"/held/get", "/held/mailbox", "/items/1", "/items/2"}
"""Calls that were under way: they are made again, under the key that they had."""

DUE = ("/refused", "/sending")
"""Callbacks that had failed so far, or were under way."""

OVER = {
    "done": "completed",
    "failed": "failed",
    **dict.fromkeys(("cancelled", "leaving"), "cancelled"),
    **dict.fromkeys(("callback", "callback delivered", "callback sending"), "completed"),
}
CALLED = {
    *IN_FLIGHT,
    *("/broken/retry", "/again/2", "/again/3", "/secret", "/told", "/ended/cancelled", "/unbook"),
    *("/revised/old", "/deleted", "/quick/1", "/quick/2", "/short/1", "/short/2", "/short/3"),
}

FAULTS = {"timer": FaultCode.NEWER_EVENT, "deleted": FaultCode.NEWER_DEFINITION}


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def before(kind: str) -> Before:
    return left_behind(kind)


@pytest_asyncio.fixture
async def settings(
    kind: str, before: Before, tmp_path: Path, scripted: ScriptedService, request: pytest.FixtureRequest
) -> AsyncIterator[Settings]:
    """Settings for what the release before has left, with its services."""
    unpack_data_directory(kind, tmp_path / "data")
    scripted.answers = {f"/items/{item}": answer({"item": item}) for item in (1, 2)}
    settings = Settings(
        data_dir=tmp_path / "data",
        services={"scripted": scripted.service("scripted"), "seldom": scripted.service("seldom")},
    )
    if kind == "sqlite":
        yield settings
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    yield msgspec.structs.replace(settings, database_url=await restore_dump(server, "release_before"))
    await server.remove("release_before")


@pytest_asyncio.fixture
async def reporting(settings: Settings, before: Before, scripted: ScriptedService) -> AsyncIterator[Settings]:
    """The settings, with the receiver of callbacks in its place; one test alone may use it at a time."""
    async with forwarded(before.host, CALLBACK_PORT, scripted.url):
        yield msgspec.structs.replace(settings, allow_private_networks=(ip_network(before.host),))


@pytest.fixture
def clock(before: Before) -> MovableClock:
    """Time goes on from the moment at which the release before was cut off."""
    return clock_at(before.taken_at)


def clock_at(moment: datetime) -> MovableClock:
    clock = MovableClock()
    clock.ahead = moment - datetime.now(UTC)
    return clock


@asynccontextmanager
async def opened(settings: Settings, clock: MovableClock) -> AsyncIterator[httpx.AsyncClient]:
    """This version at work on it."""
    headers = {"X-User-ID": "ada"}
    async with (
        serving(create_app(settings, clock=clock)) as url,
        httpx.AsyncClient(base_url=url, headers=headers, timeout=30, verify=NO_TLS) as client,
    ):
        yield client


async def operate(client: httpx.AsyncClient, user: str, query: str, **variables: Any) -> Json:
    """What a mutation answers to a user whom nothing is refused."""
    body = {"query": query, "variables": variables}
    answered = (await client.post("/graphql", json=body, headers={"X-User-ID": user})).json()
    assert "errors" not in answered, answered
    (payload,) = answered["data"].values()
    assert payload["userErrors"] == []
    return dict(payload)


async def send(client: httpx.AsyncClient, execution_id: str) -> None:
    await operate(client, "ada", SEND, id=execution_id, payload="gone on")


async def decide(client: httpx.AsyncClient, user: str, execution_id: str, approved: bool = True, **more: Any) -> None:
    await operate(
        client, user, DECIDE, input={"executionId": execution_id, "actionId": "ask", "approved": approved, **more}
    )


async def child_of(client: httpx.AsyncClient, execution_id: str) -> str:
    """The one execution that it has started."""
    [child] = (await graphql(client, CHILDREN, parent=[execution_id]))["executions"]["nodes"]
    return str(child["id"])


async def assert_ends(client: httpx.AsyncClient, before: Before, expected: Mapping[str, str]) -> None:
    """Check how executions end, and what they give."""
    bodies = await asyncio.gather(*(ended(client, before.executions[name]) for name in expected))
    found = dict(zip(expected, bodies, strict=True))
    assert {name: body["status"] for name, body in found.items()} == dict(expected)
    given = {name: OUTPUTS[name] for name in expected if name in OUTPUTS}
    assert {name: found[name]["outputs"] for name in given} == given


async def item_begun(client: httpx.AsyncClient, execution_id: str, item: int) -> None:
    """Wait until an action has begun with an item."""
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(events(client, execution_id)) as journal:
        async for event in journal:
            if event["type"] == "ACTION_STARTED" and event["data"].get("item") == item:
                return


async def use_link(client: httpx.AsyncClient, before: Before) -> None:
    """A link of the release before has no row: nobody knows it any more, and a new one is made."""
    assert (await client.get(before.link.path)).status_code == 404
    made = await operate(client, "bob", LINK, id=before.executions["link"])
    assert (await client.post(made["path"], data={"decision": "approve"})).status_code == 200


async def send_what_is_waited_for(client: httpx.AsyncClient, before: Before) -> None:
    made = before.executions
    grandchild = await child_of(client, await child_of(client, made["parent"]))
    for execution_id in (*(made[name] for name in SIGNALLED), grandchild):
        await send(client, execution_id)
    await decide(client, "bob", made["approval"], form={"reason": "fine"})
    await decide(client, "eve", made["rejection"], approved=False)
    for item in (1, 2):
        await decide(client, "eve", made["approvals each"], item=item)


def assert_called_once(before: Before, requests: Sequence[Json]) -> None:
    """Check that all is called that is still to be called, once, and what was under way under the key that it had."""
    calls = [request for request in requests if "webhook-id" not in request["headers"]]
    had = {request.path: request.key for request in before.requests}
    seldom = {path for path in ("/two", "/three") if f"/seldom{path}" not in had}  # as the limit let them pass
    assert sorted(call["path"] for call in calls) == sorted(CALLED | seldom)
    keys = {call["path"]: call["headers"]["idempotency-key"] for call in calls}
    assert {path: keys[path] for path in IN_FLIGHT} == {path: had[path] for path in IN_FLIGHT}


def assert_reported_once(before: Before, settings: Settings, requests: Sequence[Json]) -> None:
    """Check the callbacks that were due, or under way: the same ones, signed by the kept key."""
    sent = [request for request in requests if "webhook-id" in request["headers"]]
    assert sorted(request["path"] for request in sent) == ["/refused", "/sending", "/signal", "/timer"]
    had = {request.path: request.webhook for request in before.callbacks}
    ids = {request["path"]: request["headers"]["webhook-id"] for request in sent}
    assert {path: ids[path] for path in ("/refused", "/sending")} == {
        path: had[path] for path in ("/refused", "/sending")
    }
    key = base64.b64decode((settings.data_dir / "callback_secret").read_text().strip().removeprefix("whsec_"))
    for request in sent:
        head = request["headers"]
        signed = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + request["body"]
        signature = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        assert head["webhook-signature"] == f"v1,{signature}"


async def test_live_work_of_every_feature_goes_on(
    reporting: Settings, clock: MovableClock, before: Before, scripted: ScriptedService
) -> None:
    async with opened(reporting, clock) as client:
        await send_what_is_waited_for(client, before)
        await use_link(client, before)
        await assert_ends(client, before, AT_ONCE)
        left = await child_of(client, before.executions["leaving"])
        await send(client, left)
        assert (await ended(client, left))["status"] == "completed"
    for seconds, expected in LATER:
        clock.ahead = before.taken_at + timedelta(seconds=seconds) - datetime.now(UTC)
        async with opened(reporting, clock) as client:
            if "escalated" in expected:
                await decide(client, "carol", before.executions["escalated"])
                await send(client, before.executions["i1"])
            await assert_ends(client, before, expected)
            if "timer" in expected:
                await item_begun(client, before.executions["children"], 2)
    assert {*before.executions} == {*OVER, *AT_ONCE, *(name for _, expected in LATER for name in expected)}
    assert_called_once(before, scripted.requests)
    assert_reported_once(before, reporting, scripted.requests)
    secret = next(request for request in scripted.requests if request["path"] == "/secret")
    assert secret["headers"]["x-token"] == "a-secret-of-before"


async def test_keys_and_the_audit_log_hold(settings: Settings, clock: MovableClock, before: Before) -> None:
    made, keys = before.executions, before.keys
    async with opened(settings, clock) as client:
        tried = (keys["kept"].key, keys["rotated"].key, keys["rotated"].new, keys["revoked"].key)
        answers = [await client.get("/workflows", headers={"X-API-Key": key}) for key in tried]
        assert [answered.status_code for answered in answers] == [200, 200, 200, 401]
        again = await client.post(
            f"/workflows/{before.workflows['signal']}/execute",
            json={"parameters": {}, "callback_url": f"http://{before.host}:{CALLBACK_PORT}/signal"},
            headers={"Idempotency-Key": "key of signal"},
        )
        assert (again.status_code, again.json()["execution_id"]) == (202, made["signal"])
    environment = {"ORCHESTRATOR_DATA_DIR": str(settings.data_dir)}
    if settings.database_url:
        environment["ORCHESTRATOR_DATABASE_URL"] = settings.database_url
    verified = await asyncio.to_thread(CliRunner(env=environment).invoke, main, ["audit", "verify"])
    assert (verified.exit_code, "none changed, none missing" in verified.output) == (0, True)


async def test_what_was_there_is_shown_and_used(settings: Settings, clock: MovableClock, before: Before) -> None:
    async with opened(settings, clock) as client:
        await assert_ends(client, before, OVER)
        found = (await client.get("/workflows/search", params={"q": "pause minutes"})).json()
        assert [workflow["workflow_id"] for workflow in found["workflows"]] == [before.workflows["timer"]]
        statuses = {
            name: (await client.get(f"/workflows/{workflow_id}")).status_code
            for name, workflow_id in before.workflows.items()
        }
        assert statuses == dict.fromkeys(before.workflows, 200) | {"deleted": 404}
        assert (await run(client, before.workflows["quick"], n=3))["status"] == "completed"


def future(connection: Connection, before: Before) -> None:
    """Put into it what a later version would: an event, a version of definitions, and keys that this one knows not."""
    newer_event(connection, before.executions["timer"])
    of = {"workflow_id": before.workflows["deleted"]}
    connection.execute(text("UPDATE workflow_version SET schema_version = 1000 WHERE workflow_id = :workflow_id"), of)
    of = {"workflow_id": before.workflows["branches"]}
    read = select(VERSIONS.c.definition).where(VERSIONS.c.workflow_id == of["workflow_id"])
    definition = connection.execute(read).scalar_one()
    newer = {**definition, "colour": "blue", "actions": [{**it, "mood": [1]} for it in definition["actions"]]}
    connection.execute(update(VERSIONS).where(VERSIONS.c.workflow_id == of["workflow_id"]).values(definition=newer))
    events = (EVENTS.c.execution_id == before.executions["branches"]) & (EVENTS.c.sequence == 2)
    connection.execute(update(EVENTS).where(events).values(data={"weather": "fine"}))


async def test_what_the_future_left_is_set_aside_alone(settings: Settings, clock: MovableClock, before: Before) -> None:
    await at_rest(settings, lambda connection: future(connection, before))
    clock.put_forward(390)
    async with running_services(settings, clock=clock) as services:
        for name in ("timer", "deleted"):
            shown = await set_aside(Context(ADA, services), before.executions[name])
            assert shown.fault is not None
            assert (shown.status, shown.fault.code) == (ExecutionStatus.RUNNING, FAULTS[name])
    async with opened(settings, clock) as client:
        goes_on = {"branches": "completed", "timer with callback": "completed", "clean-up": "cancelled"}
        await assert_ends(client, before, goes_on)


async def test_a_database_of_the_future_is_refused(settings: Settings) -> None:
    await at_rest(
        settings, lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    )
    with pytest.raises(Unavailable, match="has the schema 9999, and this version knows those up to"):
        async with running_services(settings):
            raise AssertionError("it is opened")
