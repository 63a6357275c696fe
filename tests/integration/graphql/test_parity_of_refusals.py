"""What one edge refuses the other one refuses too, in the same words."""

from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from tests.support.calls import Json, create, notify, run, token
from tests.support.edges.both_edges import CREATE, ERRORS, SET_UP, as_graphql, snake, told

UPDATE = f"mutation ($input: UpdateWorkflowInput!) {{ updateWorkflow(input: $input) {{ {ERRORS} }} }}"
DELETE = f"mutation ($input: DeleteWorkflowInput!) {{ deleteWorkflow(input: $input) {{ {ERRORS} }} }}"
EXECUTE = f"mutation ($input: ExecuteWorkflowInput!) {{ executeWorkflow(input: $input) {{ {ERRORS} }} }}"
CANCEL = f"mutation ($input: CancelExecutionInput!) {{ cancelExecution(input: $input) {{ {ERRORS} }} }}"
FROM_TEMPLATE = f"""
mutation ($input: CreateWorkflowFromTemplateInput!) {{
  createWorkflowFromTemplate(input: $input) {{ {ERRORS} }}
}}
"""


# --- the same faults -----------------------------------------------------------------------------

Request = tuple[str, str, Any]
"""A method, a path and a body."""

Refusal = tuple[str, list[tuple[list[str], str]]]
"""The code word, and the messages with where in the input they belong: nowhere for a fault of the whole."""


def rest_refusal(refused: httpx.Response) -> Refusal:
    """A failure as the REST edge tells it."""
    assert refused.status_code >= 400, refused.text
    body = refused.json()
    detail = body["detail"]
    if isinstance(detail, str):
        return body["error_code"], [([], detail)]
    return body["error_code"], [([str(part) for part in fault["loc"][1:]], fault["msg"]) for fault in detail]


def graphql_refusal(answered: httpx.Response) -> Refusal:
    """A failure as the GraphQL edge tells it: user errors, or the top-level errors."""
    body = answered.json()
    faults: list[tuple[list[str], str]]
    if "errors" in body:
        codes = {error["extensions"]["code"] for error in body["errors"]}
        faults = [([], error["message"]) for error in body["errors"]]
    else:
        (payload,) = body["data"].values()
        codes = {error["code"] for error in payload["userErrors"]}
        faults = [([snake(part) for part in error["path"][1:]], error["message"]) for error in payload["userErrors"]]
    assert len(codes) == 1, body
    return codes.pop(), faults


async def assert_same_refusal(
    client: httpx.AsyncClient,
    request: Request,
    operation: tuple[str, Json],
    code: str,
    headers: dict[str, str] | None = None,
) -> Sequence[tuple[list[str], str]]:
    """Check that both edges refuse for the same reason with `code`, and return the faults."""
    method, path, body = request
    refused = await client.request(method, path, json=body, headers=headers)
    query, fields = operation
    answered = await client.post("/graphql", json={"query": query, "variables": {"input": fields}}, headers=headers)
    assert graphql_refusal(answered) == rest_refusal(refused)
    assert rest_refusal(refused)[0] == code
    return rest_refusal(refused)[1]


@pytest.mark.asyncio
async def test_the_same_fault_has_the_same_code_and_message_on_both_edges(client: httpx.AsyncClient) -> None:
    await create(client, "taken")
    draft = (await create(client, "draft", status="draft"))["workflow_id"]
    done = (await run(client, (await create(client, "done", notify("note")))["workflow_id"]))["execution_id"]
    setting = {"scenario": "nothing"}
    template = {"template_name": "nothing"}
    unknown = {"id": "wf_0", "name": "x"}
    for request, operation, code in (
        (("PUT", "/workflows/wf_0", {"name": "x"}), (UPDATE, unknown), "WORKFLOW_NOT_FOUND"),
        (("DELETE", "/workflows/wf_0", None), (DELETE, {"id": "wf_0"}), "WORKFLOW_NOT_FOUND"),
        (("POST", "/workflows/wf_0/execute", {}), (EXECUTE, {"workflowId": "wf_0"}), "WORKFLOW_NOT_FOUND"),
        (("POST", "/workflows", {"name": "taken"}), (CREATE, {"name": "taken"}), "NAME_TAKEN"),
        (("PUT", f"/workflows/{draft}", {"name": "taken"}), (UPDATE, {"id": draft, "name": "taken"}), "NAME_TAKEN"),
        (("POST", f"/workflows/{draft}/execute", {}), (EXECUTE, {"workflowId": draft}), "WORKFLOW_NOT_ACTIVE"),
        (("POST", f"/workflows/executions/{done}/cancel", None), (CANCEL, {"id": done}), "EXECUTION_FINISHED"),
        (("POST", "/workflows/executions/exec_0/cancel", None), (CANCEL, {"id": "exec_0"}), "EXECUTION_NOT_FOUND"),
        (("POST", "/workflows/from-template", template), (FROM_TEMPLATE, as_graphql(template)), "TEMPLATE_NOT_FOUND"),
        (("POST", "/test/setup", setting), (SET_UP, setting), "SCENARIO_NOT_FOUND"),
    ):
        ((path, message),) = await assert_same_refusal(client, request, operation, code)
        assert path == []
        assert message


@pytest.mark.asyncio
async def test_the_same_fault_of_the_input_has_the_same_message_at_the_same_place_on_both_edges(
    client: httpx.AsyncClient,
) -> None:
    cyclic = [notify("a", depends_on=["b"]), notify("b", depends_on=["a"])]
    unnamed = {"name": "x", "actions": [notify("a", depends_on=["ghost"])]}
    for body, places in (
        ({"name": ""}, [["name"]]),
        ({"name": "x" * 201, "timeout_seconds": 0}, [["name"], ["timeout_seconds"]]),
        ({"name": "x\x00"}, [["name"]]),
        ({"name": "x", "tags": ["ok", "t" * 65]}, [["tags", "1"]]),
        ({"name": "x", "actions": cyclic}, [["actions"]]),
        (unnamed, [["actions", "0", "depends_on", "0"]]),
        ({"name": "x", "actions": [{"action_id": "a", "action_type": "magic"}]}, [["actions", "0", "action_type"]]),
        ({"name": "x", "actions": [notify("a"), notify("a")]}, [["actions", "1", "action_id"]]),
        ({"name": "x", "parameters": [{"name": "a b", "type": "string"}]}, [["parameters", "0", "name"]]),
    ):
        request: Request = ("POST", "/workflows", body)
        faults = await assert_same_refusal(client, request, (CREATE, as_graphql(body)), "VALIDATION_ERROR")
        assert [path for path, _ in faults] == places
    needs = [{"name": "n", "type": "integer", "required": True}]
    workflow_id = (await create(client, "needs", parameters=needs))["workflow_id"]
    for parameters in ({}, {"n": True}, {"n": "1"}):
        request = ("POST", f"/workflows/{workflow_id}/execute", {"parameters": parameters})
        operation = (EXECUTE, {"workflowId": workflow_id, "parameters": parameters})
        faults = await assert_same_refusal(client, request, operation, "VALIDATION_ERROR")
        assert [path for path, _ in faults] == [["parameters", "n"]]
    request = ("POST", f"/workflows/{workflow_id}/execute", {"parameters": {"n": 1}, "callback_url": "ftp://x/"})
    operation = (EXECUTE, {"workflowId": workflow_id, "parameters": {"n": 1}, "callbackUrl": "ftp://x/"})
    faults = await assert_same_refusal(client, request, operation, "VALIDATION_ERROR")
    assert [path for path, _ in faults] == [["callback_url"]]


@pytest.mark.asyncio
async def test_a_reused_idempotency_key_is_refused_alike_on_both_edges(client: httpx.AsyncClient) -> None:
    workflow_id = (await create(client, "once", parameters=[{"name": "n", "type": "integer"}]))["workflow_id"]
    path, key = f"/workflows/{workflow_id}/execute", {"Idempotency-Key": "k1"}
    assert (await client.post(path, json={"parameters": {"n": 1}}, headers=key)).status_code == 202
    other = {"n": 2}
    fields = {"workflowId": workflow_id, "parameters": other, "idempotencyKey": "k1"}
    refused = rest_refusal(await client.post(path, json={"parameters": other}, headers=key))
    answered = graphql_refusal(await client.post("/graphql", json={"query": EXECUTE, "variables": {"input": fields}}))
    assert (refused[0], answered[0]) == ("IDEMPOTENCY_KEY_REUSED", "IDEMPOTENCY_KEY_REUSED")
    assert [message for _, message in answered[1]] == [message for _, message in refused[1]]


@pytest.mark.asyncio
async def test_an_execution_that_one_edge_started_is_repeated_by_the_key_of_the_other(
    client: httpx.AsyncClient,
) -> None:
    workflow_id = (await create(client, "once", parameters=[{"name": "n", "type": "integer"}]))["workflow_id"]
    body, key = {"parameters": {"n": 1}}, {"Idempotency-Key": "shared"}
    first = (await client.post(f"/workflows/{workflow_id}/execute", json=body, headers=key)).json()
    query = """mutation ($input: ExecuteWorkflowInput!) {
      executeWorkflow(input: $input) { isReplay execution { id } userErrors { code } }
    }"""
    fields = {"workflowId": workflow_id, "parameters": {"n": 1}, "idempotencyKey": "shared"}
    again = await told(client, query, input=fields)
    assert again == {"is_replay": True, "execution": {"id": first["execution_id"]}, "user_errors": []}


@pytest.mark.asyncio
async def test_whoever_may_not_is_refused_alike_on_both_edges(client: httpx.AsyncClient) -> None:
    workflow_id = (await create(client, "mine", notify("note")))["workflow_id"]
    execution_id = (await run(client, workflow_id))["execution_id"]
    execution = f"/workflows/executions/{execution_id}/cancel"
    grace, viewer = {"X-User-ID": "grace"}, token("vic", "default", "viewer")
    for headers, request, operation in (
        (grace, ("PUT", f"/workflows/{workflow_id}", {"name": "x"}), (UPDATE, {"id": workflow_id, "name": "x"})),
        (grace, ("DELETE", f"/workflows/{workflow_id}", None), (DELETE, {"id": workflow_id})),
        (grace, ("POST", execution, None), (CANCEL, {"id": execution_id})),
        (viewer, ("POST", "/workflows", {"name": "x"}), (CREATE, {"name": "x"})),
        (viewer, ("POST", f"/workflows/{workflow_id}/execute", {}), (EXECUTE, {"workflowId": workflow_id})),
    ):
        await assert_same_refusal(client, request, operation, "PERMISSION_DENIED", headers=headers)
        method, path, body = request
        assert (await client.request(method, path, json=body, headers=headers)).status_code == 403


@pytest.mark.asyncio
async def test_whoever_sends_no_credential_or_a_bad_one_is_refused_alike_on_both_edges(server: str) -> None:
    async with httpx.AsyncClient(base_url=server) as anonymous:
        request, operation = ("POST", "/workflows", {"name": "x"}), (CREATE, {"name": "x"})
        await assert_same_refusal(anonymous, request, operation, "UNAUTHENTICATED")
        assert (await anonymous.get("/workflows")).status_code == 401
        for headers in ({"X-API-Key": "wrong"}, {"Authorization": "Bearer wrong"}, token("eve", exp=1)):
            await assert_same_refusal(anonymous, request, operation, "UNAUTHENTICATED", headers=headers)
