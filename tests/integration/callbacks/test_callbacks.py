"""Callbacks: every end is reported, signed, at least once, on a schedule that outlives the process."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest

from app.asgi import create_app
from app.server.serving import serving
from app.settings.settings import Environment, Settings
from models.commands.workflows import CreateWorkflow, ExecuteWorkflow
from models.errors import CallbackDeliveryNotFound, PermissionDenied
from models.words import DeliveryStatus, Role
from resolvers.callbacks import callback_deliveries, redeliver_callback
from resolvers.context import Context, Viewer
from resolvers.executions.executions import cancel_execution, execute_workflow
from resolvers.workflows.workflows import create_workflow
from tests.support.calls import (
    NO_TLS,
    PATIENCE_SECONDS,
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
from tests.support.edges.callbacks import ADA, DELIVERIES, attempted, deliveries, delivery_of, engine, is_signed, report
from tests.support.scripted_service import PartnerService, ScriptedService
from tests.support.statements import statements
from tests.support.timers import SetClock

pytestmark = pytest.mark.asyncio
REDELIVER = """
mutation ($id: ID!) {
  redeliverCallback(input: { deliveryId: $id }) { callbackDelivery { id status } userErrors { code message path } }
}
"""


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
