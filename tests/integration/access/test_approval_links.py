"""Links by which people decide without signing in: who makes, sees and revokes them, and when they end."""

import base64
from datetime import datetime

import httpx
import pytest

from engine.secrets.approval_links import InvalidLink, LinkSigner
from tests.support.calls import ended, token
from tests.support.credentials.api_key_calls import CREATE as CREATE_KEY
from tests.support.credentials.api_key_calls import REVOKE as REVOKE_KEY
from tests.support.credentials.api_key_calls import ROTATE as ROTATE_KEY
from tests.support.credentials.api_key_calls import done
from tests.support.credentials.approval_link_calls import LIST, REVOKE, make, make_by, operate, waiting
from tests.support.edges.approvals import decide

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))


async def state_of(client: httpx.AsyncClient, path: str) -> tuple[int, bool]:
    """The status of a link's page, and whether it shows what is asked."""
    page = await client.get(path)
    return page.status_code, "Ship" in page.text


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
async def test_who_may_not_see_what_is_asked_makes_no_link_to_it(client: httpx.AsyncClient) -> None:
    execution_id = await waiting(client)
    blind = token("ann", "default", "operator", scope="execution:approve")
    assert await make_by(client, blind, execution_id) == {"code": "PERMISSION_DENIED"}
    seeing = token("ann", "default", "operator", scope="execution:approve execution:payload")
    assert await state_of(client, (await make_by(client, seeing, execution_id))["path"]) == (200, True)


@pytest.mark.asyncio
async def test_a_link_ends_with_the_api_key_that_made_it(client: httpx.AsyncClient) -> None:
    execution_id = await waiting(client)
    editor = token("ada", "default", "editor")
    made = [await done(client, CREATE_KEY, editor, name=f"key {number}") for number in range(2)]
    paths = [(await make_by(client, {"X-API-Key": key["key"]}, execution_id))["path"] for key in made]
    assert [await state_of(client, path) for path in paths] == [(200, True)] * 2
    await done(client, REVOKE_KEY, editor, id=made[0]["apiKey"]["id"])
    assert [await state_of(client, path) for path in paths] == [(410, False), (200, True)]
    rotated = await done(client, ROTATE_KEY, editor, id=made[1]["apiKey"]["id"])
    assert await state_of(client, paths[1]) == (410, False)
    assert (await client.post(paths[1], data={"decision": "reject"})).status_code == 410
    again = (await make_by(client, {"X-API-Key": rotated["key"]}, execution_id))["path"]
    assert await state_of(client, again) == (200, True)


@pytest.mark.asyncio
async def test_a_link_is_good_for_no_longer_than_the_token_that_made_it(client: httpx.AsyncClient) -> None:
    execution_id = await waiting(client)
    short = token("ann", "default", "operator")
    viewer = await operate(client, "{ viewer { expiresAt } }", short)
    made = await make_by(client, short, execution_id, expiresInSeconds=604_800)
    assert made["approvalLink"]["credential"] == "BEARER"
    assert datetime.fromisoformat(made["expiresAt"]) == datetime.fromisoformat(viewer["viewer"]["expiresAt"])


@pytest.mark.asyncio
async def test_links_are_listed_to_their_maker_the_owner_and_overseers(client: httpx.AsyncClient) -> None:
    execution_id = await waiting(client)  # ada's, who is signed in by the client
    made = await make(client, execution_id, "ann", "operator")
    link = made["approvalLink"]
    assert (link["executionId"], link["approver"], link["createdBy"]) == (execution_id, "ann", "ann")
    shown = {}
    for who in (("ann", "editor"), ("ada", "editor"), ("oz", "operator"), ("root", "admin"), ("bob", "editor")):
        found = await operate(client, LIST, token(who[0], "default", who[1]))
        shown[who] = [node["id"] for node in found["approvalLinks"]["nodes"]]
        assert found["approvalLinks"]["totalCount"] == len(shown[who])
    assert [who for who, ids in shown.items() if ids == [link["id"]]] == list(shown)[:4]
    assert shown["bob", "editor"] == []
    assert (await operate(client, LIST, token("eve", "elsewhere", "admin")))["approvalLinks"]["nodes"] == []
    assert made["path"].partition(".")[2] not in str(await operate(client, LIST, token("root", "default", "admin")))
    query = f'{{ node(id: "{link["id"]}") {{ id }} }}'
    assert (await operate(client, query, token("ann", "default", "editor")))["node"] == {"id": link["id"]}
    assert (await operate(client, query, token("bob", "default", "editor")))["node"] is None


@pytest.mark.asyncio
async def test_a_revoked_link_shows_and_decides_nothing(client: httpx.AsyncClient) -> None:
    execution_id = await waiting(client)
    made = await make(client, execution_id, "ann", "operator")
    stranger = token("bob", "default", "editor")
    assert await revoked(client, stranger, made["approvalLink"]["id"]) == ["APPROVAL_LINK_NOT_FOUND"]
    assert await state_of(client, made["path"]) == (200, True)
    for _ in range(2):
        assert await revoked(client, token("ada", "default", "editor"), made["approvalLink"]["id"]) == []
    assert await state_of(client, made["path"]) == (410, False)
    assert (await client.post(made["path"], data={"decision": "reject"})).status_code == 410
    overseer = token("oz", "default", "operator")
    assert (await operate(client, LIST, overseer))["approvalLinks"]["nodes"] == []
    (ended_link,) = (await operate(client, LIST, overseer, filter={"includeEnded": True}))["approvalLinks"]["nodes"]
    assert ended_link["revokedAt"] is not None
    assert await revoked(client, overseer, "link_\x00") == ["APPROVAL_LINK_NOT_FOUND"]


async def revoked(client: httpx.AsyncClient, headers: dict[str, str], link_id: str) -> list[str]:
    return [error["code"] for error in (await operate(client, REVOKE, headers, input={"id": link_id}))["userErrors"]]


@pytest.mark.asyncio
async def test_the_audit_log_tells_of_a_link_from_its_making_to_its_end(client: httpx.AsyncClient) -> None:
    execution_id = await waiting(client, form=[])
    made = await make(client, execution_id, "ann", "operator")
    other = await make(client, execution_id, "bob", "operator")
    await revoked(client, token("bob", "default", "editor"), other["approvalLink"]["id"])
    assert (await client.post(made["path"], data={"decision": "approve"})).status_code == 200
    await ended(client, execution_id)
    query = "{ auditEntries(first: 100) { nodes { action actor credential target } } }"
    told = (await operate(client, query, token("root", "default", "admin")))["auditEntries"]["nodes"]
    about = [entry for entry in reversed(told) if "approv" in entry["action"]]
    link, other_link = made["approvalLink"]["id"], other["approvalLink"]["id"]
    assert [(entry["action"], entry["actor"], entry["credential"], entry["target"]) for entry in about] == [
        ("create_approval_link", "ann", "bearer", link),
        ("create_approval_link", "bob", "bearer", other_link),
        ("revoke_approval_link", "bob", "bearer", other_link),
        ("decide_approval", "ann", link, execution_id),
    ]


@pytest.mark.asyncio
async def test_a_link_that_was_changed_or_never_made_shows_nothing(client: httpx.AsyncClient) -> None:
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
        f"{said}.{'é' * 20}",
        f"{said}.{signature * 100}",
    ):
        page = await client.get(f"/approvals/{wrong}")
        assert (wrong, page.status_code, "Ship" in page.text) == (wrong, 404, False)
    assert (await client.post("/approvals/nothing", data={"decision": "approve"})).status_code == 404


def test_a_token_is_that_of_the_link_that_was_signed() -> None:
    signed = LinkSigner([KEY]).sign("link_1")
    assert LinkSigner([OTHER_KEY, KEY]).read(signed) == "link_1"
    with pytest.raises(InvalidLink):
        LinkSigner([OTHER_KEY]).read(signed)


@pytest.mark.parametrize("place", range(0, 50, 7))
def test_no_character_of_a_token_can_be_changed(place: int) -> None:
    signer = LinkSigner([KEY])
    signed = signer.sign("link_1")
    place %= len(signed) - 1  # the last one holds bits that mean nothing
    changed = signed[:place] + ("A" if signed[place] != "A" else "B") + signed[place + 1 :]
    with pytest.raises(InvalidLink):
        signer.read(changed)


def test_what_signs_callbacks_signs_no_links() -> None:
    by_the_key_itself = base64.urlsafe_b64encode(bytes(32)).rstrip(b"=").decode()
    with pytest.raises(InvalidLink):
        LinkSigner([KEY]).read(f"link_1.{by_the_key_itself}")
