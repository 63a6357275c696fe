"""Lets all who ask for the same thing in the same moment share one read: a wake-up reaches them all at once."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

from models.answer_budget import begin_answer
from models.log_context import task_for_all

T = TypeVar("T")


class SharedReads:
    """Reads that are about to begin, by what they read. A read that has begun takes nobody in: it may have missed
    what the newcomer was woken for.
    """

    def __init__(self) -> None:
        self._forming: dict[Hashable, asyncio.Task[Any]] = {}

    async def read(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """What `work` gives, which is done once for all who come with `key` before it begins."""
        task = self._forming.get(key)
        if task is None:
            task = self._forming[key] = task_for_all(self._begin(key, work))
            task.add_done_callback(_consume_exception)
        result: T = await asyncio.shield(task)
        return result

    async def _begin(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        del self._forming[key]
        begin_answer()  # of its own: it is for many, and must not end where one of them has had enough
        return await work()


def _consume_exception(task: "asyncio.Task[Any]") -> None:
    """Whoever waited may have gone."""
    if not task.cancelled():
        task.exception()
