"""Ids of what many rows are stored by: in order of time, never made twice, and only those."""

import threading
from datetime import UTC, datetime, timedelta
from functools import partial

from models import ids
from models.ids import ACTIVITY_PREFIX, EXECUTION_PREFIX, NUMBERS, IdsInOrder

MOMENT = datetime(2026, 11, 28, 16, 0, 0, 123_456, tzinfo=UTC)
MILLISECONDS = (MOMENT - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
SHARD = 0x3FF


def digits(made: str) -> int:
    return int(made.removeprefix(EXECUTION_PREFIX).removeprefix(ACTIVITY_PREFIX), 16)


class Now:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = MOMENT

    def __call__(self) -> datetime:
        return self.moment


def test_an_id_says_the_moment_the_node_and_a_number() -> None:
    made = IdsInOrder(Now(), lambda: 5)(EXECUTION_PREFIX)
    assert len(made) == len(EXECUTION_PREFIX) + 16
    assert digits(made) >> 22 == MILLISECONDS
    assert digits(made) >> 12 & SHARD == 5


def test_they_follow_each_other_however_many_are_made_in_one_millisecond() -> None:
    now = Now()
    make = IdsInOrder(now, lambda: 0)
    made = [make(EXECUTION_PREFIX) for _ in range(3 * NUMBERS)]
    now.moment += timedelta(seconds=1)
    made += [make(EXECUTION_PREFIX) for _ in range(3)]
    assert made == sorted(set(made))


def test_each_millisecond_begins_anywhere() -> None:
    now = Now()
    make = IdsInOrder(now, lambda: 0)
    numbers = set()
    for _ in range(100):
        now.moment += timedelta(milliseconds=1)
        numbers.add(int(make(ACTIVITY_PREFIX)[-3:], 16))
    assert len(numbers) > 50


def test_nodes_never_make_the_same_at_one_moment() -> None:
    made = [IdsInOrder(Now(), partial(int, shard))(EXECUTION_PREFIX) for shard in range(SHARD + 1)]
    assert len({digits(one) >> 12 for one in made}) == SHARD + 1


def test_a_process_that_is_no_node_leaves_the_place_of_the_shard_to_chance() -> None:
    places = {digits(IdsInOrder(Now(), lambda: None)(EXECUTION_PREFIX)) >> 12 & SHARD for _ in range(100)}
    assert len(places) > 50


def test_threads_that_make_them_at_once_never_make_the_same() -> None:
    make = IdsInOrder(Now(), lambda: 0)
    made: list[str] = []

    def work() -> None:
        made.extend([make(EXECUTION_PREFIX) for _ in range(2_000)])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 8_000


def test_all_others_are_random_from_the_first_digit_on() -> None:
    make = IdsInOrder(Now(), lambda: 0)
    prefixes = [value for name, value in vars(ids).items() if name.endswith("_PREFIX")]
    others = set(prefixes) - ids.IN_ORDER
    assert {EXECUTION_PREFIX, ACTIVITY_PREFIX} == ids.IN_ORDER
    for prefix in others:
        assert make(prefix)[: len(prefix) + 8] != make(prefix)[: len(prefix) + 8]
