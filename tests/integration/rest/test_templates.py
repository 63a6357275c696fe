"""Workflows from templates through both edges, on both databases (decision W11)."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from resolvers.workflows.template_library import FILES, find_template, templates
from tests.support.calls import Json, answer, assert_envelope, call, faults, graphql, notify, run, token
from tests.support.scripted_service import PartnerService

pytestmark = pytest.mark.asyncio

CREATE = """
mutation ($input: CreateWorkflowFromTemplateInput!) {
  createWorkflowFromTemplate(input: $input) {
    workflow { id name description status tags timeoutSeconds parameters { name type } actions { actionId actionType } }
    warnings
    userErrors { code message path }
  }
}
"""
LIST = """
{ workflowTemplates {
  templateName title description tags parameters { name type required } actions { actionId actionType dependsOn }
} }
"""
DOCUMENTED = {
    "name": "Custom Document Analysis",
    "description": "Customized workflow",
    "parameters": [{"name": "custom_param", "type": "string", "required": True}],
}


async def from_template(client: httpx.AsyncClient, template_name: str, **customizations: Any) -> httpx.Response:
    body: Json = {"template_name": template_name}
    return await client.post("/workflows/from-template", json=body | {"customizations": customizations})


async def created(client: httpx.AsyncClient, template_name: str, **customizations: Any) -> Json:
    answered = await from_template(client, template_name, **customizations)
    assert answered.status_code == 201, answered.text
    return dict(answered.json())


async def mutate(client: httpx.AsyncClient, template_name: str, customizations: Json | None = None) -> Json:
    given = {} if customizations is None else {"customizations": customizations}
    payload = await graphql(client, CREATE, input={"templateName": template_name, **given})
    return dict(payload["createWorkflowFromTemplate"])


async def test_the_documented_request_gives_the_answer_of_create(client: httpx.AsyncClient) -> None:
    answered = await from_template(client, "document_analysis", **DOCUMENTED)
    assert answered.status_code == 201
    body = answered.json()
    template = json.loads((FILES / "document_analysis.json").read_text())["workflow"]
    assert (body["name"], body["description"]) == ("Custom Document Analysis", "Customized workflow")
    assert body["parameters"] == [*template["parameters"], *DOCUMENTED["parameters"]]
    assert {key: body[key] for key in ("actions", "tags", "timeout_seconds")} == {
        key: template[key] for key in ("actions", "tags", "timeout_seconds")
    }
    assert (body["status"], body["version"], body["created_by"]) == ("active", "1.0", "ada")
    assert answered.headers["location"] == f"/workflows/{body['workflow_id']}"
    assert answered.headers["etag"] == '"1.0"'
    assert (await client.get(answered.headers["location"])).json() == body
    assert "warnings" not in body


async def test_a_template_without_customizations_is_created_as_it_is(client: httpx.AsyncClient) -> None:
    for body in ({"template_name": "etl_pipeline"}, {"template_name": "etl_pipeline", "customizations": None}):
        answered = await client.post("/workflows/from-template", json=body)
        assert answered.status_code == 201
        template = find_template("etl_pipeline").workflow
        assert {key: answered.json()[key] for key in template if key != "name"} == {
            key: value for key, value in template.items() if key != "name"
        }


async def test_definitions_are_merged_and_the_result_runs(client: httpx.AsyncClient, scripted: PartnerService) -> None:
    scripted.answers = {"/fetch": answer({"content": "Hello."}), "/analyze": answer({"quality_score": 0.9})}
    fetch = call("fetch_document", "/fetch", {"parameters": {"url": "{{document_url}}"}})
    analyse = call("analyze_content", "/analyze", {"parameters": {"content": "{{fetch_document.response.content}}"}})
    tell = notify("tell", "score {{analyze_content.response.quality_score}}")
    body = await created(client, "document_analysis", actions=[tell, analyse, fetch], tags=["mine", "analysis"])
    assert [action["action_id"] for action in body["actions"]] == ["fetch_document", "analyze_content", "tell"]
    assert body["actions"] == [fetch, analyse, tell]
    assert body["tags"] == ["analysis", "document", "mine"]
    ended = await run(client, body["workflow_id"], document_url="https://example.com/d")
    assert (ended["status"], ended["result"]["tell"]["response"]["message"]) == ("completed", "score 0.9")


async def test_templates_tell_what_became_of_services_that_are_down(
    client: httpx.AsyncClient, scripted: PartnerService
) -> None:
    scripted.answers = {"/health": answer({"up": True})}
    health = await created(client, "health_check_fanout")
    services = {"first_service": "scripted", "second_service": "nowhere", "third_service": "scripted"}
    ended = await run(client, health["workflow_id"], **services)
    assert ended["status"] == "completed"
    message = ended["result"]["report_health"]["response"]["message"]
    assert message == "scripted: success, nowhere: failed, scripted: success"
    incident = await created(client, "incident_notification")
    ended = await run(client, incident["workflow_id"], title="Disk full")
    assert ended["result"]["announce"]["response"]["message"] == "Incident (high): Disk full"
    assert ended["result"]["confirm"]["response"]["message"] == "Incident 'Disk full': ticket failed, page failed"


async def test_null_clears_what_can_be_null_and_is_refused_elsewhere(client: httpx.AsyncClient) -> None:
    body = await created(client, "document_analysis", description=None, timeout_seconds=None, status="draft")
    assert (body["description"], body["timeout_seconds"], body["status"]) == (None, None, "draft")
    refused = await from_template(client, "document_analysis", name=None, tags=None)
    assert sorted(faults(refused)) == [
        (["body", "customizations", "name"], "type_error.string"),
        (["body", "customizations", "tags"], "type_error.array"),
    ]


async def test_without_a_name_the_template_s_is_numbered_and_a_given_one_is_refused_where_taken(
    client: httpx.AsyncClient,
) -> None:
    names = [(await created(client, "document_analysis"))["name"] for _ in range(3)]
    base = "Document Analysis Workflow"
    assert names == [base, f"{base} (2)", f"{base} (3)"]
    taken = await from_template(client, "document_analysis", name=base)
    assert assert_envelope(taken, 409, "NAME_TAKEN") == f"Workflow with name '{base}' already exists"
    client.headers["X-User-ID"] = "grace"
    assert (await created(client, "document_analysis"))["name"] == base


async def test_a_name_that_is_free_again_is_used_again(client: httpx.AsyncClient) -> None:
    first = await created(client, "document_analysis")
    await created(client, "document_analysis")
    await client.delete(f"/workflows/{first['workflow_id']}")
    assert (await created(client, "document_analysis"))["name"] == first["name"]


async def test_requests_at_the_same_moment_all_get_a_name_of_their_own(client: httpx.AsyncClient) -> None:
    bodies = await asyncio.gather(*(created(client, "document_analysis") for _ in range(12)))
    base = "Document Analysis Workflow"
    assert {body["name"] for body in bodies} == {base, *(f"{base} ({number})" for number in range(2, 13))}


async def test_faults_of_a_customization_are_located_where_they_were_sent(client: httpx.AsyncClient) -> None:
    at = ["body", "customizations"]
    cases: list[tuple[Json, list[tuple[list[str | int], str]]]] = [
        ({"name": ""}, [([*at, "name"], "value_error.any_str.min_length")]),
        ({"nmae": "x"}, [([*at, "nmae"], "value_error.extra")]),
        ({"timeout_seconds": 0}, [([*at, "timeout_seconds"], "value_error.number.not_ge")]),
        ({"parameters": [{"name": "p"}]}, [([*at, "parameters", 0, "type"], "value_error.missing")]),
        ({"tags": [f"t{number}" for number in range(49)]}, [([*at, "tags"], "value_error.list.max_items")]),
        (
            {"parameters": [{"name": "document_url", "type": "string"}] * 2},
            [([*at, "parameters", 1, "name"], "value_error.duplicate")],
        ),
        ({"parameters": [{"name": "fetch_document", "type": "string"}]}, [(at, "value_error.duplicate")]),
        ({"actions": [notify("document_url")]}, [([*at, "actions", 0, "action_id"], "value_error.duplicate")]),
        (
            {"actions": [notify("new"), {"action_id": "analyze_content", "action_type": "notification"}]},
            [([*at, "actions", 1, "config", "message"], "value_error.missing")],
        ),
        (
            {"actions": [notify("fetch_document", depends_on=["analyze_content"])]},
            [([*at, "actions"], "value_error.cycle")],
        ),
    ]
    for customizations, expected in cases:
        refused = await from_template(client, "document_analysis", **customizations)
        assert faults(refused) == expected, customizations
    assert faults(await client.post("/workflows/from-template", json={})) == [
        (["body", "template_name"], "value_error.missing")
    ]
    listed = await client.get("/workflows")
    assert listed.json()["workflows"] == []


async def test_an_unknown_template_is_a_404_that_names_the_known_ones(client: httpx.AsyncClient) -> None:
    for name in ("nope", "../templates/document_analysis", "document_analysis.json", "DOCUMENT_ANALYSIS"):
        detail = assert_envelope(await from_template(client, name), 404, "TEMPLATE_NOT_FOUND")
        assert detail.startswith(f"Workflow template not found: {name}; known are document_analysis, ")
        payload = await mutate(client, name)
        assert [(error["code"], error["path"]) for error in payload["userErrors"]] == [
            ("TEMPLATE_NOT_FOUND", ["input"])
        ]
        assert payload["workflow"] is None


async def test_the_library_is_the_same_on_both_edges(client: httpx.AsyncClient) -> None:
    rest = (await client.get("/workflows/templates")).json()
    assert set(rest) == {"templates"}
    assert all(
        set(template) == {"template_name", "title", "description", "parameters", "actions", "tags"}
        for template in rest["templates"]
    )
    listed = (await graphql(client, LIST))["workflowTemplates"]
    assert [template["templateName"] for template in listed] == [
        template["template_name"] for template in rest["templates"]
    ]
    for one, other in zip(listed, rest["templates"], strict=True):
        assert {key: one[key] for key in ("title", "description", "tags")} == {
            key: other[key] for key in ("title", "description", "tags")
        }
        assert [action["actionId"] for action in one["actions"]] == [action["action_id"] for action in other["actions"]]
        assert [(parameter["name"], parameter["type"].lower()) for parameter in one["parameters"]] == [
            (parameter["name"], parameter["type"]) for parameter in other["parameters"]
        ]


async def test_graphql_creates_from_a_template_with_typed_customizations(client: httpx.AsyncClient) -> None:
    note = {"actionId": "note", "actionType": "notification", "config": {"message": "{{ghost}}"}, "onError": "CONTINUE"}
    customizations = {
        "description": "mine",
        "status": "DRAFT",
        "tags": ["new"],
        "timeoutSeconds": 7,
        "parameters": [{"name": "depth", "type": "INTEGER", "defaultValue": 3}],
        "actions": [note],
    }
    payload = await mutate(client, "document_analysis", customizations)
    assert payload["userErrors"] == []
    assert "{{ghost}}" in payload["warnings"][0]
    workflow = payload["workflow"]
    assert {key: workflow[key] for key in ("name", "description", "status", "tags", "timeoutSeconds")} == {
        "name": "Document Analysis Workflow",
        "description": "mine",
        "status": "DRAFT",
        "tags": ["analysis", "document", "new"],
        "timeoutSeconds": 7,
    }
    assert [parameter["name"] for parameter in workflow["parameters"]] == ["document_url", "analysis_type", "depth"]
    assert [action["actionId"] for action in workflow["actions"]] == ["fetch_document", "analyze_content", "note"]
    assert (await mutate(client, "document_analysis"))["workflow"]["name"] == "Document Analysis Workflow (2)"


async def test_graphql_tells_faults_as_user_errors_by_the_names_of_the_input(client: httpx.AsyncClient) -> None:
    await mutate(client, "document_analysis", {"name": "taken"})
    broken = {"actionId": "a", "actionType": "notification", "config": {}, "timeoutSeconds": 0}
    for customizations, expected in (
        ({"name": "taken"}, [("NAME_TAKEN", ["input"])]),
        (
            {"timeoutSeconds": 0},
            [("VALIDATION_ERROR", ["input", "customizations", "timeoutSeconds"])],
        ),
        (
            {"actions": [broken]},
            [
                ("VALIDATION_ERROR", ["input", "customizations", "actions", "0", "timeoutSeconds"]),
                ("VALIDATION_ERROR", ["input", "customizations", "actions", "0", "config", "message"]),
            ],
        ),
        (
            {"actions": [broken | {"timeoutSeconds": 1}]},
            [("VALIDATION_ERROR", ["input", "customizations", "actions", "0", "config", "message"])],
        ),
    ):
        payload = await mutate(client, "document_analysis", customizations)
        assert [(error["code"], error["path"]) for error in payload["userErrors"]] == expected


async def test_a_viewer_lists_templates_and_may_not_create_and_nobody_unknown_does_either(
    server: str, client: httpx.AsyncClient
) -> None:
    viewer = token("eve", "default", "viewer")
    assert (await client.get("/workflows/templates", headers=viewer)).status_code == 200
    refused = await client.post("/workflows/from-template", json={"template_name": "document_analysis"}, headers=viewer)
    assert_envelope(refused, 403, "PERMISSION_DENIED")
    async with httpx.AsyncClient(base_url=server) as anonymous:
        assert_envelope(await anonymous.get("/workflows/templates"), 401, "UNAUTHENTICATED")
        body = {"template_name": "nope"}
        assert_envelope(await anonymous.post("/workflows/from-template", json=body), 401, "UNAUTHENTICATED")


@pytest.mark.parametrize("name", sorted(templates()))
async def test_each_template_runs_with_its_mocks_and_its_example_and_nothing_to_set_up(
    client: httpx.AsyncClient, name: str
) -> None:
    workflow = await created(client, name)
    for mock in templates()[name].mocks:
        assert (await client.post("/test/mock-service", json=mock)).status_code == 200
    body = {"parameters": templates()[name].example_parameters, "async_execution": False}
    ended = await client.post(f"/workflows/{workflow['workflow_id']}/execute", json=body)
    assert ended.json()["status"] == "completed", ended.text
