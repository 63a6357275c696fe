"""A delivery outlives the process, outages of the database, and hosts that are dead."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from app.settings.settings import Settings
from engine.callbacks import delivery as callbacks
from engine.retention.deleting import DELIVERIES, Deletion, delete_ended
from models.errors import Unavailable
from models.words import DeliveryStatus
from resolvers.callbacks import callback_deliveries, redeliver_callback
from resolvers.context import Context
from tests.support.calls import (
    answer,
    create,
    held,
    soon,
)
from tests.support.edges.callbacks import attempted, deliveries, delivery_of, engine, report
from tests.support.scripted_service import PartnerService, ScriptedService
from tests.support.timers import SetClock

pytestmark = pytest.mark.asyncio


# --- what it outlives ----------------------------------------------------------------------------


async def test_the_schedule_outlives_the_process(
    settings: Settings, clock: SetClock, scripted: ScriptedService
) -> None:
    scripted.answers["/hook"] = answer({}, 500)
    async with engine(settings, clock) as ctx:
        execution_id = await report(ctx, f"{scripted.url}/hook")
        first = await attempted(ctx, execution_id, 1)
    scripted.answers["/hook"] = answer({})
    assert first.next_attempt_at is not None
    clock.moment = first.next_attempt_at
    async with engine(settings, clock) as ctx:
        second = await attempted(ctx, execution_id, 2)
    assert second.status is DeliveryStatus.DELIVERED
    assert {request["headers"]["webhook-id"] for request in scripted.requests} == {first.id}


async def test_an_attempt_that_a_stop_cuts_off_is_made_again(
    settings: Settings, clock: SetClock, scripted: PartnerService
) -> None:
    async with engine(settings, clock) as ctx:
        execution_id = await report(ctx, f"{scripted.url}/hang")
        await soon(scripted.arrived)
    await soon(scripted.given_up)
    scripted.arrived.clear()
    async with engine(settings, clock) as ctx:
        await soon(scripted.arrived)
        assert (await delivery_of(ctx, execution_id)).attempts == ()


async def test_the_timer_of_a_delivery_needs_no_wake_up(
    client: httpx.AsyncClient, scripted: PartnerService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.callbacks.schedule.DELAYS_SECONDS", (0, 0.05, 0.05))
    scripted.answers["/hook"] = answer({}, 500)
    workflow = await create(client, "timed")
    body = {"async_execution": False, "callback_url": f"{scripted.url}/hook"}
    done = (await client.post(f"/workflows/{workflow['workflow_id']}/execute", json=body)).json()
    (delivery,) = await deliveries(client, done["execution_id"], "EXHAUSTED")
    assert len(delivery["attempts"]) == 3


async def test_an_outage_of_the_database_only_delays_a_delivery(
    timed: Context, scripted: ScriptedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callbacks, "RETRY_SECONDS", 0.01)
    write, refused = callbacks.write_outcomes, []

    def write_at_the_third_try(*arguments: Any) -> None:
        if len(refused) < 2:
            refused.append(1)
            raise Unavailable("away")
        write(*arguments)

    monkeypatch.setattr(callbacks, "write_outcomes", write_at_the_third_try)
    delivery = await attempted(timed, await report(timed, f"{scripted.url}/hook"), 1)
    assert (delivery.status, len(refused), len(scripted.requests)) == (DeliveryStatus.DELIVERED, 2, 1)


async def test_an_outcome_whose_commit_got_no_answer_is_written_once(
    timed: Context, clock: SetClock, scripted: ScriptedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callbacks, "RETRY_SECONDS", 0.01)
    scripted.answers["/hook"] = answer({}, 500)
    transaction, cut = timed.services.database.transaction, asyncio.Event()

    async def unheard(work: Any) -> Any:
        result = await transaction(work)
        if scripted.requests and not cut.is_set():
            cut.set()
            raise Unavailable("the connection was lost")
        return result

    monkeypatch.setattr(timed.services.database, "transaction", unheard)
    execution_id = await report(timed, f"{scripted.url}/hook")
    await soon(cut)
    clock.moment += timedelta(seconds=1)
    scripted.answers["/hook"] = answer({})
    await redeliver_callback(timed, (await delivery_of(timed, execution_id)).id)
    delivery = await attempted(timed, execution_id, 2)
    assert [attempt.http_status for attempt in delivery.attempts] == [500, 200]


async def test_an_outcome_of_a_delivery_that_is_gone_keeps_no_other_from_being_written(
    timed: Context, scripted: ScriptedService
) -> None:
    scripted.answers["/slow"] = held
    execution_id = await report(timed, f"{scripted.url}/slow")
    await soon(scripted.arrived)
    made_an_end_of = update(DELIVERIES).where(DELIVERIES.c.execution_id == execution_id)
    done = made_an_end_of.values(status=DeliveryStatus.DELIVERED.value)
    await timed.services.database.transaction(lambda connection: connection.execute(done))
    answers = await timed.services.database.transaction(
        lambda connection: delete_ended(connection, [execution_id], timed.services.clock.now())
    )
    assert answers == {execution_id: Deletion.DELETED}
    scripted.released.set()
    delivery = await attempted(timed, await report(timed, f"{scripted.url}/hook"), 1)
    assert delivery.status is DeliveryStatus.DELIVERED


async def test_a_dead_host_leaves_room_for_the_others(timed: Context, scripted: PartnerService) -> None:
    dead = scripted.url.replace("127.0.0.1", "localhost")
    stuck = [await report(timed, f"{dead}/hang") for _ in range(callbacks.MAX_SENDING + 1)]
    delivery = await attempted(timed, await report(timed, f"{scripted.url}/hook"), 1)
    assert delivery.status is DeliveryStatus.DELIVERED
    assert [request["path"] for request in scripted.requests].count("/hang") <= callbacks.MAX_PER_HOST
    found = await callback_deliveries(timed, stuck)
    assert all(delivery.attempts == () for (delivery,) in found.values())
