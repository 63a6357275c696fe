"""The use cases through GraphQL alone, on both databases."""

import asyncio
import re
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from app.settings.settings import Settings
from models.database.connect import connect
from resolvers.workflows.rows import VERSIONS
from tests.conftest import ScriptedService
from tests.integration.conftest import PartnerService
from tests.support.calls import Json, answer, events, graphql, held, soon, token

pytestmark = pytest.mark.asyncio

GRACE = {"X-User-ID": "grace"}
ERRORS = "userErrors { code message path }"
WORKFLOW = """
  id name description status version createdBy createdAt updatedAt tags timeoutSeconds executionCount lastExecution
  parameters { name type description required defaultValue allowedValues }
  actions { actionId actionType name description config dependsOn timeoutSeconds onError }
"""
CREATE = f"""
mutation ($input: CreateWorkflowInput!) {{
  createWorkflow(input: $input) {{ warnings workflow {{ {WORKFLOW} }} {ERRORS} }}
}}
"""
UPDATE = f"""
mutation ($input: UpdateWorkflowInput!) {{ updateWorkflow(input: $input) {{ workflow {{ {WORKFLOW} }} {ERRORS} }} }}
"""
DELETE = f"mutation ($input: DeleteWorkflowInput!) {{ deleteWorkflow(input: $input) {{ deletedId {ERRORS} }} }}"
READ = f"query ($id: ID!) {{ workflow(id: $id) {{ {WORKFLOW} }} }}"
EXECUTION = """
  id status workflowVersion createdBy parameters createdAt startedAt completedAt
  durationSeconds queueSeconds runSeconds result
  progress { completedActions totalActions currentAction percentage }
  error { code message actionId attempt retryable httpStatus }
  actions { actionId status attempt startedAt completedAt response error { code } }
  logs { level message actionId }
  events { sequence type actionId }
  workflow { id name }
"""
EXECUTE = f"""
mutation ($input: ExecuteWorkflowInput!) {{
  executeWorkflow(input: $input) {{ isReplay execution {{ {EXECUTION} }} {ERRORS} }}
}}
"""
CANCEL = f"""
mutation ($input: CancelExecutionInput!) {{
  cancelExecution(input: $input) {{ execution {{ {EXECUTION} }} {ERRORS} }}
}}
"""
READ_EXECUTION = f"query ($id: ID!) {{ execution(id: $id) {{ {EXECUTION} }} }}"
LIST = """
query ($filter: WorkflowFilterInput, $first: Int, $after: String, $last: Int, $before: String) {
  workflows(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
    totalCount nodes { name } edges { cursor node { name } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""


def note(action_id: str = "note", message: str = "hello", **more: Any) -> Json:
    """A `notification` action as GraphQL spells it."""
    return {"actionId": action_id, "actionType": "notification", "config": {"message": message}, **more}


def calling(action_id: str, endpoint: str) -> Json:
    """A `service_call` action to the scripted service as GraphQL spells it."""
    return {
        "actionId": action_id,
        "actionType": "service_call",
        "config": {"service": "scripted", "endpoint": endpoint},
    }


async def mutate(client: httpx.AsyncClient, mutation: str, **fields: Any) -> Json:
    """The payload of a mutation that the caller expects to be carried out."""
    payload = await refused(client, mutation, **fields)
    assert payload.pop("userErrors") == []
    return payload


async def refused(client: httpx.AsyncClient, mutation: str, **fields: Any) -> Json:
    """The payload of a mutation, with whatever `userErrors` it has."""
    (payload,) = (await graphql(client, mutation, input=fields)).values()
    return dict(payload)


async def create(client: httpx.AsyncClient, name: str, *actions: Json, **fields: Any) -> Json:
    """Create a workflow and return it."""
    return dict((await mutate(client, CREATE, name=name, actions=list(actions), **fields))["workflow"])


async def execute(client: httpx.AsyncClient, workflow_id: str, **fields: Any) -> Json:
    """Execute a workflow and return the execution."""
    return dict((await mutate(client, EXECUTE, workflowId=workflow_id, **fields))["execution"])


async def top_level_errors(client: httpx.AsyncClient, query: str, **variables: Any) -> list[Json]:
    """The errors of an operation that must fail as a whole."""
    answered = await client.post("/graphql", json={"query": query, "variables": variables})
    errors: list[Json] = answered.json()["errors"]
    return errors


async def page(client: httpx.AsyncClient, **arguments: Any) -> Json:
    """One slice of the workflows."""
    found: Json = (await graphql(client, LIST, **arguments))["workflows"]
    assert [edge["node"] for edge in found["edges"]] == found["nodes"]
    return {**found, "names": [node["name"] for node in found["nodes"]]}


# --- workflows -----------------------------------------------------------------------------------


async def test_a_created_workflow_comes_back_as_it_was_sent(client: httpx.AsyncClient) -> None:
    parameter = {
        "name": "level",
        "type": "STRING",
        "description": "How deep",
        "required": False,
        "defaultValue": "low",
        "allowedValues": ["low", "high"],
    }
    first = {**note("first", "{{level}}"), "name": "First", "description": "d", "timeoutSeconds": 5}
    actions = [first, note("second", "{{first.response}}", dependsOn=["first"], onError="CONTINUE")]
    sent = {"description": "d", "status": "DRAFT", "tags": ["a", "b"], "timeoutSeconds": 300}
    created = await create(client, "whole", *actions, parameters=[parameter], **sent)
    assert {key: created[key] for key in sent} == sent
    assert (created["version"], created["createdBy"]) == ("1.0", "ada")
    assert (created["executionCount"], created["lastExecution"]) == (0, None)
    assert created["parameters"] == [parameter]
    absent = {"name": None, "description": None, "dependsOn": [], "timeoutSeconds": None, "onError": "FAIL"}
    assert created["actions"] == [{**absent, **action} for action in actions]
    assert (await graphql(client, READ, id=created["id"]))["workflow"] == created
    rest = (await client.get(f"/workflows/{created['id']}")).json()
    assert (rest["name"], rest["actions"][1]["depends_on"]) == ("whole", ["first"])


async def test_an_update_changes_the_fields_that_are_given_and_no_others(client: httpx.AsyncClient) -> None:
    before = await create(client, "kept", note(), description="old", tags=["t"], timeoutSeconds=9)
    after = (await mutate(client, UPDATE, id=before["id"], description=None, status="INACTIVE"))["workflow"]
    changed = {"description": None, "status": "INACTIVE", "updatedAt": after["updatedAt"]}
    assert after == before | changed
    raised = (await mutate(client, UPDATE, id=before["id"], actions=[note("new")], expectedVersion="1.0"))["workflow"]
    assert (raised["version"], raised["actions"][0]["actionId"]) == ("1.1", "new")
    payload = await refused(client, UPDATE, id=before["id"], tags=[], expectedVersion="1.0")
    assert [(error["code"], error["path"]) for error in payload["userErrors"]] == [("VERSION_MISMATCH", ["input"])]
    assert payload["workflow"] is None
    nulls = await refused(client, UPDATE, id=before["id"], name=None, tags=None)
    assert sorted(error["path"] for error in nulls["userErrors"]) == [["input", "name"], ["input", "tags"]]


async def test_a_deleted_workflow_is_null_and_its_name_is_free(client: httpx.AsyncClient) -> None:
    created = await create(client, "short-lived")
    assert await mutate(client, DELETE, id=created["id"]) == {"deletedId": created["id"]}
    assert (await graphql(client, READ, id=created["id"]))["workflow"] is None
    payload = await refused(client, DELETE, id=created["id"])
    assert payload["deletedId"] is None
    assert payload["userErrors"] == [
        {"code": "WORKFLOW_NOT_FOUND", "message": f"Workflow not found: {created['id']}", "path": ["input"]}
    ]
    await create(client, "short-lived")


async def test_what_the_caller_can_mend_comes_as_user_errors_with_code_and_path(client: httpx.AsyncClient) -> None:
    created = await create(client, "taken", parameters=[{"name": "n", "type": "INTEGER", "required": True}])
    draft = await create(client, "draft", status="DRAFT")
    named = await create(client, "named", parameters=[{"name": "action_id", "type": "STRING"}])
    cyclic = [note("a", dependsOn=["b"]), note("b", dependsOn=["a"])]
    for mutation, fields, expected in (
        (CREATE, {"name": "taken"}, [("NAME_TAKEN", ["input"])]),
        (CREATE, {"name": ""}, [("VALIDATION_ERROR", ["input", "name"])]),
        (CREATE, {"name": "x\x00"}, [("VALIDATION_ERROR", ["input", "name"])]),
        (CREATE, {"name": "x", "timeoutSeconds": 0}, [("VALIDATION_ERROR", ["input", "timeoutSeconds"])]),
        (CREATE, {"name": "x", "actions": cyclic}, [("VALIDATION_ERROR", ["input", "actions"])]),
        (
            CREATE,
            {"name": "x", "actions": [note("a", dependsOn=["ghost"], timeoutSeconds=0)]},
            [("VALIDATION_ERROR", ["input", "actions", "0", "timeoutSeconds"])],
        ),
        (
            CREATE,
            {"name": "x", "actions": [note("a", dependsOn=["ghost"])]},
            [("VALIDATION_ERROR", ["input", "actions", "0", "dependsOn", "0"])],
        ),
        (
            CREATE,
            {"name": "x", "actions": [note("a", retry={"maxAttempts": 0, "retryOn": ["odd"]})]},
            [
                ("VALIDATION_ERROR", ["input", "actions", "0", "retry", "maxAttempts"]),
                ("VALIDATION_ERROR", ["input", "actions", "0", "retry", "retryOn"]),
            ],
        ),
        (
            CREATE,
            {"name": "x", "actions": [note("a", config={"message": "m", "depends_on": 1})]},
            [("VALIDATION_ERROR", ["input", "actions", "0", "config", "depends_on"])],
        ),
        (UPDATE, {"id": "wf_0", "name": "y"}, [("WORKFLOW_NOT_FOUND", ["input"])]),
        (UPDATE, {"id": draft["id"], "name": "taken"}, [("NAME_TAKEN", ["input"])]),
        (EXECUTE, {"workflowId": "wf_0"}, [("WORKFLOW_NOT_FOUND", ["input"])]),
        (EXECUTE, {"workflowId": draft["id"]}, [("WORKFLOW_NOT_ACTIVE", ["input"])]),
        (EXECUTE, {"workflowId": created["id"]}, [("VALIDATION_ERROR", ["input", "parameters", "n"])]),
        (
            EXECUTE,
            {"workflowId": created["id"], "parameters": {"n": True}},
            [("VALIDATION_ERROR", ["input", "parameters", "n"])],
        ),
        (
            EXECUTE,
            {"workflowId": created["id"], "parameters": {"n": 1}, "callbackUrl": "ftp://x/"},
            [("VALIDATION_ERROR", ["input", "callbackUrl"])],
        ),
        (
            EXECUTE,
            {"workflowId": named["id"], "parameters": {"action_id": 1}},
            [("VALIDATION_ERROR", ["input", "parameters", "action_id"])],
        ),
        (CANCEL, {"id": "exec_0"}, [("EXECUTION_NOT_FOUND", ["input"])]),
    ):
        errors = (await refused(client, mutation, **fields))["userErrors"]
        assert [(error["code"], error["path"]) for error in errors] == expected, fields
        assert all(error["message"] for error in errors)
    (warning,) = (await mutate(client, CREATE, name="warned", actions=[note("a", "{{ghost}}")]))["warnings"]
    assert "'{{ghost}}'" in warning


# --- lists ---------------------------------------------------------------------------------------


async def test_workflows_are_filtered_and_counted(client: httpx.AsyncClient) -> None:
    await create(client, "one", tags=["a", "b"])
    await create(client, "two", tags=["b"], status="DRAFT", description="100% ÄRGER")
    for filter_, found in (
        (None, ["two", "one"]),
        ({}, ["two", "one"]),
        ({"status": "DRAFT"}, ["two"]),
        ({"status": None}, ["two", "one"]),
        ({"createdBy": "grace"}, []),
        ({"tags": ["a", "b"]}, ["one"]),
        ({"tags": ["a", "b"], "tagsMode": "ANY"}, ["two", "one"]),
        ({"search": "100%"}, ["two"]),
        ({"search": "ärger"}, ["two"]),
        ({"search": "_"}, []),
    ):
        listed = await page(client, filter=filter_)
        assert (filter_, listed["names"], listed["totalCount"]) == (filter_, found, len(found))


async def test_forward_pages_stay_put_while_workflows_are_created(client: httpx.AsyncClient) -> None:
    for number in range(5):
        await create(client, f"w{number}")
    first = await page(client, first=2)
    assert (first["names"], first["totalCount"]) == (["w4", "w3"], 5)
    info = first["pageInfo"]
    assert (info["hasNextPage"], info["hasPreviousPage"]) == (True, False)
    assert (info["startCursor"], info["endCursor"]) == tuple(edge["cursor"] for edge in first["edges"])
    newest = await create(client, "newest")
    second = await page(client, first=2, after=info["endCursor"])
    assert second["names"] == ["w2", "w1"]
    third = await page(client, first=2, after=second["pageInfo"]["endCursor"])
    assert (third["names"], third["pageInfo"]["hasNextPage"]) == (["w0"], False)
    await mutate(client, DELETE, id=newest["id"])
    assert (await page(client, first=2, after=info["endCursor"]))["names"] == ["w2", "w1"]


async def test_backward_pages_lead_to_the_newest(client: httpx.AsyncClient) -> None:
    for number in range(5):
        await create(client, f"w{number}")
    oldest = await page(client, last=2)
    assert (oldest["names"], oldest["pageInfo"]["hasPreviousPage"]) == (["w1", "w0"], True)
    middle = await page(client, last=2, before=oldest["pageInfo"]["startCursor"])
    assert (middle["names"], middle["pageInfo"]["hasNextPage"]) == (["w3", "w2"], True)
    newest = await page(client, last=2, before=middle["pageInfo"]["startCursor"])
    assert (newest["names"], newest["pageInfo"]["hasPreviousPage"]) == (["w4"], False)
    between = {"after": newest["pageInfo"]["endCursor"], "before": oldest["pageInfo"]["startCursor"]}
    assert (await page(client, first=10, **between))["names"] == ["w3", "w2"]


async def test_wrong_page_arguments_are_told_by_name(client: httpx.AsyncClient) -> None:
    for arguments, name in (
        ({"first": -1}, "first"),
        ({"first": 101}, "first"),
        ({"last": 101}, "last"),
        ({"after": "nonsense"}, "after"),
        ({"after": ""}, "after"),
        ({"before": "\x00"}, "before"),
        ({"after": "MjAyNi0wMS0wMVQwMDowMDowMHx3Zl8w"}, "after"),
    ):
        (error,) = await top_level_errors(client, LIST, **arguments)
        assert error["extensions"]["code"] == "VALIDATION_ERROR"
        assert [fault["loc"] for fault in error["extensions"]["faults"]] == [[name]]
    (error,) = await top_level_errors(client, LIST, first=1, last=1)
    assert (error["extensions"]["code"], error["message"]) == ("VALIDATION_ERROR", "give first or last, not both")
    (error,) = await top_level_errors(client, LIST, filter={"created": {"since": "yesterday"}})
    assert "this is no moment such as 2026-01-15T10:30:00Z" in error["message"]
    assert (await page(client, first=0))["names"] == []


async def test_executions_are_listed_by_workflow_and_status_and_nested(client: httpx.AsyncClient) -> None:
    created, other = await create(client, "w", note()), await create(client, "o", note("n", "{{ghost}}"))
    done = [(await execute(client, created["id"], wait=True))["id"] for _ in range(3)]
    failed = (await execute(client, other["id"], wait=True))["id"]
    query = """
    query ($filter: ExecutionFilterInput, $id: ID!) {
      executions(filter: $filter) { totalCount nodes { id workflow { name } } }
      workflow(id: $id) {
        executionCount lastExecution
        executions(first: 2) { totalCount nodes { id createdAt } pageInfo { hasNextPage } }
      }
    }
    """
    for filter_, found in (
        (None, [failed, *done[::-1]]),
        ({"status": "FAILED"}, [failed]),
        ({"workflowId": created["id"]}, done[::-1]),
        ({"workflowId": created["id"], "status": "RUNNING"}, []),
    ):
        data = await graphql(client, query, filter=filter_, id=created["id"])
        assert [node["id"] for node in data["executions"]["nodes"]] == found
        assert data["executions"]["totalCount"] == len(found)
    nested = data["workflow"]
    assert [node["id"] for node in nested["executions"]["nodes"]] == done[:0:-1]
    assert (nested["executionCount"], nested["executions"]["pageInfo"]["hasNextPage"]) == (3, True)
    assert nested["lastExecution"] == nested["executions"]["nodes"][0]["createdAt"]


# --- executions ----------------------------------------------------------------------------------


async def test_an_execution_that_is_waited_for_answers_with_its_result(client: httpx.AsyncClient) -> None:
    parameter = {"name": "who", "type": "STRING", "defaultValue": "world"}
    actions = [note("one", "hello {{who}}"), note("two", "{{one.response.message}}!")]
    created = await create(client, "w", *actions, parameters=[parameter])
    ended = await execute(client, created["id"], wait=True)
    assert (ended["status"], ended["error"], ended["parameters"]) == ("COMPLETED", None, {"who": "world"})
    assert (ended["workflowVersion"], ended["workflow"]) == ("1.0", {"id": created["id"], "name": "w"})
    assert ended["result"]["two"]["response"]["message"] == "hello world!"
    assert ended["progress"] == {
        "completedActions": 2,
        "totalActions": 2,
        "currentAction": None,
        "percentage": 100.0,
    }
    assert [(run["actionId"], run["status"], run["attempt"]) for run in ended["actions"]] == [
        ("one", "SUCCESS", 1),
        ("two", "SUCCESS", 1),
    ]
    assert [event["sequence"] for event in ended["events"]] == list(range(1, len(ended["events"]) + 1))
    assert {"level": "INFO", "message": "Completed action: two", "actionId": "two"} in ended["logs"]
    assert ended["durationSeconds"] == pytest.approx(ended["queueSeconds"] + ended["runSeconds"])
    assert (await graphql(client, READ_EXECUTION, id=ended["id"]))["execution"] == ended


async def test_an_execution_that_is_not_waited_for_is_queued_and_completes(client: httpx.AsyncClient) -> None:
    created = await create(client, "w", note())
    queued = await execute(client, created["id"])
    assert (queued["status"], queued["result"], queued["startedAt"]) == ("QUEUED", None, None)
    assert [event["type"] async for event in events(client, queued["id"])][-1] == "EXECUTION_COMPLETED"
    assert (await graphql(client, READ_EXECUTION, id=queued["id"]))["execution"]["status"] == "COMPLETED"


async def test_a_failed_execution_is_no_user_error(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    scripted.answers["/fail"] = answer({"why": "no"}, 418)
    created = await create(client, "w", calling("bad", "/fail"))
    ended = await execute(client, created["id"], wait=True)
    assert ended["status"] == "FAILED"
    error = ended["error"]
    assert (error["code"], error["actionId"], error["attempt"]) == ("HTTP_ERROR", "bad", 1)
    assert (error["retryable"], error["httpStatus"]) == (False, 418)
    (action,) = ended["actions"]
    assert (action["status"], action["response"], action["error"]) == ("FAILED", {"why": "no"}, {"code": "HTTP_ERROR"})


async def test_an_idempotency_key_gives_the_first_execution_again(client: httpx.AsyncClient) -> None:
    created = await create(client, "w", note())
    asked = {"workflowId": created["id"], "idempotencyKey": "k", "wait": True}
    first = await mutate(client, EXECUTE, **asked)
    again = await mutate(client, EXECUTE, **asked)
    assert (first["isReplay"], again["isReplay"]) == (False, True)
    assert again["execution"] == first["execution"]
    other = await refused(client, EXECUTE, **asked, parameters={"n": 1})
    assert [error["code"] for error in other["userErrors"]] == ["IDEMPOTENCY_KEY_REUSED"]


async def test_a_running_execution_is_cancelled_and_a_finished_one_is_not(
    client: httpx.AsyncClient, scripted: PartnerService
) -> None:
    created = await create(client, "w", calling("slow", "/hang"))
    running = await execute(client, created["id"])
    await soon(scripted.arrived)
    cancelled = (await mutate(client, CANCEL, id=running["id"]))["execution"]
    assert (cancelled["status"], cancelled["actions"][0]["status"]) == ("CANCELLED", "CANCELLED")
    await soon(scripted.given_up)
    assert (await mutate(client, CANCEL, id=running["id"]))["execution"] == cancelled
    quick = await create(client, "quick")
    ended = await execute(client, quick["id"], wait=True)
    payload = await refused(client, CANCEL, id=ended["id"])
    assert payload["userErrors"] == [
        {"code": "EXECUTION_FINISHED", "message": "Execution already completed", "path": ["input"]}
    ]


async def test_executions_outlive_a_deleted_workflow_unless_they_are_to_be_cancelled(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/held"] = held
    for cancel_running, last in ((False, "EXECUTION_COMPLETED"), (True, "EXECUTION_CANCELLED")):
        scripted.released.clear()
        scripted.arrived.clear()
        created = await create(client, "w", calling("held", "/held"))
        running = await execute(client, created["id"])
        await soon(scripted.arrived)
        await mutate(client, DELETE, id=created["id"], cancelRunning=cancel_running)
        scripted.released.set()
        assert [event["type"] async for event in events(client, running["id"])][-1] == last
        read = (await graphql(client, READ_EXECUTION, id=running["id"]))["execution"]
        assert read["workflow"] == {"id": created["id"], "name": "w"}


# --- nodes ---------------------------------------------------------------------------------------


async def test_any_object_is_found_by_its_id(client: httpx.AsyncClient) -> None:
    created = await create(client, "w")
    ended = await execute(client, created["id"], wait=True)
    query = """
    query ($id: ID!) { node(id: $id) { __typename id ... on Workflow { name } ... on Execution { status } } }
    """
    for id_, node in (
        (created["id"], {"__typename": "Workflow", "id": created["id"], "name": "w"}),
        (ended["id"], {"__typename": "Execution", "id": ended["id"], "status": "COMPLETED"}),
        ("wf_0", None),
        ("exec_0", None),
        ("nonsense", None),
    ):
        assert (await graphql(client, query, id=id_))["node"] == node


# --- failures ------------------------------------------------------------------------------------


async def test_an_operation_that_is_no_valid_document_is_refused_with_a_code(client: httpx.AsyncClient) -> None:
    for query in (
        "{ nothing }",
        "{ workflows { secret } }",
        "{",
        "query { workflow { id } }",
        'query { workflow(id: "x", extra: 1) { id } }',
        "mutation { createWorkflow(input: {name: 1}) { warnings } }",
        'mutation { createWorkflow(input: {name: "x", nmae: "y"}) { warnings } }',
        'mutation { createWorkflow(input: {name: "x", status: BROKEN}) { warnings } }',
    ):
        errors = await top_level_errors(client, query)
        assert {error["extensions"]["code"] for error in errors} == {"VALIDATION_ERROR"}, query[:60]
    unknown = {"query": "query A { __typename } query B { __typename }", "operationName": "C"}
    assert (await client.post("/graphql", json=unknown)).json()["errors"]


async def test_a_body_that_is_no_operation_is_a_400_in_the_form_of_graphql(client: httpx.AsyncClient) -> None:
    for content, status, code in (
        (b"{", 400, "MALFORMED_REQUEST"),
        (b'"x"', 400, "MALFORMED_REQUEST"),
        (b"", 400, "MALFORMED_REQUEST"),
        (b"{}", 400, "MALFORMED_REQUEST"),
        (b'{"query": 1}', 400, "MALFORMED_REQUEST"),
        (b'{"query": "{ __typename }", "variables": []}', 400, "MALFORMED_REQUEST"),
        (b'[{"query": "{ __typename }"}]', 400, "MALFORMED_REQUEST"),
        (b"[" * 100_000, 400, "MALFORMED_REQUEST"),
        (b'{"query": "{ __typename }\xff"}', 400, "MALFORMED_REQUEST"),
        (b" " * 2_000_000, 413, "PAYLOAD_TOO_LARGE"),
    ):
        answered = await client.post("/graphql", content=content, headers={"Content-Type": "application/json"})
        assert (content[:30], answered.status_code) == (content[:30], status)
        assert [error["extensions"]["code"] for error in answered.json()["errors"]] == [code]


async def test_a_query_may_come_by_get_and_a_mutation_may_not(client: httpx.AsyncClient) -> None:
    read = await client.get("/graphql", params={"query": "{ workflows { totalCount } }"})
    assert read.json()["data"] == {"workflows": {"totalCount": 0}}
    mutation = 'mutation { createWorkflow(input: {name: "x"}) { warnings } }'
    answered = await client.get("/graphql", params={"query": mutation})
    assert answered.json()["errors"]
    assert (await page(client))["totalCount"] == 0


async def test_whoever_sends_no_credential_is_told_so_and_sees_nothing(server: str) -> None:
    async with httpx.AsyncClient(base_url=server) as anonymous:
        for query, variables in (
            (LIST, {}),
            (READ, {"id": "wf_0"}),
            (READ_EXECUTION, {"id": "exec_0"}),
            ('{ node(id: "wf_0") { id } }', {}),
            (CREATE, {"input": {"name": "x"}}),
            (UPDATE, {"input": {"id": "wf_0"}}),
            (DELETE, {"input": {"id": "wf_0"}}),
            (EXECUTE, {"input": {"workflowId": "wf_0"}}),
            (CANCEL, {"input": {"id": "exec_0"}}),
        ):
            (error,) = await top_level_errors(anonymous, query, **variables)
            assert (query, error["extensions"]["code"]) == (query, "UNAUTHENTICATED")
        bad = await anonymous.post("/graphql", json={"query": "{ __typename }"}, headers={"X-API-Key": "wrong"})
        assert (bad.status_code, bad.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")


async def test_rights_are_the_same_as_on_the_rest_edge(client: httpx.AsyncClient) -> None:
    created = await create(client, "mine", note())
    ended = await execute(client, created["id"], wait=True)
    operations: list[tuple[str, Json]] = [
        (UPDATE, {"id": created["id"], "name": "hers"}),
        (DELETE, {"id": created["id"]}),
        (CANCEL, {"id": ended["id"]}),
    ]
    for mutation, fields in operations:
        body = {"query": mutation, "variables": {"input": fields}}
        (error,) = (await client.post("/graphql", json=body, headers=GRACE)).json()["errors"]
        assert error["extensions"]["code"] == "PERMISSION_DENIED"
        stranger = await client.post("/graphql", json=body, headers=token("sam", "elsewhere", "admin"))
        ((payload),) = stranger.json()["data"].values()
        assert payload["userErrors"][0]["code"] in ("WORKFLOW_NOT_FOUND", "EXECUTION_NOT_FOUND")
    for query, id_ in ((READ, created["id"]), (READ_EXECUTION, ended["id"])):
        body = {"query": query, "variables": {"id": id_}}
        stranger = await client.post("/graphql", json=body, headers=token("sam", "elsewhere", "admin"))
        assert list(stranger.json()["data"].values()) == [None]
    viewer = await client.post(
        "/graphql",
        json={"query": EXECUTE, "variables": {"input": {"workflowId": created["id"]}}},
        headers=token("vic", "default", "viewer"),
    )
    assert viewer.json()["errors"][0]["extensions"]["code"] == "PERMISSION_DENIED"


async def test_a_fault_of_the_service_itself_is_masked(client: httpx.AsyncClient, settings: Settings) -> None:
    created = await create(client, "spoilt", note())
    database = await connect(settings.url)
    try:
        await database.transaction(
            lambda connection: connection.execute(update(VERSIONS).values(definition={"spoilt": True}))
        )
    finally:
        await database.close()
    (error,) = await top_level_errors(client, READ, id=created["id"])
    assert (error["message"], error["extensions"]["code"]) == ("Internal server error", "INTERNAL_ERROR")
    assert re.fullmatch(r"err_[0-9a-f]{16}", error["extensions"]["error_id"])
    assert set(error["extensions"]) == {"code", "error_id"}


async def test_many_mutations_at_once_are_all_carried_out(client: httpx.AsyncClient) -> None:
    created = await asyncio.gather(*(create(client, f"w{number}", note()) for number in range(20)))
    ended = await asyncio.gather(*(execute(client, workflow["id"], wait=True) for workflow in created))
    assert {execution["status"] for execution in ended} == {"COMPLETED"}
    assert (await page(client, first=1))["totalCount"] == 20
