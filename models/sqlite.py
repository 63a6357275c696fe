"""The embedded database: SQLite in WAL mode with one writer thread and a few reader threads."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from models.database import Work, decode_json, encode_json
from models.errors import Unavailable

T = TypeVar("T")

READERS = 4
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 10000",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16384",
)


class SqliteDatabase:
    """All writes go through one thread, so no writer ever waits for another one's lock."""

    def __init__(self, url: str) -> None:
        self._writer = _Threads(_engine(url, begin="BEGIN IMMEDIATE"), threads=1, name="sqlite-writer")
        self._readers = _Threads(_engine(url, begin="BEGIN"), threads=READERS, name="sqlite-reader")

    async def read(self, work: Work[T]) -> T:
        """See `Database.read`."""
        return await self._readers.run(work)

    async def transaction(self, work: Work[T]) -> T:
        """See `Database.transaction`."""
        return await self._writer.run(work)

    async def close(self) -> None:
        """See `Database.close`."""
        await self._readers.close()
        await self._writer.close()


class _Threads:
    """Threads that each keep one connection open for as long as they live."""

    def __init__(self, engine: Engine, threads: int, name: str) -> None:
        self._engine = engine
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._own = threading.local()
        self._connections: list[Connection] = []

    async def run(self, work: Work[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, partial(self._run, work))

    def _run(self, work: Work[T]) -> T:
        try:
            connection = self._connection()
            with connection.begin():
                return work(connection)
        except OperationalError as error:
            raise Unavailable("The database does not answer: try again in a moment") from error

    def _connection(self) -> Connection:
        connection: Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._engine.connect()
            self._connections.append(connection)
        return connection

    async def close(self) -> None:
        await asyncio.to_thread(self._executor.shutdown)
        for connection in self._connections:
            connection.close()
        self._engine.dispose()


def _engine(url: str, begin: str) -> Engine:
    engine = create_engine(
        url,
        poolclass=NullPool,
        json_serializer=encode_json,
        json_deserializer=decode_json,
        # The driver opens no transaction of its own: `begin` alone says when and how one starts.
        connect_args={"isolation_level": None, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def set_pragmas(dbapi_connection: Any, _record: object) -> None:
        for pragma in PRAGMAS:
            dbapi_connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
