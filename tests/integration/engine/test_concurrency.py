"""How many executions of a workflow run at once, and what becomes of one more: on both databases."""

import asyncio
from itertools import pairwise
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from app.composition import running_services
from app.settings.settings import Settings
from models.commands.validation import parse
from models.commands.workflows import UpdateWorkflow
from models.database.tables import ExecutionRow, table
from models.entities.executions import ExecutionDetail
from models.errors import ConcurrencyLimitReached, InvalidInput
from models.words import ExecutionStatus, WaitReason
from resolvers.context import Context
from resolvers.executions import executions
from resolvers.workflows import workflows
from tests.support.calls import assert_envelope, call, graphql, notify, soon
from tests.support.crowd import PATH, Crowd
from tests.support.engine_calls import (
    ADA,
    ONE_PROCESS,
    crashing,
    create,
    execute,
    execute_many,
    journal,
    journals,
    kinds,
)
from tests.support.scripted_service import PartnerService, ScriptedService

pytestmark = pytest.mark.asyncio

CUSTOMER = {"name": "customer", "type": "string"}
COMPLETED = {"execution_completed"}


async def change(ctx: Context, workflow: str, **fields: Any) -> None:
    await workflows.update_workflow(ctx, workflow, parse(UpdateWorkflow, fields))


async def look(ctx: Context, execution_id: str) -> ExecutionDetail:
    return await executions.get_execution(ctx, execution_id)


async def ends(ctx: Context, ids: list[str]) -> set[str]:
    """How executions end."""
    return {kinds(events)[-1] for events in await journals(ctx, ids)}


# --- who waits, and for what ---------------------------------------------------------------------


async def test_no_more_run_at_once_than_may_and_the_others_follow_in_the_order_of_acceptance(
    ctx: Context, scripted: ScriptedService
) -> None:
    crowd = Crowd(scripted)
    workflow = await create(ctx, call("step", PATH), concurrency={"limit": 2})
    ids = [(await execute(ctx, workflow)).id for _ in range(6)]
    await crowd.arrived(2)
    for _ in range(4):
        crowd.let_go()
        await crowd.arrived()
    crowd.let_go(2)
    assert await ends(ctx, ids) == COMPLETED
    assert (crowd.most, set(crowd.order[:2]), crowd.order[2:]) == (2, set(ids[:2]), ids[2:])


async def test_many_that_are_accepted_at_the_same_moment_pass_one_by_one(ctx: Context) -> None:
    workflow = await create(ctx, notify("note"), concurrency={"limit": 1})
    ids = await execute_many(ctx, workflow, 40)
    ended = await journals(ctx, ids)
    spans = sorted((events[1].at, events[-1].at) for events in ended)
    assert {tuple(kinds(events)[:2]) for events in ended} == {("execution_queued", "execution_started")}
    assert {kinds(events)[-1] for events in ended} == COMPLETED
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


async def test_what_waits_for_room_says_so_and_its_first_action_has_a_worker_once_there_is_some(
    ctx: Context, scripted: ScriptedService
) -> None:
    crowd = Crowd(scripted)
    workflow = await create(ctx, call("step", PATH), call("then", PATH, depends_on=["step"]), concurrency={"limit": 1})
    first, second = [(await execute(ctx, workflow)).id for _ in range(2)]
    await crowd.arrived()
    waiting = (await look(ctx, second)).waiting
    assert [(action.action_id, action.reason) for action in waiting] == [
        ("step", WaitReason.WORKFLOW_LIMIT),
        ("then", WaitReason.DEPENDENCIES),
    ]
    assert (await look(ctx, first)).status is ExecutionStatus.RUNNING
    crowd.let_go(4)
    assert await ends(ctx, [first, second]) == COMPLETED


async def test_each_value_of_the_key_has_a_group_of_its_own(ctx: Context, scripted: ScriptedService) -> None:
    crowd = Crowd(scripted)
    limit = {"key": "{{customer | upper}}", "limit": 1}
    workflow = await create(ctx, call("step", PATH), parameters=[CUSTOMER], concurrency=limit)
    ids = [(await execute(ctx, workflow, parameters={"customer": name})).id for name in ("a", "A", "b")]
    await crowd.arrived(2)
    assert set(crowd.order) == {ids[0], ids[2]}
    assert (await look(ctx, ids[1])).waiting[0].reason is WaitReason.WORKFLOW_LIMIT
    crowd.let_go(3)
    assert await ends(ctx, ids) == COMPLETED


async def test_whoever_waits_for_the_end_of_one_that_is_queued_is_told_of_it(
    ctx: Context, scripted: ScriptedService
) -> None:
    crowd = Crowd(scripted)
    workflow = await create(ctx, call("step", PATH), concurrency={"limit": 1})
    await execute(ctx, workflow)
    await crowd.arrived()
    second = asyncio.create_task(execute(ctx, workflow, async_execution=False))
    crowd.let_go(2)
    assert (await second).status is ExecutionStatus.COMPLETED


async def test_a_cancel_makes_room(ctx: Context, scripted: ScriptedService) -> None:
    crowd = Crowd(scripted)
    workflow = await create(ctx, call("step", PATH), concurrency={"limit": 1})
    ids = [(await execute(ctx, workflow)).id for _ in range(3)]
    await crowd.arrived()
    await executions.cancel_execution(ctx, ids[1])
    await executions.cancel_execution(ctx, ids[0])
    await crowd.arrived()
    assert [(await look(ctx, one)).status for one in ids] == ["cancelled", "cancelled", "running"]
    crowd.let_go(2)
    assert await ends(ctx, ids[2:]) == COMPLETED


@pytest.mark.parametrize("actions", [[notify("note")], []], ids=["one action", "none"])
async def test_the_time_in_the_queue_is_limited_all_the_same(
    ctx: Context, scripted: ScriptedService, actions: list[dict[str, Any]]
) -> None:
    crowd = Crowd(scripted)
    workflow = await create(ctx, call("step", PATH), concurrency={"limit": 1}, queue_timeout_seconds=1)
    first = await execute(ctx, workflow)
    await crowd.arrived()
    await change(ctx, workflow, actions=actions)
    late = await execute(ctx, workflow)
    events = await journal(ctx, late.id)
    assert kinds(events) == ["execution_queued", "execution_failed"]
    assert events[-1].data["error"]["code"] == "TIMEOUT"
    crowd.let_go()
    assert await ends(ctx, [first.id]) == COMPLETED


@pytest.mark.parametrize("limit", [{"limit": 3}, None], ids=["more", "no limit"])
async def test_a_new_limit_holds_for_what_is_queued_too(
    ctx: Context, scripted: ScriptedService, limit: dict[str, Any] | None
) -> None:
    crowd = Crowd(scripted)
    workflow = await create(ctx, call("step", PATH), concurrency={"limit": 1})
    ids = [(await execute(ctx, workflow)).id for _ in range(3)]
    await crowd.arrived()
    await change(ctx, workflow, concurrency=limit)
    await crowd.arrived(2)
    crowd.let_go(3)
    assert await ends(ctx, ids) == COMPLETED
    assert (await workflows.get_workflow(ctx, workflow)).version == "1.0"


# --- what is one too many ------------------------------------------------------------------------


async def test_one_too_many_is_refused_and_nothing_is_kept_of_it(ctx: Context, scripted: ScriptedService) -> None:
    crowd = Crowd(scripted)
    rule = {"limit": 1, "on_limit": "fail", "key": "{{customer}}"}
    workflow = await create(ctx, call("step", PATH), parameters=[CUSTOMER], concurrency=rule)
    parameters = {"customer": "acme"}
    first = await execute(ctx, workflow, parameters=parameters, idempotency_key="once")
    await crowd.arrived()
    with pytest.raises(ConcurrencyLimitReached, match=r"key 'acme'.*limit is 1"):
        await execute(ctx, workflow, parameters=parameters)
    with pytest.raises(ConcurrencyLimitReached):
        await execute(ctx, workflow, parameters=parameters, async_execution=False)
    again = await execute(ctx, workflow, parameters=parameters, idempotency_key="once")
    count = select(func.count()).select_from(table(ExecutionRow))
    kept = await ctx.services.database.read(lambda connection: connection.execute(count).scalar_one())
    assert (again.id, kept) == (first.id, 1)
    crowd.let_go(2)
    await ends(ctx, [first.id])
    assert await ends(ctx, [(await execute(ctx, workflow, parameters=parameters)).id]) == COMPLETED


async def test_of_many_at_the_same_moment_as_many_as_may_are_accepted_and_the_others_refused(
    ctx: Context, scripted: ScriptedService
) -> None:
    crowd = Crowd(scripted)
    workflow = await create(ctx, call("step", PATH), concurrency={"limit": 3, "on_limit": "fail"})
    answers = await asyncio.gather(*(execute(ctx, workflow) for _ in range(20)), return_exceptions=True)
    accepted = [answer.id for answer in answers if isinstance(answer, ExecutionDetail)]
    assert len(accepted) == 3
    assert sum(isinstance(answer, ConcurrencyLimitReached) for answer in answers) == 17
    crowd.let_go(3)
    assert await ends(ctx, accepted) == COMPLETED


async def test_the_newest_is_cancelled_and_says_why(ctx: Context, scripted: ScriptedService) -> None:
    crowd = Crowd(scripted)
    workflow = await create(ctx, call("step", PATH), concurrency={"limit": 1, "on_limit": "cancel_newest"})
    first = await execute(ctx, workflow)
    await crowd.arrived()
    late = await execute(ctx, workflow)
    waited_for = await execute(ctx, workflow, async_execution=False)
    for one in (late, waited_for):
        assert one.status is ExecutionStatus.CANCELLED
        assert one.error is not None
        assert one.error["code"] == "CONCURRENCY_LIMIT"
        events = await journal(ctx, one.id)
        assert kinds(events) == ["execution_queued", "execution_cancelled"]
        assert events[-1].data["reason"] == "concurrency_limit"
    crowd.let_go()
    assert await ends(ctx, [first.id]) == COMPLETED
    assert crowd.order == [first.id]


async def test_the_oldest_are_cancelled_their_work_is_aborted_and_the_new_one_runs(
    ctx: Context, scripted: PartnerService
) -> None:
    workflow = await create(ctx, call("step", "/hang"), concurrency={"limit": 1, "on_limit": "cancel_oldest"})
    first = await execute(ctx, workflow)
    await soon(scripted.arrived)
    scripted.arrived.clear()
    second = await execute(ctx, workflow)
    await soon(scripted.given_up)
    await soon(scripted.arrived)
    events = await journal(ctx, first.id)
    assert kinds(events)[-1] == "execution_cancelled"
    assert second.id in events[-1].data["error"]["message"]
    assert (await look(ctx, second.id)).status is ExecutionStatus.RUNNING
    await change(ctx, workflow, concurrency=None)
    await executions.cancel_execution(ctx, second.id)


async def test_of_many_at_the_same_moment_the_newest_stay(ctx: Context, scripted: ScriptedService) -> None:
    crowd = Crowd(scripted)
    workflow = await create(ctx, call("step", PATH), concurrency={"limit": 2, "on_limit": "cancel_oldest"})
    ids = await execute_many(ctx, workflow, 20)
    crowd.let_go(20)
    oldest_first = sorted(zip(await journals(ctx, ids), ids, strict=True), key=lambda told: (told[0][0].at, told[1]))
    ended = [kinds(events)[-1] for events, _ in oldest_first]
    assert ended == ["execution_cancelled"] * 18 + ["execution_completed"] * 2


async def test_both_edges_refuse_alike(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    crowd = Crowd(scripted)
    rule = {"key": None, "limit": 1, "on_limit": "fail"}
    body = {"name": "limited", "actions": [call("step", PATH)], "concurrency": rule}
    created = (await client.post("/workflows", json=body)).json()
    assert created["concurrency"] == rule
    workflow_id = created["workflow_id"]
    first = await client.post(f"/workflows/{workflow_id}/execute", json={})
    await crowd.arrived()
    refused = await client.post(f"/workflows/{workflow_id}/execute", json={})
    message = f"Workflow {workflow_id} has 1 executions at work or queued, and its limit is 1"
    assert str(assert_envelope(refused, 409, "CONCURRENCY_LIMIT")).startswith(message)
    mutation = """mutation ($id: ID!) {
        executeWorkflow(input: {workflowId: $id}) { execution { id } userErrors { code message path } }
    }"""
    payload = (await graphql(client, mutation, id=workflow_id))["executeWorkflow"]
    assert payload["execution"] is None
    assert [(error["code"], error["path"]) for error in payload["userErrors"]] == [("CONCURRENCY_LIMIT", ["input"])]
    query = "query ($id: ID!) { workflow(id: $id) { concurrency { key limit onLimit } } }"
    shown = (await graphql(client, query, id=workflow_id))["workflow"]["concurrency"]
    assert shown == {"key": None, "limit": 1, "onLimit": "FAIL"}
    crowd.let_go()
    assert first.status_code == 202


# --- the key -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("{{ghost}}", "ghost"),
        ("{{actions.step.response}}", "actions.step"),
        ("{{step.response}}", "step.response"),
        ("{{secrets.token}}", "secrets"),
        ("{{execution.id}}", "execution.id"),
        ("{{customer |}}", "customer"),
    ],
)
async def test_a_key_sees_parameters_alone(ctx: Context, key: str, word: str) -> None:
    rule = {"key": key, "limit": 1}
    with pytest.raises(InvalidInput) as refusal:
        await create(ctx, notify("step"), parameters=[CUSTOMER], concurrency=rule)
    (fault,) = refusal.value.faults
    assert fault.loc == ("body", "concurrency", "key")
    assert word in fault.msg


async def test_a_parameter_that_the_key_uses_cannot_be_taken_away(ctx: Context) -> None:
    rule = {"key": "for {{parameters.customer}}", "limit": 1}
    workflow = await create(ctx, notify("step"), parameters=[CUSTOMER], concurrency=rule)
    with pytest.raises(InvalidInput, match=r"body\.concurrency\.key"):
        await change(ctx, workflow, parameters=[])
    await change(ctx, workflow, parameters=[], concurrency={"limit": 1})


@pytest.mark.parametrize(
    ("parameters", "word"),
    [({}, "no value"), ({"customer": "x" * 256}, "255"), ({"customer": {"id": 1}}, "must come to")],
    ids=["none", "long", "object"],
)
async def test_a_key_that_comes_to_nothing_is_refused(ctx: Context, parameters: dict[str, Any], word: str) -> None:
    kind = "object" if isinstance(parameters.get("customer"), dict) else "string"
    customer = {"name": "customer", "type": kind}
    rule = {"key": "{{customer}}", "limit": 1}
    workflow = await create(ctx, notify("step"), parameters=[customer], concurrency=rule)
    with pytest.raises(InvalidInput, match=word) as refusal:
        await execute(ctx, workflow, parameters=parameters)
    assert refusal.value.faults[0].loc == ("body", "parameters")


# --- what a crash leaves -------------------------------------------------------------------------


@ONE_PROCESS
async def test_after_a_crash_the_queue_goes_on_behind_what_was_running(
    settings: Settings, scripted: PartnerService
) -> None:
    crowd = Crowd(scripted)
    async with crashing(settings) as ctx:
        workflow = await create(ctx, call("step", PATH), concurrency={"limit": 1})
        ids = [(await execute(ctx, workflow)).id for _ in range(3)]
        await crowd.arrived()
    crowd.let_go(4)
    async with running_services(settings) as services:
        assert await ends(Context(ADA, services), ids) == COMPLETED
    assert list(dict.fromkeys(crowd.order)) == ids


@ONE_PROCESS
async def test_a_wake_up_that_nobody_heard_is_made_up_for(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.dispatch.dispatcher.SWEEP_SECONDS", 0.1)
    monkeypatch.setattr("engine.journal.writer.JOBS", "nobody listens to this")
    async with running_services(settings) as services:
        ctx = Context(ADA, services)
        workflow = await create(ctx, notify("note"), concurrency={"limit": 1})
        assert await ends(ctx, await execute_many(ctx, workflow, 3)) == COMPLETED
