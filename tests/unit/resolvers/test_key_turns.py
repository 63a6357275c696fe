"""Requests with one idempotency key take turns: one is at work, those behind it cost nothing until it is their turn."""

import asyncio
from collections.abc import Callable

import pytest

from models.errors import Unavailable
from resolvers.executions.key_turns import MAX_PAUSE_SECONDS, KeyTurns, OwnKey

pytestmark = pytest.mark.asyncio

KEY: OwnKey = ("default", "ada", "order-17")
OTHERS: list[OwnKey] = [("other", *KEY[1:]), ("default", "grace", KEY[2]), (*KEY[:2], "order-18")]


class Requests:
    """Requests that note when they are at work, each until it is told to end."""

    def __init__(self, turns: KeyTurns) -> None:
        self.turns = turns
        self.at_work: dict[int, asyncio.Event] = {}
        self.came: list[int] = []

    async def request(self, number: int, key: OwnKey = KEY, failure: Exception | None = None) -> None:
        """One request."""
        async with self.turns.turn(key):
            self.came.append(number)
            self.at_work[number] = asyncio.Event()
            await self.at_work[number].wait()
            if failure is not None:
                raise failure

    def begin(self, number: int, key: OwnKey = KEY, failure: Exception | None = None) -> "asyncio.Task[None]":
        """Send one."""
        return asyncio.create_task(self.request(number, key, failure))


def at_once(_seconds: float, go_on: Callable[[], None]) -> None:
    """Pauses that take no time."""
    go_on()


async def settled() -> None:
    """Let all go as far as they can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_of_one_key_one_request_is_at_work_and_those_of_others_are_not_held_up() -> None:
    requests = Requests(KeyTurns(at_once))
    same = [requests.begin(number) for number in range(3)]
    others = [requests.begin(10 + number, key) for number, key in enumerate(OTHERS)]
    await settled()
    assert requests.came == [0, 10, 11, 12]
    for number in range(3):
        assert requests.came[4:] == list(range(1, number + 1))
        requests.at_work[number].set()
        await settled()
    for event in requests.at_work.values():
        event.set()
    await asyncio.gather(*same, *others)


async def test_who_gives_up_waiting_or_fails_leaves_the_turn_to_the_next() -> None:
    requests = Requests(KeyTurns(at_once))
    first, second, third = requests.begin(0, failure=ValueError()), requests.begin(1), requests.begin(2)
    await settled()
    second.cancel()
    requests.at_work[0].set()
    await settled()
    assert requests.came == [0, 2]
    third.cancel()
    await asyncio.gather(first, second, third, return_exceptions=True)
    fourth = requests.begin(3)
    await settled()
    assert requests.came == [0, 2, 3]
    requests.at_work[3].set()
    await fourth


async def test_a_turn_may_end_before_its_request() -> None:
    turns = KeyTurns(at_once)
    async with turns.turn(KEY) as turn:
        turn.end()
        async with turns.turn(KEY):
            turn.end()  # it has none any more, and ends nobody else's
            third = asyncio.create_task(turns.turn(KEY).__aenter__())
            await settled()
            assert not third.done()
        await third


async def test_the_next_one_begins_after_a_pause() -> None:
    pauses: list[tuple[float, Callable[[], None]]] = []
    requests = Requests(KeyTurns(lambda *pause: pauses.append(pause)))
    first = requests.begin(0)
    await settled()
    requests.at_work[0].set()
    await first  # it has its answer, and only who comes next waits
    second = requests.begin(1)
    await settled()
    assert requests.came == [0]
    ((seconds, go_on),) = pauses
    assert 0 < seconds <= MAX_PAUSE_SECONDS
    go_on()
    await settled()
    assert requests.came == [0, 1]
    requests.at_work[1].set()
    await second


async def test_where_the_database_is_away_all_who_wait_are_told_with_the_first() -> None:
    requests = Requests(KeyTurns(at_once))
    same = [requests.begin(number, failure=Unavailable("The database is away")) for number in range(4)]
    await settled()
    requests.at_work[0].set()
    await asyncio.wait(same[:1])
    later = requests.begin(4)  # who comes behind them tries again
    answers = await asyncio.gather(*same, return_exceptions=True)
    assert [str(answer) for answer in answers] == ["The database is away"] * 4
    await settled()
    assert requests.came == [0, 4]
    requests.at_work[4].set()
    await later
