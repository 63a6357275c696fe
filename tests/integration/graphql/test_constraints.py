"""What parameters and forms are held to: one rule for both edges, for children and for what approvers fill in."""

from typing import Any

import httpx
import pytest

from tests.support.calls import Json, create, ended, graphql, start
from tests.support.credentials.approval_link_calls import make, press, waiting
from tests.support.edges.approvals import waits

pytestmark = pytest.mark.asyncio

PARAMETERS: list[Json] = [
    {"name": "count", "type": "integer", "required": True, "minimum": 1, "maximum": 9},
    {"name": "ratio", "type": "number", "minimum": 0.5},
    {"name": "code", "type": "string", "min_length": 2, "max_length": 4, "pattern": "^[A-Z]+$"},
    {"name": "day", "type": "string", "format": "date", "default_value": "2026-02-28"},
    {"name": "tags", "type": "array", "max_length": 2},
    {"name": "note", "type": "string", "multiline": True},
    {"name": "token", "type": "string", "secret_hint": True},
    {"name": "order", "type": "object", "schema": {
        "$defs": {"line": {
            "type": "object", "properties": {"sku": {"type": "string", "pattern": "^[A-Z]"}, "n": {"type": "integer"}},
            "required": ["sku"], "additionalProperties": False,
        }},
        "type": "object", "properties": {"lines": {"type": "array", "items": {"$ref": "#/$defs/line"}}},
        "additionalProperties": False,
    }},
]  # fmt: skip
ACTIONS = [{"action_id": "say", "action_type": "notification", "config": {"message": "No. {{count}}"}}]
BAD = {"count": 10, "ratio": 0, "code": "x", "day": "28.2.2026", "tags": [1, 2, 3], "note": "a\nb", "token": 1,
       "order": {"lines": [{"sku": "A"}, {"sku": "a", "n": "1"}]}}  # fmt: skip
FAULTS = [
    ("count", "value_error.number.not_le", "must be at most 9"),
    ("ratio", "value_error.number.not_ge", "must be at least 0.5"),
    ("code", "value_error.any_str.min_length", "must have at least 2 characters"),
    ("code", "value_error.str.regex", "must match the pattern ^[A-Z]+$"),
    ("day", "value_error.date", "must be a date, such as 2026-02-28"),
    ("tags", "value_error.list.max_items", "must have at most 2 entries"),
    ("token", "type_error.string", "must be a JSON string"),
    ("order.lines.1.sku", "value_error.str.regex", "must match the pattern ^[A-Z]"),
    ("order.lines.1.n", "type_error.integer", "must be a JSON integer"),
]
EXECUTE = """
mutation ($input: ExecuteWorkflowInput!) {
  executeWorkflow(input: $input) { execution { id } userErrors { code message path } }
}
"""
SHOWN = """
query ($id: ID!) {
  workflow(id: $id) {
    parametersSchema
    parameters { name minimum maximum minLength maxLength pattern format multiline secretHint schema }
  }
}
"""


def way(name: str, index: type = int) -> list[Any]:
    return [index(part) if part.isdecimal() else part for part in name.split(".")]


async def bounded(client: httpx.AsyncClient) -> str:
    return str((await create(client, "Bounded", *ACTIONS, parameters=PARAMETERS))["workflow_id"])


async def test_both_edges_refuse_what_does_not_meet_them_with_all_faults_at_once(client: httpx.AsyncClient) -> None:
    workflow_id = await bounded(client)
    answer = await client.post(f"/workflows/{workflow_id}/execute", json={"parameters": BAD})
    assert answer.status_code == 422
    assert [(fault["loc"], fault["type"], fault["msg"]) for fault in answer.json()["detail"]] == [
        (["body", "parameters", *way(name)], word, message) for name, word, message in FAULTS
    ]
    told = await graphql(client, EXECUTE, input={"id": workflow_id, "parameters": BAD})
    assert told["executeWorkflow"] == {
        "execution": None,
        "userErrors": [
            {"code": "VALIDATION_ERROR", "message": message, "path": ["input", "parameters", *way(name, str)]}
            for name, _, message in FAULTS
        ],
    }
    assert (await client.get("/workflows/executions/none")).status_code == 404
    listed = (await client.get(f"/workflows/{workflow_id}/executions")).json()
    assert listed["executions"] == []


async def test_what_meets_them_runs_and_what_is_hinted_as_secret_is_shown_like_any_other(
    client: httpx.AsyncClient,
) -> None:
    workflow_id = await bounded(client)
    given = {
        "count": 9,
        "ratio": 0.5,
        "code": "AB",
        "tags": [],
        "note": "a\nb",
        "token": "shown",
        "order": {"lines": []},
    }
    body = {"parameters": given, "async_execution": False}
    answer = (await client.post(f"/workflows/{workflow_id}/execute", json=body)).json()
    assert answer["status"] == "completed"
    kept = await graphql(client, "query ($id: ID!) { execution(id: $id) { parameters } }", id=answer["execution_id"])
    assert kept["execution"]["parameters"] == given | {"day": "2026-02-28"}


async def test_a_definition_comes_back_as_it_was_sent_and_says_what_a_form_needs(client: httpx.AsyncClient) -> None:
    workflow_id = await bounded(client)
    assert (await client.get(f"/workflows/{workflow_id}")).json()["parameters"] == PARAMETERS
    shown = (await graphql(client, SHOWN, id=workflow_id))["workflow"]
    nothing = {
        "minimum": None, "maximum": None, "minLength": None, "maxLength": None, "pattern": None, "format": None,
        "multiline": False, "secretHint": False, "schema": None,
    }  # fmt: skip
    assert shown["parameters"][0] == nothing | {"name": "count", "minimum": 1, "maximum": 9}
    assert shown["parameters"][2] == nothing | {"name": "code", "minLength": 2, "maxLength": 4, "pattern": "^[A-Z]+$"}
    assert shown["parameters"][3] == nothing | {"name": "day", "format": "DATE"}
    schema = shown["parametersSchema"]
    assert schema["required"] == ["count"]
    assert schema["properties"]["day"] == {
        "title": "Day", "type": "string", "format": "date", "default": "2026-02-28",
    }  # fmt: skip
    assert shown["parameters"][7]["schema"] == PARAMETERS[7]["schema"]
    assert schema["properties"]["order"]["properties"]["lines"]["items"] == {"$ref": "#/$defs/order.line"}
    assert schema["properties"]["token"] == {"title": "Token", "type": "string", "writeOnly": True}


async def test_a_change_that_only_names_a_default_makes_no_new_version(client: httpx.AsyncClient) -> None:
    workflow_id = await bounded(client)
    same = [parameter | ({"minimum": 1.0} if parameter["name"] == "count" else {}) for parameter in PARAMETERS]
    same[5] = same[5] | {"secret_hint": False, "pattern": None}
    changed = (await client.put(f"/workflows/{workflow_id}", json={"parameters": same})).json()
    assert changed["version"] == "1.0"
    other = [parameter | ({"minimum": 2} if parameter["name"] == "count" else {}) for parameter in PARAMETERS]
    assert (await client.put(f"/workflows/{workflow_id}", json={"parameters": other})).json()["version"] == "1.1"


async def test_a_child_is_held_to_them_as_well(client: httpx.AsyncClient) -> None:
    child = await bounded(client)
    call = {"workflow_id": child, "parameters": {"count": "{{number}}"}}
    actions = [{"action_id": "go", "action_type": "sub_workflow", "config": call}]
    parent = await create(client, "Parent", *actions, parameters=[{"name": "number", "type": "integer"}])
    failed = await ended(client, await start(client, parent["workflow_id"], number=10))
    assert failed["status"] == "failed"
    assert "count: must be at most 9" in failed["error"]["message"]


async def test_expressions_are_held_to_them_when_they_are_saved(client: httpx.AsyncClient) -> None:
    texts = {
        "a": "{{order.lines[0].sku}} {{order['lines']}} {{order.lines | length}}",
        "b": "{{order.nope}} {{parameters.order.lines[0].skuu}} {{order.lines.sku}}",
        "c": "{{order.nope | default('x')}}",
    }
    actions = [
        {"action_id": name, "action_type": "notification", "config": {"message": text}} for name, text in texts.items()
    ]
    saved = await create(client, "Held", *actions, parameters=[PARAMETERS[7] | {"required": True}])
    told = [warning for warning in saved["warnings"] if "has no value" in warning]
    assert [warning.split("has no value: ")[1].split(", so")[0] for warning in told] == [
        "'order' has no 'nope' (it has lines)",
        "'order.lines.0' has no 'skuu' (did you mean 'sku'?)",
        "'order.lines' is a list and has no 'sku' (one item is [0], all are | map('...'))",
    ]
    assert len(saved["warnings"]) == 3


async def test_what_an_approver_fills_in_is_held_to_them_and_a_form_can_be_made(client: httpx.AsyncClient) -> None:
    form = [
        {"name": "hours", "type": "integer", "required": True, "minimum": 1, "maximum": 8},
        {"name": "mail", "type": "string", "format": "email"},
        {"name": "day", "type": "string", "format": "date"},
        {"name": "why", "type": "string", "multiline": True, "max_length": 20},
        {"name": "pin", "type": "string", "secret_hint": True, "pattern": "^[0-9]{4}$"},
        {"name": "split", "type": "array", "schema": {"items": {"type": "integer"}, "minItems": 1}},
    ]
    execution_id = await waiting(client, form=form)
    await waits(client, execution_id, 1)
    asked = await graphql(
        client,
        "{ pendingApprovals(mine: true) { nodes { formSchema form { name minimum format secretHint schema } } } }",
    )
    [shown] = asked["pendingApprovals"]["nodes"]
    hours = {"name": "hours", "minimum": 1, "format": None, "secretHint": False, "schema": None}
    assert (shown["form"][0], shown["form"][5]["schema"]) == (hours, {"items": {"type": "integer"}, "minItems": 1})
    assert shown["formSchema"]["properties"]["mail"] == {"title": "Mail", "type": "string", "format": "email"}
    decided = await graphql(
        client,
        "mutation ($input: DecideApprovalInput!) { decideApproval(input: $input) { userErrors { message path } } }",
        input={
            "executionId": execution_id,
            "actionId": "ask",
            "approved": True,
            "form": {"hours": 9, "mail": "x", "split": [1, "2"]},
        },
    )
    assert decided["decideApproval"]["userErrors"] == [
        {"message": "must be at most 8", "path": ["input", "form", "hours"]},
        {"message": "must be an email address, such as ada@example.org", "path": ["input", "form", "mail"]},
        {"message": "must be a JSON integer", "path": ["input", "form", "split", "1"]},
    ]


async def test_the_page_of_an_approval_asks_as_they_say_and_does_not_show_what_is_hidden(
    client: httpx.AsyncClient,
) -> None:
    form = [
        {"name": "hours", "type": "integer", "required": True, "minimum": 1, "maximum": 8},
        {"name": "mail", "type": "string", "format": "email"},
        {"name": "day", "type": "string", "format": "date"},
        {"name": "why", "type": "string", "multiline": True, "max_length": 20},
        {"name": "pin", "type": "string", "secret_hint": True, "pattern": "^[0-9]{4}$"},
    ]
    execution_id = await waiting(client, form=form)
    path = str((await make(client, execution_id, "ann", "operator"))["path"])
    page = (await client.get(path)).text
    for shown in (
        "At least 1, at most 8",
        '<input type="email" id="f-mail"',
        '<input type="date" id="f-day"',
        '<textarea id="f-why" name="field.why"',
        '<input type="password" id="f-pin"',
        "By the pattern ^[0-9]{4}$",
    ):
        assert shown in page
    sent = (("decision", "approve"), ("field.hours", "9"), ("field.pin", "12345"), ("field.why", "two\r\nlines"))
    refused = await press(client, path, *sent)
    assert refused.status_code == 422
    assert "hours: must be at most 8" in refused.text
    assert "12345" not in refused.text
    assert "two\nlines</textarea>" in refused.text
    good = (("decision", "approve"), ("field.hours", "8"), ("field.pin", "1234"), ("field.why", "two\r\nlines"))
    assert (await press(client, path, *good)).status_code == 200
    response = (await ended(client, execution_id))["result"]["ask"]["response"]
    assert response["form"] == {"hours": 8, "pin": "1234", "why": "two\nlines"}


async def test_a_workflow_has_so_many_patterns_at_most(client: httpx.AsyncClient) -> None:
    form = [{"name": f"f{number}", "type": "string", "pattern": f"^{number}"} for number in range(50)]
    asking = [
        {"action_id": f"a{number}", "action_type": "approval", "config": {"message": "?", "form": form}}
        for number in range(5)
    ]
    answer = await client.post("/workflows", json={"name": "Many", "actions": asking})
    assert answer.status_code == 422
    [fault] = answer.json()["detail"]
    assert (fault["loc"], fault["msg"]) == (["body"], "the parameters and forms have 250 patterns, at most 200")
