"""Labels of executions: given when one is accepted, changed afterwards, inherited, seen by templates, live."""

from contextlib import aclosing
from typing import Any

import httpx
import pytest

from tests.support.calls import Json, create, ended, faults, graphql, notify, run, soon, sse, token
from tests.support.calls import held as held_back
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

EXECUTE = """
mutation ($input: ExecuteWorkflowInput!) {
  executeWorkflow(input: $input) { isReplay execution { id labels } userErrors { code message path } }
}
"""
LABEL = """
mutation ($input: LabelExecutionInput!) {
  labelExecution(input: $input) { execution { id labels } userErrors { code message path } }
}
"""
READ = "query ($id: ID!) { execution(id: $id) { labels viewerCan { label } } }"
LISTED = "{ executions { nodes { id labels } } }"
AUDIT = '{ auditEntries(filter: { action: ["label_execution"] }) { nodes { actor target details } } }'
CHILDREN = "query ($id: ID!) { executions(filter: { parentId: [$id] }) { nodes { id labels } } }"


async def execute(client: httpx.AsyncClient, workflow: Json, **asked: Any) -> Json:
    """A synchronous run with the body of its answer."""
    answered = await client.post(
        f"/workflows/{workflow['workflow_id']}/execute", json={"async_execution": False, **asked}
    )
    assert answered.status_code == 200, answered.text
    body: Json = answered.json()
    return body


async def change(client: httpx.AsyncClient, execution_id: str, **changes: Any) -> Json:
    """The answer to a change of labels, by GraphQL."""
    return dict((await graphql(client, LABEL, input={"id": execution_id, **changes}))["labelExecution"])


async def labels_of(client: httpx.AsyncClient, execution_id: str) -> Json:
    """The labels that an execution has, which both edges and the list must agree on."""
    one = (await graphql(client, READ, id=execution_id))["execution"]["labels"]
    listed = {node["id"]: node["labels"] for node in (await graphql(client, LISTED))["executions"]["nodes"]}
    body = (await client.get(f"/workflows/executions/{execution_id}")).json()
    assert one == listed[execution_id] == body.get("labels", {})
    return dict(one)


async def test_labels_are_given_with_the_request_and_shown_everywhere(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "Labelled", notify("a"))
    named = {"team": "billing", "a.b/c-d_e": "", "unit": "Größe 中"}
    by_rest = await execute(client, workflow, labels=named)
    assert by_rest["labels"] == named
    assert await labels_of(client, by_rest["execution_id"]) == named
    asked = {"id": workflow["workflow_id"], "labels": named, "wait": True}
    by_graphql = (await graphql(client, EXECUTE, input=asked))["executeWorkflow"]
    assert by_graphql["execution"]["labels"] == named
    assert await labels_of(client, by_graphql["execution"]["id"]) == named
    without = await execute(client, workflow)
    assert "labels" not in without
    assert await labels_of(client, without["execution_id"]) == {}
    [item, *_] = (await client.get(f"/workflows/{workflow['workflow_id']}/executions")).json()["executions"]
    assert "labels" not in item


async def test_labels_change_before_and_after_the_end(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    scripted.answers["/held"] = held_back
    action = {
        "action_id": "hold",
        "action_type": "service_call",
        "config": {"service": "scripted", "endpoint": "/held"},
    }
    workflow = await create(client, "Held", action)
    url = f"/workflows/{workflow['workflow_id']}/execute"
    execution_id = (await client.post(url, json={"labels": {"a": "1", "b": "2"}})).json()["execution_id"]
    await soon(scripted.arrived)
    changed = await change(client, execution_id, set={"b": "3", "c": "4"}, remove=["a", "unknown"])
    assert (changed["userErrors"], changed["execution"]["labels"]) == ([], {"b": "3", "c": "4"})
    assert await labels_of(client, execution_id) == {"b": "3", "c": "4"}
    scripted.released.set()
    await ended(client, execution_id)
    assert await labels_of(client, execution_id) == {"b": "3", "c": "4"}
    patched = await client.patch(f"/workflows/executions/{execution_id}/labels", json={"remove": ["b", "c"]})
    assert (patched.status_code, patched.json()) == (200, {"execution_id": execution_id, "labels": {}})
    assert await labels_of(client, execution_id) == {}
    await change(client, execution_id, remove=["b"])  # which changes nothing, and so is in no log
    client.headers.pop("X-User-ID")
    client.headers.update(token("root", "default", "admin"))
    told = (await graphql(client, AUDIT))["auditEntries"]["nodes"]
    assert [(entry["actor"], entry["target"], entry["details"]) for entry in reversed(told)] == [
        ("ada", execution_id, {"set": {"b": "3", "c": "4"}, "remove": ["a", "unknown"]}),
        ("ada", execution_id, {"set": {}, "remove": ["b", "c"]}),
    ]


async def test_every_fault_of_labels_is_told_with_its_place_on_both_edges(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "Faulty", notify("a"))
    bad = {"-x": "v", "orchestrator/x": "v", "long": "v" * 256, "line": "a\nb", "number": 5, "k" * 64: "v"}
    url = f"/workflows/{workflow['workflow_id']}/execute"
    refused = faults(await client.post(url, json={"labels": bad}))
    assert sorted(loc[-1] for loc, _ in refused) == sorted(bad)
    assert {tuple(loc[:2]) for loc, _ in refused} == {("body", "labels")}
    told = (await graphql(client, EXECUTE, input={"id": workflow["workflow_id"], "labels": bad}))["executeWorkflow"]
    assert {tuple(error["path"]) for error in told["userErrors"]} == {("input", "labels", key) for key in bad}
    many = {f"k{number}": "v" for number in range(33)}
    assert faults(await client.post(url, json={"labels": many})) == [(["body", "labels"], "value_error.dict.max_items")]

    execution = await execute(client, workflow, labels={f"k{number}": "v" for number in range(32)})
    path = f"/workflows/executions/{execution['execution_id']}/labels"
    over = await client.patch(path, json={"set": {"one": "more"}})
    assert faults(over) == [(["body", "set"], "value_error.dict.max_items")]
    assert "would have 33" in over.text
    assert (await client.patch(path, json={"set": {"one": "more"}, "remove": ["k0"]})).status_code == 200
    assert faults(await client.patch(path, json={"set": bad, "remove": ["-y", "ok", 7]}))[-2:] == [
        (["body", "remove", 0], "value_error.str.regex"),
        (["body", "remove", 2], "type_error.string"),
    ]
    assert faults(await client.patch(path, json={"set": {"k1": "x"}, "remove": ["k1"]})) == [(["body"], "value_error")]
    unknown = await client.patch("/workflows/executions/exec_0/labels", json={"set": {"a": "b"}})
    assert unknown.status_code == 404


async def test_labels_belong_to_what_a_key_stands_for(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "Keyed", notify("a"))
    key = {"idempotency_key": "k"}
    first = await execute(client, workflow, **key, labels={"a": "1"})
    again = await execute(client, workflow, **key, labels={"a": "1"})
    assert again["execution_id"] == first["execution_id"]
    url = f"/workflows/{workflow['workflow_id']}/execute"
    for other in ({}, {"labels": {"a": "2"}}):
        refused = await client.post(url, json={"async_execution": False, **key, **other})
        assert refused.json()["error_code"] == "IDEMPOTENCY_KEY_REUSED"
    plain = await execute(client, workflow, idempotency_key="plain")
    empty = await execute(client, workflow, idempotency_key="plain", labels={})
    assert plain["execution_id"] == empty["execution_id"]


async def test_templates_see_the_labels_that_an_execution_was_accepted_with(client: httpx.AsyncClient) -> None:
    say = "{{execution.labels.team}} {{execution.labels[\"a/b\"]}} {{execution.labels.none | default('nobody')}}"
    workflow = await create(client, "Seen", notify("say", say))
    assert workflow.get("warnings", []) == []
    execution = await execute(client, workflow, labels={"team": "billing", "a/b": "c"})
    assert execution["result"]["say"]["response"]["message"] == "billing c nobody"
    lacking = await execute(client, workflow)
    assert lacking["error"]["code"] == "EXPRESSION_ERROR"
    assert "'execution.labels' has no 'team'" in lacking["error"]["message"]


async def test_an_execution_inherits_labels_where_the_action_says_so(client: httpx.AsyncClient) -> None:
    child = await create(client, "Child", notify("say", "{{execution.labels.team | default('-')}}"))

    def starts(action_id: str, **config: Any) -> Json:
        config = {"workflow_id": child["workflow_id"], **config}
        return {"action_id": action_id, "action_type": "sub_workflow", "config": config}

    parent = await create(
        client,
        "Parent",
        starts("all", inherit_labels=True),
        starts(
            "own",
            inherit_labels=True,
            labels={"team": "own", "of": "{{execution.labels.team}}"},
        ),
        starts("none"),
    )
    execution = await execute(client, parent, labels={"team": "billing", "env": "test"})
    assert execution["status"] == "completed", execution
    told = {name: part["response"]["result"]["say"]["response"] for name, part in execution["result"].items()}
    assert {name: response["message"] for name, response in told.items()} == {
        "all": "billing",
        "own": "own",
        "none": "-",
    }
    nodes = (await graphql(client, CHILDREN, id=execution["execution_id"]))["executions"]["nodes"]
    labels = {node["id"]: node["labels"] for node in nodes}
    of_action = {name: part["response"]["execution_id"] for name, part in execution["result"].items()}
    assert labels[of_action["all"]] == {"team": "billing", "env": "test"}
    assert labels[of_action["own"]] == {"team": "own", "env": "test", "of": "billing"}
    assert labels[of_action["none"]] == {}


async def test_a_child_with_too_many_labels_is_not_started(client: httpx.AsyncClient) -> None:
    child = await create(client, "Child", notify("say"))
    config = {"workflow_id": child["workflow_id"], "inherit_labels": True, "labels": {"one": "more"}}
    parent = await create(client, "Parent", {"action_id": "sub", "action_type": "sub_workflow", "config": config})
    execution = await execute(client, parent, labels={f"k{number}": "v" for number in range(32)})
    assert execution["error"]["code"] == "INVALID_CONFIG"
    assert "32 labels at most" in execution["error"]["message"]


async def test_whoever_watches_the_list_sees_labels_change(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "Watched", notify("a"))
    execution = await run(client, workflow["workflow_id"])
    watch = """subscription {
      executionChanges(filter: { labels: [{ key: "seen" }] }) { cursor execution { id labels } }
    }"""
    async with aclosing(sse(client, watch)) as messages:
        first = await anext(messages)
        assert first["data"]["executionChanges"]["execution"] is None
        await change(client, execution["execution_id"], set={"other": "1"})
        await change(client, execution["execution_id"], set={"seen": "1"})
        told = (await anext(messages))["data"]["executionChanges"]["execution"]
    assert told == {"id": execution["execution_id"], "labels": {"other": "1", "seen": "1"}}


async def test_whoever_watches_an_execution_sees_its_labels_change(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/held"] = held_back
    action = {
        "action_id": "hold",
        "action_type": "service_call",
        "config": {"service": "scripted", "endpoint": "/held"},
    }
    workflow = await create(client, "Held", action)
    started = await client.post(f"/workflows/{workflow['workflow_id']}/execute", json={})
    execution_id = started.json()["execution_id"]
    await soon(scripted.arrived)
    watch = "subscription ($id: ID!) { execution(id: $id) { labels } }"
    async with aclosing(sse(client, watch, id=execution_id)) as messages:
        assert (await anext(messages))["data"]["execution"]["labels"] == {}
        await change(client, execution_id, set={"seen": "1"})
        async for message in messages:
            if message["data"]["execution"]["labels"] == {"seen": "1"}:
                break
        else:
            raise AssertionError("the execution ended before its labels were told")
        scripted.released.set()


async def test_only_who_may_change_an_execution_may_label_it(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "Owned", notify("a"))
    execution = await run(client, workflow["workflow_id"])
    client.headers["X-User-ID"] = "bob"
    seen = (await graphql(client, READ, id=execution["execution_id"]))["execution"]
    assert seen["viewerCan"] == {"label": False}
    refused = await client.patch(f"/workflows/executions/{execution['execution_id']}/labels", json={"set": {"a": "b"}})
    assert refused.status_code == 403
    assert await labels_of(client, execution["execution_id"]) == {}
