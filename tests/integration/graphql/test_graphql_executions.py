"""Executions over GraphQL: started, waited for, repeated by a key, and cancelled."""

from collections.abc import Mapping, Sequence

import httpx
import pytest

from models.entities.executions import ExecutionDetail
from models.errors import AnswerTooLarge
from resolvers.context import Context
from resolvers.executions.lists import executions_by_id
from schema.context import GraphQLContext
from tests.support.calls import Json, answer, events, graphql, held, soon
from tests.support.edges.graphql_operations import (
    CANCEL,
    DELETE,
    EXECUTE,
    READ_EXECUTION,
    create,
    execute,
    mutate,
    note,
    refused,
)
from tests.support.scripted_service import PartnerService, ScriptedService
from tests.support.written_log import WrittenLog

pytestmark = pytest.mark.asyncio

DELETE_EXECUTION = "mutation ($input: DeleteExecutionInput!) { deleteExecution(input: $input) { userErrors { code } } }"


def calling(action_id: str, endpoint: str) -> Json:
    """A `service_call` action to the scripted service as GraphQL spells it."""
    return {
        "actionId": action_id,
        "actionType": "service_call",
        "config": {"service": "scripted", "endpoint": endpoint},
    }


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


async def test_details_of_an_execution_that_was_deleted_since_it_was_listed_are_not_found(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, written_log: WrittenLog
) -> None:
    created = await create(client, "w", note())
    gone, kept = [(await execute(client, created["id"], wait=True))["id"] for _ in range(2)]

    async def read_after_a_deletion(ctx: Context, ids: Sequence[str]) -> Mapping[str, ExecutionDetail | AnswerTooLarge]:
        await mutate(client, DELETE_EXECUTION, id=gone)
        return await executions_by_id(ctx, ids)

    monkeypatch.setattr(vars(GraphQLContext)["executions"], "_read", read_after_a_deletion)
    query = "{ executions { nodes { id actions { actionId } } } }"
    answered = (await client.post("/graphql", json={"query": query})).json()
    assert answered["data"]["executions"]["nodes"] == [
        {"id": kept, "actions": [{"actionId": "note"}]},
        {"id": gone, "actions": None},
    ]
    [error] = answered["errors"]
    assert (error["message"], error["extensions"]["code"]) == (f"Execution not found: {gone}", "EXECUTION_NOT_FOUND")
    assert error["path"] == ["executions", "nodes", 1, "actions"]
    assert [line for line in written_log.lines() if line["level"] == "error"] == []
