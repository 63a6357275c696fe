"""Reads that are put together: one that is given up harms no other."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pytest

from models.errors import InvalidInput
from models.faults import Fault
from resolvers.context import Context
from schema.loader import Loader

pytestmark = pytest.mark.asyncio

NOBODY = cast(Context, None)  # whoever reads here asks nothing of the caller


class Store:
    """What is read, which of it was, and when that may come."""

    def __init__(self) -> None:
        self.read: list[list[str]] = []
        self.begun = asyncio.Event()
        self.may_come = asyncio.Event()
        self.may_come.set()

    async def find(self, _ctx: Context, keys: Sequence[str]) -> Mapping[str, str]:
        self.read.append([*keys])
        self.begun.set()
        await self.may_come.wait()
        if wrong := [key for key in keys if key.startswith("!")]:
            raise InvalidInput([Fault(tuple(wrong), "is no key", "value_error")])
        return {key: key.upper() for key in keys}


async def waits(loader: Loader[str, str], key: str) -> Any:
    return await loader.load(key)


async def test_what_is_asked_in_one_moment_is_read_at_once() -> None:
    store = Store()
    loader = Loader(NOBODY, store.find)
    assert await asyncio.gather(*(waits(loader, key) for key in "aba")) == ["A", "B", "A"]
    assert store.read == [["a", "b"]]


async def test_what_is_refused_takes_no_answer_from_what_is_asked_beside_it() -> None:
    store = Store()
    loader = Loader(NOBODY, store.find)
    asked = ["a", "!b", "c", "d", "!e", "a"]
    found = await asyncio.gather(*(waits(loader, key) for key in asked), return_exceptions=True)
    assert [one if isinstance(one, str) else one.faults[0].loc for one in found] == [
        "A",
        ("!b",),
        "C",
        "D",
        ("!e",),
        "A",
    ]
    assert len(store.read) <= 2 * len(set(asked))


@pytest.mark.parametrize("later", range(4))
@pytest.mark.parametrize("turns", range(4))
async def test_one_who_goes_away_at_any_moment_leaves_the_others_their_answers(turns: int, later: int) -> None:
    store = Store()
    loader = Loader(NOBODY, store.find)
    first = asyncio.ensure_future(loader.load("a"))
    for _ in range(turns):
        await asyncio.sleep(0)
    first.cancel()
    for _ in range(later):
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        assert await waits(loader, "b") == "B"
        assert await waits(loader, "c") == "C"


async def test_who_began_a_read_does_not_take_it_away_from_who_joined() -> None:
    store = Store()
    store.may_come.clear()
    loader = Loader(NOBODY, store.find)
    first, second = (asyncio.create_task(waits(loader, key)) for key in "ab")
    await store.begun.wait()
    first.cancel()
    store.may_come.set()
    async with asyncio.timeout(5):
        assert await second == "B"
    assert store.read == [["a", "b"]]


async def test_a_read_that_nobody_waits_for_is_ended() -> None:
    store = Store()
    store.may_come.clear()
    loader = Loader(NOBODY, store.find)
    batch = asyncio.create_task(waits(loader, "a"))
    await store.begun.wait()
    others = asyncio.all_tasks() - {batch}
    batch.cancel()
    [reading] = [task for task in others if task is not asyncio.current_task()]
    async with asyncio.timeout(5):
        await asyncio.wait([reading])
    assert reading.cancelled()
