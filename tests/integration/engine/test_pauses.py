"""An execution is paused and goes on by hand: nothing begins meanwhile, nothing under way is lost or done twice."""

import asyncio
from collections import Counter
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.composition import running_services
from app.settings.settings import Settings
from engine.journal.mailbox import MAX_READ
from engine.journal.queue import EXECUTIONS
from models.commands.filters import ExecutionFilter
from models.commands.messages import SendSignal
from models.database.security_tables import AuditEntryRow
from models.database.tables import table
from models.errors import ExecutionFinished, PermissionDenied
from models.words import EventType, ExecutionStatus, NodeKind, WaitReason
from resolvers.context import Context, Viewer
from resolvers.executions import executions
from resolvers.executions.by_hand import pause_execution, resume_execution, terminate_execution
from resolvers.executions.feeds import execution_changes
from resolvers.executions.streams import execution_events
from resolvers.signals import send_signal
from tests.support.calls import PATIENCE_SECONDS, Json, answer, call, held, notify, soon
from tests.support.engine_calls import ADA, assert_gap_free, crashing, create, execute, journal, kinds, seen
from tests.support.nodes import nodes
from tests.support.scripted_service import PartnerService, ScriptedService
from tests.support.timers import MovableClock

pytestmark = pytest.mark.asyncio

CLUSTER = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
AUDIT = table(AuditEntryRow)
BEGINS = (EventType.ACTION_STARTED, EventType.EXECUTION_STARTED)


def wait(action_id: str, **more: Any) -> Json:
    config = {key: more.pop(key) for key in ("seconds", "signal") if key in more}
    return {"action_id": action_id, "action_type": "wait", "config": config, **more}


async def place(ctx: Context, execution_id: str) -> tuple[Any, Any]:
    """In whose hand an execution is, and from when on it may be taken."""
    row = select(EXECUTIONS.c.node_id, EXECUTIONS.c.runnable_at).where(EXECUTIONS.c.id == execution_id)
    found = await ctx.services.database.read(lambda connection: connection.execute(row).one())
    return found.node_id, found.runnable_at


async def in_no_hand(ctx: Context, execution_id: str) -> None:
    """Wait until the node that has an execution in hand has let go of it, on disk and in memory."""
    dispatcher = ctx.services.dispatcher
    async with asyncio.timeout(PATIENCE_SECONDS):
        if (at_work := dispatcher._pool._running.get(execution_id)) is not None:
            await asyncio.wait([at_work])
        if dispatcher._giving is not None:
            await asyncio.wait([dispatcher._giving])
    assert (await place(ctx, execution_id))[0] is None
    assert dispatcher.running_count == 0


async def test_what_is_under_way_ends_and_nothing_begins_until_it_is_resumed(
    ctx: Context, scripted: ScriptedService
) -> None:
    scripted.answers["/held"] = held
    actions = [call("first", "/held"), call("second", "/second", depends_on=["first"])]
    execution = await execute(ctx, await create(ctx, *actions))
    await soon(scripted.arrived)

    paused = await pause_execution(ctx, execution.id, "to be looked at")
    assert paused.status is ExecutionStatus.PAUSED
    assert paused.pause is not None
    assert (paused.pause.user_id, paused.pause.reason) == ("ada", "to be looked at")
    assert [(waiting.action_id, waiting.reason) for waiting in paused.waiting] == [("second", WaitReason.DEPENDENCIES)]
    assert await pause_execution(ctx, execution.id) == paused

    scripted.released.set()
    await seen(ctx, execution.id, EventType.ACTION_SUCCEEDED, "first")
    await in_no_hand(ctx, execution.id)
    assert await place(ctx, execution.id) == (None, None)
    read = await executions.get_execution(ctx, execution.id)
    assert [(waiting.action_id, waiting.reason) for waiting in read.waiting] == [("second", WaitReason.PAUSED)]

    resumed = await resume_execution(ctx, execution.id)
    assert resumed.status is ExecutionStatus.RUNNING
    events = await journal(ctx, execution.id)
    assert_gap_free(events)
    assert kinds(events) == [
        "execution_queued",
        "execution_started",
        "action_started",
        "execution_paused",
        "action_succeeded",
        "execution_unpaused",
        "action_started",
        "action_succeeded",
        "execution_completed",
    ]
    assert Counter(request["path"] for request in scripted.requests) == {"/held": 1, "/second": 1}


async def test_what_goes_on_while_calls_are_under_way_repeats_none_of_them(
    ctx: Context, scripted: ScriptedService
) -> None:
    """It is paused and resumed over and over while its actions come and go."""
    actions = [
        call(f"a{number}", f"/a{number}", depends_on=[f"a{number - 3}"] if number >= 3 else []) for number in range(30)
    ]
    execution = await execute(ctx, await create(ctx, *actions))
    for _ in range(40):
        try:
            await pause_execution(ctx, execution.id)
            await resume_execution(ctx, execution.id)
        except ExecutionFinished:
            break
    events = await journal(ctx, execution.id)
    assert_gap_free(events)
    assert kinds(events)[-1] == "execution_completed"
    assert Counter(request["path"] for request in scripted.requests) == {f"/a{number}": 1 for number in range(30)}
    assert EventType.EXECUTION_RESUMED not in kinds(events)
    is_paused = False
    for event in events:
        is_paused = event.type == EventType.EXECUTION_PAUSED or (
            is_paused and event.type != EventType.EXECUTION_UNPAUSED
        )
        assert not (is_paused and event.type in BEGINS), event


async def test_one_that_is_queued_does_not_begin_and_keeps_its_place(ctx: Context, scripted: PartnerService) -> None:
    scripted.answers["/held"] = held
    workflow_id = await create(ctx, call("step", "/held"), concurrency={"limit": 1, "on_limit": "queue"})
    first, second, third = [(await execute(ctx, workflow_id)).id for _ in range(3)]
    await soon(scripted.arrived)
    assert (await pause_execution(ctx, second)).status is ExecutionStatus.PAUSED
    scripted.released.set()
    assert kinds(await journal(ctx, first))[-1] == "execution_completed"
    assert kinds(await journal(ctx, third))[-1] == "execution_completed"
    assert (await executions.get_execution(ctx, second)).started_at is None
    assert (await resume_execution(ctx, second)).status in (ExecutionStatus.QUEUED, ExecutionStatus.RUNNING)
    assert kinds(await journal(ctx, second))[-1] == "execution_completed"


async def test_one_that_runs_keeps_its_room_in_its_group(ctx: Context, scripted: PartnerService) -> None:
    workflow_id = await create(ctx, wait("step", signal="go"), concurrency={"limit": 1, "on_limit": "queue"})
    first, second = [(await execute(ctx, workflow_id)).id for _ in range(2)]
    await seen(ctx, first, EventType.ACTION_WAITING)
    await pause_execution(ctx, first)
    read = await executions.get_execution(ctx, second)
    assert (read.status, read.waiting[0].reason) == (ExecutionStatus.QUEUED, WaitReason.WORKFLOW_LIMIT)
    await terminate_execution(ctx, first, "it is not needed")
    await seen(ctx, second, EventType.EXECUTION_STARTED)


async def test_a_signal_that_comes_meanwhile_is_taken_when_it_goes_on(ctx: Context) -> None:
    execution = await execute(ctx, await create(ctx, wait("go", signal="go")))
    await seen(ctx, execution.id, EventType.ACTION_WAITING)
    await in_no_hand(ctx, execution.id)
    await pause_execution(ctx, execution.id)
    await send_signal(ctx, SendSignal(execution_id=execution.id, name="go", payload=7))
    assert await place(ctx, execution.id) == (None, None)
    await resume_execution(ctx, execution.id)
    events = await journal(ctx, execution.id)
    assert events[-2].data["response"]["payload"] == 7


async def test_its_time_out_does_not_run_on_and_timers_that_come_due_wait(settings: Settings) -> None:
    clock = MovableClock()
    async with running_services(settings, clock=clock) as services:
        ctx = Context(ADA, services)
        workflow_id = await create(
            ctx, wait("short", seconds=50), wait("long", seconds=500), timeout_seconds=1000, queue_timeout_seconds=60
        )
        execution = await execute(ctx, workflow_id)
        await seen(ctx, execution.id, EventType.ACTION_WAITING, "long")
        await in_no_hand(ctx, execution.id)
        await pause_execution(ctx, execution.id)
        clock.put_forward(5_000)
        await resume_execution(ctx, execution.id)
        events = await journal(ctx, execution.id)
    assert kinds(events)[-1] == "execution_completed"
    [ended] = [event.at for event in events if event.type == EventType.ACTION_SUCCEEDED and event.action_id == "short"]
    assert ended - events[0].at >= timedelta(seconds=5_000)


async def test_a_cancel_of_one_that_is_paused_cleans_up(ctx: Context, scripted: ScriptedService) -> None:
    undo = {"action_type": "service_call", "config": {"service": "scripted", "endpoint": "/undo", "method": "PUT"}}
    actions = [call("a", "/a", compensate=undo), wait("b", signal="never", depends_on=["a"])]
    execution = await execute(ctx, await create(ctx, *actions, on_exit=[notify("end")]))
    await seen(ctx, execution.id, EventType.ACTION_WAITING)
    await pause_execution(ctx, execution.id)
    cancelled = await executions.cancel_execution(ctx, execution.id)
    assert (cancelled.status, cancelled.stopping) == (ExecutionStatus.RUNNING, ExecutionStatus.CANCELLED)
    events = await journal(ctx, execution.id)
    assert kinds(events)[-1] == "execution_cancelled"
    by_hand = [kind for kind in kinds(events) if kind.startswith("execution_")]
    assert by_hand[2:5] == ["execution_paused", "execution_unpaused", "execution_stopping"]
    assert [event.action_id for event in events if event.type == EventType.ACTION_SUCCEEDED] == [
        "a",
        "a.compensate",
        "end",
    ]


@pytest.mark.parametrize("is_under_way", [False, True])
async def test_a_cancel_of_a_clean_up_that_is_paused_has_it_go_on(
    ctx: Context, scripted: ScriptedService, is_under_way: bool
) -> None:
    scripted.answers["/held"] = held
    on_exit = [call("first", "/held"), call("second", "/second", depends_on=["first"])]
    execution = await execute(ctx, await create(ctx, wait("never", signal="never"), on_exit=on_exit))
    await seen(ctx, execution.id, EventType.ACTION_WAITING)
    await executions.cancel_execution(ctx, execution.id)
    await soon(scripted.arrived)
    await pause_execution(ctx, execution.id)
    if not is_under_way:
        scripted.released.set()
        await seen(ctx, execution.id, EventType.ACTION_SUCCEEDED, "first")
        await in_no_hand(ctx, execution.id)
    cancelled = await executions.cancel_execution(ctx, execution.id)
    assert (cancelled.status, cancelled.stopping) == (ExecutionStatus.RUNNING, ExecutionStatus.CANCELLED)
    scripted.released.set()
    events = await journal(ctx, execution.id)
    assert_gap_free(events)
    assert kinds(events).count("execution_unpaused") == 1
    assert kinds(events)[-1] == "execution_cancelled"
    assert Counter(request["path"] for request in scripted.requests) == {"/held": 1, "/second": 1}


async def test_a_termination_ends_a_clean_up_that_hangs(ctx: Context, scripted: PartnerService) -> None:
    scripted.answers["/bad"] = answer({}, 500)
    undo = {"action_type": "service_call", "config": {"service": "scripted", "endpoint": "/hang", "method": "PUT"}}
    actions = [call("a", "/a", compensate=undo), call("b", "/bad", depends_on=["a"], retry={"max_attempts": 1})]
    execution = await execute(ctx, await create(ctx, *actions))
    while not any(request["path"] == "/hang" for request in scripted.requests):
        scripted.arrived.clear()
        await soon(scripted.arrived)
    ended = await terminate_execution(ctx, execution.id, "the service is gone")
    assert ended.status is ExecutionStatus.CANCELLED
    await soon(scripted.given_up)
    events = await journal(ctx, execution.id)
    assert events[-1].data == {
        "user_id": "ada",
        "reason": "the service is gone",
        "is_terminated": True,
        "warnings": ["a.compensate was not carried out"],
    }
    assert await terminate_execution(ctx, execution.id, "again") == ended
    with pytest.raises(ExecutionFinished):
        await pause_execution(ctx, execution.id)


async def test_a_pause_outlives_the_process_and_its_work_is_done_over_once_it_goes_on(
    settings: Settings, scripted: PartnerService
) -> None:
    scripted.answers["/held"] = held
    async with crashing(settings) as ctx:
        execution = await execute(ctx, await create(ctx, call("a", "/held"), call("b", "/b", depends_on=["a"])))
        await soon(scripted.arrived)
        await pause_execution(ctx, execution.id)
    scripted.released.set()
    async with running_services(settings) as services:
        ctx = Context(ADA, services)
        assert (await executions.get_execution(ctx, execution.id)).status is ExecutionStatus.PAUSED
        assert await place(ctx, execution.id) == (None, None)
        await resume_execution(ctx, execution.id)
        events = await journal(ctx, execution.id)
    assert kinds(events)[-1] == "execution_completed"
    assert Counter(request["path"] for request in scripted.requests) == {"/held": 2, "/b": 1}


@CLUSTER
async def test_a_pause_reaches_the_node_that_carries_it_out(settings: Settings, scripted: PartnerService) -> None:
    scripted.answers["/held"] = held
    actions = [call("a", "/held"), call("b", "/b", depends_on=["a"])]
    async with nodes(settings, NodeKind.API, NodeKind.WORKER) as (api, worker):
        execution = await execute(api, await create(api, *actions))
        await soon(scripted.arrived)
        await pause_execution(api, execution.id)
        scripted.released.set()
        await seen(api, execution.id, EventType.ACTION_SUCCEEDED)
        await in_no_hand(worker, execution.id)
        await resume_execution(api, execution.id)
        events = await journal(api, execution.id)
    assert kinds(events)[-1] == "execution_completed"
    assert "execution_resumed" not in kinds(events)
    assert Counter(request["path"] for request in scripted.requests) == {"/held": 1, "/b": 1}


async def test_it_is_for_the_owner_and_overseers_alone_and_is_audited(ctx: Context) -> None:
    execution = await execute(ctx, await create(ctx, wait("go", signal="go")))
    eve = Context(Viewer("eve", "default", ctx.user.role), ctx.services)
    for refused in (
        pause_execution(eve, execution.id),
        resume_execution(eve, execution.id),
        terminate_execution(eve, execution.id, "why not"),
    ):
        with pytest.raises(PermissionDenied):
            await refused
    await pause_execution(ctx, execution.id, "why")
    await terminate_execution(ctx, execution.id, "not needed")
    entries = await ctx.services.database.read(
        lambda connection: connection.execute(
            select(AUDIT.c.action, AUDIT.c.actor, AUDIT.c.details).where(AUDIT.c.target == execution.id)
        ).all()
    )
    told = [
        (entry.action, entry.actor, entry.details.get("reason")) for entry in entries if "execution" in entry.action
    ]
    assert ("pause_execution", "ada", "why") in told
    assert ("terminate_execution", "ada", "not needed") in told


async def test_whoever_watches_the_list_sees_it_at_once(ctx: Context) -> None:
    execution = await execute(ctx, await create(ctx, wait("go", signal="go")))
    await seen(ctx, execution.id, EventType.ACTION_WAITING)
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(execution_changes(ctx, ExecutionFilter(), None)) as changes:
        told = asyncio.create_task(anext(changes))
        await asyncio.sleep(0)  # it listens
        await pause_execution(ctx, execution.id)
        change = await told
        while change.node is None or change.node.status is not ExecutionStatus.PAUSED:
            change = await anext(changes)


async def test_all_that_was_sent_meanwhile_is_taken_beside_a_call_that_goes_on(
    ctx: Context, scripted: ScriptedService
) -> None:
    scripted.answers["/held"] = held
    numbers = {"in": list(range(MAX_READ + 1)), "max_concurrency": MAX_READ + 1}
    actions = [
        wait("waits", signal="go", for_each=numbers),
        call("long", "/held"),
        notify("then", depends_on=["waits"]),
    ]
    execution = await execute(ctx, await create(ctx, *actions))
    await soon(scripted.arrived)
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(execution_events(ctx, execution.id)) as events:
        left = MAX_READ + 1
        while left:
            left -= (await anext(events)).type == EventType.ACTION_WAITING
    await pause_execution(ctx, execution.id)
    for _ in range(MAX_READ + 1):
        await send_signal(ctx, SendSignal(execution_id=execution.id, name="go"))
    await resume_execution(ctx, execution.id)
    await seen(ctx, execution.id, EventType.ACTION_SUCCEEDED, "then")
    scripted.released.set()
    assert kinds(await journal(ctx, execution.id))[-1] == "execution_completed"
