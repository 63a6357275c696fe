"""Ends an operation that takes too long, with the work that it started elsewhere."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar

from models.errors import OperationTimedOut

_work: ContextVar[set["asyncio.Task[object]"] | None] = ContextVar("operation_work", default=None)


@asynccontextmanager
async def deadline(seconds: float) -> AsyncIterator[None]:
    """Cancel what is done inside, and every `part_of_operation`, after so long. Raises `OperationTimedOut`."""
    work: set[asyncio.Task[object]] = set()
    _work.set(work)
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise OperationTimedOut(
            f"The operation was cancelled after {seconds:g} seconds: ask for less at a time, or raise the limit"
        ) from None
    finally:
        for task in work:
            task.cancel()
        _work.set(None)  # not by a token: a stream may be closed from another context than it began in


@contextmanager
def part_of_operation() -> Iterator[None]:
    """Make the current task end with the operation that started it: a batch of a loader is a task of its own."""
    work, task = _work.get(), asyncio.current_task()
    if work is None or task is None:
        yield
        return
    work.add(task)
    try:
        yield
    finally:
        work.discard(task)
