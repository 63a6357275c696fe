"""Waiting for a wake-up, which may be lost or come from another node's work, where nobody calls."""

import asyncio
from collections.abc import Awaitable, Callable

POLL_SECONDS = 5.0
"""A wake-up may be lost, a poll of the tables may not: the longest that a listener then waits."""

Wait = Callable[[asyncio.Event, float], Awaitable[None]]
"""Returns when the event is set, or after so many seconds; injected where tests have no time for that."""


async def woken_or_late(woken: asyncio.Event, seconds: float = POLL_SECONDS) -> None:
    """Return when `woken` is set, or when it is time to look."""
    try:
        async with asyncio.timeout(seconds):
            await woken.wait()
    except TimeoutError:
        return
