"""Links by which people decide without signing in, on both databases, and what is tried with them."""

import base64
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from engine.approval_links import ApprovalLink, InvalidLink, LinkSigner
from tests.integration.calls import Json, create, ended, start, token
from tests.integration.test_waits import ask, decide, waits

MAKE = """
mutation ($input: CreateApprovalLinkInput!) {
  createApprovalLink(input: $input) { path expiresAt userErrors { code } }
}
"""
FORM = [
    {"name": "risk", "type": "string", "required": True, "allowed_values": ["low", "high"]},
    {"name": "hours", "type": "integer", "description": "<b>Hours</b>"},
    {"name": "sure", "type": "boolean", "required": True},
]
KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LINK = ApprovalLink("default", "exec_1", "ask", None, "ann", int(NOW.timestamp()) + 60)


class Names(HTMLParser):
    """The names of all that a page's form sends."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, _tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found |= {value for name, value in attributes if name == "name" and value}


async def waiting(client: httpx.AsyncClient, **more: Any) -> str:
    workflow = await create(client, "Release", ask("ask", "Ship <it>?", form=FORM, **more))
    execution_id = await start(client, workflow["workflow_id"])
    await waits(client, execution_id)
    return execution_id


async def make(client: httpx.AsyncClient, execution_id: str, user: str, *roles: str, **more: Any) -> Json:
    body = {"query": MAKE, "variables": {"input": {"executionId": execution_id, "actionId": "ask", **more}}}
    answered = (await client.post("/graphql", json=body, headers=token(user, "default", *roles))).json()
    if "errors" in answered:
        return {"code": answered["errors"][0]["extensions"]["code"]}
    return dict(answered["data"]["createApprovalLink"])


@pytest.mark.asyncio
async def test_who_has_the_link_sees_what_is_asked_and_decides(client: httpx.AsyncClient) -> None:
    execution_id = await waiting(client, approvers=["ann"])
    path = (await make(client, execution_id, "ann", "operator"))["path"]
    for _ in range(2):  # whoever looks where it leads decides nothing
        page = await client.get(path)
        assert (page.status_code, page.headers["content-type"].split(";")[0]) == (200, "text/html")
    assert "Ship &lt;it&gt;?" in page.text
    assert "&lt;b&gt;Hours&lt;/b&gt;" in page.text
    assert "script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "no-referrer"
    assert Names(page.text).found == {"field.risk", "field.hours", "field.sure", "comment", "decision"}
    faulty = await client.post(path, data={"decision": "approve", "field.risk": "low", "field.hours": "many"})
    assert (faulty.status_code, "hours: must be a JSON integer" in faulty.text) == (422, True)
    sent = {"decision": "approve", "comment": "fine", "field.risk": "low", "field.hours": "3", "field.sure": "on"}
    done = await client.post(path, data=sent)
    assert (done.status_code, "You have approved it" in done.text) == (200, True)
    response = (await ended(client, execution_id))["result"]["ask"]["response"]
    assert response["form"] == {"risk": "low", "hours": 3, "sure": True}
    assert [(decision["by"], decision["comment"]) for decision in response["decisions"]] == [("ann", "fine")]
    again = await client.post(path, data=sent)
    assert (again.status_code, "There is nothing to decide" in again.text) == (409, True)


@pytest.mark.asyncio
async def test_a_rejection_needs_no_form(client: httpx.AsyncClient) -> None:
    execution_id = await waiting(client)
    path = (await make(client, execution_id, "ann", "operator"))["path"]
    assert (await client.post(path, data={"decision": "reject"})).status_code == 200
    assert (await ended(client, execution_id))["error"]["code"] == "REJECTED"


@pytest.mark.asyncio
async def test_only_an_admin_makes_a_link_for_somebody_else(client: httpx.AsyncClient) -> None:
    execution_id = await waiting(client, approvers=["ann"])
    assert await make(client, execution_id, "eve", "operator", approver="ann") == {"code": "PERMISSION_DENIED"}
    assert await make(client, execution_id, "eve", "operator") == {"code": "PERMISSION_DENIED"}
    assert (await make(client, execution_id, "root", "admin", approver="eve")) == {"code": "PERMISSION_DENIED"}
    path = (await make(client, execution_id, "root", "admin", approver="ann"))["path"]
    assert (await client.post(path, data={"decision": "reject"})).status_code == 200
    assert await decide(client, execution_id, "ann", True) in (
        ["ALREADY_DECIDED"],
        ["NOT_WAITING"],
        ["EXECUTION_FINISHED"],
    )


@pytest.mark.asyncio
async def test_a_link_that_was_changed_or_is_too_old_shows_nothing(client: httpx.AsyncClient) -> None:
    execution_id = await waiting(client)
    path = (await make(client, execution_id, "ann", "operator"))["path"]
    said, signature = path.removeprefix("/approvals/").split(".")
    for wrong in (
        "nothing",
        f"{said}.{signature[:-2]}",
        f"{said[:-1]}.{signature}",
        f"{said}.",
        f".{signature}",
        "a.b.c",
    ):
        page = await client.get(f"/approvals/{wrong}")
        assert (wrong, page.status_code, "Ship" in page.text) == (wrong, 404, False)
    assert (await client.post("/approvals/nothing", data={"decision": "approve"})).status_code == 404


def test_a_token_says_what_was_signed_until_its_time_is_over() -> None:
    signer = LinkSigner([KEY])
    signed = signer.sign(LINK)
    assert signer.read(signed, NOW) == LINK
    assert LinkSigner([OTHER_KEY, KEY]).read(signed, NOW) == LINK
    for other, moment in ((LinkSigner([OTHER_KEY]), NOW), (signer, NOW + timedelta(seconds=60))):
        with pytest.raises(InvalidLink):
            other.read(signed, moment)


@pytest.mark.parametrize("place", range(0, 100, 7))
def test_no_character_of_a_token_can_be_changed(place: int) -> None:
    signer = LinkSigner([KEY])
    signed = signer.sign(LINK)
    place %= len(signed) - 1  # the last one holds bits that mean nothing
    changed = signed[:place] + ("A" if signed[place] != "A" else "B") + signed[place + 1 :]
    with pytest.raises(InvalidLink):
        signer.read(changed, NOW)


def test_what_signs_callbacks_signs_no_links() -> None:
    said, _ = LinkSigner([KEY]).sign(LINK).split(".")
    by_the_key_itself = base64.urlsafe_b64encode(bytes(32)).rstrip(b"=").decode()
    with pytest.raises(InvalidLink):
        LinkSigner([KEY]).read(f"{said}.{by_the_key_itself}", NOW)
