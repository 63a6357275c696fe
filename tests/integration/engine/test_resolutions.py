"""Actions get a result by hand, are skipped or tried again, while their execution goes on: on both databases."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from engine.journal.queue import EXECUTIONS
from models.commands.by_hand import ActionNotResolvable, ResolveAction
from models.commands.messages import DecideApproval
from models.commands.validation import parse
from models.errors import NotWaiting, PermissionDenied
from models.words import ActionStatus, EventType, ExecutionStatus, Permission, Role
from resolvers.approvals import decide_approval
from resolvers.context import Context, Viewer
from resolvers.executions import executions
from resolvers.executions.by_hand import pause_execution, resolve_action, resume_execution
from tests.support.calls import PATIENCE_SECONDS, Json, answer, call, graphql, held, notify, soon, start
from tests.support.calls import create as create_by_rest
from tests.support.calls import ended as ended_by_rest
from tests.support.engine_calls import assert_gap_free, create, execute, journal, kinds, seen
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

ONCE = {"retry": {"max_attempts": 1}}
LATE = {"retry": {"max_attempts": 3, "initial_delay_seconds": 3600, "max_delay_seconds": 3600, "retry_on": ["5xx"]}}
RESOLVE = """
mutation ($input: ResolveActionInput!) {
  resolveAction(input: $input) {
    execution { status actions { actionId status response resolvedBy { userId reason at } } }
    userErrors { code message path }
  }
}
"""


def wait(action_id: str, **more: Any) -> Json:
    return {"action_id": action_id, "action_type": "wait", "config": {"signal": "never"}, **more}


async def resolve(ctx: Context, execution_id: str, action_id: str, outcome: str, **more: Any) -> Any:
    asked = {"execution_id": execution_id, "action_id": action_id, "outcome": outcome, "reason": "by hand", **more}
    return await resolve_action(ctx, parse(ResolveAction, asked))


async def test_a_wait_that_never_ends_gets_its_result_and_the_rest_sees_it(ctx: Context) -> None:
    execution = await execute(ctx, await create(ctx, wait("go"), notify("told", "It is {{go.response.answer}}.")))
    await seen(ctx, execution.id, EventType.ACTION_WAITING)
    told = await resolve(ctx, execution.id, "go", "succeed", output={"answer": 42})
    [go] = [action for action in told.actions if action.action_id == "go"]
    assert (go.status, go.response) == (ActionStatus.SUCCESS, {"answer": 42})
    assert (go.resolved_by.user_id, go.resolved_by.reason) == ("ada", "by hand")
    events = await journal(ctx, execution.id)
    assert_gap_free(events)
    read = await executions.get_execution(ctx, execution.id)
    assert read.status is ExecutionStatus.COMPLETED
    assert read.result is not None
    assert read.result["told"]["response"]["message"] == "It is 42."
    assert read.result["go"]["resolved_by"]["user_id"] == "ada"
    with pytest.raises(Exception, match="already completed"):
        await resolve(ctx, execution.id, "go", "skip")


async def test_what_backs_off_for_an_hour_is_tried_again_at_once(ctx: Context, scripted: ScriptedService) -> None:
    scripted.answers["/busy"] = answer({}, 503)
    execution = await execute(ctx, await create(ctx, call("step", "/busy", **LATE), timeout_seconds=86_400))
    await seen(ctx, execution.id, EventType.ACTION_RETRY_SCHEDULED)
    scripted.answers["/busy"] = answer({"is": "there"})
    await resolve(ctx, execution.id, "step", "retry_now")
    events = await journal(ctx, execution.id)
    assert kinds(events)[-5:] == [
        "action_retry_scheduled",
        "action_reopened",
        "action_started",
        "action_succeeded",
        "execution_completed",
    ]
    keys = Counter(request["headers"]["idempotency-key"] for request in scripted.requests)
    assert keys == {f"{execution.id}:step": 2}


async def test_a_failure_is_set_right_while_its_siblings_run_and_their_calls_go_on(
    ctx: Context, scripted: ScriptedService
) -> None:
    scripted.answers |= {"/held": held, "/bad": answer({}, 500)}
    actions = [call("slow", "/held"), call("bad", "/bad", **ONCE), call("last", "/last", depends_on=["slow", "bad"])]
    execution = await execute(ctx, await create(ctx, *actions))
    await seen(ctx, execution.id, EventType.ACTION_FAILED, "bad")
    await resolve(ctx, execution.id, "bad", "succeed", output="mended")
    with pytest.raises(ActionNotResolvable, match="is running"):
        await resolve(ctx, execution.id, "slow", "skip")
    with pytest.raises(ActionNotResolvable, match="has succeeded"):
        await resolve(ctx, execution.id, "bad", "skip")
    with pytest.raises(ActionNotResolvable, match="has not begun"):
        await resolve(ctx, execution.id, "last", "skip")
    scripted.released.set()
    events = await journal(ctx, execution.id)
    assert kinds(events)[-1] == "execution_completed"
    assert "execution_resumed" not in kinds(events)
    assert Counter(request["path"] for request in scripted.requests) == {"/held": 1, "/bad": 1, "/last": 1}


async def test_under_a_pause_a_failure_does_not_end_the_execution_and_is_tried_again(
    ctx: Context, scripted: ScriptedService
) -> None:
    async def fail_when_released(service: ScriptedService, send: Any) -> None:
        await service.released.wait()
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    scripted.answers["/step"] = fail_when_released
    execution = await execute(
        ctx, await create(ctx, call("step", "/step", **ONCE), notify("after", depends_on=["step"]))
    )
    await soon(scripted.arrived)
    await pause_execution(ctx, execution.id)
    scripted.released.set()
    await seen(ctx, execution.id, EventType.ACTION_FAILED)
    assert (await executions.get_execution(ctx, execution.id)).status is ExecutionStatus.PAUSED
    scripted.answers["/step"] = answer({"at": "last"})
    await resolve(ctx, execution.id, "step", "retry_now")
    await resume_execution(ctx, execution.id)
    events = await journal(ctx, execution.id)
    assert kinds(events)[-1] == "execution_completed"
    assert len(scripted.requests) == 2


async def test_the_execution_that_an_action_waits_for_is_let_go_of(ctx: Context) -> None:
    child = await create(ctx, wait("never"), name="child")
    action = {"action_id": "sub", "action_type": "sub_workflow", "config": {"workflow_id": child}}
    execution = await execute(ctx, await create(ctx, action, notify("after", depends_on=["sub"]), name="parent"))
    await seen(ctx, execution.id, EventType.ACTION_WAITING)
    below = select(EXECUTIONS.c.id).where(EXECUTIONS.c.parent_id == execution.id)
    [child_id] = await ctx.services.database.read(lambda connection: connection.execute(below).scalars().all())
    await resolve(ctx, execution.id, "sub", "skip")
    assert kinds(await journal(ctx, execution.id))[-1] == "execution_completed"
    ended = await journal(ctx, child_id)
    assert (ended[-1].type, ended[-1].data["error"]["code"]) == ("execution_cancelled", "PARENT_ENDED")


async def test_an_approval_that_was_resolved_waits_for_nobody(ctx: Context) -> None:
    ask = {"action_id": "ask", "action_type": "approval", "config": {"message": "Ship it?"}}
    execution = await execute(ctx, await create(ctx, ask, wait("hold")))
    await seen(ctx, execution.id, EventType.ACTION_WAITING, "ask")
    await resolve(ctx, execution.id, "ask", "skip")
    with pytest.raises(NotWaiting):
        await decide_approval(ctx, DecideApproval(execution_id=execution.id, action_id="ask", approved=True))


async def test_single_items_are_set_right(ctx: Context, scripted: ScriptedService) -> None:
    scripted.answers |= {"/1": answer({}, 503), "/2": answer({}, 503)}
    each = call("each", "/{{item}}", for_each={"in": [0, 1, 2], "max_concurrency": 3}, **LATE)
    execution = await execute(ctx, await create(ctx, each, timeout_seconds=86_400))
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(scripted.requests) < 3:
            scripted.arrived.clear()
            await soon(scripted.arrived)
    for item in (1, 2):
        await backs_off(ctx, execution.id, item)
    await resolve(ctx, execution.id, "each", "succeed", item=1, output="one")
    del scripted.answers["/2"]
    await resolve(ctx, execution.id, "each", "retry_now", item=2)
    events = await journal(ctx, execution.id)
    assert kinds(events)[-1] == "execution_completed"
    read = await executions.get_execution(ctx, execution.id)
    assert read.actions[0].response == [{}, "one", {}]
    assert [item.resolved_by is not None for item in read.actions[0].items] == [False, True, False]


async def backs_off(ctx: Context, execution_id: str, item: int) -> None:
    """Wait until an item does."""
    with ctx.services.broadcast.listen(execution_id) as woken:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                woken.clear()
                events = (await executions.get_execution(ctx, execution_id)).events
                if any(
                    event.type == EventType.ACTION_RETRY_SCHEDULED and event.data["item"] == item for event in events
                ):
                    return
                await woken.wait()


async def test_it_is_for_the_owner_and_overseers_alone_and_outputs_are_payload(ctx: Context) -> None:
    execution = await execute(ctx, await create(ctx, wait("go"), wait("on")))
    await seen(ctx, execution.id, EventType.ACTION_WAITING, "on")
    with pytest.raises(PermissionDenied):
        await resolve(Context(Viewer("eve", "default", Role.EDITOR), ctx.services), execution.id, "go", "skip")
    blind = Viewer("ada", "default", Role.EDITOR, scope=frozenset({Permission.EXECUTION_CANCEL}))
    told = await resolve(Context(blind, ctx.services), execution.id, "go", "succeed", output="secret words")
    assert [action.response for action in told.actions] == [None, None]
    assert "secret words" not in str(list(told.events))


async def test_graphql_resolves_and_rest_shows_by_whom(client: httpx.AsyncClient) -> None:
    made = await create_by_rest(client, "resolved", wait("go"))
    execution_id = await start(client, made["workflow_id"])
    asked = {
        "executionId": execution_id,
        "actionId": "go",
        "outcome": "SUCCEED",
        "output": [1],
        "reason": "it was done",
    }
    while True:
        answered = (await graphql(client, RESOLVE, input=asked))["resolveAction"]
        codes = [error["code"] for error in answered["userErrors"]]
        if codes != ["ACTION_NOT_RESOLVABLE"]:  # it has not begun to wait yet
            break
    assert codes == []
    [go] = answered["execution"]["actions"]
    assert (go["status"], go["response"], go["resolvedBy"]["reason"]) == ("SUCCESS", [1], "it was done")
    shown = await ended_by_rest(client, execution_id)
    assert shown["result"]["go"]["resolved_by"]["reason"] == "it was done"
    assert any(line["message"].startswith("Completed action: go: by hand") for line in shown["logs"])
    again = (await graphql(client, RESOLVE, input=asked))["resolveAction"]
    assert [error["code"] for error in again["userErrors"]] == ["EXECUTION_FINISHED"]


async def test_a_pause_by_rest_is_the_same_pause(client: httpx.AsyncClient) -> None:
    made = await create_by_rest(client, "paused", wait("go"))
    execution_id = await start(client, made["workflow_id"])
    path = f"/workflows/executions/{execution_id}"
    paused = await client.post(f"{path}/pause", json={"reason": "to be looked at"})
    assert (paused.status_code, paused.json()["status"]) == (200, "paused")
    assert paused.json()["pause"]["reason"] == "to be looked at"
    assert (await client.post(f"{path}/pause")).json()["pause"] == paused.json()["pause"]
    assert (await client.get("/workflows/health")).json()["metrics"]["paused_executions"] == 1
    assert (await client.post(f"{path}/pause", json={"id": "exec_1"})).status_code == 422
    assert (await client.post(f"{path}/resume", json={"reason": ""})).status_code == 422
    resumed = await client.post(f"{path}/resume")
    assert "pause" not in resumed.json()
    listed = await client.get(f"/workflows/{made['workflow_id']}/executions", params={"status": "paused"})
    assert listed.json()["executions"] == []
    assert (await client.post(f"{path}/cancel")).status_code == 200
    refused = await client.post(f"{path}/pause")
    assert (refused.status_code, refused.json()["error_code"]) == (409, "EXECUTION_FINISHED")
