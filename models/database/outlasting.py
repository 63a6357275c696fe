"""Asks the database for as long as it takes: for work that nobody waits for with a time-out of their own."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from models.errors import Unavailable

T = TypeVar("T")

RETRY_SECONDS = 1.0


async def outlasting(work: Callable[[], Awaitable[T]]) -> T:
    """What `work` gives, however long the database is away."""
    while True:
        try:
            return await work()
        except Unavailable:
            await asyncio.sleep(RETRY_SECONDS)
