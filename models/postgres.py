"""The database for many machines: PostgreSQL through asyncpg."""

import asyncio
from typing import TypeVar

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from models.database import Work, decode_json, encode_json
from models.errors import Unavailable

T = TypeVar("T")

POOL_SIZE = 10
CONNECT_SECONDS = 3
ANSWER_SECONDS = 4.0
"""How long a transaction may take before its caller is told that the database does not answer."""

TRIES = 3
"""How often a transaction is tried that the server rolls back because of another one."""

AWAY = ("08", "53", "57P")
"""How the SQLSTATE of a server begins that is not there, is full, shuts down or comes up."""

CROSSED = ("40001", "40P01")
"""The SQLSTATE of a transaction that another one stood in the way of."""


class PostgresDatabase:
    """A pool of connections; the same SQL functions as on SQLite, run on a greenlet."""

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(
            url,
            pool_size=POOL_SIZE,
            max_overflow=POOL_SIZE,
            pool_timeout=ANSWER_SECONDS,
            pool_pre_ping=False,
            json_serializer=encode_json,
            json_deserializer=decode_json,
            connect_args={"timeout": CONNECT_SECONDS},
        )
        # By default each statement would see a later state than the one before it.
        self._snapshots = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._abandoned: set[asyncio.Task[object]] = set()

    async def read(self, work: Work[T]) -> T:
        """See `Database.read`."""
        return await self._answered(self._snapshots, work)

    async def transaction(self, work: Work[T]) -> T:
        """See `Database.transaction`."""
        return await self._answered(self._engine, work)

    async def change_schema(self, work: Work[T]) -> T:
        """See `Database.change_schema`."""
        return await _tried(self._engine, work)

    async def close(self) -> None:
        """See `Database.close`."""
        if self._abandoned:
            await asyncio.wait(self._abandoned, timeout=ANSWER_SECONDS)
        await self._engine.dispose()

    async def _answered(self, engine: AsyncEngine, work: Work[T]) -> T:
        """What `work` returns, in time or not at all: a server that hangs takes long even to be left alone."""
        task = asyncio.create_task(_tried(engine, work))
        try:
            done, _ = await asyncio.wait([task], timeout=ANSWER_SECONDS)
        except asyncio.CancelledError:
            self._abandon(task)
            raise
        if not done:
            self._abandon(task)
            raise Unavailable("The database does not answer: try again in a moment")
        return task.result()

    def _abandon(self, task: "asyncio.Task[T]") -> None:
        task.cancel()
        self._abandoned.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: "asyncio.Task[object]") -> None:
        self._abandoned.discard(task)
        if not task.cancelled():
            task.exception()  # whoever asked was told that there was no answer


async def _tried(engine: AsyncEngine, work: Work[T]) -> T:
    for remaining in reversed(range(TRIES)):
        try:
            async with engine.begin() as connection:
                return await connection.run_sync(work)
        except (DBAPIError, asyncpg.PostgresError) as error:
            state = sqlstate(error)
            if state in CROSSED and remaining:
                continue
            if state.startswith(AWAY) or (isinstance(error, DBAPIError) and error.connection_invalidated):
                raise Unavailable("The database does not answer: try again in a moment") from error
            raise
        except (OSError, TimeoutError, PoolTimeout, asyncpg.InterfaceError) as error:
            raise Unavailable("The database does not answer: try again in a moment") from error
    raise AssertionError("the last try returns or raises")


def sqlstate(error: BaseException) -> str:
    """The SQLSTATE of the server's error that is behind an error, or nothing."""
    cause: BaseException | None = error
    while cause is not None:
        state = getattr(cause, "sqlstate", None)
        if isinstance(state, str):
            return state
        cause = cause.__cause__
    return ""
