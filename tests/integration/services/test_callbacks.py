"""Callbacks: every end is reported, signed, at least once, on a schedule that outlives the process."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio

from app.asgi import create_app
from app.composition import running_services
from app.server.serving import serving
from app.settings.settings import Environment, Settings
from engine.callbacks import client as callback_client
from engine.callbacks import delivery as callbacks
from engine.journal.broadcast import CALLBACKS
from models.callbacks import CallbackDelivery
from models.commands.workflows import CreateWorkflow, ExecuteWorkflow
from models.errors import CallbackDeliveryNotFound, PermissionDenied, Unavailable
from models.words import DeliveryStatus, Role
from resolvers.callbacks import callback_deliveries, redeliver_callback
from resolvers.context import Context, Services, Viewer
from resolvers.executions.executions import cancel_execution, execute_workflow
from resolvers.workflows.workflows import create_workflow
from tests.conftest import NO_TLS, ScriptedService
from tests.integration.conftest import PartnerService
from tests.integration.rest.test_contract_gaps import statements
from tests.support.calls import (
    PATIENCE_SECONDS,
    Json,
    answer,
    assert_envelope,
    call,
    create,
    ended,
    graphql,
    notify,
    soon,
    token,
)

pytestmark = pytest.mark.asyncio

ADA = Viewer("ada", "default", Role.EDITOR)
KEY = b"a key of the tests, 32 bytes long"
DELIVERIES = """
query ($id: ID!) {
  execution(id: $id) {
    status
    callbackDeliveries {
      id url event status nextAttemptAt createdAt completedAt attempts { number at httpStatus error durationSeconds }
    }
  }
}
"""
REDELIVER = """
mutation ($id: ID!) {
  redeliverCallback(input: { deliveryId: $id }) { callbackDelivery { id status } userErrors { code message path } }
}
"""


class SetClock:
    """A clock that stands still until the test moves it."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 15, 12, tzinfo=UTC)

    def now(self) -> datetime:
        """See `Clock.now`."""
        return self.moment


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Callbacks may reach the loopback, where the receiver is."""
    return msgspec.structs.replace(
        settings, allow_private_networks=(ip_network("127.0.0.0/8"),), callback_secrets=(KEY,)
    )


@pytest.fixture
def clock() -> SetClock:
    """Time, in the hand of the test."""
    return SetClock()


@asynccontextmanager
async def engine(settings: Settings, clock: SetClock) -> AsyncIterator[Context]:
    """A running engine on the test's time, as its user sees it."""
    async with running_services(settings, clock=clock, grace_seconds=0) as services:
        yield Context(ADA, services)


@pytest_asyncio.fixture
async def timed(settings: Settings, clock: SetClock) -> AsyncIterator[Context]:
    """See `engine`."""
    async with engine(settings, clock) as ctx:
        yield ctx


async def report(ctx: Context, url: str) -> str:
    """Run a workflow to its end and return the id of the execution, which is to be reported to `url`."""
    workflow = await create_workflow(ctx, CreateWorkflow(name=ctx.services.new_id("name_")))
    command = ExecuteWorkflow(async_execution=False, callback_url=url)
    return (await execute_workflow(ctx, workflow.id, command)).execution.id


async def delivery_of(ctx: Context, execution_id: str) -> CallbackDelivery:
    """The one delivery of an execution."""
    (delivery,) = (await callback_deliveries(ctx, [execution_id]))[execution_id]
    return delivery


async def until(read: Callable[[], Awaitable[CallbackDelivery]], attempts: int) -> CallbackDelivery:
    """Read until so many attempts are written."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len((delivery := await read()).attempts) < attempts:
            pass
    return delivery


async def attempted(ctx: Context, execution_id: str, attempts: int) -> CallbackDelivery:
    """An execution's delivery after so many attempts."""
    return await until(lambda: delivery_of(ctx, execution_id), attempts)


def go_to(services: Services, clock: SetClock, moment: datetime | None) -> None:
    """Move time, and wake who waits for it."""
    assert moment is not None
    clock.moment = moment
    services.broadcast.publish([CALLBACKS])


def is_signed(request: Json) -> bool:
    """Verify a callback as a receiver does."""
    headers = request["headers"]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + request["body"]
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    return f"v1,{expected}" in headers["webhook-signature"].split(" ")


async def deliveries(client: httpx.AsyncClient, execution_id: str, status: str) -> list[Json]:
    """An execution's deliveries as GraphQL tells them, once they have a status."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            found = (await graphql(client, DELIVERIES, id=execution_id))["execution"]["callbackDeliveries"]
            if found and all(delivery["status"] == status for delivery in found):
                return list(found)


# --- what is sent --------------------------------------------------------------------------------


async def test_an_end_is_reported_once_with_the_documented_execution_and_a_signature(
    client: httpx.AsyncClient, scripted: PartnerService
) -> None:
    workflow = await create(client, "reported", notify("note"))
    body = {"async_execution": False, "callback_url": f"{scripted.url}/hook?of=1"}
    done = (await client.post(f"/workflows/{workflow['workflow_id']}/execute", json=body)).json()
    (delivery,) = await deliveries(client, done["execution_id"], "DELIVERED")
    (request,) = scripted.requests
    assert (request["method"], request["path"], request["query"]) == ("POST", "/hook", "of=1")
    assert request["headers"]["content-type"] == "application/json"
    assert request["headers"]["host"] == scripted.url.removeprefix("http://")
    assert request["headers"]["webhook-id"] == delivery["id"]
    assert abs(int(request["headers"]["webhook-timestamp"]) - datetime.now(UTC).timestamp()) < 60
    assert is_signed(request)
    status = (await client.get(f"/workflows/executions/{done['execution_id']}")).json()
    assert json.loads(request["body"]) == {**status, "event": "execution.completed"}
    (attempt,) = delivery["attempts"]
    assert (attempt["number"], attempt["httpStatus"], attempt["error"]) == (1, 200, None)
    assert attempt["durationSeconds"] >= 0
    assert (delivery["url"], delivery["event"]) == (f"{scripted.url}/hook?of=1", "EXECUTION_COMPLETED")
    assert delivery["nextAttemptAt"] is None
    assert delivery["completedAt"] >= attempt["at"] >= delivery["createdAt"]


async def test_a_failure_is_reported(client: httpx.AsyncClient, scripted: PartnerService) -> None:
    scripted.answers["/bad"] = answer({}, 422)
    workflow = await create(client, "failing", call("bad", "/bad"))
    body = {"callback_url": f"{scripted.url}/hook"}
    started = (await client.post(f"/workflows/{workflow['workflow_id']}/execute", json=body)).json()
    (delivery,) = await deliveries(client, started["execution_id"], "DELIVERED")
    assert delivery["event"] == "EXECUTION_FAILED"
    told = json.loads(scripted.requests[-1]["body"])
    assert (told["event"], told["status"], told["error"]["code"]) == ("execution.failed", "failed", "HTTP_ERROR")


async def test_a_cancellation_is_reported(client: httpx.AsyncClient, scripted: PartnerService) -> None:
    workflow = await create(client, "cancelled", call("hang", "/hang"))
    body = {"callback_url": f"{scripted.url}/hook"}
    started = (await client.post(f"/workflows/{workflow['workflow_id']}/execute", json=body)).json()
    await soon(scripted.arrived)
    cancelled = await client.post(f"/workflows/executions/{started['execution_id']}/cancel")
    assert cancelled.status_code == 200
    (delivery,) = await deliveries(client, started["execution_id"], "DELIVERED")
    assert delivery["event"] == "EXECUTION_CANCELLED"
    told = json.loads(scripted.requests[-1]["body"])
    assert (told["event"], told["status"]) == ("execution.cancelled", "cancelled")


async def test_without_a_callback_url_nothing_is_delivered(client: httpx.AsyncClient, scripted: PartnerService) -> None:
    workflow = await create(client, "silent", notify("note"))
    started = (await client.post(f"/workflows/{workflow['workflow_id']}/execute", json={})).json()
    assert (await ended(client, started["execution_id"]))["status"] == "completed"
    read = await graphql(client, DELIVERIES, id=started["execution_id"])
    assert read["execution"]["callbackDeliveries"] == []
    assert scripted.requests == []


async def test_the_delivery_is_on_disk_with_the_end_that_it_reports(timed: Context, scripted: ScriptedService) -> None:
    async def never(service: ScriptedService, send: Any) -> None:
        await service.released.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    scripted.answers["/hook"] = never
    delivery = await delivery_of(timed, await report(timed, f"{scripted.url}/hook"))
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.PENDING, ())


# --- what comes of it ----------------------------------------------------------------------------


async def test_a_failed_attempt_is_repeated_on_schedule_with_the_same_id(
    timed: Context, clock: SetClock, scripted: ScriptedService
) -> None:
    scripted.answers["/hook"] = answer({}, 500)
    execution_id = await report(timed, f"{scripted.url}/hook")
    first = await attempted(timed, execution_id, 1)
    assert (first.status, first.attempts[0].http_status) == (DeliveryStatus.PENDING, 500)
    assert first.attempts[0].error == "the target answered 500"
    assert first.next_attempt_at is not None
    assert 5 <= (first.next_attempt_at - clock.moment).total_seconds() <= 5.5

    go_to(timed.services, clock, first.next_attempt_at - timedelta(microseconds=1))
    scripted.answers["/hook"] = (503, {"retry-after": "4000"}, b"")
    go_to(timed.services, clock, first.next_attempt_at)
    second = await attempted(timed, execution_id, 2)
    assert second.next_attempt_at == clock.moment + timedelta(seconds=4000)

    scripted.answers["/hook"] = (204, {}, b"")
    go_to(timed.services, clock, second.next_attempt_at)
    third = await attempted(timed, execution_id, 3)
    assert (third.status, third.next_attempt_at, third.completed_at) == (DeliveryStatus.DELIVERED, None, clock.moment)
    assert [attempt.http_status for attempt in third.attempts] == [500, 503, 204]
    assert {request["headers"]["webhook-id"] for request in scripted.requests} == {third.id}
    assert len({request["headers"]["webhook-timestamp"] for request in scripted.requests}) == 3
    assert all(is_signed(request) for request in scripted.requests)


async def test_after_the_last_attempt_a_delivery_is_exhausted(
    timed: Context, clock: SetClock, scripted: ScriptedService
) -> None:
    scripted.answers["/hook"] = answer({}, 404)
    execution_id = await report(timed, f"{scripted.url}/hook")
    for number in range(1, 10):
        go_to(timed.services, clock, (await attempted(timed, execution_id, number)).next_attempt_at)
    delivery = await attempted(timed, execution_id, 10)
    assert (delivery.status, delivery.next_attempt_at) == (DeliveryStatus.EXHAUSTED, None)
    assert len(scripted.requests) == 10
    days = (clock.moment - delivery.created_at).total_seconds() / 86_400
    assert 3.1 < days < 3.6


async def test_a_redirect_is_a_failure_and_is_not_followed(timed: Context, scripted: ScriptedService) -> None:
    scripted.answers["/hook"] = (307, {"location": f"{scripted.url}/elsewhere"}, b"")
    delivery = await attempted(timed, await report(timed, f"{scripted.url}/hook"), 1)
    assert delivery.status is DeliveryStatus.PENDING
    assert delivery.attempts[0].error == "the target answered 307: redirects are not followed"
    assert [request["path"] for request in scripted.requests] == ["/hook"]


async def test_a_target_that_is_gone_disables_its_delivery_until_somebody_asks_again(
    timed: Context, scripted: ScriptedService
) -> None:
    scripted.answers["/hook"] = answer({}, 410)
    execution_id = await report(timed, f"{scripted.url}/hook")
    gone = await attempted(timed, execution_id, 1)
    assert (gone.status, gone.next_attempt_at) == (DeliveryStatus.DISABLED, None)

    scripted.answers["/hook"] = answer({})
    again = await redeliver_callback(timed, gone.id)
    assert (again.id, again.status, again.completed_at) == (gone.id, DeliveryStatus.PENDING, None)
    delivered = await attempted(timed, execution_id, 2)
    assert delivered.status is DeliveryStatus.DELIVERED
    assert [attempt.number for attempt in delivered.attempts] == [1, 2]


async def test_a_redelivery_has_the_whole_schedule_before_it(
    timed: Context, clock: SetClock, scripted: ScriptedService
) -> None:
    scripted.answers["/hook"] = answer({}, 500)
    execution_id = await report(timed, f"{scripted.url}/hook")
    for number in (1, 2):
        go_to(timed.services, clock, (await attempted(timed, execution_id, number)).next_attempt_at)
    third = await attempted(timed, execution_id, 3)
    await redeliver_callback(timed, third.id)
    fourth = await attempted(timed, execution_id, 4)
    assert fourth.next_attempt_at is not None
    assert (fourth.next_attempt_at - clock.moment).total_seconds() < 6


async def test_a_redelivery_that_is_asked_for_during_an_attempt_is_made_after_it(
    timed: Context, clock: SetClock, scripted: ScriptedService
) -> None:
    async def held(service: ScriptedService, send: Any) -> None:
        await service.released.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    scripted.answers["/hook"] = held
    execution_id = await report(timed, f"{scripted.url}/hook")
    await soon(scripted.arrived)
    clock.moment += timedelta(seconds=1)
    await redeliver_callback(timed, (await delivery_of(timed, execution_id)).id)
    scripted.released.set()
    delivery = await attempted(timed, execution_id, 2)
    assert [attempt.http_status for attempt in delivery.attempts] == [200, 200]
    assert delivery.status is DeliveryStatus.DELIVERED


async def test_a_target_that_does_not_answer_in_time_has_failed(
    timed: Context, scripted: PartnerService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callback_client, "TIMEOUT_SECONDS", 0.1)
    delivery = await attempted(timed, await report(timed, f"{scripted.url}/hang"), 1)
    assert (delivery.attempts[0].http_status, delivery.attempts[0].error) == (None, "no answer within 0.1 s")
    await soon(scripted.given_up)


async def test_an_answer_is_taken_by_its_status_and_not_read_to_its_end(
    timed: Context, scripted: ScriptedService
) -> None:
    async def endless(service: ScriptedService, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(64):
            await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})
        await service.released.wait()

    scripted.answers["/hook"] = endless
    async with asyncio.timeout(callback_client.TIMEOUT_SECONDS / 2):
        delivery = await attempted(timed, await report(timed, f"{scripted.url}/hook"), 1)
    assert delivery.status is DeliveryStatus.DELIVERED


async def test_a_callback_never_changes_its_execution(client: httpx.AsyncClient, unused_tcp_port: int) -> None:
    workflow = await create(client, "unheard", notify("note"))
    body = {"async_execution": False, "callback_url": f"http://127.0.0.1:{unused_tcp_port}/"}
    done = (await client.post(f"/workflows/{workflow['workflow_id']}/execute", json=body)).json()
    assert done["status"] == "completed"
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (found := await deliveries(client, done["execution_id"], "PENDING"))[0]["attempts"]:
            pass
    assert found[0]["attempts"][0]["httpStatus"] is None
    assert "Connect call failed" in found[0]["attempts"][0]["error"]
    status = (await client.get(f"/workflows/executions/{done['execution_id']}")).json()
    assert (status["status"], "error" in status) == ("completed", False)


# --- what it outlives ----------------------------------------------------------------------------


async def test_the_schedule_outlives_the_process(
    settings: Settings, clock: SetClock, scripted: ScriptedService
) -> None:
    scripted.answers["/hook"] = answer({}, 500)
    async with engine(settings, clock) as ctx:
        execution_id = await report(ctx, f"{scripted.url}/hook")
        first = await attempted(ctx, execution_id, 1)
    scripted.answers["/hook"] = answer({})
    assert first.next_attempt_at is not None
    clock.moment = first.next_attempt_at
    async with engine(settings, clock) as ctx:
        second = await attempted(ctx, execution_id, 2)
    assert second.status is DeliveryStatus.DELIVERED
    assert {request["headers"]["webhook-id"] for request in scripted.requests} == {first.id}


async def test_an_attempt_that_a_stop_cuts_off_is_made_again(
    settings: Settings, clock: SetClock, scripted: PartnerService
) -> None:
    async with engine(settings, clock) as ctx:
        execution_id = await report(ctx, f"{scripted.url}/hang")
        await soon(scripted.arrived)
    await soon(scripted.given_up)
    scripted.arrived.clear()
    async with engine(settings, clock) as ctx:
        await soon(scripted.arrived)
        assert (await delivery_of(ctx, execution_id)).attempts == ()


async def test_the_timer_of_a_delivery_needs_no_wake_up(
    client: httpx.AsyncClient, scripted: PartnerService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.callbacks.schedule.DELAYS_SECONDS", (0, 0.05, 0.05))
    scripted.answers["/hook"] = answer({}, 500)
    workflow = await create(client, "timed")
    body = {"async_execution": False, "callback_url": f"{scripted.url}/hook"}
    done = (await client.post(f"/workflows/{workflow['workflow_id']}/execute", json=body)).json()
    (delivery,) = await deliveries(client, done["execution_id"], "EXHAUSTED")
    assert len(delivery["attempts"]) == 3


async def test_an_outage_of_the_database_only_delays_a_delivery(
    timed: Context, scripted: ScriptedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callbacks, "RETRY_SECONDS", 0.01)
    write, refused = callbacks.write_outcomes, []

    def write_at_the_third_try(*arguments: Any) -> None:
        if len(refused) < 2:
            refused.append(1)
            raise Unavailable("away")
        write(*arguments)

    monkeypatch.setattr(callbacks, "write_outcomes", write_at_the_third_try)
    delivery = await attempted(timed, await report(timed, f"{scripted.url}/hook"), 1)
    assert (delivery.status, len(refused), len(scripted.requests)) == (DeliveryStatus.DELIVERED, 2, 1)


async def test_an_outcome_whose_commit_got_no_answer_is_written_once(
    timed: Context, clock: SetClock, scripted: ScriptedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callbacks, "RETRY_SECONDS", 0.01)
    scripted.answers["/hook"] = answer({}, 500)
    transaction, cut = timed.services.database.transaction, asyncio.Event()

    async def unheard(work: Any) -> Any:
        result = await transaction(work)
        if scripted.requests and not cut.is_set():
            cut.set()
            raise Unavailable("the connection was lost")
        return result

    monkeypatch.setattr(timed.services.database, "transaction", unheard)
    execution_id = await report(timed, f"{scripted.url}/hook")
    await soon(cut)
    clock.moment += timedelta(seconds=1)
    scripted.answers["/hook"] = answer({})
    await redeliver_callback(timed, (await delivery_of(timed, execution_id)).id)
    delivery = await attempted(timed, execution_id, 2)
    assert [attempt.http_status for attempt in delivery.attempts] == [500, 200]


async def test_a_dead_host_leaves_room_for_the_others(timed: Context, scripted: PartnerService) -> None:
    dead = scripted.url.replace("127.0.0.1", "localhost")
    stuck = [await report(timed, f"{dead}/hang") for _ in range(callbacks.MAX_SENDING + 1)]
    delivery = await attempted(timed, await report(timed, f"{scripted.url}/hook"), 1)
    assert delivery.status is DeliveryStatus.DELIVERED
    assert [request["path"] for request in scripted.requests].count("/hang") <= callbacks.MAX_PER_HOST
    found = await callback_deliveries(timed, stuck)
    assert all(delivery.attempts == () for (delivery,) in found.values())


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "http://[::1]/", "http://0xA9FEA9FE/latest/", "http://[::ffff:10.0.0.1]:8080/x"]
)
async def test_a_private_address_is_refused_when_the_execution_is_asked_for(
    client: httpx.AsyncClient, url: str
) -> None:
    workflow = await create(client, "guarded")
    path = f"/workflows/{workflow['workflow_id']}/execute"
    (fault,) = assert_envelope(await client.post(path, json={"callback_url": url}), 422, "VALIDATION_ERROR")
    assert fault["loc"] == ["body", "callback_url"]
    assert "ORCHESTRATOR_ALLOW_PRIVATE_NETWORKS" in fault["msg"]
    execute = "mutation ($i: ExecuteWorkflowInput!) { executeWorkflow(input: $i) { userErrors { code path } } }"
    refused = await graphql(client, execute, i={"workflowId": workflow["workflow_id"], "callbackUrl": url})
    assert refused["executeWorkflow"]["userErrors"] == [{"code": "VALIDATION_ERROR", "path": ["input", "callbackUrl"]}]
    listed = (await client.get(f"/workflows/{workflow['workflow_id']}/executions")).json()
    assert listed["executions"] == []


async def test_production_takes_https_alone(settings: Settings) -> None:
    production = msgspec.structs.replace(settings, environment=Environment.PRODUCTION)
    headers = token("ada", "default", "editor")
    async with (
        serving(create_app(production)) as url,
        httpx.AsyncClient(base_url=url, headers=headers, timeout=30, verify=NO_TLS) as client,
    ):
        workflow = await create(client, "encrypted")
        path = f"/workflows/{workflow['workflow_id']}/execute"
        (fault,) = assert_envelope(
            await client.post(path, json={"callback_url": "http://example.com/"}), 422, "VALIDATION_ERROR"
        )
        assert fault["loc"] == ["body", "callback_url"]


async def test_an_address_that_is_no_longer_allowed_fails_the_attempt_and_says_why(
    settings: Settings, clock: SetClock, scripted: ScriptedService
) -> None:
    scripted.answers["/hook"] = answer({}, 500)
    async with engine(settings, clock) as ctx:
        execution_id = await report(ctx, f"{scripted.url}/hook")
        first = await attempted(ctx, execution_id, 1)
    assert first.next_attempt_at is not None
    clock.moment = first.next_attempt_at
    async with engine(msgspec.structs.replace(settings, allow_private_networks=()), clock) as ctx:
        second = await attempted(ctx, execution_id, 2)
    assert second.attempts[1].http_status is None
    assert "not public" in (second.attempts[1].error or "")
    assert "ORCHESTRATOR_ALLOW_PRIVATE_NETWORKS" in (second.attempts[1].error or "")
    assert len(scripted.requests) == 1


# --- who may ask again ---------------------------------------------------------------------------


async def test_the_owner_an_operator_and_an_admin_may_ask_for_a_redelivery(
    timed: Context, scripted: ScriptedService
) -> None:
    execution_id = await report(timed, f"{scripted.url}/hook")
    delivery = await attempted(timed, execution_id, 1)
    services = timed.services
    with pytest.raises(PermissionDenied):
        await redeliver_callback(Context(Viewer("eve", "default", Role.EDITOR), services), delivery.id)
    for foreign in (
        Context(Viewer("ada", "elsewhere", Role.ADMIN), services),
        Context(Viewer("ada", "elsewhere", Role.EDITOR), services),
    ):
        with pytest.raises(CallbackDeliveryNotFound):
            await redeliver_callback(foreign, delivery.id)
        assert await callback_deliveries(foreign, [execution_id]) == {execution_id: []}
    entitled = (ADA, Viewer("oz", "default", Role.OPERATOR), Viewer("amy", "default", Role.ADMIN))
    for attempts, viewer in enumerate(entitled, 2):
        await redeliver_callback(Context(viewer, services), delivery.id)
        assert (await attempted(timed, execution_id, attempts)).status is DeliveryStatus.DELIVERED


async def test_a_redelivery_is_asked_for_in_graphql(client: httpx.AsyncClient, scripted: PartnerService) -> None:
    workflow = await create(client, "again")
    body = {"async_execution": False, "callback_url": f"{scripted.url}/hook"}
    done = (await client.post(f"/workflows/{workflow['workflow_id']}/execute", json=body)).json()
    (delivery,) = await deliveries(client, done["execution_id"], "DELIVERED")
    asked = await graphql(client, REDELIVER, id=delivery["id"])
    assert asked["redeliverCallback"] == {
        "callbackDelivery": {"id": delivery["id"], "status": "PENDING"},
        "userErrors": [],
    }
    (again,) = await deliveries(client, done["execution_id"], "DELIVERED")
    assert [attempt["number"] for attempt in again["attempts"]] == [1, 2]


@pytest.mark.parametrize("delivery_id", ["cb_0123456789abcdef", "", "cb_\x00"])
async def test_an_unknown_delivery_is_not_found(client: httpx.AsyncClient, delivery_id: str) -> None:
    (error,) = (await graphql(client, REDELIVER, id=delivery_id))["redeliverCallback"]["userErrors"]
    assert error["code"] == "CALLBACK_DELIVERY_NOT_FOUND"
    assert error["path"] == ["input"]


async def test_a_page_of_executions_costs_the_same_few_statements_however_many_deliveries_it_has(
    client: httpx.AsyncClient, scripted: PartnerService
) -> None:
    workflow = await create(client, "paged")
    body = {"async_execution": False, "callback_url": f"{scripted.url}/hook"}
    for _ in range(5):
        done = (await client.post(f"/workflows/{workflow['workflow_id']}/execute", json=body)).json()
        await deliveries(client, done["execution_id"], "DELIVERED")
    page = "query ($n: Int) { executions(first: $n) { nodes { callbackDeliveries { id attempts { number } } } } }"
    for size in (1, 5):
        with statements() as seen:
            found = (await graphql(client, page, n=size))["executions"]["nodes"]
        assert [len(node["callbackDeliveries"][0]["attempts"]) for node in found] == [1] * size
        assert len([statement for statement in seen if "callback_delivery.tenant =" in statement]) == 1
        assert len([statement for statement in seen if "from callback_attempt" in statement]) == 1


async def test_cancelling_twice_reports_once(timed: Context, scripted: PartnerService) -> None:
    workflow = await create_workflow(
        timed, CreateWorkflow.model_validate({"name": "twice", "actions": [call("hang", "/hang")]})
    )
    command = ExecuteWorkflow(callback_url=f"{scripted.url}/hook")
    execution = (await execute_workflow(timed, workflow.id, command)).execution
    for _ in range(2):
        await cancel_execution(timed, execution.id)
    delivery = await attempted(timed, execution.id, 1)
    assert (delivery.event, delivery.status) == ("execution.cancelled", DeliveryStatus.DELIVERED)
