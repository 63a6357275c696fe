"""What the log has of a request and an execution: whose they were, and at its lowest level none of what they held."""

from ipaddress import ip_network

import httpx
import msgspec
import pytest

from app.settings.settings import Settings
from app.terminal.logs import AccessLog
from tests.support.calls import answer, call, create, graphql, notify, run
from tests.support.scripted_service import PartnerService
from tests.support.secrets.canary import BEARER, ODD, PLAIN, found_in
from tests.support.secrets.told import SET
from tests.support.written_log import WrittenLog

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

SIGNAL = "mutation ($input: SendSignalInput!) { sendSignal(input: $input) { userErrors { code } } }"
RETRY = {"max_attempts": 2, "initial_delay_seconds": 0.01, "retry_on": ["5xx"]}
READ = "query ($id: ID!) { execution(id: $id) { parameters result } }"


@pytest.fixture
def settings(settings: Settings, scripted: PartnerService) -> Settings:
    """All requests have a line; the partner has a credential of the operator, and gives up after one failure."""
    headers = {"Authorization": f"Bearer {BEARER}"}
    service = scripted.service("scripted", headers=headers, circuit_threshold=2, circuit_open_seconds=60)
    loopback = (ip_network("127.0.0.0/8"),)
    return msgspec.structs.replace(
        settings, access_log=AccessLog.ALL, services={"scripted": service}, allow_private_networks=loopback
    )


async def test_nothing_that_passed_through_is_in_the_log_at_its_lowest_level(
    client: httpx.AsyncClient, scripted: PartnerService, written_log: WrittenLog
) -> None:
    scripted.answers["/good"] = answer({"name": ODD, PLAIN: "key"})
    scripted.answers["/bad"] = answer({"error": ODD}, status=500)
    await graphql(client, SET, input={"name": "canary", "value": PLAIN})
    sent = {"headers": {"X-Secret": "{{secrets.canary}}", "X-Word": "{{word}}"}, "parameters": {"word": "{{word}}"}}
    workflow = await create(
        client,
        "Held",
        notify("say", "{{word}} {{secrets.canary}}"),
        call("good", "/good", sent),
        call("bad", "/bad", sent, on_error="continue", retry=RETRY, depends_on=["good"]),
        notify("nowhere", "{{good.response.name.x}}", on_error="continue"),
        call("astray", "{{word}}", on_error="continue"),
        parameters=[{"name": "word", "type": "string", "required": True}],
        outputs={"word": "{{word}}"},
    )
    body = {
        "parameters": {"word": ODD},
        "async_execution": False,
        "idempotency_key": PLAIN,
        "callback_url": f"{scripted.url}/callback?token={PLAIN}",
    }
    headers = {"X-Secret": PLAIN, "X-Request-ID": "asked-here"}
    path = f"/workflows/{workflow['workflow_id']}/execute?word={PLAIN}"
    ended = (await client.post(path, json=body, headers=headers)).json()
    assert ended["status"] == "completed"
    await graphql(client, READ, id=ended["execution_id"])
    await graphql(client, SIGNAL, input={"executionId": ended["execution_id"], "name": PLAIN, "payload": {"x": ODD}})
    refused = [
        await client.post(path, json={"parameters": {"word": [ODD]}}),
        await client.post(path, content=f'{{"{PLAIN}'),
        await client.get(f"/approvals/{PLAIN}"),
        await client.get("/workflows", headers={"X-API-Key": PLAIN}),
        await client.get("/workflows", headers={"Authorization": f"Bearer {PLAIN}"}),
        await client.post("/graphql", json={"query": f'{{ execution(id: "{PLAIN}") {{ {PLAIN[:6]} }} }}'}),
    ]
    assert [reply.status_code for reply in refused] == [422, 400, 404, 401, 401, 200]

    assert found_in(written_log.text) == {}
    ours = {"execution_id": ended["execution_id"], "request_id": "asked-here", "user": "ada", "tenant": "default"}
    begun = [line for line in written_log.lines("engine") if line["message"] == "An attempt begins"]
    assert {line["action_id"] for line in begun} == {"say", "good", "bad", "astray"}
    assert all(ours.items() <= line.items() for line in begun)
    [opened] = [line for line in written_log.lines("services") if "circuit" in line["message"]]
    assert ours.items() <= opened.items() and (opened["service"], opened["failures"]) == ("scripted", 2)
    asked = next(line for line in written_log.lines("access") if line.get("request_id") == "asked-here")
    assert asked["message"] == f"POST /workflows/{workflow['workflow_id']}/execute 200"
    assert asked["user"] == "ada"


async def test_an_execution_that_failed_is_told_by_its_code(
    client: httpx.AsyncClient, scripted: PartnerService, written_log: WrittenLog
) -> None:
    scripted.answers["/bad"] = answer({"error": ODD}, status=404)
    workflow = await create(client, "Failing", call("bad", "/bad"))
    ended = await run(client, workflow["workflow_id"])
    [told] = [line for line in written_log.lines("engine") if line["message"] == "An execution failed"]
    assert (told["execution_id"], told["code"], told["action_id"]) == (ended["execution_id"], "HTTP_ERROR", "bad")
    assert found_in(written_log.text) == {}
