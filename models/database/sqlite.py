"""The embedded database: SQLite in WAL mode with one writer thread and a few reader threads."""

import asyncio
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from typing import Any, TypeVar

import msgspec
from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event, make_url, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from models.database.database import NO_ANSWER, Work, decode_json, encode_json
from models.database.sqlite_files.checkpoints import Checkpoints, take_mark_away
from models.database.sqlite_files.file import database_file, has_wal, is_partial
from models.database.tables import ChangeCounterRow, table
from models.errors import Unavailable

T = TypeVar("T")

log = logging.getLogger("orchestrator.database")

READERS = 2
MAX_BATCH = 32
"""Reads that share one snapshot and one wake-up of the event loop at most."""

PREPARED = 512
"""Statements that a connection keeps prepared: each of the journal's has a text for each power of two of rows."""

PRIMARY_CODE = 0xFF
STEPS_BETWEEN_LOOKS = 50_000
"""How many steps of a statement run, about 2 ms, before a look whether anybody still waits for it."""

FULL = "The disk of the database is full: the operator has to make room on it"
LOCKED = "The database is locked by another program: try again when that is done with it"
NOT_WRITABLE = "The database cannot be written: the operator has to give the service the right to"
DAMAGED = "The database is damaged: the operator has to restore a backup"
REFUSALS = {
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_IOERR: NO_ANSWER,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_CANTOPEN: NO_ANSWER,
    sqlite3.SQLITE_READONLY: NOT_WRITABLE,
    sqlite3.SQLITE_PERM: NOT_WRITABLE,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
}
"""What a database says that is no fault of what it was asked; anything else that it refuses is a bug of ours."""

LOOK = update(table(ChangeCounterRow)).values(number=table(ChangeCounterRow).c.number)
"""A write that changes nothing: of a database that only reads well nobody can say that it is healthy."""

MOST_KEPT_OF_LOG = 64 << 20
"""Bytes: a WAL that had to grow above this, as nobody could begin it anew for long, is cut back when somebody can."""

PRAGMAS = (
    "PRAGMA auto_vacuum = INCREMENTAL",  # of a new file, so before anything is written into it
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 10000",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16384",
    "PRAGMA wal_autocheckpoint = 0",
    f"PRAGMA journal_size_limit = {MOST_KEPT_OF_LOG}",
)


class SqliteDatabase:
    """All writes go through one thread, so no writer ever waits for another one's lock."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._file = database_file(url)
        self._checkpoints = Checkpoints(self._file)
        self._writer = _Threads(
            url,
            begin="BEGIN IMMEDIATE",
            threads=1,
            batch=1,
            name="sqlite-writer",
            after_commit=self._checkpoints.after_commit,
        )
        self._readers = _Threads(
            url, begin="BEGIN", threads=READERS, batch=MAX_BATCH, name="sqlite-reader", abandons=True
        )

    async def read(self, work: Work[T]) -> T:
        """See `Database.read`."""
        return await self._readers.run(work)

    async def transaction(self, work: Work[T]) -> T:
        """See `Database.transaction`."""
        return await self._writer.run(work)

    async def tidy(self, work: Work[T]) -> T:
        """See `Database.tidy`."""
        return await self._writer.run(work, is_durable=False)

    async def change_schema(self, work: Work[T]) -> T:
        """See `Database.change_schema`."""
        return await self._writer.run(work)

    async def probe(self) -> None:
        """See `Database.probe`."""
        if not self._checkpoints.is_in_place:
            raise Unavailable("The database file was moved or deleted: the operator has to start the service anew")
        await self._writer.run(lambda connection: connection.execute(LOOK))

    async def close(self) -> None:
        """See `Database.close`."""
        await self._readers.close()
        had_wal = has_wal(self._file)
        await self._writer.close()
        if had_wal and self._checkpoints.is_in_place and self._file.exists() and is_partial(self._file):
            # Only what was copied as a whole is deleted by SQLite. The mark was left where a full disk took no write:
            # with the WAL there is room for it now, and whoever connects takes it away.
            with suppress(DatabaseError, sqlite3.Error):
                await asyncio.to_thread(self._open_once)

    def _open_once(self) -> None:
        _url.set(self._url)
        _engine().connect().close()


class _Job(msgspec.Struct, eq=False):
    """One piece of work and, until its outcome is told, who waits for it."""

    work: Callable[[Connection], Any]
    loop: asyncio.AbstractEventLoop
    done: "asyncio.Future[Any]"
    is_durable: bool = True


_Outcome = tuple[_Job, Any, BaseException | None]


class _Threads:
    """Threads that each keep one connection, and take all the work that waits, up to `batch`, in one transaction.

    Under load the hops between threads cost more than the SQL: a batch pays for them once.
    """

    def __init__(
        self,
        url: str,
        *,
        begin: str,
        threads: int,
        batch: int,
        name: str,
        abandons: bool = False,
        after_commit: Callable[[Any], None] | None = None,
    ) -> None:
        """`begin` is the statement that a transaction begins with.

        `abandons` what nobody waits for any more: for reads alone, as a write is wanted whoever waits.
        `after_commit` is given the driver's connection after each transaction, when its outcome has been told.
        """
        self._url = make_url(url)
        self._begin = begin
        self._batch = batch
        self._abandons = abandons
        self._after_commit = after_commit
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._serve, name=f"{name}-{number}", daemon=True) for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    async def run(self, work: Work[T], *, is_durable: bool = True) -> T:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(work, loop, done, is_durable))
        try:
            return await done
        finally:
            del done  # or an error that it holds would keep this, and so itself

    async def close(self) -> None:
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)

    def _serve(self) -> None:
        connection: Connection | None = None
        while jobs := self._take():
            try:
                connection = connection or self._connected()
                with _synced(connection, jobs):
                    outcomes = _run(connection, self._begin, jobs, abandons=self._abandons)
            except Exception as error:
                outcomes = [(job, None, _translated(error)) for job in jobs]
            has_worked = any(error is None for _, _, error in outcomes)
            jobs[0].loop.call_soon_threadsafe(_deliver, outcomes)
            if self._after_commit is not None and connection is not None and has_worked:
                self._tidy(connection, self._after_commit)
        if connection is not None:
            connection.close()

    def _connected(self) -> Connection:
        _url.set(self._url)
        return _engine().connect()

    def _tidy(self, connection: Connection, after_commit: Callable[[Any], None]) -> None:
        try:
            after_commit(connection.connection.dbapi_connection)
        except (sqlite3.Error, OSError) as error:
            # Nothing is lost: what was committed lies in the WAL, and the next commit comes here again.
            log.warning("the database's log could not be copied into its file: %s", error)

    def _take(self) -> list[_Job]:
        """Wait for work; an empty list says that there will be none."""
        jobs: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            jobs.append(job)
            if len(jobs) == self._batch:
                return jobs
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return jobs
        if jobs:
            self._jobs.put(None)  # the word to stop is for the next turn
        return jobs


@contextmanager
def _synced(connection: Connection, jobs: list[_Job]) -> Iterator[None]:
    """Wait for the disk at the end of what is durable, and else leave it to the next that is: the log has one order."""
    if jobs[0].is_durable:
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        driver.execute("PRAGMA synchronous = FULL")


def _run(connection: Connection, begin: str, jobs: list[_Job], *, abandons: bool) -> list[_Outcome]:
    """Run the jobs in one transaction. A failure of one that runs alone rolls it back."""
    driver: Any = connection.connection.dbapi_connection
    outcomes: list[_Outcome] = []
    with connection.begin() as transaction:
        driver.execute(begin)  # a listener to SQLAlchemy's own event would cost each statement a look at all events
        for job in jobs:
            if abandons:
                if job.done.cancelled():
                    continue
                driver.set_progress_handler(job.done.cancelled, STEPS_BETWEEN_LOOKS)
            try:
                outcomes.append((job, job.work(connection), None))
            except Exception as error:
                outcomes.append((job, None, _translated(error)))
        if len(jobs) == 1 and outcomes and outcomes[0][2] is not None:
            transaction.rollback()
    return outcomes


def _translated(error: Exception) -> Exception:
    told = error.orig if isinstance(error, DatabaseError) else error
    refusal = REFUSALS.get(getattr(told, "sqlite_errorcode", 0) & PRIMARY_CODE)
    if refusal is None:
        return error
    unavailable = Unavailable(refusal)
    unavailable.__cause__ = error
    return unavailable


def _deliver(outcomes: list[_Outcome]) -> None:
    """Tell everybody, and keep nothing: an error has the frames that it came through, and they what is told of here."""
    for job, result, error in outcomes:
        done = job.done
        del job.done
        if done.done():
            continue  # whoever waited was cancelled
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)
    outcomes.clear()


_url: ContextVar[URL] = ContextVar("url")
"""Where the connection that a thread makes leads to."""


@cache
def _engine() -> Engine:
    """One for all databases of this process, and for all threads: it remembers how statements are written."""
    engine = create_engine(
        "sqlite://",
        poolclass=NullPool,
        hide_parameters=True,  # or errors would quote what was to be written
        json_serializer=encode_json,
        json_deserializer=decode_json,
        # The driver opens no transaction of its own: `begin` alone says when and how one starts.
        connect_args={"isolation_level": None, "check_same_thread": False, "cached_statements": PREPARED},
    )

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Dialect, _record: object, _arguments: object, options: dict[str, Any]) -> Any:
        file, of_url = dialect.create_connect_args(_url.get())
        return dialect.connect(*file, **{**of_url, **options})

    @event.listens_for(engine, "connect")
    def set_pragmas(dbapi_connection: Any, _record: object) -> None:
        for pragma in PRAGMAS:
            dbapi_connection.execute(pragma)
        with suppress(sqlite3.OperationalError):  # a full disk: `close` sees to it
            take_mark_away(dbapi_connection)

    return engine
