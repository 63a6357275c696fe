"""Fills templates in within their budget: on the loop what is cheap, and in a thread, one at a time, what is not."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from engine.core.failure import ActionFailed
from engine.expressions.budget import LOOP_STEPS, Budget
from models.words import ActionErrorCode

T = TypeVar("T")


class Renderer:
    """Shared by all executions of a process, so that all of them together hold up nobody who fills in little."""

    def __init__(self) -> None:
        self._spent = 0
        self._turn = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, "rendering")

    async def render(
        self, compute: Callable[[Budget], T], own_seconds: float | None = None, seconds_left: float | None = None
    ) -> T:
        """What `compute` makes of the budget that it is given: it must change nothing, for it may be done over.

        It may take `own_seconds` once its turn has come, and `seconds_left` in all.
        Raises what it raises, and `ActionFailed` with TIMEOUT.
        """
        budget = Budget(LOOP_STEPS)
        try:
            result = compute(budget)
        except ActionFailed:
            if not budget.has_no_steps_left:
                raise
        else:
            if not budget.has_no_steps_left:
                await self._let_others(budget.steps)
                return result
        try:
            async with asyncio.timeout(seconds_left), self._turn, asyncio.timeout(own_seconds):
                return await self._in_thread(compute)
        except TimeoutError:
            message = "its templates were not filled in within the time that is left for it"
            raise ActionFailed(ActionErrorCode.TIMEOUT, message) from None

    async def _in_thread(self, compute: Callable[[Budget], T]) -> T:
        budget = Budget()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, compute, budget)
        finally:
            budget.stop()  # where nobody waits for it any more

    async def _let_others(self, steps: int) -> None:
        self._spent += steps
        if self._spent > LOOP_STEPS:
            self._spent = 0
            await asyncio.sleep(0)
