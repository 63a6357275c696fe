"""Suspects go on one after the other: the least suspected first, and the longer alone the more they are suspected."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from engine.dispatch.quarantine import ALONE_SECONDS, OTHERS_FIRST_SECONDS, Quarantine
from tests.simulation.virtual_loop import VirtualLoop


class Work:
    """The executions that a quarantine begins, and when."""

    def __init__(self, *nothing_to_do: str) -> None:
        self.began: list[tuple[str, float]] = []
        self.acquitted: list[str] = []
        self._nothing_to_do = nothing_to_do
        self.quarantine = Quarantine(self.begin, self.acquit)

    async def begin(self, execution_id: str) -> bool:
        """Note it; a fault of the engine must stop no other."""
        self.began.append((execution_id, asyncio.get_running_loop().time()))
        if execution_id == "faulty":
            raise LookupError(execution_id)
        return execution_id not in self._nothing_to_do

    async def acquit(self, execution_id: str) -> None:
        """Note it."""
        self.acquitted.append(execution_id)


def run(work: Coroutine[Any, Any, None]) -> None:
    loop = VirtualLoop()
    loop.run_until_complete(work)
    loop.close()


FIRST = OTHERS_FIRST_SECONDS


def test_the_others_come_first_then_the_least_suspected_and_each_is_alone() -> None:
    async def suspected() -> None:
        work = Work()
        work.quarantine.admit([(4, "d"), (2, "a"), (3, "c"), (2, "b")])
        assert set(work.quarantine.ids) == {"a", "b", "c", "d"}
        await asyncio.sleep(100)
        short, longer, longest = ALONE_SECONDS
        starts = [FIRST, FIRST + short, FIRST + 2 * short, FIRST + 2 * short + longer]
        assert work.began == list(zip("abcd", starts, strict=True))
        assert work.acquitted == ["d"]
        assert set(work.quarantine.ids) == set()
        assert longest < 100

    run(suspected())


def test_who_has_ended_makes_room_for_the_next_one_at_once() -> None:
    async def suspected() -> None:
        work = Work("gone")
        work.quarantine.admit([(4, "a"), (4, "gone"), (4, "faulty"), (4, "b")])
        work.quarantine.admit([(4, "a")])
        await asyncio.sleep(FIRST + 1)
        work.quarantine.let_go("another")
        work.quarantine.let_go("a")
        await asyncio.sleep(0.5)
        assert [name for name, _ in work.began] == ["a", "gone", "faulty", "b"]
        assert work.acquitted == []
        await work.quarantine.stop()

    run(suspected())


def test_those_that_come_later_are_heard_too() -> None:
    async def suspected() -> None:
        work = Work()
        work.quarantine.admit([(2, "a")])
        await asyncio.sleep(10)
        work.quarantine.admit([(2, "b")])
        await asyncio.sleep(10)
        assert [name for name, _ in work.began] == ["a", "b"]

    run(suspected())
