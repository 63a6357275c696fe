"""Keeps deletion in the background: small transactions, and after each as long a rest as it took."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from models.database.database import Database

T = TypeVar("T")

SMALLEST = 10
FIRST = 50
LARGEST = 100
GROWTH = 1.25

REST = 1.25
"""For how many times as long as a transaction took nothing is done after it. Measured by `benchmarks/retention.py`."""

OF_ONE_WRITER = 0.003
OF_MANY_WRITERS = 0.01
"""How many seconds of work a transaction should be.

SQLite has one writer, so whatever is accepted meanwhile waits for the end of the transaction. On PostgreSQL nobody
does, but all share the server.
"""


class Pacing:
    """Runs transactions one after the other. `size` is how much the next one should do."""

    def __init__(self, database: Database, transaction_seconds: float) -> None:
        self._database = database
        self._transaction_seconds = transaction_seconds
        self._size = float(FIRST)

    @property
    def size(self) -> int:
        """So many executions, or rows of another kind, as a transaction has time for."""
        return int(self._size)

    async def transaction(self, work: Callable[[Connection], T]) -> T:
        """Run `work`, which does `size`, then rest. Raises what `work` raises, and `Unavailable`.

        What a crash takes back is over still, and goes again: so nobody waits for the disk.
        """
        begun_at = worked_until = 0.0

        def timed(connection: Connection) -> T:
            nonlocal begun_at, worked_until
            begun_at = time.perf_counter()  # what it waited for before was others' work
            done = work(connection)
            worked_until = time.perf_counter()
            return done

        result = await self._database.tidy(timed)
        took = time.perf_counter() - begun_at
        fitting = self._size * self._transaction_seconds / max(worked_until - begun_at, 1e-6)
        self._size = min(max(fitting, SMALLEST), self._size * GROWTH, LARGEST)
        await asyncio.sleep(took * REST)
        return result
