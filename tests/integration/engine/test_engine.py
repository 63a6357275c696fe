"""The promises of the engine without an edge, on both databases: durable, in order, fenced, recovered, bounded."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from app.composition import running_services
from app.settings.settings import Settings
from engine.core.clock import SystemClock
from engine.journal.refusals import Fenced
from models.commands.filters import ExecutionFilter
from models.errors import ExecutionFinished
from models.words import EventType, ExecutionStatus
from resolvers.context import Context
from resolvers.executions import executions
from resolvers.executions import lists as execution_lists
from resolvers.executions.streams import execution_events
from tests.support.calls import answer, call, held, notify, soon
from tests.support.engine_calls import (
    ADA,
    ONE_PROCESS,
    assert_gap_free,
    crashing,
    create,
    execute,
    execute_many,
    journal,
    journals,
    kinds,
    redispatched,
)
from tests.support.scripted_service import PartnerService, ScriptedService

pytestmark = pytest.mark.asyncio

# --- group commit --------------------------------------------------------------------------------


async def test_many_concurrent_executions_all_complete_with_gap_free_journals(
    ctx: Context, scripted: ScriptedService
) -> None:
    actions = [notify("first"), call("second", "/work", depends_on=["first"]), notify("third", "{{second.status}}")]
    ids = await execute_many(ctx, await create(ctx, *actions), 60)
    assert len(set(ids)) == 60
    for events in await journals(ctx, ids):
        assert_gap_free(events)
        assert kinds(events) == [
            "execution_queued",
            "execution_started",
            "action_started",
            "action_succeeded",
            "action_started",
            "action_succeeded",
            "action_started",
            "action_succeeded",
            "execution_completed",
        ]
    keys = Counter(request["headers"]["idempotency-key"] for request in scripted.requests)
    assert keys == {f"{execution_id}:second": 1 for execution_id in ids}


async def test_one_bad_append_does_not_fail_its_neighbours_in_the_same_commit(
    ctx: Context, scripted: ScriptedService
) -> None:
    scripted.answers["/held"] = held
    execution = await execute(ctx, await create(ctx, call("slow", "/held")))
    await soon(scripted.arrived)
    run, state = await ctx.services.store.load(execution.id)
    stale, good = ctx.services.journal.open(run, state), ctx.services.journal.open(run, state)
    now = ctx.services.clock.now()
    good.record(EventType.EXECUTION_RESUMED, now, None, {})
    stale.record(EventType.EXECUTION_RESUMED, now, None, {"stale": True})
    good.commit()
    stale.commit()  # both go into one batch, which fails as a whole and is then written one by one
    fresh = await create(ctx, notify("note"), name="neighbour")
    neighbour = await execute(ctx, fresh, async_execution=False)
    assert neighbour.status is ExecutionStatus.COMPLETED
    await good.durable()
    with pytest.raises(Fenced):
        await stale.durable()


# --- fencing -------------------------------------------------------------------------------------


async def test_a_stale_owner_is_fenced_and_writes_nothing(ctx: Context, scripted: ScriptedService) -> None:
    scripted.answers["/held"] = held
    execution = await execute(ctx, await create(ctx, call("slow", "/held"), notify("later", "{{slow.status}}")))
    await soon(scripted.arrived)
    run, state = await ctx.services.store.load(execution.id)
    owner, stale = ctx.services.journal.open(run, state), ctx.services.journal.open(run, state)
    now = ctx.services.clock.now()
    owner.record(EventType.EXECUTION_RESUMED, now, None, {"by": "owner"})
    await owner.durable()

    stale.record(EventType.EXECUTION_FAILED, now, None, {"by": "stale"})
    with pytest.raises(Fenced):
        await stale.durable()
    stale.record(EventType.EXECUTION_RESUMED, now, None, {"by": "stale"})
    with pytest.raises(Fenced):
        stale.commit()

    # The runner that started the action is stale too: its late result is fenced off.
    scripted.released.set()
    owner.record(EventType.EXECUTION_COMPLETED, now, None, {"by": "owner"})
    await owner.durable()
    events = await journal(ctx, execution.id)
    assert_gap_free(events)
    assert [event.data for event in events[state.sequence :]] == [{"by": "owner"}, {"by": "owner"}]
    read = await executions.get_execution(ctx, execution.id)
    assert (read.status, read.error) == (ExecutionStatus.COMPLETED, None)


async def test_cancelling_at_any_moment_leaves_one_terminal_state_that_the_answer_agrees_with(ctx: Context) -> None:
    workflow_id = await create(ctx, notify("one"), notify("two", "{{one.status}}"))

    async def start_and_cancel() -> tuple[str, bool]:
        execution = await execute(ctx, workflow_id)
        try:
            cancelled = await executions.cancel_execution(ctx, execution.id)
        except ExecutionFinished:
            return execution.id, False
        return execution.id, cancelled.status is ExecutionStatus.CANCELLED

    outcomes = await asyncio.gather(*(start_and_cancel() for _ in range(60)))
    for (_, was_cancelled), events in zip(
        outcomes, await journals(ctx, [execution_id for execution_id, _ in outcomes]), strict=True
    ):
        assert_gap_free(events)
        assert events[-1].type == ("execution_cancelled" if was_cancelled else "execution_completed")


# --- recovery ------------------------------------------------------------------------------------


async def test_a_crashed_execution_goes_on_without_repeating_what_was_journaled(
    settings: Settings, scripted: PartnerService
) -> None:
    scripted.answers |= {"/first": answer({"n": 1}), "/second": held}
    actions = [
        call("first", "/first"),
        call("second", "/second", {"parameters": {"n": "{{first.response.n}}"}}),
        notify("third", "{{second.status}}"),
    ]
    async with crashing(settings) as ctx:
        execution = await execute(ctx, await create(ctx, *actions))
        async for event in execution_events(ctx, execution.id):
            if (event.type, event.action_id) == ("action_started", "second"):
                break
        while len(scripted.requests) < 2:
            scripted.arrived.clear()
            await soon(scripted.arrived)

    scripted.released.set()
    async with running_services(settings) as services:
        ctx = Context(ADA, services)
        events = await journal(ctx, execution.id)
        read = await executions.get_execution(ctx, execution.id)
    assert_gap_free(events)
    assert read.status is ExecutionStatus.COMPLETED
    assert kinds(events).count("execution_resumed") == 1
    done = Counter(event.action_id for event in events if event.type == "action_succeeded")
    assert done == {"first": 1, "second": 1, "third": 1}
    assert {action.action_id: action.attempt for action in read.actions} == {"first": 1, "second": 2, "third": 1}
    calls = [(request["path"], request["headers"]["idempotency-key"], request["body"]) for request in scripted.requests]
    again = ("/second", f"{execution.id}:second", b'{"n":1}')
    assert calls == [("/first", f"{execution.id}:first", b"{}"), again, again]


@ONE_PROCESS
async def test_every_execution_of_a_crashed_engine_ends_queued_ones_included(
    settings: Settings, scripted: PartnerService
) -> None:
    scripted.answers["/held"] = held
    async with crashing(settings) as ctx, redispatched(ctx, grace_seconds=0, max_running=2) as narrow:
        workflow_id = await create(ctx, call("held", "/held"), notify("after", "{{held.status}}"))
        ids = await execute_many(narrow, workflow_id, 30)
        await soon(scripted.arrived)

    scripted.released.set()
    async with running_services(settings) as services:
        ctx = Context(ADA, services)
        for events in await journals(ctx, ids):
            assert_gap_free(events)
            assert events[-1].type == "execution_completed"
        assert await execution_lists.count_executions(ctx, ExecutionFilter()) == 30
    calls = Counter(request["headers"]["idempotency-key"] for request in scripted.requests)
    assert set(calls) == {f"{execution_id}:held" for execution_id in ids}
    assert sum(calls.values()) <= 30 + 2  # two ran when the engine crashed


async def test_a_finished_execution_is_not_touched_by_the_next_start(
    settings: Settings, scripted: ScriptedService
) -> None:
    async with crashing(settings) as ctx:
        workflow_id = await create(ctx, call("once", "/once"))
        before = await execute(ctx, workflow_id, async_execution=False)
    async with running_services(settings) as services:
        after = await executions.get_execution(Context(ADA, services), before.id)
    assert (after.status, list(after.events)) == (ExecutionStatus.COMPLETED, list(before.events))
    assert len(scripted.requests) == 1


# --- bounds --------------------------------------------------------------------------------------


@ONE_PROCESS
async def test_what_there_is_no_room_for_waits_in_the_database_and_completes(
    ctx: Context, scripted: ScriptedService
) -> None:
    at_once, most = 0, 0

    async def count(_: ScriptedService, send: Any) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        at_once -= 1
        await send({"type": "http.response.body", "body": b""})

    scripted.answers["/count"] = count
    async with redispatched(ctx, max_running=2) as narrow:
        ids = await execute_many(narrow, await create(ctx, call("work", "/count")), 200)
        ended = await journals(narrow, ids)
    for events in ended:
        assert_gap_free(events)
        assert kinds(events) == [
            "execution_queued",
            "execution_started",
            "action_started",
            "action_succeeded",
            "execution_completed",
        ]
    assert most <= 2
    keys = Counter(request["headers"]["idempotency-key"] for request in scripted.requests)
    assert keys == {f"{execution_id}:work": 1 for execution_id in ids}
    completed = ExecutionFilter(status=[ExecutionStatus.COMPLETED])
    assert await execution_lists.count_executions(ctx, completed) == 200


async def test_a_synchronous_execution_that_outlasts_the_patience_is_answered_as_it_stands_and_goes_on(
    ctx: Context, scripted: ScriptedService
) -> None:
    scripted.answers["/held"] = held
    impatient = Context(ctx.viewer, msgspec.structs.replace(ctx.services, sync_wait_seconds=0.01))
    present = await execute(impatient, await create(ctx, call("slow", "/held")), async_execution=False)
    assert not present.status.is_terminal
    scripted.released.set()
    assert (await journal(ctx, present.id))[-1].type == "execution_completed"


# --- the clock -----------------------------------------------------------------------------------


@ONE_PROCESS
async def test_the_clock_starts_at_the_newest_moment_and_follows_the_journals_that_are_read(settings: Settings) -> None:
    ahead = Ahead()
    async with running_services(settings, clock=ahead) as services:
        ctx = Context(ADA, services)
        wait = {"action_id": "wait", "action_type": "wait", "config": {"seconds": 3_600}}
        execution = await execute(ctx, await create(ctx, wait))
        async for event in execution_events(ctx, execution.id):
            if event.type == EventType.ACTION_WAITING:
                break
    async with running_services(settings) as services:
        assert services.clock.now() >= execution.created_at
        await services.store.load(execution.id)
        assert services.clock.now() >= event.at


class Ahead(SystemClock):
    """A clock that is two hours ahead."""

    def now(self) -> datetime:
        return super().now() + timedelta(hours=2)
