"""The use cases through GraphQL alone, on both databases."""

import httpx
import pytest

from tests.support.calls import graphql
from tests.support.edges.graphql_operations import (
    CANCEL,
    CREATE,
    DELETE,
    EXECUTE,
    LIST,
    READ,
    UPDATE,
    create,
    execute,
    mutate,
    note,
    page,
    refused,
    top_level_errors,
)

pytestmark = pytest.mark.asyncio


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
    nulls = (await mutate(client, UPDATE, id=before["id"], name=None, tags=None, actions=None))["workflow"]
    assert nulls == raised | {"updatedAt": nulls["updatedAt"]}


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
            [
                ("VALIDATION_ERROR", ["input", "actions", "0", "timeoutSeconds"]),
                ("VALIDATION_ERROR", ["input", "actions", "0", "dependsOn", "0"]),
            ],
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
