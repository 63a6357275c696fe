"""The lives of an execution: counted on disk before its work, given up after a few, and never for what others did."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from app.composition import running_services
from app.settings.settings import Settings
from engine.actions.notification import Notification
from engine.actions.protocol import ActionCall
from engine.dispatch.claims import give_back
from engine.dispatch.store import EXECUTIONS
from engine.journal.lives import MAX_LIVES, SUSPECT_LIVES, count
from models.words import EventType, ExecutionStatus
from resolvers.context import Context
from resolvers.executions import executions
from tests.support.calls import call, held, notify, soon
from tests.support.engine_calls import ADA, crashing, create, execute, journal, kinds, seen
from tests.support.scripted_service import ScriptedService
from tests.support.timers import MovableClock
from tests.support.unreadable import at_rest, parked

pytestmark = pytest.mark.asyncio


async def lives_of(ctx: Context, execution_id: str) -> int:
    lives = select(EXECUTIONS.c.lives).where(EXECUTIONS.c.id == execution_id)
    return int(await ctx.services.database.read(lambda connection: connection.execute(lives).scalar_one()))


def charged(lives: int, execution_ids: Sequence[str], **values: Any) -> Any:
    """What takes so many lives of executions."""

    def work(connection: Connection) -> None:
        connection.execute(update(EXECUTIONS).where(EXECUTIONS.c.id.in_(execution_ids)).values(lives=lives, **values))

    return work


async def test_a_life_is_counted_on_disk_before_its_work_begins(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, seen = MovableClock(), []
    async with crashing(settings, clock) as ctx:
        execution_id = await parked(ctx, "due", 60)
    async with running_services(settings, clock=clock) as services:
        ctx = Context(ADA, services)
        run = Notification.run

        async def looks(notification: Notification, call_: ActionCall) -> dict[str, Any]:
            seen.append(await lives_of(ctx, execution_id))
            return await run(notification, call_)

        monkeypatch.setattr(Notification, "run", looks)
        clock.put_forward(61)
        services.dispatcher._look()
        await journal(ctx, execution_id)
    assert seen == [1]


@pytest.mark.parametrize("has_clean_up", [False, True])
async def test_what_has_lost_all_its_lives_is_given_up_before_anything_is_worked_on(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, has_clean_up: bool
) -> None:
    clock, told = MovableClock(), []
    clean_up = {"on_exit": [notify("tidy", "tidied up")]} if has_clean_up else {}
    async with crashing(settings, clock) as ctx:
        pause = {"action_id": "pause", "action_type": "wait", "config": {"seconds": 60}}
        execution = await execute(ctx, await create(ctx, pause, notify("after", depends_on=["pause"]), **clean_up))
        await seen(ctx, execution.id, EventType.ACTION_WAITING)
    await at_rest(settings, charged(MAX_LIVES, [execution.id]))
    run = Notification.run

    async def tells(notification: Notification, call_: ActionCall) -> dict[str, Any]:
        told.append(call_.action_id)
        return await run(notification, call_)

    monkeypatch.setattr(Notification, "run", tells)
    clock.put_forward(61)
    async with running_services(settings, clock=clock) as services:
        ctx = Context(ADA, services)
        last = (await journal(ctx, execution.id))[-1]
        assert (last.type, last.data["error"]["code"]) == (EventType.EXECUTION_FAILED, "WORKER_LOST")
        assert told == (["tidy"] if has_clean_up else [])
        if has_clean_up:
            assert await lives_of(ctx, execution.id) == 0


async def test_suspects_go_on_after_the_others_and_lose_nothing(settings: Settings) -> None:
    clock = MovableClock()
    async with crashing(settings, clock) as ctx:
        suspects = [await parked(ctx, f"suspect {number}", 60) for number in range(3)]
        other = await parked(ctx, "other", 60)
    await at_rest(settings, charged(SUSPECT_LIVES, suspects))
    clock.put_forward(61)
    async with running_services(settings, clock=clock) as services:
        ctx = Context(ADA, services)
        ends = [(await journal(ctx, execution_id))[-1] for execution_id in (other, *suspects)]
        assert {end.type for end in ends} == {EventType.EXECUTION_COMPLETED}
        assert ends[0].at < min(end.at for end in ends[1:])


async def test_a_stop_in_order_costs_no_life(settings: Settings, scripted: ScriptedService) -> None:
    scripted.answers["/held"] = held
    async with crashing(settings) as ctx:
        execution = await execute(ctx, await create(ctx, call("slow", "/held")))
        await soon(scripted.arrived)
    for _ in range(MAX_LIVES + 1):
        scripted.arrived.clear()
        async with crashing(settings) as ctx:
            await soon(scripted.arrived)
            assert await lives_of(ctx, execution.id) == 1
    scripted.released.set()
    async with running_services(settings) as services:
        ctx = Context(ADA, services)
        told = await journal(ctx, execution.id)
        assert kinds(told)[-1] == EventType.EXECUTION_COMPLETED
        assert kinds(told).count(EventType.EXECUTION_RESUMED) == MAX_LIVES + 2


async def test_a_process_costs_one_life_at_most(ctx: Context) -> None:
    execution_id = await parked(ctx, "parked", 3_600)
    database = ctx.services.database
    for taker, lives in (("one", 1), ("one", 1), ("other", 2)):
        await database.transaction(partial(count, execution_ids=[execution_id], taker=taker))
        assert await lives_of(ctx, execution_id) == lives
    for taker, alone, held_back in (("other", False, 0), ("third", False, 1), ("third", True, 0), ("third", False, 1)):
        counted = await database.transaction(partial(count, execution_ids=[execution_id], taker=taker, alone=alone))
        assert len(counted.suspects) == held_back
    assert await lives_of(ctx, execution_id) == 3


async def test_what_was_taken_up_for_nothing_and_parks_again_has_lost_nothing(ctx: Context) -> None:
    execution_id = await parked(ctx, "parked", 3_600)
    node_id = ctx.services.dispatcher._membership.id
    await ctx.services.database.transaction(charged(3, [execution_id], node_id=node_id))
    moments = {execution_id: ctx.services.clock.now() + timedelta(hours=1)}
    await ctx.services.database.transaction(partial(give_back, node_id=node_id, moments=moments))
    assert await lives_of(ctx, execution_id) == 0


async def test_what_waits_for_its_turn_in_a_group_loses_no_life_by_that(settings: Settings) -> None:
    clock = MovableClock()
    async with crashing(settings, clock) as ctx:
        pause = {"action_id": "pause", "action_type": "wait", "config": {"seconds": 60}}
        workflow_id = await create(ctx, pause, concurrency={"limit": 1, "on_limit": "queue"})
        first, second = [(await execute(ctx, workflow_id)).id for _ in range(2)]
        await seen(ctx, first, EventType.ACTION_WAITING)
    for _ in range(MAX_LIVES + 1):
        async with crashing(settings, clock) as ctx:
            assert await lives_of(ctx, second) == 0
            assert (await executions.get_execution(ctx, second)).status is ExecutionStatus.QUEUED
    clock.put_forward(61)
    async with crashing(settings, clock) as ctx:
        assert kinds(await journal(ctx, first))[-1] == EventType.EXECUTION_COMPLETED
        await seen(ctx, second, EventType.ACTION_WAITING)
    clock.put_forward(61)
    async with running_services(settings, clock=clock) as services:
        assert kinds(await journal(Context(ADA, services), second))[-1] == EventType.EXECUTION_COMPLETED
