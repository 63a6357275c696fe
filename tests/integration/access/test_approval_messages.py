"""Links to an approval in the messages of the same workflow: one per approver, sent while it waits, shown to nobody."""

import json
import re
from typing import Any

import httpx
import pytest

from tests.support.calls import Json, call, create, ended, events, notify, start, token
from tests.support.credentials.approval_link_calls import LIST, REVOKE, operate, press
from tests.support.edges.approvals import ask, waits
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

TEXT = re.compile(r"link_[0-9a-f]{16}\.[\w-]{43}")


def mail(text: str, action_id: str = "mail", **more: Any) -> Json:
    return call(action_id, "/mail", {"parameters": {"text": text}}, **more)


async def started(client: httpx.AsyncClient, *actions: Json, **parameters: Any) -> str:
    given = [{"name": name, "type": "string"} for name in parameters]
    workflow = await create(client, "Release", *actions, parameters=given)
    return await start(client, workflow["workflow_id"], **parameters)


async def mailed(client: httpx.AsyncClient, scripted: ScriptedService, execution_id: str, count: int = 1) -> list[str]:
    """The addresses that were sent, once the approval waits and so many calls have ended."""
    async for event in events(client, execution_id):
        count -= event["type"] == "ACTION_SUCCEEDED" or event["type"] == "ACTION_WAITING"
        if count < 0:
            break
    return [json.loads(request["body"])["text"] for request in scripted.requests]


def path_of(address: str) -> str:
    return address[address.index("/approvals/") :]


async def test_a_message_brings_the_link_before_anybody_has_decided(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    boss = ask("ask", "Ship <it>?", approvers=["{{boss}}"])
    execution_id = await started(client, boss, mail("Please: {{ask.link}}"), boss="ann")
    (text,) = await mailed(client, scripted, execution_id)
    assert re.fullmatch(r"Please: http://127\.0\.0\.1:\d+/approvals/" + TEXT.pattern, text)
    page = await client.get(path_of(text))
    assert (page.status_code, "<dt>You decide as</dt><dd><b>ann</b>" in page.text) == (200, True)
    assert (await press(client, path_of(text), ("decision", "approve"))).status_code == 200
    response = (await ended(client, execution_id))["result"]["ask"]["response"]
    assert [decision["by"] for decision in response["decisions"]] == ["ann"]
    assert (await client.get(path_of(text))).status_code == 409  # it ended with the approval


async def test_there_is_one_link_for_each_approver(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    both = ask("ask", approvers=["ann", "bob@example.com"], quorum=2)
    each = mail("{{who}} {{ask.link}}", "each", for_each={"in": ["ann", "bob@example.com"], "as": "who"})
    one = mail('one {{ask.link["bob@example.com"]}}', "one", depends_on=["each"])
    execution_id = await started(client, both, each, one)
    texts = await mailed(client, scripted, execution_id, 4)
    sent = dict(text.split(" ") for text in texts)
    assert set(sent) == {"ann", "bob@example.com", "one"}
    assert sent["one"] == sent["bob@example.com"] != sent["ann"]
    for address in (sent["ann"], sent["one"]):
        assert (await press(client, path_of(address), ("decision", "approve"))).status_code == 200
    response = (await ended(client, execution_id))["result"]["ask"]["response"]
    assert sorted(decision["by"] for decision in response["decisions"]) == ["ann", "bob@example.com"]


async def test_who_sends_a_link_waits_for_whoever_says_who_the_approvers_are(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    find = {"action_id": "find", "action_type": "transform", "config": {"output": "ann"}}
    execution_id = await started(client, mail("{{ask.link}}"), ask("ask", approvers=["{{find.response}}"]), find)
    (text,) = await mailed(client, scripted, execution_id, 2)
    assert "<b>ann</b>" in (await client.get(path_of(text))).text


async def test_a_link_is_shown_to_nobody_but_whom_it_is_sent_to(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    async def echo(_: ScriptedService, send: Any) -> None:
        body = json.dumps({"sent": json.loads(scripted.requests[-1]["body"])["text"].rpartition("/")[2]}).encode()
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    scripted.answers["/mail"] = echo
    told = notify("told", "See {{ask.link}}", depends_on=["mail"])
    execution_id = await started(client, ask("ask", approvers=["ann"]), mail("{{ask.link}}"), told)
    (text,) = await mailed(client, scripted, execution_id, 2)
    assert (await press(client, path_of(text), ("decision", "approve"))).status_code == 200
    body = await ended(client, execution_id)
    shown = json.dumps([body, [event async for event in events(client, execution_id)]])
    assert TEXT.search(shown) is None
    assert body["result"]["mail"]["response"]["sent"].startswith("[secret:ask.link")
    assert body["result"]["told"]["response"]["message"] == "See [secret:ask.link]"


async def test_the_links_of_a_workflow_are_listed_and_can_be_revoked(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    execution_id = await started(client, ask("ask", approvers=["ann"]), mail("{{ask.link}}"))
    (text,) = await mailed(client, scripted, execution_id)
    owner = token("ada", "default", "editor")
    (link,) = (await operate(client, LIST, owner))["approvalLinks"]["nodes"]
    assert (link["approver"], link["createdBy"], link["credential"]) == ("ann", "ada", "SYSTEM")
    assert link["id"] in text
    await operate(client, REVOKE, owner, input={"id": link["id"]})
    page = await client.get(path_of(text))
    assert (page.status_code, "was revoked" in page.text) == (410, True)


async def test_a_link_that_leads_to_nobody_fails_what_would_send_it(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    two = ask("ask", approvers=["ann", "{{boss}}"])
    no = {"on_error": "continue"}
    sends = [mail("{{ask.link}}", "unclear", **no), mail("{{ask.link.eve}}", "nobody", **no)]
    execution_id = await started(client, two, *sends, boss="bob")
    await waits(client, execution_id)
    decided = await client.post(f"/workflows/executions/{execution_id}/cancel")
    assert decided.status_code == 200
    result = (await ended(client, execution_id))["result"]
    assert 'it has 2 approvers: write {{ask.link["ann"]}}' in result["unclear"]["error"]["message"]
    assert "'eve' is none of its approvers" in result["nobody"]["error"]["message"]
    assert {result[name]["error"]["code"] for name in ("unclear", "nobody")} == {"EXPRESSION_ERROR"}
    assert scripted.requests == []


REFUSED: dict[str, tuple[list[Json], str]] = {
    "of no approval": ([notify("ask"), mail("{{ask.link}}")], "only an approval has a link"),
    "for nobody": ([ask("ask"), mail("{{ask.link}}")], "names no approvers"),
    "of many": (
        [ask("ask", approvers=["ann"], for_each={"in": [1, 2]}), mail("{{ask.link}}")],
        "asks for each of a list",
    ),
    "in a condition": (
        [ask("ask", approvers=["ann"]), mail("x", when="{{ask.link != ''}}")],
        "stands in the config of an action that sends it",
    ),
    "where nothing is sent": (
        [ask("ask", approvers=["ann"]), ask("other", "{{ask.link}}", approvers=["bob"])],
        "stands in the config of an action that sends it",
    ),
    "piece by piece": (
        [ask("ask", approvers=["ann"]), mail("{{ask.link | length}}")],
        "takes + and the filters of a secret alone",
    ),
    "of who sends it": (
        [ask("ask", approvers=["{{mail.response.who}}"]), mail("{{ask.link}}")],
        "cycle: mail -> mail",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_link_that_can_lead_nowhere_is_refused_when_saved(client: httpx.AsyncClient, name: str) -> None:
    actions, reason = REFUSED[name]
    answer = await client.post("/workflows", json={"name": "w", "actions": actions})
    assert (answer.status_code, reason in answer.text) == (422, True), answer.text


async def test_a_link_in_a_notification_is_warned_of(client: httpx.AsyncClient) -> None:
    made = await create(client, "w", ask("ask", approvers=["ann"]), notify("told", "See {{ask.link}}"))
    (warning,) = made["warnings"]
    assert warning == (
        "action 'told': '{{ask.link}}' is hidden in what is told: by channel email or webhook it gets to its approver"
    )
