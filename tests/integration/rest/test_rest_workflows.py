"""The documented paths of workflow definitions, on both databases."""

import asyncio
import re
from typing import Any

import httpx
import pytest

from tests.support.calls import Json, assert_envelope, call, create, faults, notify, run
from tests.support.edges.rest_workflows import chain, names, parameters, tags

pytestmark = pytest.mark.asyncio

MISSING = "value_error.missing"
GRACE = {"X-User-ID": "grace"}


# --- create and read -----------------------------------------------------------------------------


async def test_a_created_workflow_comes_back_as_it_was_sent_with_the_documented_defaults(
    client: httpx.AsyncClient,
) -> None:
    sent = {
        "name": "Test Workflow",
        "parameters": [{"name": "input_text", "type": "string", "required": True}],
        "actions": [
            {
                "action_id": "process",
                "action_type": "notification",
                "name": "Process Input",
                "config": {"message": "{{input_text}}"},
            }
        ],
    }
    created = await client.post("/workflows", json=sent)
    assert created.status_code == 201
    body = (await client.get(created.headers["location"])).json()
    assert body == created.json()
    assert body["parameters"] == sent["parameters"]
    assert body["actions"] == sent["actions"]
    assert (body["status"], body["version"], body["created_by"]) == ("active", "1.0", "ada")
    assert (body["description"], body["tags"], body["timeout_seconds"]) == (None, [], None)
    bare = (await client.post("/workflows", json={"name": "bare"})).json()
    assert (bare["parameters"], bare["actions"]) == ([], [])


async def test_a_workflow_with_every_documented_field_is_answered_with_all_of_them(client: httpx.AsyncClient) -> None:
    analysis = {
        "name": "analysis_type",
        "type": "string",
        "description": "Type of analysis to perform",
        "required": False,
        "default_value": "comprehensive",
        "allowed_values": ["basic", "comprehensive", "detailed"],
    }
    fetch = {"service": "source_agent", "endpoint": "/fetch", "method": "POST", "parameters": {"url": "{{url}}"}}
    sent = {
        "name": "Document Analysis Workflow",
        "description": "Analyze documents",
        "parameters": [{"name": "url", "type": "string", "required": True}, analysis],
        "actions": [
            {"action_id": "fetch", "action_type": "service_call", "name": "Fetch", "description": "d", "config": fetch},
            notify("tell", "{{fetch.response.content}} {{analysis_type}}", depends_on=["fetch"], timeout_seconds=5),
        ],
        "tags": ["analysis", "document"],
        "timeout_seconds": 300,
        "status": "draft",
    }
    created = await client.post("/workflows", json=sent)
    body = created.json()
    assert {key: body[key] for key in sent} == sent
    assert re.fullmatch(r"wf_[0-9a-f]{16}", body["workflow_id"])
    assert created.headers["location"] == f"/workflows/{body['workflow_id']}"
    assert body["created_at"] == body["updated_at"]
    assert body["created_at"].endswith("Z")
    assert (body["version"], body["execution_count"], body["last_execution"]) == ("1.0", 0, None)
    assert "warnings" not in body


async def test_the_detail_counts_executions_and_dates_the_newest(client: httpx.AsyncClient) -> None:
    workflow_id = (await create(client, "counted", notify("note")))["workflow_id"]
    await run(client, workflow_id)
    newest = await run(client, workflow_id)
    body = (await client.get(f"/workflows/{workflow_id}")).json()
    assert (body["execution_count"], body["last_execution"]) == (2, newest["created_at"])


async def test_a_workflow_that_does_not_exist_is_named_in_the_404(client: httpx.AsyncClient) -> None:
    for path in ("/workflows/wf_nonexistent", "/workflows/" + "x" * 5000, "/workflows/%E6%BC%A2"):
        missing = await client.get(path)
        detail = assert_envelope(missing, 404, "WORKFLOW_NOT_FOUND")
        assert detail == f"Workflow not found: {missing.request.url.path.removeprefix('/workflows/')}"


# --- faults of a definition ----------------------------------------------------------------------

PARAMETER_FAULTS: dict[str, tuple[Json, list[str | int], str]] = {
    "no name": ({"type": "string"}, ["name"], MISSING),
    "no type": ({"name": "p"}, ["type"], MISSING),
    "unknown type": ({"name": "p", "type": "text"}, ["type"], "value_error.const"),
    "required is no boolean": ({"name": "p", "type": "string", "required": 1}, ["required"], "type_error.boolean"),
    "name with a space": ({"name": "a b", "type": "string"}, ["name"], "value_error.str.regex"),
    "reserved name": ({"name": "secrets", "type": "string"}, ["name"], "value_error"),
    "default of another type": (
        {"name": "p", "type": "integer", "default_value": True},
        ["default_value"],
        "value_error",
    ),
    "default not allowed": (
        {"name": "p", "type": "string", "default_value": "c", "allowed_values": ["a"]},
        ["allowed_values"],
        "value_error",
    ),
    "allowed of another type": (
        {"name": "p", "type": "integer", "allowed_values": ["1"]},
        ["allowed_values"],
        "value_error",
    ),
}

FIELD_FAULTS: dict[str, tuple[Json, list[str | int], str]] = {
    "name is missing": ({}, ["name"], MISSING),
    "name is empty": ({"name": ""}, ["name"], "value_error.any_str.min_length"),
    "name is blank": ({"name": " \t"}, ["name"], "value_error"),
    "name is too long": ({"name": "n" * 201}, ["name"], "value_error.any_str.max_length"),
    "name is a number": ({"name": 1}, ["name"], "type_error.string"),
    "name is null": ({"name": None}, ["name"], "type_error.string"),
    "description is too long": ({"description": "d" * 4001}, ["description"], "value_error.any_str.max_length"),
    "tags are text": ({"tags": "a,b"}, ["tags"], "type_error.array"),
    "too many tags": ({"tags": tags(51)}, ["tags"], "value_error.list.max_items"),
    "a tag is too long": ({"tags": ["ok", "t" * 65]}, ["tags", 1], "value_error.any_str.max_length"),
    "a tag is a number": ({"tags": [1]}, ["tags", 0], "type_error.string"),
    "timeout is zero": ({"timeout_seconds": 0}, ["timeout_seconds"], "value_error.number.not_ge"),
    "timeout is over a week": ({"timeout_seconds": 604_801}, ["timeout_seconds"], "value_error.number.not_le"),
    "timeout is enormous": ({"timeout_seconds": 10**40}, ["timeout_seconds"], "value_error.number.not_le"),
    "timeout is text": ({"timeout_seconds": "300"}, ["timeout_seconds"], "type_error.integer"),
    "timeout is true": ({"timeout_seconds": True}, ["timeout_seconds"], "type_error.integer"),
    "timeout is a fraction": ({"timeout_seconds": 1.5}, ["timeout_seconds"], "type_error.integer"),
    "unknown status": ({"status": "broken"}, ["status"], "value_error.const"),
    "unknown field": ({"nmae": "x"}, ["nmae"], "value_error.extra"),
    "parameters are an object": ({"parameters": {}}, ["parameters"], "type_error.array"),
    "too many parameters": ({"parameters": parameters(101)}, ["parameters"], "value_error.list.max_items"),
    "a parameter twice": (
        {"parameters": [*parameters(2), *parameters(1)]}, ["parameters", 2, "name"], "value_error.duplicate",
    ),
    "an action is text": ({"actions": ["a"]}, ["actions", 0], "type_error.object"),
    "too many actions": ({"actions": chain(501)}, ["actions"], "value_error.list.max_items"),
    "a chain of ten thousand": ({"actions": chain(10_000)}, ["actions"], "value_error.list.max_items"),
    "an action without id": (
        {"actions": [{"action_type": "transform", "config": {"output": 1}}]}, ["actions", 0, "action_id"], MISSING,
    ),
    "an action with a null id": (
        {"actions": [notify(None)]}, ["actions", 0, "action_id"], "type_error.string",  # type: ignore[arg-type]  # what is wrong is what is tested
    ),
    "config is missing a key": (
        {"actions": [notify("a"), {"action_id": "b", "action_type": "service_call", "config": {"endpoint": "/x"}}]},
        ["actions", 1, "config", "service"], MISSING,
    ),
    "config has an unknown key": (
        {"actions": [call("a", "/x", {"verb": "GET"})]}, ["actions", 0, "config", "verb"], "value_error.extra",
    ),
    "config sets a header of the engine": (
        {"actions": [call("a", "/x", {"headers": {"x-execution-ID": "forged"}})]},
        ["actions", 0, "config", "headers"], "value_error",
    ),
    "config has an unknown method": (
        {"actions": [call("a", "/x", {"method": "BREW"})]}, ["actions", 0, "config", "method"], "value_error.const",
    ),
    "unknown error policy": (
        {"actions": [notify("a", on_error="ignore")]}, ["actions", 0, "on_error"], "value_error.const",
    ),
}  # fmt: skip


async def test_every_faulty_field_is_located_and_typed_in_the_documented_words(client: httpx.AsyncClient) -> None:
    found, expected = {}, {}
    for rule, (fields, loc, kind) in FIELD_FAULTS.items():
        body = fields if rule.startswith("name") else {"name": "faulty", **fields}
        found[rule] = faults(await client.post("/workflows", json=body))
        expected[rule] = [(["body", *loc], kind)]
    for rule, (parameter, loc, kind) in PARAMETER_FAULTS.items():
        found[rule] = faults(await client.post("/workflows", json={"name": "p", "parameters": [parameter]}))
        expected[rule] = [(["body", "parameters", 0, *loc], kind)]
    assert found == expected
    assert await names(client) == []
    refused = await client.post("/workflows", json={"actions": []})
    assert refused.json()["detail"] == [
        {"loc": ["body", "name"], "msg": "field required", "type": "value_error.missing"}
    ]


async def test_all_faults_are_listed_not_only_the_first(client: httpx.AsyncClient) -> None:
    body = {"name": "", "timeout_seconds": 0, "actions": [notify("a", depends_on=["x"]), {"action_id": "b"}]}
    located = [loc for loc, _ in faults(await client.post("/workflows", json=body))]
    assert located == [
        ["body", "name"],
        ["body", "actions", 1, "action_type"],
        ["body", "timeout_seconds"],
        ["body", "actions", 0, "depends_on", 0],
    ]


async def test_values_at_the_documented_limits_are_accepted(client: httpx.AsyncClient) -> None:
    for number, fields in enumerate(
        (
            {"name": "n" * 200, "description": "d" * 4000, "tags": tags(50), "timeout_seconds": 604_800},
            {"name": "m", "parameters": parameters(100), "timeout_seconds": 1},
            {"name": "fan-out", "actions": [notify("a0"), *(notify(f"a{i}", "{{a0.status}}") for i in range(1, 500))]},
            {"name": "chain", "actions": chain(500)},
        )
    ):
        created = await client.post("/workflows", json=fields)
        assert (number, created.status_code) == (number, 201)
        assert {key: created.json()[key] for key in fields} == fields


GRAPH_FAULTS: dict[str, tuple[list[Json], list[Any], str]] = {
    "unknown dependency": (
        [notify("a", depends_on=["ghost"])], [0, "depends_on", 0], "action 'a' depends on 'ghost'",
    ),
    "itself": ([notify("a", depends_on=["a"])], [0, "depends_on", 0], "cycle: a -> a"),
    "its own result": ([notify("a", "{{a.response}}")], [0, "config"], "cycle: a -> a"),
    "the same id twice": ([notify("a"), notify("a")], [1, "action_id"], "'a' is used twice"),
    "the id of a parameter": ([notify("p")], [0, "action_id"], "'p' is also a parameter"),
    "unknown type": ([{"action_id": "a", "action_type": "notificaton"}], [0, "action_type"], "'notification'"),
}  # fmt: skip


async def test_every_fault_of_the_graph_is_a_422_that_names_the_edge(client: httpx.AsyncClient) -> None:
    for rule, (actions, loc, message) in GRAPH_FAULTS.items():
        body = {"name": rule, "parameters": [{"name": "p", "type": "string"}], "actions": actions}
        refused = await client.post("/workflows", json=body)
        assert [found for found, _ in faults(refused)] == [["body", "actions", *loc]], rule
        assert message in refused.json()["detail"][0]["msg"]


async def test_a_cycle_is_spelled_out(client: httpx.AsyncClient) -> None:
    for actions in (
        [notify("a", depends_on=["b"]), notify("b", depends_on=["a"])],
        [notify("a", "{{b.response}}"), notify("b", "{{actions.a.response}}")],
        [notify("a", "{{b.response}}"), notify("b", depends_on=["a"])],
    ):
        refused = await client.post("/workflows", json={"name": "cyclic", "actions": [notify("z"), *actions]})
        assert faults(refused) == [(["body", "actions"], "value_error.cycle")]
        assert refused.json()["detail"][0]["msg"] in ("cycle: a -> b -> a", "cycle: b -> a -> b")


async def test_a_reference_to_nothing_is_saved_with_a_warning(client: httpx.AsyncClient) -> None:
    actions = [notify("a", "{{known}} {{unknown.x}}"), notify("b", "{{parameters.gone}} {{actions.a.response}}")]
    body = await create(client, "w", *actions, parameters=[{"name": "known", "type": "string"}])
    assert len(body["warnings"]) == 2
    assert "'{{unknown.x}}'" in body["warnings"][0]
    assert "'{{parameters.gone}}'" in body["warnings"][1]
    assert body["warning_details"] == [
        {"code": "unknown_reference", "message": message, "path": ["actions", position, "config", "message"]}
        for position, message in enumerate(body["warnings"])
    ]


# --- names ---------------------------------------------------------------------------------------


async def test_a_name_is_unique_among_the_workflows_of_its_owner(client: httpx.AsyncClient) -> None:
    first = await create(client, "Duplicate Name")
    again = await client.post("/workflows", json={"name": "Duplicate Name"})
    assert assert_envelope(again, 409, "NAME_TAKEN") == "Workflow with name 'Duplicate Name' already exists"
    assert (await client.post("/workflows", json={"name": "duplicate name"})).status_code == 201
    assert (await client.post("/workflows", json={"name": "Duplicate Name"}, headers=GRACE)).status_code == 201
    other = await create(client, "other")
    renamed = await client.put(f"/workflows/{other['workflow_id']}", json={"name": "Duplicate Name"})
    assert assert_envelope(renamed, 409, "NAME_TAKEN") == "Workflow with name 'Duplicate Name' already exists"
    kept = await client.put(f"/workflows/{first['workflow_id']}", json={"name": "Duplicate Name"})
    assert kept.status_code == 200


async def test_of_many_parallel_creates_with_one_name_exactly_one_wins(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(client.post("/workflows", json={"name": "contested"}) for _ in range(10)))
    assert sorted(created.status_code for created in answers) == [201] + [409] * 9
    assert await names(client) == ["contested"]
