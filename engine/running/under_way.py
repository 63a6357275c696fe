"""The attempts of one execution that are under way, and how much of the memory is filled in for them."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from engine.core.bounds import MAX_IN_HAND_BYTES
from engine.running.attempt import PreparedAttempt

ABORT_SECONDS = 1.0
"""How long an attempt that was told to stop may take, before it is left to itself."""


class UnderWay:
    """Each by its slot: one that waits for its place at a gate, or is carried out, in a task of its own."""

    def __init__(self) -> None:
        self._tasks: dict[str, tuple[asyncio.Task[None], int]] = {}
        self._bytes = 0

    def __bool__(self) -> bool:
        return bool(self._tasks)

    def __contains__(self, slot: str) -> bool:
        return slot in self._tasks

    @property
    def is_full(self) -> bool:
        """Whether the next one is to begin when one of these has ended."""
        return self._bytes > MAX_IN_HAND_BYTES

    def begin(self, attempt: PreparedAttempt, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do what there is to do for an attempt, until somebody says that it is `over`."""
        task = asyncio.create_task(work)
        self._tasks[attempt.slot] = task, attempt.size
        self._bytes += attempt.size
        return task

    def over(self, slot: str) -> None:
        """What an attempt came to has been taken note of."""
        _, size = self._tasks.pop(slot)
        self._bytes -= size

    async def abort(self) -> None:
        """Have all of them stop, and wait for that a little while; none of them is under way any more."""
        tasks = [task for task, _ in self._tasks.values()]
        self._tasks.clear()
        self._bytes = 0
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=ABORT_SECONDS)
