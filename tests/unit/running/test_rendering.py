"""What is cheap is filled in on the loop, what is not in a thread that time-outs and cancels end; the loop goes on."""

import asyncio
import threading
from collections.abc import Callable
from typing import NoReturn

import pytest

from engine.core.failure import ActionFailed
from engine.expressions.budget import LOOP_STEPS, Budget, TooCostly
from engine.running.rendering import Renderer
from models.words import ActionErrorCode

pytestmark = pytest.mark.asyncio

PATIENCE_SECONDS = 20
SOON = 0.05


class Heavy:
    """Takes more steps than the loop has, and goes on until it is released or its budget is stopped."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.released = threading.Event()
        self.ended = threading.Event()

    def __call__(self, budget: Budget) -> int:
        try:
            budget.spend(LOOP_STEPS + 1)
            self.began.set()
            while not self.released.is_set():
                budget.spend(0)
        except TooCostly as error:
            raise ActionFailed(ActionErrorCode.EXPRESSION_TOO_COSTLY, str(error)) from None
        finally:
            if self.began.is_set():
                self.ended.set()
        return threading.get_ident()


async def until(event: threading.Event) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        await asyncio.to_thread(event.wait, PATIENCE_SECONDS)
    assert event.is_set()


def refused(_budget: Budget) -> NoReturn:
    raise ActionFailed(ActionErrorCode.EXPRESSION_ERROR, "no value")


async def test_what_is_cheap_is_filled_in_on_the_loop() -> None:
    calls = []

    def compute(budget: Budget) -> int:
        calls.append(budget)
        budget.spend(LOOP_STEPS)
        return threading.get_ident()

    assert await Renderer().render(compute) == threading.get_ident()
    assert len(calls) == 1
    with pytest.raises(ActionFailed, match="no value"):
        await Renderer().render(refused)


async def test_what_is_not_is_filled_in_elsewhere_while_the_loop_goes_on() -> None:
    renderer, heavy = Renderer(), Heavy()
    task = asyncio.create_task(renderer.render(heavy))
    await until(heavy.began)
    assert await renderer.render(lambda _budget: "meanwhile") == "meanwhile"
    heavy.released.set()
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await task != threading.get_ident()


async def test_what_hides_its_own_refusal_is_done_over_with_the_whole_budget() -> None:
    def compute(budget: Budget) -> str:
        try:
            budget.spend(LOOP_STEPS + 1)
        except TooCostly:
            return "an end of another kind"
        return "the outputs"

    assert await Renderer().render(compute) == "the outputs"


async def test_what_costs_more_than_there_is_ends_with_its_own_word() -> None:
    def compute(budget: Budget) -> None:
        try:
            budget.spend(10_000_000)
        except TooCostly as error:
            raise ActionFailed(ActionErrorCode.EXPRESSION_TOO_COSTLY, str(error)) from None

    with pytest.raises(ActionFailed) as caught:
        await Renderer().render(compute)
    assert (caught.value.code, caught.value.retryable) == (ActionErrorCode.EXPRESSION_TOO_COSTLY, False)


async def test_a_time_out_ends_it_and_the_next_one_has_its_turn() -> None:
    renderer, heavy = Renderer(), Heavy()
    with pytest.raises(ActionFailed) as caught:
        await renderer.render(heavy, own_seconds=SOON)
    assert caught.value.code is ActionErrorCode.TIMEOUT
    await until(heavy.ended)
    other = Heavy()
    other.released.set()
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await renderer.render(other)


async def test_a_cancel_ends_it() -> None:
    heavy = Heavy()
    task = asyncio.create_task(Renderer().render(heavy))
    await until(heavy.began)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    await until(heavy.ended)


async def test_to_wait_for_its_turn_counts_for_the_execution_and_not_for_the_action() -> None:
    renderer, first, second = Renderer(), Heavy(), Heavy()
    running = asyncio.create_task(renderer.render(first))
    await until(first.began)
    with pytest.raises(ActionFailed) as caught:
        await renderer.render(Heavy(), seconds_left=SOON)
    assert caught.value.code is ActionErrorCode.TIMEOUT
    waiting = asyncio.create_task(renderer.render(second, own_seconds=PATIENCE_SECONDS, seconds_left=PATIENCE_SECONDS))
    await asyncio.sleep(0)
    assert not second.began.is_set()
    first.released.set()
    second.released.set()
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await running
        assert await waiting


async def test_many_that_are_cheap_let_others_have_their_turn() -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    def costing(steps: int) -> Callable[[Budget], None]:
        return lambda budget: budget.spend(steps)

    task, renderer = asyncio.create_task(others()), Renderer()
    for _ in range(100):
        await renderer.render(costing(LOOP_STEPS // 2))
    task.cancel()
    assert turns >= 30
