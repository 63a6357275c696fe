"""Ends an operation that takes too long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from models.errors import OperationTimedOut


@asynccontextmanager
async def deadline(seconds: float) -> AsyncIterator[None]:
    """Cancel what is done inside after so long. Raises `OperationTimedOut`."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise OperationTimedOut(
            f"The operation was cancelled after {seconds:g} seconds: ask for less at a time, or raise the limit"
        ) from None
