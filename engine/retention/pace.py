"""Keeps deletion in the background: small transactions, and after each as long a rest as it took."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

import msgspec
from sqlalchemy import Connection

from models.database.database import Database

T = TypeVar("T")

SMALLEST = 10
FIRST = 50
GROWTH = 1.25


class Speed(msgspec.Struct, frozen=True):
    """How long the work of a transaction should take, how much goes in one at most, and for how many times as long as
    all of it took nothing is done then.

    SQLite has one writer, so whatever is accepted meanwhile waits for the end of the transaction. On PostgreSQL nobody
    does, but all share the server: there it may take longer, and rests less. Measured by `benchmarks/retention.py`.
    """

    transaction_seconds: float
    largest: int
    rest: float


OF_ONE_WRITER = Speed(transaction_seconds=0.002, largest=100, rest=2.0)
OF_MANY_WRITERS = Speed(transaction_seconds=0.01, largest=100, rest=1.25)


class Pacing:
    """Runs transactions one after the other. `size` is how much the next one should do."""

    def __init__(self, database: Database, speed: Speed) -> None:
        self._database = database
        self._speed = speed
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
        fitting = self._size * self._speed.transaction_seconds / max(worked_until - begun_at, 1e-6)
        self._size = min(max(fitting, SMALLEST), self._size * GROWTH, self._speed.largest)
        await asyncio.sleep(took * self._speed.rest)
        return result
