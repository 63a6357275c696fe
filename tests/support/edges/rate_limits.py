"""How the tests of rate limits count what is left of a quota."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec

from app.asgi import create_app
from app.server.serving import serving
from app.settings.settings import Settings
from tests.support.calls import (
    NO_TLS,
    PATIENCE_SECONDS,
    Json,
    token,
)
from tests.support.timers import MovableClock

LIMIT = 10
CHEAP = "{ viewer { userId } }"


@asynccontextmanager
async def served(
    settings: Settings, clock: MovableClock | None = None, user: str | None = "ada", **changes: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a node, signed in as `user`."""
    app = create_app(msgspec.structs.replace(settings, **changes), clock=clock)
    headers = token(user, "default", "editor") if user else {}
    async with (
        serving(app) as url,
        httpx.AsyncClient(base_url=url, headers=headers, timeout=30, verify=NO_TLS) as client,
    ):
        yield client


async def statuses(client: httpx.AsyncClient, count: int, path: str = "/workflows", **options: Any) -> list[int]:
    """The statuses of so many requests, one after the other."""
    return [(await client.get(path, **options)).status_code for _ in range(count)]


def quota_of(answered: httpx.Response) -> tuple[int, int, int, str]:
    """What an answer says of the quota."""
    limit, remaining, reset = (int(answered.headers[f"ratelimit-{name}"]) for name in ("limit", "remaining", "reset"))
    return limit, remaining, reset, answered.headers["ratelimit-policy"]


async def left(client: httpx.AsyncClient) -> int:
    """What is left after one more request."""
    return quota_of(await client.get("/workflows"))[1]


def limited(answered: httpx.Response) -> int:
    """Check that an operation was refused by the limit alone, and return when it may be repeated."""
    (error,) = answered.json()["errors"]
    seconds = int(answered.headers["retry-after"])
    assert answered.status_code == 429
    assert error["extensions"] == {"code": "RATE_LIMITED", "retry_after_seconds": seconds}
    assert "data" not in answered.json()
    return seconds


async def answer(socket: Any, id_: str, query: str) -> Json:
    """The first message for an operation."""
    await socket.send(json.dumps({"type": "subscribe", "id": id_, "payload": {"query": query}}))
    async with asyncio.timeout(PATIENCE_SECONDS):
        return dict(json.loads(await socket.recv()))
