"""One attempt after another: the schedule of a delivery, and what ends it."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.callbacks import client as callback_client
from engine.journal.broadcast import CALLBACKS
from models.words import DeliveryStatus
from resolvers.callbacks import redeliver_callback
from resolvers.context import Context, Services
from tests.support.calls import (
    answer,
    soon,
)
from tests.support.edges.callbacks import attempted, delivery_of, is_signed, report
from tests.support.scripted_service import PartnerService, ScriptedService
from tests.support.timers import SetClock

pytestmark = pytest.mark.asyncio


def go_to(services: Services, clock: SetClock, moment: datetime | None) -> None:
    """Move time, and wake who waits for it."""
    assert moment is not None
    clock.moment = moment
    services.broadcast.publish([CALLBACKS])


# --- what comes of it ----------------------------------------------------------------------------


async def test_a_failed_attempt_is_repeated_on_schedule_with_the_same_id(
    timed: Context, clock: SetClock, scripted: ScriptedService
) -> None:
    scripted.answers["/hook"] = answer({}, 500)
    execution_id = await report(timed, f"{scripted.url}/hook")
    first = await attempted(timed, execution_id, 1)
    assert (first.status, first.attempts[0].http_status) == (DeliveryStatus.PENDING, 500)
    assert first.attempts[0].error == "the target answered 500"
    assert first.next_attempt_at is not None
    assert 5 <= (first.next_attempt_at - clock.moment).total_seconds() <= 5.5

    go_to(timed.services, clock, first.next_attempt_at - timedelta(microseconds=1))
    scripted.answers["/hook"] = (503, {"retry-after": "4000"}, b"")
    go_to(timed.services, clock, first.next_attempt_at)
    second = await attempted(timed, execution_id, 2)
    assert second.next_attempt_at == clock.moment + timedelta(seconds=4000)

    scripted.answers["/hook"] = (204, {}, b"")
    go_to(timed.services, clock, second.next_attempt_at)
    third = await attempted(timed, execution_id, 3)
    assert (third.status, third.next_attempt_at, third.completed_at) == (DeliveryStatus.DELIVERED, None, clock.moment)
    assert [attempt.http_status for attempt in third.attempts] == [500, 503, 204]
    assert {request["headers"]["webhook-id"] for request in scripted.requests} == {third.id}
    assert len({request["headers"]["webhook-timestamp"] for request in scripted.requests}) == 3
    assert all(is_signed(request) for request in scripted.requests)


async def test_after_the_last_attempt_a_delivery_is_exhausted(
    timed: Context, clock: SetClock, scripted: ScriptedService
) -> None:
    scripted.answers["/hook"] = answer({}, 404)
    execution_id = await report(timed, f"{scripted.url}/hook")
    for number in range(1, 10):
        go_to(timed.services, clock, (await attempted(timed, execution_id, number)).next_attempt_at)
    delivery = await attempted(timed, execution_id, 10)
    assert (delivery.status, delivery.next_attempt_at) == (DeliveryStatus.EXHAUSTED, None)
    assert len(scripted.requests) == 10
    days = (clock.moment - delivery.created_at).total_seconds() / 86_400
    assert 3.1 < days < 3.6


async def test_a_redirect_is_a_failure_and_is_not_followed(timed: Context, scripted: ScriptedService) -> None:
    scripted.answers["/hook"] = (307, {"location": f"{scripted.url}/elsewhere"}, b"")
    delivery = await attempted(timed, await report(timed, f"{scripted.url}/hook"), 1)
    assert delivery.status is DeliveryStatus.PENDING
    assert delivery.attempts[0].error == "the target answered 307: redirects are not followed"
    assert [request["path"] for request in scripted.requests] == ["/hook"]


async def test_a_target_that_is_gone_disables_its_delivery_until_somebody_asks_again(
    timed: Context, scripted: ScriptedService
) -> None:
    scripted.answers["/hook"] = answer({}, 410)
    execution_id = await report(timed, f"{scripted.url}/hook")
    gone = await attempted(timed, execution_id, 1)
    assert (gone.status, gone.next_attempt_at) == (DeliveryStatus.DISABLED, None)

    scripted.answers["/hook"] = answer({})
    again = await redeliver_callback(timed, gone.id)
    assert (again.id, again.status, again.completed_at) == (gone.id, DeliveryStatus.PENDING, None)
    delivered = await attempted(timed, execution_id, 2)
    assert delivered.status is DeliveryStatus.DELIVERED
    assert [attempt.number for attempt in delivered.attempts] == [1, 2]


async def test_a_redelivery_has_the_whole_schedule_before_it(
    timed: Context, clock: SetClock, scripted: ScriptedService
) -> None:
    scripted.answers["/hook"] = answer({}, 500)
    execution_id = await report(timed, f"{scripted.url}/hook")
    for number in (1, 2):
        go_to(timed.services, clock, (await attempted(timed, execution_id, number)).next_attempt_at)
    third = await attempted(timed, execution_id, 3)
    await redeliver_callback(timed, third.id)
    fourth = await attempted(timed, execution_id, 4)
    assert fourth.next_attempt_at is not None
    assert (fourth.next_attempt_at - clock.moment).total_seconds() < 6


async def test_a_redelivery_that_is_asked_for_during_an_attempt_is_made_after_it(
    timed: Context, clock: SetClock, scripted: ScriptedService
) -> None:
    async def held(service: ScriptedService, send: Any) -> None:
        await service.released.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    scripted.answers["/hook"] = held
    execution_id = await report(timed, f"{scripted.url}/hook")
    await soon(scripted.arrived)
    clock.moment += timedelta(seconds=1)
    await redeliver_callback(timed, (await delivery_of(timed, execution_id)).id)
    scripted.released.set()
    delivery = await attempted(timed, execution_id, 2)
    assert [attempt.http_status for attempt in delivery.attempts] == [200, 200]
    assert delivery.status is DeliveryStatus.DELIVERED


async def test_a_target_that_does_not_answer_in_time_has_failed(
    timed: Context, scripted: PartnerService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callback_client, "TIMEOUT_SECONDS", 0.1)
    delivery = await attempted(timed, await report(timed, f"{scripted.url}/hang"), 1)
    assert (delivery.attempts[0].http_status, delivery.attempts[0].error) == (None, "no answer within 0.1 s")
    await soon(scripted.given_up)


async def test_an_answer_is_taken_by_its_status_and_not_read_to_its_end(
    timed: Context, scripted: ScriptedService
) -> None:
    async def endless(service: ScriptedService, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(64):
            await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})
        await service.released.wait()

    scripted.answers["/hook"] = endless
    async with asyncio.timeout(callback_client.TIMEOUT_SECONDS / 2):
        delivery = await attempted(timed, await report(timed, f"{scripted.url}/hook"), 1)
    assert delivery.status is DeliveryStatus.DELIVERED
