"""Waiting for a wake-up, which may be lost or come from another node's work, where nobody calls."""

import asyncio

POLL_SECONDS = 5.0
"""A wake-up may be lost, a poll of the tables may not: the longest that a listener then waits."""


async def woken_or_late(woken: asyncio.Event) -> None:
    """Return when `woken` is set, or when it is time to look."""
    try:
        async with asyncio.timeout(POLL_SECONDS):
            await woken.wait()
    except TimeoutError:
        return
