"""Every workflow that the documentation shows in whole is executed, and completes."""

import re
from collections.abc import Mapping
from typing import Any

import httpx
import msgspec
import pytest
import yaml

from app.settings.settings import Settings
from models.commands.value_formats import FORMATS
from models.words import ValueFormat
from tests.support.calls import Json, answer, events, graphql, notify, start
from tests.support.documents.markdown import blocks, pages
from tests.support.scripted_service import PartnerService

pytestmark = pytest.mark.asyncio

WORKFLOWS = {
    block.name: block.text
    for page in pages()
    for block in blocks(page)
    if block.language == "yaml" and "\nactions:" in block.text
}
SOON = ((re.compile(r"\bseconds: \d+"), "seconds: 0"), (re.compile(r'until: "20\d\d'), 'until: "2020'))
SERVICE = re.compile(r"\bservice: (\w+)")
RESPONSE = {"id": "7", "name": "Ada", "state": "done", "main": {"temp": 12.34}, "price": 9, "left": 3}
"""What every service answers."""

MATCHES: Mapping[str, str] = {"^[A-Z]{2}-[0-9]{4}$": "AB-1234"}
"""What matches a pattern of the documentation."""

VALUES: Mapping[str, Any] = {
    "string": "ann",
    "integer": 1,
    "number": 1,
    "array": [{"url": "a.png", "kind": "photo", "paid": True, "total": 40}],
    "object": {"id": "o1"},
}
SIGNAL = """
mutation ($id: ID!, $name: String!) {
  sendSignal(input: { executionId: $id, name: $name, payload: { amount: 40 } }) { userErrors { message } }
}
"""
DECIDE = """
mutation ($id: ID!, $action: String!, $form: JSON) {
  decideApproval(input: { executionId: $id, actionId: $action, approved: true, form: $form }) { userErrors { message } }
}
"""


class EveryPath(dict[str, Any]):
    """The same answer to whatever is asked, which says that something was made and where it is."""

    def get(self, _path: str, _default: Any = None) -> Any:
        status, headers, body = answer(RESPONSE, 201)
        return status, {**headers, "location": "/orders/7"}, body


@pytest.fixture
def settings(settings: Settings, scripted: PartnerService) -> Settings:
    """The settings, with every service that the documentation names, and a mail server that need not be there."""
    scripted.answers = EveryPath()
    names = {name for text in WORKFLOWS.values() for name in SERVICE.findall(text)}
    mail = {"smtp_url": "smtp://127.0.0.1:9", "smtp_sender": "jobs@example.com"}
    return msgspec.structs.replace(settings, services={name: scripted.service(name) for name in names}, **mail)


def shortened(text: str, known: str) -> Json:
    """A workflow that waits for no time, and executes one that there is in the place of one that is made up."""
    for pattern, replacement in SOON:
        text = pattern.sub(replacement, text)
    workflow: Json = yaml.safe_load(text.replace("wf_0123456789abcdef", known).replace('version: "1.2"', ""))
    return workflow


def values_for(workflow: Json) -> Json:
    """A value for each parameter that has no default."""
    return {
        parameter["name"]: parameter.get("allowed_values", [_value(parameter)])[0]
        for parameter in workflow.get("parameters", [])
        if "default_value" not in parameter
    }


def _value(parameter: Json) -> Any:
    if "pattern" in parameter:
        return MATCHES[parameter["pattern"]]
    if "format" in parameter:
        return FORMATS[ValueFormat(parameter["format"])].example
    if "schema" in parameter:
        return parameter["schema"]["examples"][0]
    return VALUES[parameter["type"]]


async def completed(client: httpx.AsyncClient, workflow: Json, workflow_id: str) -> bool:
    """Execute it, give it the signals and decisions that it waits for, and say whether it completed."""
    execution_id = await start(client, workflow_id, **values_for(workflow))
    configs = {action["action_id"]: action["config"] for action in workflow["actions"]}
    last = ""
    async for event in events(client, execution_id):
        last = event["type"]
        if last != "ACTION_WAITING":
            continue
        config = configs[event["actionId"]]
        if "signal" in config:
            told = await graphql(client, SIGNAL, id=execution_id, name=config["signal"])
            assert told == {"sendSignal": {"userErrors": []}}
        elif "message" in config:
            await decide(client, execution_id, event, config)
    return last == "EXECUTION_COMPLETED"


async def decide(client: httpx.AsyncClient, execution_id: str, event: Json, config: Json) -> None:
    """Approve as the next one of those who may."""
    asked = event["data"]["notes"]
    decided = {decision["by"] for decision in asked["decisions"]}
    approver = next(name for name in asked["approvers"] if name not in decided)
    form = {field["name"]: field["allowed_values"][0] for field in config.get("form", [])}
    client.headers["X-User-ID"] = approver
    told = await graphql(client, DECIDE, id=execution_id, action=event["actionId"], form=form)
    assert told == {"decideApproval": {"userErrors": []}}


async def test_every_workflow_of_the_documentation_completes(client: httpx.AsyncClient) -> None:
    assert len(WORKFLOWS) > 15
    other = {"name": "Known", "actions": [notify("a")], "parameters": [{"name": "customer_id", "type": "string"}]}
    known = (await client.post("/workflows", json=other)).json()["workflow_id"]
    ended = {}
    for name, text in WORKFLOWS.items():
        own = yaml.safe_load(text)["name"]
        workflow = shortened(text.replace(f"workflow: {own}", f"workflow: {name}"), known) | {"name": name}
        created = await client.post("/workflows", json=workflow)
        assert (created.status_code, created.json().get("warnings", [])) == (201, []), created.text
        ended[name] = await completed(client, workflow, created.json()["workflow_id"])
    assert ended == dict.fromkeys(WORKFLOWS, True)
