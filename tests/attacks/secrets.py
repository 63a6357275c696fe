"""Attacks on secrets: whoever can read executions looks for what was sent (S10), or lets it be passed on (S19)."""

import base64
import json
import sqlite3
from urllib.parse import quote

import pytest

from tests.attacks.target import ADMIN, EDITOR, Target, attack, patched
from tests.support.calls import answer, call, notify

CANARY = "canary/of+the secret"
KEY = b"k" * 32
SET = f'mutation {{ setSecret(input: {{ name: "canary", value: "{CANARY}" }}) {{ userErrors {{ message }} }} }}'
LOOK = """
query ($id: ID!) {
  execution(id: $id) {
    result parameters error { message } logs { message } events { data }
    actions { response error { message } attempts { error { message } } }
  }
  secrets { nodes { name version } }
  auditEntries(first: 100) { nodes { action details } }
  activities { nodes { details } }
}
"""


@attack("S10", patched("engine.secrets.redaction.Redactor.may_find", lambda *_: False), encryption_keys=(KEY,))
async def a_service_that_gives_back_what_it_was_sent(target: Target) -> None:
    assert (await target.graphql(SET, EDITOR))["data"]["setSecret"]["userErrors"] == []
    forms = (CANARY, quote(CANARY, safe=""), base64.b64encode(CANARY.encode()).decode())
    target.service.answers["/echo"] = answer({"forms": forms, "within": {CANARY: [f"Bearer {CANARY}"]}})
    headers = {"Authorization": "Bearer {{secrets.canary}}"}
    sends = call("a", "/echo", {"service": "partner", "headers": headers, "parameters": {"key": "{{secrets.canary}}"}})
    workflow_id = await target.workflow(sends, notify("b", "{{secrets.canary}} {{a.response.forms.1}}"))
    ended = await target.run(workflow_id)
    (request,) = target.service.requests
    assert request["headers"]["authorization"] == f"Bearer {CANARY}"
    seen = [json.dumps(ended), json.dumps(await target.graphql(LOOK, ADMIN, id=ended["execution_id"]))]
    rest = await target.client.get(f"/workflows/executions/{ended['execution_id']}", headers=EDITOR)
    with sqlite3.connect(target.settings.data_dir / "orchestrator.db") as database:
        seen += ["\n".join(database.iterdump()), rest.text]
    for form in forms:
        assert not any(form in text for text in seen)


@attack("S10", patched("engine.secrets.cipher._aes_gcm", lambda _key: Plain()), encryption_keys=(KEY,))
async def a_stolen_database(target: Target) -> None:
    await target.graphql(SET, EDITOR)
    folder = target.settings.data_dir
    stolen = b"".join(file.read_bytes() for file in folder.glob("orchestrator.db*"))
    assert CANARY.encode() not in stolen


def _passes_all_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both walls are down: no field is closed to secrets, and nothing that is stored is looked through."""
    monkeypatch.setattr("engine.actions.registry.secret_faults", lambda *_: iter(()))
    monkeypatch.setattr("engine.running.preparation.misplaced_fields", lambda *_: [])
    monkeypatch.setattr("engine.running.preparation.fields_for_secrets", lambda _: frozenset({"parameters"}))
    monkeypatch.setattr("engine.secrets.redaction.Redactor.may_find", lambda *_: False)


@attack("S19", _passes_all_on, encryption_keys=(KEY,))
async def a_secret_that_is_passed_on_to_another_workflow(target: Target) -> None:
    await target.graphql(SET, EDITOR)
    word = {"name": "word", "type": "string"}
    child = await target.workflow(notify("says", "it got {{word}}"), parameters=[word])
    config = {"workflow_id": child, "parameters": {"word": "{{secrets.canary}}"}}
    parent = {"name": "Parent", "actions": [{"action_id": "a", "action_type": "sub_workflow", "config": config}]}
    made = await target.client.post("/workflows", json=parent, headers=EDITOR)
    if made.status_code == 201:
        await target.run(made.json()["workflow_id"])
    with sqlite3.connect(target.settings.data_dir / "orchestrator.db") as database:
        assert CANARY not in "\n".join(database.iterdump())
    assert made.status_code == 422


class Plain:
    """A cipher that encrypts nothing."""

    def encrypt(self, _nonce: bytes, data: bytes, _bound: bytes) -> bytes:
        """Give it as it is."""
        return data
