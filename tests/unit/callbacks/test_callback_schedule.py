"""What follows from an attempt to deliver a callback: success, another attempt, or the end."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.callbacks.schedule import DELAYS_SECONDS, JITTER, Verdict, verdict
from models.words import DeliveryStatus

NOW = datetime(2026, 1, 15, tzinfo=UTC)


def seconds(follows: Verdict) -> float:
    """How long until the next attempt."""
    assert follows.next_attempt_at is not None
    return (follows.next_attempt_at - NOW).total_seconds()


def test_the_documented_schedule_is_kept_to_its_end() -> None:
    step, delays = 0, []
    while (follows := verdict(500, None, step, NOW, chance=0.0)).status is DeliveryStatus.PENDING:
        delays.append(seconds(follows))
        step = follows.step
    minute, hour = 60, 3600
    assert delays == [
        5, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour
    ]  # fmt: skip
    assert follows == Verdict(DeliveryStatus.EXHAUSTED, len(DELAYS_SECONDS))


def test_chance_only_ever_adds_to_a_delay_and_little() -> None:
    assert seconds(verdict(500, None, 1, NOW, chance=0.0)) == 300
    assert seconds(verdict(500, None, 1, NOW, chance=0.5)) == 300 * (1 + JITTER / 2)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_every_2xx_is_a_success(status: int) -> None:
    assert verdict(status, None, 3, NOW, chance=0.0) == Verdict(DeliveryStatus.DELIVERED, 3)


@pytest.mark.parametrize("status", [None, 101, 300, 301, 302, 304, 307, 308, 400, 401, 404, 429, 500, 503, 599])
def test_nothing_else_is(status: int | None) -> None:
    assert verdict(status, None, 0, NOW, chance=0.0) == Verdict(DeliveryStatus.PENDING, 1, NOW + timedelta(seconds=5))


@pytest.mark.parametrize("step", [0, len(DELAYS_SECONDS) - 1])
def test_gone_disables_the_delivery(step: int) -> None:
    assert verdict(410, None, step, NOW, chance=0.0) == Verdict(DeliveryStatus.DISABLED, step + 1)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("asked", "waited"), [(60.0, 60), (2.0, 5), (1e9, 86_400)])
def test_a_target_that_asks_for_time_gets_it_up_to_a_day(status: int, asked: float, waited: int) -> None:
    assert seconds(verdict(status, asked, 0, NOW, chance=0.0)) == waited


@pytest.mark.parametrize("status", [500, 404, 301])
def test_other_answers_cannot_ask_for_time(status: int) -> None:
    assert seconds(verdict(status, 60.0, 0, NOW, chance=0.0)) == 5


def test_asking_for_time_does_not_lengthen_the_schedule() -> None:
    last = len(DELAYS_SECONDS) - 1
    assert verdict(503, 60.0, last, NOW, chance=0.0).status is DeliveryStatus.EXHAUSTED
