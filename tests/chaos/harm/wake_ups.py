"""How soon a listener on one node hears of what was done on another one: by a wake-up, or by its next look."""

import asyncio
import time

import httpx
import msgspec

from resolvers.waking import POLL_SECONDS
from tests.chaos.harm.ledger import Ledger
from tests.support.calls import events, start
from tests.support.processes import service_call

WOKEN_SECONDS = POLL_SECONDS / 2
"""Whoever is not woken looks after a whole pause, which begins with the event before."""

PATIENCE_SECONDS = 60

HELD = service_call("held", "ledger", "/held")
LAST = "EXECUTION_COMPLETED"


class Heard(msgspec.Struct, frozen=True):
    """How long it took from the deed to the news, and after how many seconds of trying."""

    took_seconds: float
    after_seconds: float = 0.0


async def hear(workflow_id: str, works: httpx.AsyncClient, listens: httpx.AsyncClient, ledger: Ledger) -> Heard:
    """Let an execution of `HELD` end on the node that `works`; tell when a subscriber of another node hears of it."""
    ledger.released.clear()
    execution_id = await start(works, workflow_id)
    released_at = 0.0
    async for event in events(listens, execution_id):
        if event["type"] == "ACTION_STARTED":
            await ledger.has(f"{execution_id}:held")
            released_at = time.monotonic()
            ledger.released.set()
        elif event["type"] == LAST:
            return Heard(time.monotonic() - released_at)
    raise AssertionError("the subscription ended before its execution")


async def until_wake_ups_come(
    workflow_id: str, works: httpx.AsyncClient, listens: httpx.AsyncClient, ledger: Ledger
) -> Heard:
    """Let executions end until one is heard of by a wake-up."""
    began = time.monotonic()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            heard = await hear(workflow_id, works, listens, ledger)
            if heard.took_seconds < WOKEN_SECONDS:
                return Heard(heard.took_seconds, time.monotonic() - began)
