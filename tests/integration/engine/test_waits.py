"""Actions that wait for a time, a signal or people, on both edges and both databases."""

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from models.moments import spelled
from models.words import Role
from resolvers import approvals as approvals_module
from resolvers.context import Context, Viewer
from tests.support import engine_calls
from tests.support.calls import (
    PATIENCE_SECONDS,
    Json,
    call,
    create,
    ended,
    events,
    graphql,
    held,
    notify,
    run,
    soon,
    sse,
    start,
    token,
)
from tests.support.edges.approvals import ask, decide, waits
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

SIGNAL = """
mutation ($id: ID!, $name: String!, $payload: JSON) {
  sendSignal(input: { executionId: $id, name: $name, payload: $payload }) {
    userErrors { code message path } execution { id }
  }
}
"""
APPROVALS = """
query ($mine: Boolean!, $first: Int! = 50, $after: String) {
  approvals(mine: $mine, first: $first, after: $after) {
    cursor executionId actionId item approvers quorum message expiresAt
    form { name type required } decisions { by approved comment } execution { status }
  }
}
"""
LIVE = "subscription { approvals { cursor } }"
WAITING = (
    "query ($id: ID!) { execution(id: $id) { waiting { actionId waitReason until } actions { actionId status } } }"
)


def wait(action_id: str, **more: Any) -> Json:
    config = {key: more.pop(key) for key in ("seconds", "until", "signal") if key in more}
    return {"action_id": action_id, "action_type": "wait", "config": config, **more}


async def send(client: httpx.AsyncClient, execution_id: str, name: str, payload: Any = None) -> list[Json]:
    sent = await graphql(client, SIGNAL, id=execution_id, name=name, payload=payload)
    return list(sent["sendSignal"]["userErrors"])


async def test_a_wait_for_a_time_is_over_after_it(client: httpx.AsyncClient) -> None:
    soonest = datetime.now(UTC)
    workflow = await create(
        client,
        "Wait",
        wait("pause", seconds=0.2),
        wait("past", until="2020-01-01T00:00:00Z"),
        notify("n", "{{pause.status}}"),
    )
    execution = await run(client, workflow["workflow_id"])
    over = datetime.fromisoformat(execution["result"]["pause"]["response"]["waited_until"])
    assert over >= soonest + timedelta(seconds=0.2)
    assert execution["result"]["past"]["status"] == "success"
    assert execution["result"]["n"]["response"]["message"] == "success"


async def test_what_waits_says_so_and_until_when(client: httpx.AsyncClient) -> None:
    late = spelled(datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=9))
    workflow = await create(
        client, "Late", wait("late", until="{{moment}}"), parameters=[{"name": "moment", "type": "string"}]
    )
    execution_id = await start(client, workflow["workflow_id"], moment=late)
    await waits(client, execution_id)
    seen = (await graphql(client, WAITING, id=execution_id))["execution"]
    assert seen["waiting"] == [{"actionId": "late", "waitReason": "TIMER", "until": late}]
    assert seen["actions"] == [{"actionId": "late", "status": "WAITING"}]
    status = (await client.get(f"/workflows/executions/{execution_id}")).json()
    assert (status["status"], status["waiting"][0]["wait_reason"]) == ("running", "timer")
    await client.post(f"/workflows/executions/{execution_id}/cancel")
    assert (await ended(client, execution_id))["result"]["late"]["status"] == "cancelled"


async def test_a_signal_wakes_what_waits_for_it_and_brings_its_payload(client: httpx.AsyncClient) -> None:
    workflow = await create(
        client,
        "Signal",
        wait("paid", signal="paid"),
        notify("n", "{{paid.response.payload.amount}} by {{paid.response.sent_by}}"),
    )
    execution_id = await start(client, workflow["workflow_id"])
    await waits(client, execution_id)
    assert await send(client, execution_id, "other") == []
    assert await send(client, execution_id, "paid", {"amount": 12}) == []
    execution = await ended(client, execution_id)
    assert execution["result"]["n"]["response"]["message"] == f"12 by {workflow['created_by']}"
    assert [error["code"] for error in await send(client, execution_id, "paid")] == ["EXECUTION_FINISHED"]


async def test_a_signal_that_comes_before_it_is_waited_for_is_kept(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/first"] = held
    workflow = await create(
        client,
        "Early",
        call("first", "/first"),
        wait("one", signal="s", depends_on=["first"]),
        wait("two", signal="s", depends_on=["one"]),
    )
    execution_id = await start(client, workflow["workflow_id"])
    await soon(scripted.arrived)
    for number in (1, 2):
        await send(client, execution_id, "s", number)
    scripted.released.set()
    result = (await ended(client, execution_id))["result"]
    assert [result[name]["response"]["payload"] for name in ("one", "two")] == [1, 2]


async def test_a_signal_to_an_execution_at_work_aborts_nothing(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/slow"] = held
    workflow = await create(client, "Beside", call("slow", "/slow"), wait("go", signal="go"))
    execution_id = await start(client, workflow["workflow_id"])
    await soon(scripted.arrived)
    await waits(client, execution_id)
    await send(client, execution_id, "go")
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(events(client, execution_id)) as journal:
        async for event in journal:
            if (event["type"], event["actionId"]) == ("ACTION_SUCCEEDED", "go"):
                break
    scripted.released.set()
    assert (await ended(client, execution_id))["status"] == "completed"
    assert len(scripted.requests) == 1


async def test_a_signal_that_does_not_come_in_time_fails_the_wait(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "Never", wait("go", signal="go", timeout_seconds=1))
    error = (await run(client, workflow["workflow_id"]))["error"]
    assert (error["code"], error["message"]) == ("TIMEOUT", "the signal 'go' did not come within 1 s")


async def test_each_item_of_a_list_waits_for_its_own_signal(client: httpx.AsyncClient) -> None:
    action = wait("all", signal="done-{{item}}", for_each={"in": ["a", "b"]}, output="{{response.payload}}")
    workflow = await create(client, "Gather", action)
    execution_id = await start(client, workflow["workflow_id"])
    await waits(client, execution_id, 2)
    seen = (await graphql(client, WAITING, id=execution_id))["execution"]
    assert seen["waiting"] == [{"actionId": "all", "waitReason": "SIGNAL", "until": None}]
    await send(client, execution_id, "done-b", 2)
    await send(client, execution_id, "done-a", 1)
    assert (await ended(client, execution_id))["result"]["all"]["response"] == [1, 2]


async def test_an_approval_is_seen_by_its_approvers_and_decided_by_a_quorum(client: httpx.AsyncClient) -> None:
    form = [{"name": "risk", "type": "string", "required": True, "allowed_values": ["low", "high"]}]
    action = ask("ask", "Release {{what}}?", approvers=["ann", "bob", "cid"], quorum=2, form=form)
    workflow = await create(client, "Release", action, parameters=[{"name": "what", "type": "string"}])
    execution_id = await start(client, workflow["workflow_id"], what="1.2")
    await waits(client, execution_id)
    [seen] = await approvals(client, "ann")
    assert seen == {
        "cursor": f"{execution_id}:ask",
        "executionId": execution_id,
        "actionId": "ask",
        "item": None,
        "approvers": ["ann", "bob", "cid"],
        "quorum": 2,
        "message": "Release 1.2?",
        "expiresAt": None,
        "form": [{"name": "risk", "type": "STRING", "required": True}],
        "decisions": [],
        "execution": {"status": "RUNNING"},
    }
    assert await approvals(client, "eve") == []
    assert len(await approvals(client, "eve", mine=False)) == 1
    assert await decide(client, execution_id, "eve", True, form={"risk": "low"}) == ["PERMISSION_DENIED"]
    assert await decide(client, execution_id, "ann", True) == ["VALIDATION_ERROR"]
    assert await decide(client, execution_id, "ann", True, form={"risk": "low", "x": 1}) == ["VALIDATION_ERROR"]
    assert await decide(client, execution_id, "ann", True, form={"risk": "low"}, comment="fine") == []
    assert await decide(client, execution_id, "ann", True, form={"risk": "low"}) == ["ALREADY_DECIDED"]
    await waits(client, execution_id, 2)
    assert await approvals(client, "ann") == []
    [seen] = await approvals(client, "bob")
    assert seen["decisions"] == [{"by": "ann", "approved": True, "comment": "fine"}]
    assert await decide(client, execution_id, "bob", True, form={"risk": "high"}) == []
    response = (await ended(client, execution_id))["result"]["ask"]["response"]
    assert (response["approved"], response["form"]) == (True, {"risk": "high"})
    assert [(decision["by"], decision["approved"]) for decision in response["decisions"]] == [
        ("ann", True),
        ("bob", True),
    ]
    assert await approvals(client, "cid") == []
    assert await decide(client, execution_id, "cid", True) == ["NOT_WAITING"]


async def approvals(client: httpx.AsyncClient, user: str, **more: Any) -> list[Json]:
    body = {"query": APPROVALS, "variables": {"mine": True, **more}}
    answered = (await client.post("/graphql", json=body, headers=token(user, "default", "operator"))).json()
    return list(answered["data"]["approvals"])


async def test_the_first_who_rejects_ends_it_and_the_workflow_may_go_on(client: httpx.AsyncClient) -> None:
    workflow = await create(
        client,
        "Rejected",
        ask("ask", on_error="continue"),
        notify("ship", when="{{ask.response.approved}}"),
        notify("stay", "{{ask.response.decisions[0].comment}}", when="{{not ask.response.approved}}"),
    )
    execution_id = await start(client, workflow["workflow_id"])
    await waits(client, execution_id)
    assert await decide(client, execution_id, "ann", False, comment="not yet") == []
    result = (await ended(client, execution_id))["result"]
    assert result["ask"]["error"]["code"] == "REJECTED"
    assert (result["ship"]["status"], result["stay"]["response"]["message"]) == ("skipped", "not yet")


async def test_an_approval_is_escalated_and_then_fails(client: httpx.AsyncClient) -> None:
    escalation = {"after_seconds": 1, "approvers": ["boss"]}
    action = ask("ask", approvers=["ann"], escalation=escalation, timeout_seconds=2)
    workflow = await create(client, "Escalated", action)
    execution_id = await start(client, workflow["workflow_id"])
    await waits(client, execution_id)
    assert await decide(client, execution_id, "boss", True) == ["PERMISSION_DENIED"]
    await waits(client, execution_id, 2)
    assert len(await approvals(client, "boss")) == 1
    execution = await ended(client, execution_id)
    assert execution["error"]["code"] == "TIMEOUT"
    assert execution["result"]["ask"]["response"] == {"approved": False, "decisions": [], "form": {}}


async def test_approvals_are_listed_oldest_first_and_watched_live(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "Many", ask("ask"))
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(sse(client, LIVE)) as live:
        seen = (await anext(live))["data"]["approvals"]
        assert seen == []
        ids = []
        for _ in range(3):
            ids.append(await start(client, workflow["workflow_id"]))
            await waits(client, ids[-1])
        while len(seen) < 3:
            seen = (await anext(live))["data"]["approvals"]
        assert seen == [{"cursor": f"{execution_id}:ask"} for execution_id in ids]
        await client.post(f"/workflows/executions/{ids[0]}/cancel")
        while len(seen) == 3:
            seen = (await anext(live))["data"]["approvals"]
    assert [found["executionId"] for found in await approvals(client, "ann", first=1)] == [ids[1]]
    later = await approvals(client, "ann", after=f"{ids[1]}:ask")
    assert [found["executionId"] for found in later] == [ids[2]]


async def test_all_who_watch_approvals_of_a_tenant_share_what_is_read_and_each_sees_their_own(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = 0
    read_portion = approvals_module._portion

    def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal reads
        reads += 1
        return read_portion(*arguments, **named)

    monkeypatch.setattr(approvals_module, "_portion", counted)
    users = ["ann", "bob", *(f"user-{number}" for number in range(18))]
    watchers = [
        approvals_module.approval_lists(Context(Viewer(user, "default", Role.OPERATOR), ctx.services), mine=True)
        for user in users
    ]
    assert await asyncio.gather(*(anext(watcher) for watcher in watchers)) == [[]] * len(users)
    assert reads == 1
    changes = [asyncio.ensure_future(anext(watcher)) for watcher in watchers]
    execution = await engine_calls.execute(ctx, await engine_calls.create(ctx, ask("ask", approvers=["ann", "bob"])))
    async with asyncio.timeout(PATIENCE_SECONDS):
        seen = await asyncio.gather(*changes[:2])
    assert [[approval.execution_id for approval in each] for each in seen] == [[execution.id]] * 2
    assert reads < len(users)
    assert [change.done() for change in changes[2:]] == [False] * 18
    for change in changes:
        change.cancel()
    await asyncio.gather(*changes, return_exceptions=True)
    for watcher in watchers:
        await watcher.aclose()


async def test_who_may_not_see_payloads_is_not_told_what_is_asked(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "Hidden", ask("ask", "a canary", form=[{"name": "x", "type": "string"}]))
    await waits(client, await start(client, workflow["workflow_id"]))
    body = {"query": APPROVALS, "variables": {"mine": True}}
    narrow = token("ann", "default", "operator", scope="execution:approve execution:read")
    [seen] = (await client.post("/graphql", json=body, headers=narrow)).json()["data"]["approvals"]
    assert (seen["message"], seen["form"], seen["decisions"]) == (None, [], [])
    assert [found["message"] for found in await approvals(client, "ann")] == ["a canary"]


async def test_of_many_who_decide_at_once_nobody_is_lost(client: httpx.AsyncClient) -> None:
    users = [f"user-{number}" for number in range(8)]
    workflow = await create(client, "Together", ask("ask", approvers=users, quorum=8))
    execution_id = await start(client, workflow["workflow_id"])
    await waits(client, execution_id)
    decided = await asyncio.gather(*(decide(client, execution_id, user, True) for user in (*users, *users)))
    assert sorted(decided) == [[]] * 8 + [["ALREADY_DECIDED"]] * 8
    response = (await ended(client, execution_id))["result"]["ask"]["response"]
    assert sorted(decision["by"] for decision in response["decisions"]) == users


@pytest.mark.parametrize("approves", [True, False])
async def test_of_many_who_decide_at_once_those_are_told_it_counts_of_whom_it_does(
    client: httpx.AsyncClient, approves: bool
) -> None:
    users = [f"user-{number}" for number in range(8)]
    workflow = await create(client, "Enough", ask("ask", approvers=users, quorum=3))
    execution_id = await start(client, workflow["workflow_id"])
    await waits(client, execution_id)
    decided = await asyncio.gather(*(decide(client, execution_id, user, approves) for user in users))
    told = {user for user, codes in zip(users, decided, strict=True) if codes == []}
    assert {code for codes in decided for code in codes} <= {"NOT_WAITING", "EXECUTION_FINISHED"}
    response = (await ended(client, execution_id))["result"]["ask"]["response"]
    assert {decision["by"] for decision in response["decisions"]} == told
    assert len(told) == (3 if approves else 1)


@pytest.mark.parametrize(
    ("action", "where"),
    [
        (wait("a"), []),
        (wait("a", seconds=1, signal="s"), []),
        (wait("a", seconds=-1), ["seconds"]),
        (wait("a", seconds="soon"), []),
        (wait("a", until="tomorrow"), []),
        (ask("a", approvers=["x"], quorum=2), []),
        (ask("a", form=[{"name": "x", "type": "text"}]), ["form", 0, "type"]),
    ],
)
async def test_a_faulty_wait_is_refused_at_its_place(client: httpx.AsyncClient, action: Json, where: list[Any]) -> None:
    refused = await client.post("/workflows", json={"name": "Faulty", "actions": [action]})
    assert refused.status_code == 422, refused.text
    loc = refused.json()["detail"][0]["loc"]
    assert loc[: 4 + len(where)] == ["body", "actions", 0, "config", *where]
