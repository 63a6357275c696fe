"""Clients that keep starting executions, each with an idempotency key, and repeat what got no answer."""

import asyncio
import itertools
import time
from typing import Any, Protocol

import httpx

from tests.chaos.harm.ledger import Ledger
from tests.sizes import sized
from tests.support.processes import USER, service_call

PAUSE_SECONDS = 0.01
PATIENCE_SECONDS = 50
END_SECONDS = sized(50, 900)
"""How long an execution may take: one that was at work at several kills is taken up when those that were not are
through, so while kills go on it may wait.
"""

FAN: list[dict[str, Any]] = [
    service_call("first", "ledger", "/fast"),
    service_call("left", "ledger", "/slow", depends_on=["first"]),
    service_call("right", "ledger", "/fast", depends_on=["first"]),
    service_call("last", "ledger", "/fast", depends_on=["left", "right"]),
]
"""Chained and parallel calls, one of them slow."""


def connect(url: str) -> httpx.AsyncClient:
    """A client that is signed in."""
    limits = httpx.Limits(max_connections=250, max_keepalive_connections=250)
    return httpx.AsyncClient(base_url=url, headers=USER, limits=limits, timeout=PATIENCE_SECONDS)


async def settled(client: "Service", workflow_id: str) -> None:
    """Return when no execution of the workflow is under way any more."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        for status in ("queued", "running"):
            filters: dict[str, str | int] = {"status": status, "page_size": 1}
            while True:
                page = await client.get(f"/workflows/{workflow_id}/executions", params=filters)
                if page.status_code == 200 and page.json()["pagination"]["total_items"] == 0:
                    break
                await asyncio.sleep(PAUSE_SECONDS)


class Service(Protocol):
    """What requests are sent to: one server, or any of several."""

    async def post(self, path: str, **options: Any) -> httpx.Response:
        """Send a POST request."""
        ...

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """Send a GET request."""
        ...


async def says(client: httpx.AsyncClient, status: str) -> float:
    """Return the seconds until health says so, which asks its parts every few seconds."""
    began = time.monotonic()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if (await client.get("/workflows/health")).json()["status"] == status:
                return time.monotonic() - began
            await asyncio.sleep(PAUSE_SECONDS)


class Load:
    """Closed loops: each client starts its next execution when the last call of its previous one was seen."""

    def __init__(self, client: Service, workflow_id: str, ledger: Ledger, clients: int, name: str = "key") -> None:
        self.accepted: dict[str, str] = {}
        self.refused = 0
        self.unanswered = 0
        self.refused_without_retry_after = 0
        self.slowest_refusal_seconds = 0.0
        self.last_accepted_at = 0.0
        self._client = client
        self._path = f"/workflows/{workflow_id}/execute"
        self._ledger = ledger
        self._name = name
        self._numbers = itertools.count(1)
        self._stopping = False
        self._has_failed = False
        self._changed = asyncio.Condition()
        self._tasks = [asyncio.create_task(self._loop()) for _ in range(clients)]

    async def counts(self, accepted: int) -> None:
        """Return when so many executions were accepted, or when a client failed."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.accepted) >= accepted or self._has_failed)

    async def is_refused(self, times: int) -> None:
        """Return when so many starts were refused in all, or when a client failed."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.refused >= times or self._has_failed)

    async def stop(self) -> None:
        """Let each client come to the end of its present execution."""
        self._stopping = True
        await asyncio.gather(*self._tasks)

    async def _loop(self) -> None:
        try:
            while not self._stopping:
                key = f"{self._name}-{next(self._numbers)}"
                execution_id = await self._start(key)
                await self._ledger.has(f"{execution_id}:last", END_SECONDS)
        except BaseException:
            async with self._changed:
                self._has_failed = True
                self._changed.notify_all()
            raise

    async def _start(self, key: str) -> str:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                asked_at = time.monotonic()
                try:
                    answer = await self._client.post(self._path, json={}, headers={"Idempotency-Key": key})
                except httpx.TransportError:
                    self.unanswered += 1
                    await asyncio.sleep(PAUSE_SECONDS)
                    continue
                if answer.status_code != 503:
                    break
                async with self._changed:
                    self.refused += 1
                    self._changed.notify_all()
                self.refused_without_retry_after += "Retry-After" not in answer.headers
                self.slowest_refusal_seconds = max(self.slowest_refusal_seconds, time.monotonic() - asked_at)
                await asyncio.sleep(PAUSE_SECONDS)
        assert answer.status_code in (200, 202), answer.text
        self.accepted[key] = answer.json()["execution_id"]
        self.last_accepted_at = time.monotonic()
        async with self._changed:
            self._changed.notify_all()
        return self.accepted[key]
