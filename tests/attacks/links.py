"""Attacks with approval links: they carry and outlive no more than their maker, and only clear words decide (S20)."""

import asyncio
from typing import Any

from resolvers.context import Viewer
from tests.attacks.target import EDITOR, Target, attack, patched
from tests.support.calls import PATIENCE_SECONDS, Json, token

CANARY = "canary-of-the-question"
ASK = {"action_id": "ask", "action_type": "approval", "config": {"message": f"Pay {CANARY}?"}}
MAKE = """
mutation ($id: ID!) {
  createApprovalLink(input: { executionId: $id, actionId: "ask" }) { path approvalLink { id } userErrors { code } }
}
"""
KEY = 'mutation { createApiKey(input: { name: "k" }) { key apiKey { id } } }'
REVOKE_KEY = "mutation ($id: ID!) { revokeApiKey(input: { id: $id }) { userErrors { code } } }"
REVOKE_LINK = "mutation ($id: ID!) { revokeApprovalLink(input: { id: $id }) { userErrors { code } } }"


async def asked(target: Target) -> str:
    """An execution of the editor that waits for a decision."""
    workflow_id = await target.workflow(ASK)
    started = await target.client.post(f"/workflows/{workflow_id}/execute", json={}, headers=EDITOR)
    execution_id = str(started.json()["execution_id"])
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (await target.graphql("{ approvals(mine: false) { executionId } }", EDITOR))["data"]["approvals"]:
            continue
    return execution_id


async def link(target: Target, execution_id: str, headers: dict[str, str]) -> Json | None:
    data = (await target.graphql(MAKE, headers, id=execution_id)).get("data") or {}
    return data.get("createApprovalLink")


async def still_decides(target: Target, path: str, execution_id: str) -> bool:
    """Whether a link shows what is asked, or has it decided."""
    shown = (await target.client.get(path)).text
    await target.client.post(path, data={"decision": "approve"})
    query = "query ($id: ID!) { execution(id: $id) { status actions { status } } }"
    found = (await target.graphql(query, EDITOR, id=execution_id))["data"]["execution"]
    return CANARY in shown or found["actions"][0]["status"] != "WAITING"


async def _unlooked(self: Any, key_id: str, _digest: str) -> Viewer:
    from app.credentials.api_keys import _viewer, read_proof

    row = await self.database.read(lambda connection: read_proof(connection, key_id))
    return _viewer(row, row.digest, is_former=False)


@attack("S20", patched("app.credentials.api_keys.ApiKeys.check_digest", _unlooked))
async def a_link_that_outlives_its_key(target: Target) -> None:
    execution_id = await asked(target)
    key = (await target.graphql(KEY, EDITOR))["data"]["createApiKey"]
    made = await link(target, execution_id, {"X-API-Key": key["key"]})
    assert made is not None
    await target.graphql(REVOKE_KEY, EDITOR, id=key["apiKey"]["id"])
    assert not await still_decides(target, made["path"], execution_id)


@attack("S20", patched("resolvers.access.approval_links._require_rights", lambda *_: None))
async def a_link_to_what_its_maker_may_not_see(target: Target) -> None:
    execution_id = await asked(target)
    blind = token("ada", "default", "editor", scope="execution:approve")
    made = await link(target, execution_id, blind)
    assert made is None or not await still_decides(target, made["path"], execution_id)


def _keeping(monkeypatch: Any) -> None:
    """What a revocation would be that is told and not carried out."""
    from sqlalchemy import select

    monkeypatch.setattr("resolvers.access.approval_links.update", lambda table: _Nothing(select(table.c.id).limit(0)))


class _Nothing:
    def __init__(self, statement: Any) -> None:
        self.statement = statement

    def where(self, *_: Any) -> "_Nothing":
        return self

    def values(self, **_: Any) -> Any:
        return self.statement


@attack("S20", _keeping)
async def a_link_that_was_revoked(target: Target) -> None:
    execution_id = await asked(target)
    made = await link(target, execution_id, EDITOR)
    assert made is not None
    await target.graphql(REVOKE_LINK, EDITOR, id=made["approvalLink"]["id"])
    assert not await still_decides(target, made["path"], execution_id)


class _AnyWord(dict[str, bool]):
    def __contains__(self, _: object) -> bool:
        return True

    def __missing__(self, _: str) -> bool:
        return False


@attack("S20", patched("app.pages.approval_form.DECISIONS", _AnyWord(approve=True, reject=False)))
async def words_that_decide_nothing(target: Target) -> None:
    execution_id = await asked(target)
    made = await link(target, execution_id, EDITOR)
    assert made is not None
    for sent in ({"decision": "no"}, {"decision": ""}, {"comment": "approve"}, {"decision": ["approve", "reject"]}):
        assert (await target.client.post(made["path"], data=sent)).status_code == 422
    assert (await target.client.get(made["path"])).status_code == 200


@attack("S20", patched("resolvers.access.approval_links.parse", lambda command, raw: command.model_construct(**raw)))
async def a_comment_that_cannot_be_kept(target: Target) -> None:
    execution_id = await asked(target)
    made = await link(target, execution_id, EDITOR)
    assert made is not None
    sent = {"decision": "approve", "comment": "c" * 5_000}
    assert (await target.client.post(made["path"], data=sent)).status_code == 422
    assert (await target.client.get(made["path"])).status_code == 200
