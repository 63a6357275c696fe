"""A quota lets nobody ask for more than the limit in any minute, and says when to come again (X5)."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.access.quota import WINDOW_SECONDS, Allowance, NodeQuota, stranger
from tests.support.timers import SetClock

LIMIT = 10


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def quota(clock: SetClock) -> NodeQuota:
    return NodeQuota(LIMIT, clock)


def take(quota: NodeQuota, units: int = 1, caller: str = "ada") -> Allowance:
    """What was told, but for the second in which it was."""
    return msgspec.structs.replace(asyncio.run(quota.take(caller, units)), taken_at=0)


def test_the_limit_is_exact_and_counted_down(quota: NodeQuota) -> None:
    left = [take(quota) for _ in range(LIMIT)]
    assert [allowance.remaining for allowance in left] == list(range(LIMIT - 1, -1, -1))
    assert {allowance.retry_after_seconds for allowance in left} == {None}
    assert take(quota) == Allowance(LIMIT, 0, WINDOW_SECONDS, WINDOW_SECONDS)


def test_callers_do_not_share(quota: NodeQuota) -> None:
    take(quota, LIMIT)
    assert take(quota, LIMIT, "eve").retry_after_seconds is None


def test_what_is_refused_costs_nothing(quota: NodeQuota) -> None:
    take(quota, LIMIT - 1)
    assert take(quota, 2).remaining == 1
    assert take(quota, 1).retry_after_seconds is None


def test_units_come_back_a_minute_after_they_were_taken_and_not_all_at_once(quota: NodeQuota, clock: SetClock) -> None:
    take(quota, 6)
    clock.put_forward(20)
    take(quota, 4)
    assert take(quota, 1) == Allowance(LIMIT, 0, 40, 40)
    assert take(quota, 7) == Allowance(LIMIT, 0, 40, 60)  # 6 in 40 s are not enough for 7
    clock.put_forward(40)
    assert take(quota, 6) == Allowance(LIMIT, 0, 20)
    assert take(quota, 1) == Allowance(LIMIT, 0, 20, 20)


def test_what_was_not_used_is_given_back_to_its_second(quota: NodeQuota, clock: SetClock) -> None:
    taken_at = asyncio.run(quota.take("ada", 6)).taken_at
    clock.put_forward(20)
    take(quota, 4)
    assert asyncio.run(quota.give_back("ada", 5, taken_at)).remaining == 5
    clock.put_forward(40)
    assert take(quota, 6).remaining == 0  # 1 came back, and not the 5 once more
    clock.put_forward(WINDOW_SECONDS)
    assert asyncio.run(quota.give_back("ada", 5, taken_at)).remaining == LIMIT  # they came back by themselves


def test_no_more_is_given_back_than_was_taken(quota: NodeQuota) -> None:
    taken_at = asyncio.run(quota.take("ada", 2)).taken_at
    assert asyncio.run(quota.give_back("ada", 5, taken_at)).remaining == LIMIT
    assert asyncio.run(quota.give_back("ada", 5, taken_at + 1)).remaining == LIMIT


def test_what_was_used_beyond_the_limit_is_owed(quota: NodeQuota, clock: SetClock) -> None:
    take(quota, 6)
    clock.put_forward(20)
    assert asyncio.run(quota.owe("ada", 8)).remaining == 0
    assert take(quota, 1) == Allowance(LIMIT, 0, 40, 40)
    clock.put_forward(40)
    assert take(quota, 2).remaining == 0
    assert take(quota, 1) == Allowance(LIMIT, 0, 20, 20)


def test_who_is_quiet_for_a_minute_is_forgotten(quota: NodeQuota, clock: SetClock) -> None:
    for number in range(100):
        take(quota, 1, f"caller {number}")
    clock.put_forward(WINDOW_SECONDS)
    take(quota)
    assert list(quota._used) == ["ada"]


def test_no_more_callers_are_kept_than_there_is_room_for(clock: SetClock) -> None:
    quota = NodeQuota(LIMIT, clock, max_callers=5)
    for number in range(100):
        take(quota, 1, f"caller {number}")
    assert list(quota._used) == [f"caller {number}" for number in range(95, 100)]


STEPS = st.lists(st.tuples(st.floats(0, 40), st.integers(1, LIMIT)), max_size=60)


@given(STEPS)
def test_no_minute_has_more_than_the_limit_and_no_caller_is_told_to_wait_too_long(
    steps: Sequence[tuple[float, int]],
) -> None:
    clock = SetClock(datetime(2026, 1, 1, tzinfo=UTC))
    quota = NodeQuota(LIMIT, clock)
    taken: list[tuple[int, int]] = []
    for seconds, units in steps:
        clock.put_forward(seconds)
        now = int(clock.moment.timestamp())
        before = [(at, amount) for at, amount in taken if at > now - WINDOW_SECONDS]
        used = sum(amount for _, amount in before)
        allowance = take(quota, units)
        if allowance.retry_after_seconds is None:
            taken.append((now, units))
            assert used + units <= LIMIT and allowance.remaining == LIMIT - used - units
        else:
            assert used + units > LIMIT and allowance.remaining == LIMIT - used
            then = now + allowance.retry_after_seconds
            assert used_at(before, then) + units <= LIMIT < used_at(before, then - 1) + units


def used_at(taken: Sequence[tuple[int, int]], now: int) -> int:
    return sum(amount for at, amount in taken if at > now - WINDOW_SECONDS)


@pytest.mark.parametrize(
    ("address", "known_as"),
    [
        ("192.0.2.7", "address:192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "address:2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "address:2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "address:192.0.2.7"),
        ("unknown", "address:unknown"),
        (None, "address:None"),
    ],
)
def test_strangers_are_told_apart_by_address_those_of_ipv6_by_network(address: str | None, known_as: str) -> None:
    assert stranger(address) == known_as
