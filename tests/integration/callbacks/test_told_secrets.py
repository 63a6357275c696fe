"""What a `notification` sends by mail and webhook has its links and secrets in it, and nothing that is kept has."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio

from app.settings.settings import Settings
from tests.support.calls import PATIENCE_SECONDS, Json, create, ended, graphql, start, token
from tests.support.credentials.approval_link_calls import LIST, REVOKE, operate, press
from tests.support.edges.approvals import ask, waits
from tests.support.edges.mail_server import ScriptedMailServer, mail_server
from tests.support.scripted_service import PartnerService
from tests.support.secrets.told import SET, dump, everything_told

pytestmark = pytest.mark.asyncio

LINK = re.compile(r"https?://\S*(/approvals/link_[0-9a-f]{16}\.[\w-]{43})")
KEY = "k3y-of-the-chat/9 9"
FORGED = "[secret:chat_key] [secret:ask.link.ann] {{secrets.chat_key}} {{ask.link.ann}}"
SAID = """
query ($id: ID!) {
  execution(id: $id) { callbackDeliveries { id channel status url content attempts { error } } }
}
"""
DELETE = "mutation ($input: DeleteSecretInput!) { deleteSecret(input: $input) { userErrors { message } } }"
REDELIVER = "mutation ($input: RedeliverCallbackInput!) { redeliverCallback(input: $input) { userErrors { message } } }"
OWNER = token("ada", "default", "editor")


@pytest_asyncio.fixture
async def mail() -> AsyncIterator[ScriptedMailServer]:
    """A mail server."""
    async with mail_server() as server:
        yield server


@pytest.fixture
def settings(settings: Settings, mail: ScriptedMailServer) -> Settings:
    """Mail goes out by that server."""
    url = f"smtp://127.0.0.1:{mail.port}"
    return msgspec.structs.replace(settings, smtp_url=url, smtp_sender="jobs@example.com")


def tells(channel: str, message: str, action_id: str = "tell", **more: Any) -> Json:
    config = {"channel": channel, "message": message, **more.pop("config")}
    return {"action_id": action_id, "action_type": "notification", "config": config, **more}


async def attempted(client: httpx.AsyncClient, execution_id: str, attempts: int, count: int = 1) -> list[Json]:
    """So many deliveries of an execution, once each has had so many attempts."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            found = (await graphql(client, SAID, id=execution_id))["execution"]["callbackDeliveries"]
            if len(found) == count and all(len(each["attempts"]) >= attempts for each in found):
                return list(found)


def path_in(text: str) -> str:
    found = LINK.search(text)
    assert found is not None, text
    return found[1]


async def test_each_approver_gets_a_mail_with_a_link_that_works_and_that_nobody_else_finds(
    client: httpx.AsyncClient, mail: ScriptedMailServer, database_url: str, tmp_path: Path
) -> None:
    both = ask("ask", "Ship <it>?", approvers=["ann@example.com", "bob@example.com"])
    to_each = {"to": "{{who}}", "data": {"note": "{{note}}", "link": ["{{ask.link | urlencode}}"]}}
    each = {"in": ["ann@example.com", "bob@example.com"], "as": "who"}
    tell = tells("email", "Please decide: {{ask.link}}\n{{note}}", config=to_each, for_each=each)
    workflow = await create(client, "Release", both, tell, parameters=[{"name": "note", "type": "string"}])
    assert "warnings" not in workflow
    execution_id = await start(client, workflow["workflow_id"], note=FORGED)
    await waits(client, execution_id)
    found = await attempted(client, execution_id, 1, 2)
    assert {each["status"] for each in found} == {"DELIVERED"}
    assert {each["content"]["message"] for each in found} == {f"Please decide: [secret:ask.link]\n{FORGED}"}

    assert {got.message["Subject"] for got in mail.mails} == {"Please decide:"}
    for got in mail.mails:
        text = got.message.get_content()
        assert text.count(FORGED) == 2
        assert "%2Fapprovals%2Flink_" in text
        page = await client.get(path_in(text))
        assert f"<dt>You decide as</dt><dd><b>{got.recipients[0]}</b>" in page.text

    assert (await press(client, path_in(text), ("decision", "approve"))).status_code == 200
    response = (await ended(client, execution_id))["result"]["ask"]["response"]
    assert [decision["by"] for decision in response["decisions"]] == [got.recipients[0]]
    everything = await everything_told(client, execution_id, workflow["workflow_id"])
    everything += await dump(database_url, tmp_path)
    signatures = [path_in(got.message.get_content()).rpartition(".")[2] for got in mail.mails]
    assert len({*signatures}) == 2
    assert [signature for signature in signatures if signature in everything] == []


async def test_a_secret_is_asked_for_at_each_attempt_and_cut_from_what_comes_back(
    client: httpx.AsyncClient, scripted: PartnerService, database_url: str, tmp_path: Path
) -> None:
    await graphql(client, SET, input={"name": "chat_key", "value": KEY})
    told = {"data": {"key": "{{secrets.chat_key}}", "note": "{{note}}"}, "service": "scripted", "endpoint": "/told"}
    tell = tells("webhook", "?{{secrets.chat_key | urlencode}}", config=told)
    workflow = await create(client, "Keys", tell, parameters=[{"name": "note", "type": "string"}])
    execution_id = await start(client, workflow["workflow_id"], note=FORGED)
    (found,) = await attempted(client, execution_id, 1)
    (request,) = [request for request in scripted.requests if request["path"] == "/told"]
    body = msgspec.json.decode(request["body"])
    assert (body["message"], body["data"]) == ("?k3y-of-the-chat%2F9%209", {"key": KEY, "note": FORGED})
    assert found["content"]["data"]["key"] == "[secret:chat_key]"

    await graphql(client, DELETE, input={"name": "chat_key"})
    await graphql(client, REDELIVER, input={"id": found["id"]})
    (found,) = await attempted(client, execution_id, 2)
    assert "there is no secret 'chat_key', set it with setSecret" in found["attempts"][1]["error"]
    assert found["status"] == "PENDING"
    assert len([request for request in scripted.requests if request["path"] == "/told"]) == 1

    await graphql(client, SET, input={"name": "chat_key", "value": "a newer value"})
    await graphql(client, REDELIVER, input={"id": found["id"]})
    (found,) = await attempted(client, execution_id, 3)
    assert found["status"] == "DELIVERED"
    everything = await everything_told(client, execution_id, workflow["workflow_id"])
    everything += await dump(database_url, tmp_path)
    assert [value for value in (KEY, "k3y-of-the-chat", "a newer value") if value in everything] == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_mail_takes_no_secret_but_links(client: httpx.AsyncClient) -> None:
    for place in ({"message": "{{secrets.key}}"}, {"data": ["{{secrets.key}}"]}, {"subject": "{{secrets.key}}"}):
        config = {"channel": "email", "to": "ann@example.com", "message": "hello", **place}
        tell = {"action_id": "tell", "action_type": "notification", "config": config}
        answer = await client.post("/workflows", json={"name": "Leak", "actions": [tell]}, headers={"X-User-ID": "ada"})
        assert answer.status_code == 422
        assert "it takes links to approvals and no other secret" in answer.json()["detail"][0]["msg"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_link_that_was_revoked_is_not_sent_again(client: httpx.AsyncClient, mail: ScriptedMailServer) -> None:
    tell = tells("email", "{{ask.link}}", config={"to": "ann@example.com"})
    workflow = await create(client, "Release", ask("ask", approvers=["ann"]), tell)
    execution_id = await start(client, workflow["workflow_id"])
    (first,) = await attempted(client, execution_id, 1)
    (link,) = (await operate(client, LIST, OWNER))["approvalLinks"]["nodes"]
    await operate(client, REVOKE, OWNER, input={"id": link["id"]})
    await graphql(client, REDELIVER, input={"id": first["id"]})
    (again,) = await attempted(client, execution_id, 2)
    assert (first["status"], again["status"], len(mail.mails)) == ("DELIVERED", "DISABLED", 1)
    assert again["attempts"][1]["error"] == "'{{ask.link}}' has no value: the link was revoked"
