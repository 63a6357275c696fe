"""A path of the scripted service that counts its callers, and keeps each until it is told to let one go."""

import asyncio
from typing import Any

from tests.support.calls import PATIENCE_SECONDS
from tests.support.scripted_service import ScriptedService

PATH = "/crowd"


class Crowd:
    """`most` is how many calls were under way at once; `order` names their executions as they came."""

    def __init__(self, scripted: ScriptedService) -> None:
        self.at_once = 0
        self.most = 0
        self.order: list[str] = []
        self._came = asyncio.Semaphore(0)
        self._may_go = asyncio.Semaphore(0)
        scripted.answers[PATH] = self._serve

    async def _serve(self, scripted: ScriptedService, send: Any) -> None:
        self.order.append(scripted.requests[-1]["headers"]["idempotency-key"].partition(":")[0])
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        self._came.release()
        await self._may_go.acquire()
        self.at_once -= 1
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def arrived(self, count: int = 1) -> None:
        """Return when so many more calls have come."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            for _ in range(count):
                await self._came.acquire()

    def let_go(self, count: int = 1) -> None:
        """Answer so many calls."""
        for _ in range(count):
            self._may_go.release()
