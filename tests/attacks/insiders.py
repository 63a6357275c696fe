"""Attacks by those who are known: other tenants and weaker roles (S6), who would hide what was done (S17), and who
writes to the operator's terminal (S23).
"""

import asyncio
import sqlite3
from typing import Any

from click.testing import CliRunner

from app.cli import main
from tests.attacks.target import ADMIN, EDITOR, OTHER_EDITOR, STRANGER, VIEWER, Target, attack, patched
from tests.support.calls import PATIENCE_SECONDS, Json, notify

KEY = "mutation ($name: String!) { createApiKey(input: { name: $name }) { apiKey { id } userErrors { message } } }"


@attack("S6", patched("resolvers.access.permissions.require", lambda _viewer, _permission: None))
async def a_viewer_who_acts(target: Target) -> None:
    workflow_id = await target.workflow(notify("a"))
    execute = await target.client.post(f"/workflows/{workflow_id}/execute", json={}, headers=VIEWER)
    assert execute.status_code == 403
    query = f'mutation {{ executeWorkflow(input: {{ workflowId: "{workflow_id}" }}) {{ isReplay }} }}'
    answer = await target.graphql(query, VIEWER)
    assert [error["extensions"]["code"] for error in answer.get("errors", ())] == ["PERMISSION_DENIED"]
    listed = await target.client.get(f"/workflows/{workflow_id}/executions", headers=EDITOR)
    assert listed.json()["executions"] == []


@attack("S6", patched("resolvers.workflows.workflows.require_owner", lambda *_: None))
async def an_editor_who_changes_what_is_not_his(target: Target) -> None:
    workflow_id = await target.workflow(notify("a"))
    for method, body in (("PUT", {"description": "taken over"}), ("DELETE", None)):
        answer = await target.client.request(method, f"/workflows/{workflow_id}", json=body, headers=OTHER_EDITOR)
        assert answer.status_code == 403
    kept = await target.client.get(f"/workflows/{workflow_id}", headers=EDITOR)
    assert (kept.status_code, kept.json()["description"]) == (200, None)


def _every_tenant(connection: Any, tenant: str, workflow_id: str, **more: Any) -> Any:
    from resolvers.workflows import rows as workflow_rows

    return workflow_rows.read_detail(connection, "default", workflow_id, **more)


@attack("S6", patched("resolvers.workflows.workflows.read_detail", _every_tenant))
async def another_tenants_id(target: Target) -> None:
    workflow_id = await target.workflow(notify("a"))
    answers = [
        (await target.client.get(f"/workflows/{id_}", headers=STRANGER)).json()
        for id_ in (workflow_id, "wf_" + "0" * 16)
    ]
    assert [answer.get("error_code") for answer in answers] == ["WORKFLOW_NOT_FOUND"] * 2
    assert answers[0]["detail"].replace(workflow_id, "") == answers[1]["detail"].replace("wf_" + "0" * 16, "")


FORGOTTEN: list[Any] = []
"""What the audit log was told and, without its defence, did not write."""


def _forgetful(monkeypatch: Any) -> None:
    monkeypatch.setattr("tests.attacks.insiders.FORGOTTEN", [])
    monkeypatch.setattr("engine.audit.log.append_audit", lambda _, notes, **__: FORGOTTEN.extend(notes))


async def audited(target: Target, count: int) -> list[Json]:
    """What is in the audit log, as soon as it has written so many entries or forgotten them."""
    query = "{ auditEntries(first: 100) { nodes { action actor target outcome address requestId } } }"
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            nodes: list[Json] = (await target.graphql(query, ADMIN))["data"]["auditEntries"]["nodes"]
            if len(nodes) + len(FORGOTTEN) >= count:
                return nodes
            answer = await target.client.get("/healthz", headers={"X-Request-ID": "wait"})
            assert answer.status_code == 200


@attack("S17", _forgetful)
async def a_refusal_that_leaves_no_trace(target: Target) -> None:
    workflow_id = await target.workflow(notify("a"))
    await target.client.delete(f"/workflows/{workflow_id}", headers=OTHER_EDITOR)
    await target.client.get("/workflows", headers={"Authorization": "Bearer x"})
    told = await audited(target, 3)
    kinds = {(entry["action"], entry["actor"], entry["outcome"], entry["address"]) for entry in told}
    assert ("delete_workflow", "bob", "DENIED", "127.0.0.1") in kinds
    assert ("authenticate", None, "UNAUTHENTICATED", "127.0.0.1") in kinds


@attack("S17", patched("resolvers.context.append_audit", lambda *_: None))
async def a_change_that_leaves_no_trace(target: Target) -> None:
    workflow_id = await target.workflow(notify("a"))
    await target.client.delete(f"/workflows/{workflow_id}", headers=EDITOR)
    query = "{ auditEntries(first: 100) { nodes { action actor target } } }"
    told = (await target.graphql(query, ADMIN))["data"]["auditEntries"]["nodes"]
    for action in ("create_workflow", "delete_workflow"):
        assert {"action": action, "actor": "ada", "target": workflow_id} in told


def _without_triggers(monkeypatch: Any) -> None:
    monkeypatch.setattr("tests.attacks.insiders.TAKES_TRIGGERS_AWAY", True)


TAKES_TRIGGERS_AWAY = False


@attack("S17", _without_triggers)
async def an_entry_that_is_changed_afterwards(target: Target) -> None:
    await target.workflow(notify("a"))
    with sqlite3.connect(target.settings.data_dir / "orchestrator.db") as database:
        if TAKES_TRIGGERS_AWAY:
            database.execute("DROP TRIGGER audit_entry_update")
        refused = False
        try:
            database.execute("UPDATE audit_entry SET actor = 'somebody else'")
        except sqlite3.IntegrityError:
            refused = True
    assert refused


@attack("S23", patched("app.terminal.terminal.visible", lambda text: text))
async def a_name_that_the_operators_terminal_obeys(target: Target) -> None:
    made = await target.graphql(KEY, EDITOR, name="k\x1b]0;owned\x07\nkey_0  root  admin\u202e")
    assert made["data"]["createApiKey"]["userErrors"] == []
    words = ["api-key", "list", "--data-dir", str(target.settings.data_dir)]
    listed = await asyncio.to_thread(CliRunner().invoke, main, words)
    assert (listed.exit_code, len(listed.stdout.splitlines())) == (0, 2), listed.output
    assert r"k\x1b]0;owned\x07\nkey_0  root  admin\u202e" in listed.stdout
