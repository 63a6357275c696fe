"""What a `notification` says reaches a registered service or a mailbox: durably, once or more often, and seen."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio

from app.settings.settings import Settings
from engine.journal.broadcast import CALLBACKS
from models.commands.validation import parse
from models.commands.workflows import CreateWorkflow
from models.entities.callbacks import CallbackDelivery
from models.words import DeliveryStatus, ExecutionStatus, Role
from resolvers.callbacks import callback_deliveries, redeliver_callback
from resolvers.context import Context, Viewer
from resolvers.workflows.definitions import check_definition
from tests.support.calls import Json, answer, graphql
from tests.support.edges.callbacks import attempted, delivery_of, engine, is_signed, until
from tests.support.edges.mail_server import ScriptedMailServer, mail_server
from tests.support.engine_calls import create, execute
from tests.support.scripted_service import ScriptedService
from tests.support.timers import SetClock

pytestmark = pytest.mark.asyncio

SENDER = "Orchestrator <jobs@example.com>"
PASSWORD = "p@ss w:rd"


def tells(channel: str, message: str = "Late: {{order}}", **more: Any) -> Json:
    return {
        "action_id": "tell",
        "action_type": "notification",
        "config": {"message": message, "channel": channel, "level": "warning", **more},
    }


async def told(ctx: Context, action: Json, **options: Any) -> Any:
    """The execution of a workflow with that one action, once it has ended."""
    parameter = {"name": "order", "type": "string", "default_value": "o-7"}
    workflow = await create(ctx, action, name=ctx.services.new_id("name_"), parameters=[parameter])
    return await execute(ctx, workflow, async_execution=False, **options)


@pytest_asyncio.fixture
async def mail() -> AsyncIterator[ScriptedMailServer]:
    """A mail server that asks for a password."""
    async with mail_server(PASSWORD) as server:
        yield server


@pytest_asyncio.fixture
async def mailing(settings: Settings, clock: SetClock, mail: ScriptedMailServer) -> AsyncIterator[Context]:
    """An engine whose mail goes out by that server."""
    url = f"smtp://jobs:p%40ss%20w%3Ard@127.0.0.1:{mail.port}"
    async with engine(msgspec.structs.replace(settings, smtp_url=url, smtp_sender=SENDER), clock) as ctx:
        yield ctx


# --- webhooks ------------------------------------------------------------------------------------


async def test_a_webhook_is_signed_and_repeated_with_the_same_id_until_it_is_taken(
    timed: Context, clock: SetClock, scripted: ScriptedService
) -> None:
    scripted.answers["/alerts/o-7"] = answer({}, 500)
    webhook = tells("webhook", service="scripted", endpoint="/alerts/{{order}}", data={"order": "{{order}}"})
    execution = await told(timed, webhook)
    assert execution.status is ExecutionStatus.COMPLETED
    first = await attempted(timed, execution.id, 1)
    assert (first.channel, first.event, first.action_id) == ("webhook", "notification", "tell")
    assert (first.status, first.url) == (DeliveryStatus.PENDING, f"{scripted.url}/alerts/o-7")
    assert first.next_attempt_at is not None

    scripted.answers["/alerts/o-7"] = answer({}, 204)
    clock.moment = first.next_attempt_at
    timed.services.broadcast.publish([CALLBACKS])
    second = await attempted(timed, execution.id, 2)
    assert (second.status, second.completed_at) == (DeliveryStatus.DELIVERED, clock.moment)
    assert {request["headers"]["webhook-id"] for request in scripted.requests} == {first.id}
    assert all(is_signed(request) for request in scripted.requests)
    body = msgspec.json.decode(scripted.requests[-1]["body"])
    assert body == {
        **{"event": "notification", "execution_id": execution.id, "workflow_id": execution.workflow_id},
        **{"action_id": "tell", "timestamp": "2026-01-15T12:00:00Z", "level": "warning", "message": "Late: o-7"},
        "data": {"order": "o-7"},
    }
    hidden = await callback_deliveries(Context(Viewer("v", "default", Role.VIEWER), timed.services), [execution.id])
    assert "o-7" not in str(hidden)


async def test_a_webhook_to_nobody_fails_the_action_and_an_unsafe_endpoint_too(timed: Context) -> None:
    for service, endpoint, code in (
        ("nobody", "/", "SERVICE_NOT_REGISTERED"),
        ("scripted", "/a/../b", "INVALID_CONFIG"),
    ):
        execution = await told(timed, tells("webhook", service=service, endpoint=endpoint))
        assert (execution.error["code"], await deliveries_of(timed, execution.id)) == (code, [])


async def deliveries_of(ctx: Context, execution_id: str) -> list[CallbackDelivery]:
    return (await callback_deliveries(ctx, [execution_id]))[execution_id]


async def test_headers_of_the_service_go_along_and_stay_hidden(
    settings: Settings, clock: SetClock, scripted: ScriptedService
) -> None:
    service = scripted.service("chat", headers={"Authorization": "Bearer canary-of-chat"}, circuit_threshold=1)
    async with engine(msgspec.structs.replace(settings, services={"chat": service}), clock) as ctx:
        execution = await told(ctx, tells("webhook", service="chat"))
        await attempted(ctx, execution.id, 1)
        assert scripted.requests[-1]["headers"]["authorization"] == "Bearer canary-of-chat"
        assert "canary" not in str(await deliveries_of(ctx, execution.id))
        scripted.answers["/"] = answer({}, 500)
        await attempted(ctx, (await told(ctx, tells("webhook", service="chat"))).id, 1)
        left_alone = await attempted(ctx, (await told(ctx, tells("webhook", service="chat"))).id, 1)
        assert left_alone.attempts[0].error == "service 'chat' failed too often in a row and is left alone for a while"


# --- mail ----------------------------------------------------------------------------------------


async def test_mail_reaches_each_recipient_and_what_one_refuses_is_no_matter_of_the_others(
    mailing: Context, mail: ScriptedMailServer
) -> None:
    mail.refusals["gone@example.com"] = "550 no such user"
    email = tells("email", "Order {{order}} ist spät.\nSorry.", to=["ann@example.com", "gone@example.com"])
    email["config"]["data"] = {"order": "{{order}}"}
    execution = await told(mailing, email)
    assert execution.status is ExecutionStatus.COMPLETED

    async def both() -> CallbackDelivery:
        found = {each.url: each for each in await deliveries_of(mailing, execution.id)}
        assert found.keys() == {"mailto:ann@example.com", "mailto:gone@example.com"}
        return min(found.values(), key=lambda each: len(each.attempts))

    await until(both, 1)
    taken, refused = sorted(await deliveries_of(mailing, execution.id), key=lambda each: each.url)
    assert (taken.status, taken.attempts[0].error) == (DeliveryStatus.DELIVERED, None)
    assert (refused.status, refused.next_attempt_at) == (DeliveryStatus.DISABLED, None)
    assert refused.attempts[0].error == "the mail server refused the recipient: 550 no such user"
    (got,) = mail.mails
    assert (got.sender, got.recipients) == ("jobs@example.com", ("ann@example.com",))
    assert (got.message["From"], got.message["To"]) == (SENDER, "ann@example.com, gone@example.com")
    assert (got.message["Subject"], got.message["Message-ID"]) == ("Order o-7 ist spät.", f"<{taken.id}@example.com>")
    assert (got.message["Auto-Submitted"], got.message["X-Execution-ID"]) == ("auto-generated", execution.id)
    assert got.message.get_content().startswith('Order o-7 ist spät.\nSorry.\n\n{\n  "order": "o-7"\n}')

    mail.refusals.clear()
    await redeliver_callback(mailing, refused.id)

    async def second() -> CallbackDelivery:
        return next(each for each in await deliveries_of(mailing, execution.id) if each.id == refused.id)

    assert (await until(second, 2)).status is DeliveryStatus.DELIVERED
    assert mail.mails[-1].recipients == ("gone@example.com",)


@pytest.mark.parametrize(
    ("where", "refusal", "status", "error"),
    [
        ("ann@example.com", "450 greylisted", DeliveryStatus.PENDING, "refused the recipient: 450 greylisted"),
        ("DATA", "451 try later", DeliveryStatus.PENDING, "refused it: 451 try later"),
        ("DATA", "554 spam", DeliveryStatus.DISABLED, "refused it: 554 spam"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_mail_that_is_refused_for_now_is_sent_again(
    mailing: Context,
    clock: SetClock,
    mail: ScriptedMailServer,
    where: str,
    refusal: str,
    status: DeliveryStatus,
    error: str,
) -> None:
    mail.refusals[where] = refusal
    execution = await told(mailing, tells("email", to="ann@example.com"))
    first = await attempted(mailing, execution.id, 1)
    assert first.status is status
    assert error in str(first.attempts[0].error)
    if status is DeliveryStatus.PENDING:
        mail.refusals.clear()
        clock.moment += timedelta(seconds=6)
        mailing.services.broadcast.publish([CALLBACKS])
        assert (await attempted(mailing, execution.id, 2)).status is DeliveryStatus.DELIVERED
        assert mail.mails[0].message["Message-ID"] == f"<{first.id}@example.com>"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_mail_server_that_is_away_or_knows_us_not_is_tried_again(settings: Settings, clock: SetClock) -> None:
    async with mail_server("another password") as strict:
        for url, error in (
            ("smtp://127.0.0.1:1", "the mail server"),
            (f"smtp://u:secret-of-mail@127.0.0.1:{strict.port}", "535 wrong password"),
        ):
            async with engine(msgspec.structs.replace(settings, smtp_url=url, smtp_sender=SENDER), clock) as ctx:
                execution = await told(ctx, tells("email", to="ann@example.com"))
                delivery = await attempted(ctx, execution.id, 1)
            assert (delivery.status, execution.status) == (DeliveryStatus.PENDING, ExecutionStatus.COMPLETED)
            assert error in str(delivery.attempts[0].error)
            assert "secret-of-mail" not in str(delivery)


HOSTILE = [
    ({"to": "{{order}}"}, "ann@example.com\r\nBcc: eve@example.com"),
    ({"to": "{{order}}"}, "ann@example.com, eve@example.com"),
    ({"to": "{{order}}"}, "{{x}}\r\nBcc: eve@example.com"),
    ({"to": ["ann@example.com", "{{order}}"]}, "Ann <ann@example.com>"),
    ({"to": "ann@example.com", "subject": "About {{order}}"}, "x\r\nBcc: eve@example.com"),
    ({"to": "ann@example.com", "subject": "{{order}}"}, "{{x}}\nBcc: eve@example.com"),
    ({"to": "ann@example.com", "subject": "{{order}}"}, "x" * 501),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_no_value_makes_a_second_header_or_recipient(mailing: Context, mail: ScriptedMailServer) -> None:
    for config, order in HOSTILE:
        execution = await told(mailing, tells("email", "hello", **config), parameters={"order": order})
        assert execution.error["code"] == "INVALID_CONFIG", (config, order)
        assert await deliveries_of(mailing, execution.id) == []
    harmless = await told(mailing, tells("email", to="ann@example.com"), parameters={"order": "x\r\n.\r\nQUIT"})
    await attempted(mailing, harmless.id, 1)
    (got,) = mail.mails
    assert got.recipients == ("ann@example.com",)
    assert got.message.get_content().splitlines()[:3] == ["Late: x", ".", "QUIT"]


# --- without a server, and in the test environment ------------------------------------------------


async def test_without_a_mail_server_a_workflow_is_warned_of_and_its_action_fails_with_what_to_set(
    timed: Context,
) -> None:
    email = tells("email", "hello", to="ann@example.com")
    command = parse(CreateWorkflow, {"name": "w", "actions": [email]})
    (warning,) = check_definition(timed.services.actions, command)
    assert "ORCHESTRATOR_SMTP_URL" in str(warning)
    execution = await told(timed, email)
    assert execution.error["code"] == "EMAIL_NOT_CONFIGURED"
    assert "ORCHESTRATOR_SMTP_URL" in execution.error["message"]


MOCK = "mutation ($input: MockServiceInput!) { mockService(input: $input) { userErrors { message } } }"
SEEN = """
query ($id: ID!) {
  execution(id: $id) { callbackDeliveries { channel actionId content status attempts { httpStatus } } }
}
"""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_both_ways_can_be_mocked_and_what_they_said_is_seen(client: httpx.AsyncClient) -> None:
    for service, endpoint in (("email", "/"), ("chat", "/room")):
        await graphql(client, MOCK, input={"serviceName": service, "endpoint": endpoint, "response": {}})
    actions = [
        {**tells("email", "hello", to="ann@example.com"), "action_id": "mails"},
        {**tells("webhook", "hello", service="chat", endpoint="room"), "action_id": "chats"},
    ]
    created = await client.post("/workflows", json={"name": "both", "actions": actions})
    accepted = await client.post(f"/workflows/{created.json()['workflow_id']}/execute", json={"async_execution": False})
    assert accepted.json()["status"] == "completed", accepted.text
    while True:
        found = (await graphql(client, SEEN, id=accepted.json()["execution_id"]))["execution"]["callbackDeliveries"]
        if all(each["status"] == "DELIVERED" for each in found):
            break
    shown = {each["actionId"]: each for each in found}
    assert shown.keys() == {"mails", "chats"}
    assert (shown["mails"]["content"]["to"], shown["mails"]["content"]["subject"]) == (["ann@example.com"], "hello")
    assert [each["attempts"] for each in found] == [[{"httpStatus": 200}]] * 2


async def test_what_was_stored_is_delivered_by_the_next_start(
    settings: Settings, clock: SetClock, scripted: ScriptedService
) -> None:
    scripted.answers["/"] = answer({}, 503)
    async with engine(settings, clock) as ctx:
        execution = await told(ctx, tells("webhook", service="scripted"))
        await attempted(ctx, execution.id, 1)
    scripted.answers["/"] = answer({})
    clock.moment += timedelta(seconds=6)
    async with engine(settings, clock) as ctx:
        delivered = await attempted(ctx, execution.id, 2)
        assert (delivered.id, delivered.status) == (
            *((await delivery_of(ctx, execution.id)).id, DeliveryStatus.DELIVERED),
        )
