"""The ledger of side effects: a real HTTP service outside the orchestrator that writes down each call it gets."""

import asyncio
import time
from typing import Any

import msgspec

SLOW_SECONDS = 0.05
HEALTH_PATH = "/health"
"""Where the orchestrator asks whether a service answers, which is no side effect."""

DONE = b'{"done": true}'


class Call(msgspec.Struct, frozen=True):
    """One call as it came in. `at` is the monotonic time in seconds."""

    key: str
    path: str
    at: float


class Ledger:
    """Answers any path at once, `/slow` after 50 ms, `/held` when the test says so, and `/hang` never."""

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[Call] = []
        self.closed: dict[str, float] = {}
        self.released = asyncio.Event()
        self._seen: set[str] = set()
        self._changed = asyncio.Condition()

    @property
    def keys(self) -> list[str]:
        """The idempotency key of each call, in order."""
        return [call.key for call in self.calls]

    async def reaches(self, count: int, seconds: float = 30) -> None:
        """Return when it has got `count` calls in all."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: len(self.calls) >= count)

    async def has(self, key: str, seconds: float = 50) -> None:
        """Return when it has got a call with this key."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: key in self._seen)

    async def closes(self, key: str, seconds: float = 30) -> float:
        """Return the moment at which the caller of `/hang` closed the connection of the call with this key."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: key in self.closed)
        return self.closed[key]

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        """The ASGI application."""
        if scope["type"] == "lifespan":
            while (message := await receive())["type"] != "lifespan.shutdown":
                await send({"type": f"{message['type']}.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        key = dict(scope["headers"]).get(b"idempotency-key", b"").decode()
        while (await receive()).get("more_body"):
            pass
        if scope["path"] != HEALTH_PATH:
            await self._note(key, scope["path"])
        if scope["path"] == "/slow":
            await asyncio.sleep(SLOW_SECONDS)
        elif scope["path"] == "/held":
            await self.released.wait()
        elif scope["path"] == "/hang":
            await self._hang(key, receive)
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": DONE})

    async def _note(self, key: str, path: str) -> None:
        async with self._changed:
            self.calls.append(Call(key, path, time.monotonic()))
            self._seen.add(key)
            self._changed.notify_all()

    async def _hang(self, key: str, receive: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        async with self._changed:
            self.closed[key] = time.monotonic()
            self._changed.notify_all()
