"""Clean-up and outputs as parts of a definition: read back, versioned, merged, checked, on both edges and databases."""

from typing import Any

import httpx
import pytest

from resolvers.workflows.template_library import templates
from tests.support.calls import Json, call, create, graphql, notify, run

pytestmark = pytest.mark.asyncio

DEFINITION = """
query ($id: ID!) {
  workflow(id: $id) {
    version outputs
    actions { actionId compensate { actionType config timeoutSeconds retry { maxAttempts } } }
    onFailure { actionId actionType dependsOn }
    onExit { actionId forEach { in } }
  }
}
"""
CREATE = """
mutation ($input: CreateWorkflowInput!) {
  createWorkflow(input: $input) {
    workflow { id outputs } warnings warningDetails { code message path } userErrors { message path }
  }
}
"""
UPDATE = """
mutation ($input: UpdateWorkflowInput!) {
  updateWorkflow(input: $input) { workflow { version onExit { actionId } outputs } userErrors { message path } }
}
"""
FROM_TEMPLATE = """
mutation ($input: CreateWorkflowFromTemplateInput!) {
  createWorkflowFromTemplate(input: $input) { workflow { outputs onExit { actionId } } userErrors { message path } }
}
"""
UNDO: Json = {"action_type": "notification", "config": {"message": "undone"}, "timeout_seconds": 5}


async def test_what_was_sent_is_read_back_on_both_edges(client: httpx.AsyncClient) -> None:
    parts = {
        "on_failure": [notify("alarm"), notify("after", depends_on=["alarm"])],
        "on_exit": [notify("end", for_each={"in": [1, 2]})],
        "outputs": {"snake_case": "{{a.response}}", "camelCase": [1]},
    }
    created = await create(client, "Read back", notify("a", compensate={**UNDO, "retry": {"max_attempts": 2}}), **parts)
    read = (await client.get(f"/workflows/{created['workflow_id']}")).json()
    assert {name: read[name] for name in parts} == parts
    assert read["actions"][0]["compensate"] == {**UNDO, "retry": {"max_attempts": 2}}
    told = (await graphql(client, DEFINITION, id=created["workflow_id"]))["workflow"]
    compensation = {"actionType": "notification", "config": UNDO["config"], "timeoutSeconds": 5}
    assert told == {
        "version": "1.0",
        "outputs": parts["outputs"],
        "actions": [{"actionId": "a", "compensate": {**compensation, "retry": {"maxAttempts": 2}}}],
        "onFailure": [
            {"actionId": "alarm", "actionType": "notification", "dependsOn": []},
            {"actionId": "after", "actionType": "notification", "dependsOn": ["alarm"]},
        ],
        "onExit": [{"actionId": "end", "forEach": {"in": [1, 2]}}],
    }
    again = await client.put(f"/workflows/{created['workflow_id']}", json=read)
    assert (again.status_code, again.json()["version"]) == (200, "1.0")


async def test_an_execution_keeps_the_clean_up_of_its_version(client: httpx.AsyncClient) -> None:
    created = await create(client, "Versions", notify("a"), on_exit=[notify("end")], outputs={"x": 1})
    first = await run(client, created["workflow_id"])
    cleared: Json = {"id": created["workflow_id"], "onExit": [], "outputs": {}}
    changed = (await graphql(client, UPDATE, input=cleared))["updateWorkflow"]
    assert changed == {"workflow": {"version": "1.1", "onExit": [], "outputs": None}, "userErrors": []}
    second = await run(client, created["workflow_id"])
    assert (first["outputs"], list(first["result"])) == ({"x": 1}, ["a", "end"])
    assert ("outputs" in second, list(second["result"])) == (False, ["a"])
    read = (await client.get(f"/workflows/executions/{first['execution_id']}")).json()
    assert list(read["result"]) == ["a", "end"]


async def test_graphql_takes_what_rest_takes(client: httpx.AsyncClient) -> None:
    step: Json = {"actionId": "a", "actionType": "notification", "config": {"message": "m"}}
    end: Json = {**step, "actionId": "end", "config": {"message": "{{execution.status}} {{execution.nothing}}"}}
    unknown = {"actionType": "notification", "config": {"message": "{{nobody.response}}"}}
    wanted: Json = {
        "name": "By GraphQL",
        "actions": [{**step, "compensate": unknown}],
        "onFailure": [{**step, "actionId": "alarm"}],
        "onExit": [end],
        "outputs": {"x": "{{end.response}}"},
    }
    made = (await graphql(client, CREATE, input=wanted))["createWorkflow"]
    assert made["userErrors"] == []
    assert [warning.partition(" names")[0] for warning in made["warnings"]] == [
        "action 'a.compensate': '{{nobody.response}}'",
        "action 'end': '{{execution.nothing}}'",
        "output 'x': '{{end.response}}'",
    ]
    assert [detail["message"] for detail in made["warningDetails"]] == made["warnings"]
    assert [(detail["code"], detail["path"]) for detail in made["warningDetails"]] == [
        ("UNKNOWN_REFERENCE", ["actions", "0", "compensate", "config", "message"]),
        ("UNKNOWN_REFERENCE", ["onExit", "0", "config", "message"]),
        ("UNKNOWN_REFERENCE", ["outputs", "x"]),
    ]


async def test_a_template_can_be_given_a_clean_up(client: httpx.AsyncClient) -> None:
    end: Json = {"actionId": "end", "actionType": "notification", "config": {"message": "m"}}
    [name, *_] = templates()
    wanted = {"templateName": name, "customizations": {"onExit": [end], "outputs": {"x": 1}}}
    made = (await graphql(client, FROM_TEMPLATE, input=wanted))["createWorkflowFromTemplate"]
    assert made == {"workflow": {"outputs": {"x": 1}, "onExit": [{"actionId": "end"}]}, "userErrors": []}
    faulty = {"templateName": name, "customizations": {"onExit": [end, end]}}
    [error] = (await graphql(client, FROM_TEMPLATE, input=faulty))["createWorkflowFromTemplate"]["userErrors"]
    assert error["path"] == ["input", "customizations", "onExit", "1", "actionId"]


@pytest.mark.parametrize(
    ("part", "where"),
    [
        ({"actions": [notify("a", compensate={"action_type": "x"})]}, ["actions", 0, "compensate", "action_type"]),
        (
            {"actions": [notify("a", compensate={"action_type": "notification"})]},
            ["actions", 0, "compensate", "config", "message"],
        ),
        ({"actions": [notify("a", compensate={})]}, ["actions", 0, "compensate", "action_type"]),
        ({"actions": [notify("a", compensate={**UNDO, "when": True})]}, ["actions", 0, "compensate", "when"]),
        ({"on_exit": [notify("a")]}, ["on_exit", 0, "action_id"]),
        ({"on_exit": [notify("p")]}, ["on_exit", 0, "action_id"]),
        ({"on_failure": [notify("x")], "on_exit": [notify("x")]}, ["on_exit", 0, "action_id"]),
        ({"on_failure": [notify("x", depends_on=["a"])]}, ["on_failure", 0, "depends_on", 0]),
        ({"on_failure": [notify("x", "{{y}}"), notify("y", "{{x}}")]}, ["on_failure"]),
        ({"on_exit": [notify("x", compensate=UNDO)]}, ["on_exit", 0, "compensate"]),
        ({"on_exit": [notify("x", when="maybe")]}, ["on_exit", 0, "when"]),
        ({"on_exit": [call("x", "/x", {"method": "BREW"})]}, ["on_exit", 0, "config", "method"]),
        ({"on_exit": [notify("x", for_each={"in": [], "as": "a"})]}, ["on_exit", 0, "for_each", "as"]),
        ({"on_exit": [notify(f"x{n}") for n in range(101)]}, ["on_exit"]),
        ({"outputs": {"x": "{{a b}}"}}, ["outputs", "x"]),
        ({"outputs": {"x": "{{secrets.token}}"}}, ["outputs", "x"]),
        ({"outputs": {"no name": 1}}, ["outputs", "no name"]),
        ({"outputs": None}, ["outputs"]),
    ],
)
async def test_a_faulty_part_is_refused_at_its_place(client: httpx.AsyncClient, part: Any, where: list[Any]) -> None:
    body = {"name": "Faulty", "parameters": [{"name": "p", "type": "string"}], "actions": [notify("a")], **part}
    refused = await client.post("/workflows", json=body)
    assert refused.status_code == 422, refused.text
    assert refused.json()["detail"][0]["loc"][: len(where) + 1] == ["body", *where]
