"""The database for many machines: PostgreSQL through asyncpg."""

from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from models.database import Work, decode_json, encode_json
from models.errors import Unavailable

T = TypeVar("T")

POOL_SIZE = 10
CONNECT_SECONDS = 5
COMMAND_SECONDS = 30


class PostgresDatabase:
    """A pool of connections; the same SQL functions as on SQLite, run on a greenlet."""

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(
            url,
            pool_size=POOL_SIZE,
            max_overflow=POOL_SIZE,
            pool_pre_ping=False,
            json_serializer=encode_json,
            json_deserializer=decode_json,
            connect_args={"timeout": CONNECT_SECONDS, "command_timeout": COMMAND_SECONDS},
        )
        # By default each statement would see a later state than the one before it.
        self._snapshots = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    async def read(self, work: Work[T]) -> T:
        """See `Database.read`."""
        return await _run(self._snapshots, work)

    async def transaction(self, work: Work[T]) -> T:
        """See `Database.transaction`."""
        return await _run(self._engine, work)

    async def close(self) -> None:
        """See `Database.close`."""
        await self._engine.dispose()


async def _run(engine: AsyncEngine, work: Work[T]) -> T:
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Unavailable("The database does not answer: try again in a moment") from error
        raise
    except (OSError, TimeoutError) as error:
        raise Unavailable("The database does not answer: try again in a moment") from error
