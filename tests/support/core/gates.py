"""A gate before a service, and calls through it on a time of their own."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.core.failure import ActionFailed
from engine.services.gates import Gate, GateVisit, ServiceGates
from engine.services.registry import Service
from models.entities.operations import GateState
from models.words import ActionErrorCode
from tests.simulation.virtual_loop import VirtualLoop

START = datetime(2026, 1, 1, tzinfo=UTC)
DOWN = ActionFailed(ActionErrorCode.HTTP_ERROR, "503", http_status=503)


class World:
    """The gate of one service on a loop whose time jumps to the next timer."""

    def __init__(self, **limits: Any) -> None:
        self.loop = VirtualLoop()
        self.gates = ServiceGates({"s": Service("s", "http://s", **limits)}, self)
        self.log: list[tuple[str, float]] = []

    def now(self) -> datetime:
        return START + timedelta(seconds=self.loop.time())

    @property
    def state(self) -> GateState:
        return self.gates.states()["s"]

    def visit(self) -> Gate:
        gate = self.gates.gate("s")
        assert gate is not None
        return GateVisit(gate)

    def entered(self) -> Gate:
        """A call that is let through at once."""
        visit = self.visit()
        assert visit.try_enter() is None
        return visit

    def fail(self, times: int, failure: ActionFailed = DOWN) -> None:
        """Calls that fail one after the other."""
        for _ in range(times):
            self.entered().leave(failure)

    async def call(self, name: str, seconds: float = 1.0) -> None:
        """Wait for a place, note who starts when, and give it back."""
        visit = self.visit()
        if (blocked := await visit.enter()) is not None:
            self.log.append((f"{name}: {blocked.reason}", self.loop.time()))
            return
        self.log.append((name, self.loop.time()))
        await asyncio.sleep(seconds)
        visit.leave(None)

    def run(self, script: Callable[[], Awaitable[None]]) -> None:
        """Run the test on the virtual loop, and see that no place was lost."""
        try:
            self.loop.run_until_complete(_awaited(script))
            assert (self.state.running, self.state.waiting) == (0, 0)
            assert self.loop.complaints == []
        finally:
            self.loop.close()


async def _awaited(script: Callable[[], Awaitable[None]]) -> None:
    async with asyncio.timeout(1_000_000):
        await script()


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


async def let_others_run() -> None:
    for _ in range(5):
        await asyncio.sleep(0)
