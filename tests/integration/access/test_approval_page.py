"""The page behind an approval link: what it shows, and that it takes what the mutation takes, and nothing else."""

import httpx
import pytest

from tests.support.calls import Json, ended, token
from tests.support.credentials.approval_link_calls import FORM, FORM_BODY, Controls, make, press, waiting
from tests.support.edges.approvals import decide, waits

pytestmark = pytest.mark.asyncio

RISK, SURE = ("field.risk", "low"), ("field.sure", "true")
YES = (("decision", "approve"), RISK, SURE)


async def link(client: httpx.AsyncClient, execution_id: str) -> str:
    return str((await make(client, execution_id, "ann", "operator"))["path"])


async def status(client: httpx.AsyncClient, execution_id: str) -> str:
    return str((await client.get(f"/workflows/executions/{execution_id}")).json()["status"])


async def test_who_has_the_link_sees_what_is_asked_and_decides(client: httpx.AsyncClient) -> None:
    execution_id = await waiting(client, approvers=["ann"])
    path = await link(client, execution_id)
    for method in ("GET", "HEAD", "GET"):  # whoever looks where it leads decides nothing
        page = await client.request(method, path)
        assert (page.status_code, page.headers["content-type"].split(";")[0]) == (200, "text/html")
    assert "Ship &lt;it&gt;?" in page.text
    assert "&lt;b&gt;Hours&lt;/b&gt;" in page.text
    assert "script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "no-referrer"
    assert Controls(page.text).found == {*(f"field.{field['name']}" for field in FORM), "comment", "decision"}
    sent = [*YES, ("comment", "fine\r\nby me"), ("field.hours", "3"), ("field.more", '{"a": [1]}')]
    done = await press(client, path, *sent)
    assert (done.status_code, "You have approved it" in done.text) == (200, True)
    response = (await ended(client, execution_id))["result"]["ask"]["response"]
    assert response["form"] == {"risk": "low", "hours": 3, "sure": True, "more": {"a": [1]}}
    assert [(decision["by"], decision["comment"]) for decision in response["decisions"]] == [("ann", "fine\nby me")]
    again = await press(client, path, *sent)
    assert (again.status_code, "There is nothing to decide" in again.text) == (409, True)


async def test_it_shows_the_workflow_the_deadline_the_quorum_who_decided_and_as_whom_one_does(
    client: httpx.AsyncClient,
) -> None:
    message = "Ship it?\n  two lines \u202e and a mark"
    more = {"approvers": ["ann", "bob", "cid"], "quorum": 2, "form": [], "timeout_seconds": 9_000}
    execution_id = await waiting(client, "Release <to> production", message, **more)
    assert await decide(client, execution_id, "bob", True, comment="looks\ngood <i>") == []
    await waits(client, execution_id, 2)
    page = (await client.get(await link(client, execution_id))).text
    for shown in (
        "Release &lt;to&gt; production",
        "<span>in 2 h",
        "2 approvals, 1 so far",
        "<dt>You decide as</dt><dd><b>ann</b>",
        "<b>bob</b> approved",
        "“looks\ngood &lt;i&gt;”",
        "<b>you or cid</b>",
        "  two lines \\u202e and a mark",
        'name="viewport"',
        "color-scheme:light dark",
        "white-space:pre-wrap",
    ):
        assert shown in page
    assert "\u202e" not in page


async def test_nothing_is_chosen_beforehand_and_what_is_required_says_so(client: httpx.AsyncClient) -> None:
    form = [
        *FORM,
        {"name": "region", "type": "string", "allowed_values": ["eu", "us"], "default_value": "eu"},
        {"name": "day", "type": "integer", "required": True, "allowed_values": [1, 2, 3, 4, 5]},
        {"name": "notify", "type": "boolean", "default_value": True},
        {"name": "note", "type": "string", "default_value": "none"},
    ]
    path = await link(client, await waiting(client, form=form))
    page = (await client.get(path)).text
    assert Controls(page).chosen == []
    assert page.count('<span class="tag">required</span>') == 3
    assert page.count('type="radio"') == 4  # what is required has few choices, side by side
    assert page.count(" required") == 5
    assert (await press(client, path, *YES, ("field.day", "2"))).status_code == 200


async def test_what_is_left_open_has_its_default(client: httpx.AsyncClient) -> None:
    form = [{"name": "region", "type": "string", "allowed_values": ["eu", "us"], "default_value": "eu"}]
    execution_id = await waiting(client, form=form)
    sent = [("decision", "approve"), ("field.region", ""), ("comment", "")]
    assert (await press(client, await link(client, execution_id), *sent)).status_code == 200
    response = (await ended(client, execution_id))["result"]["ask"]["response"]
    assert (response["form"], response["decisions"][0]["comment"]) == ({"region": "eu"}, None)


NEITHER: dict[str, list[tuple[str, str]]] = {
    "no decision": [RISK, SURE],
    "an empty one": [("decision", ""), RISK, SURE],
    "another word": [("decision", "Approve"), RISK, SURE],
    "a truth": [("decision", "true"), RISK, SURE],
    "both": [*YES, ("decision", "reject")],
    "one of them twice": [*YES, ("decision", "approve")],
    "a word with a space": [("decision", "reject "), RISK, SURE],
    "a field twice": [*YES, RISK],
    "a field of no form": [*YES, ("field.other", "x")],
    "a name of no page": [*YES, ("approved", "true")],
    "a choice that is none": [("decision", "approve"), ("field.risk", "medium"), SURE],
    "nothing where something is required": [("decision", "approve"), ("field.risk", ""), SURE],
    "a text for a number": [*YES, ("field.hours", "many")],
    "a number that is no whole one": [*YES, ("field.hours", "1.5")],
    "a number beyond all": [*YES, ("field.more", '{"a": 1e999}')],
    "a NUL in a rejection": [("decision", "reject"), ("comment", "\x00")],
    "a NUL in a field of a rejection": [("decision", "reject"), ("field.risk", "\x00")],
    "a NUL in a field": [("decision", "approve"), ("field.risk", "low\x00"), SURE],
    "a NUL within JSON": [*YES, ("field.more", '{"a": "\\u0000"}')],
    "half a pair within JSON": [*YES, ("field.more", '{"a": "\\ud800"}')],
    "brackets without end": [*YES, ("field.more", "[" * 50_000)],
    "101 levels": [*YES, ("field.more", '{"a":' * 101 + "1" + "}" * 101)],
    "a comment that is too long": [*YES, ("comment", "c" * 5_000)],
    "a thousand fields": [*YES, *[("field.risk", "low")] * 1_000],
}
RAW = {
    "a decision in no UTF-8": b"decision=approve%ff&field.risk=low&field.sure=true",
    "a comment in no UTF-8": b"decision=approve&field.risk=low&field.sure=true&comment=%ED%A0%80",
    "bytes that are no form": b"\xff\xfe\x00",
    "nothing": b"",
}


@pytest.mark.parametrize("name", [*NEITHER, *RAW])
async def test_what_is_no_decision_decides_nothing_and_stays_in_the_page(client: httpx.AsyncClient, name: str) -> None:
    execution_id = await waiting(client)
    path = await link(client, execution_id)
    content = RAW[name] if name in RAW else str(httpx.QueryParams(NEITHER[name])).encode()
    answer = await client.post(path, content=content, headers=FORM_BODY)
    assert (answer.status_code, "Nothing was decided yet" in answer.text) == (422, True), answer.text
    if ("field.risk", "low") in NEITHER.get(name, ()) and name != "a thousand fields":
        assert Controls(answer.text).chosen[:1] == ["field.risk"]
    assert await status(client, execution_id) == "running"
    assert (await press(client, path, *YES)).status_code == 200  # it still waits
    assert (await ended(client, execution_id))["status"] == "completed"


async def test_the_faults_are_told_in_plain_words_beside_their_fields(client: httpx.AsyncClient) -> None:
    path = await link(client, await waiting(client))
    page = (await press(client, path, ("decision", "approve"), RISK, ("field.hours", "many"), ("comment", "kept"))).text
    for shown in (
        '<a href="#f-hours">hours: must be a whole number, such as 3</a>',
        '<a href="#f-sure">sure: is required</a>',
        'value="many"',
        "\nkept</textarea>",
        'aria-invalid="true" aria-describedby="f-hours-hint f-hours-bad"',
    ):
        assert shown in page


@pytest.mark.parametrize(
    ("media_type", "size", "expected"),
    [("application/json", 10, 415), ("multipart/form-data; boundary=x", 10, 415), ("text/plain", 10, 415)]
    + [(FORM_BODY["Content-Type"], size, 413) for size in (300_000, 2_000_000)],
)
async def test_what_the_page_does_not_send_is_not_read(
    client: httpx.AsyncClient, media_type: str, size: int, expected: int
) -> None:
    execution_id = await waiting(client)
    content = b"decision=approve&comment=".ljust(size, b"c")
    path = await link(client, execution_id)
    answer = await client.post(path, content=content, headers={"Content-Type": media_type})
    assert (answer.status_code, await status(client, execution_id)) == (expected, "running")


async def test_a_rejection_needs_no_form(client: httpx.AsyncClient) -> None:
    execution_id = await waiting(client)
    sent = [("decision", "reject"), ("field.hours", "many")]
    assert (await press(client, await link(client, execution_id), *sent)).status_code == 200
    assert (await ended(client, execution_id))["error"]["code"] == "REJECTED"


async def test_who_has_decided_is_not_asked_again_while_others_are(client: httpx.AsyncClient) -> None:
    execution_id = await waiting(client, approvers=["ann", "bob"], quorum=2, form=[])
    path = await link(client, execution_id)
    done = await press(client, path, ("decision", "approve"))
    assert "1 more approval is needed before the workflow goes on" in done.text
    await waits(client, execution_id, 2)
    page = (await client.get(path)).text
    assert ("You have decided already" in page, "<form" in page) == (True, False)
    assert (await press(client, path, ("decision", "approve"))).status_code == 409


async def test_a_link_says_what_a_program_needs_to_pass_it_on(client: httpx.AsyncClient) -> None:
    made: Json = await make(client, await waiting(client), "ann", "operator")
    assert made["url"] is None or made["url"].endswith(made["path"])
    assert (await client.get(made["path"], headers=token("eve", "elsewhere", "viewer"))).status_code == 200
