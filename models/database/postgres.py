"""The database for many machines: PostgreSQL through asyncpg."""

import asyncio
import time
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import Connection, ExceptionContext, event, text
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import await_only

from models.database.database import NO_ANSWER, Work, decode_json, encode_json
from models.errors import Unavailable

T = TypeVar("T")

POOL_SIZE = 10
CONNECT_SECONDS = 3
ANSWER_SECONDS = 4.0
"""How long a transaction may take before its caller is told that the database does not answer."""

STATEMENT_SECONDS = 3.5
"""How long the server lets a statement take, its waits for locks included; it ends there, and its connection lives."""

ASK_SECONDS = 1.0
"""How long a connection that may be dead has for a sign of life before it is used."""

IDLE_SECONDS = 5
"""How long the server keeps a transaction whose client says nothing, with all that it has locked: the client may be
behind a line that is dead without a word, and has given up by then."""

TRIES = 3
"""How often a transaction is tried that the server rolls back because of another one, or whose connection is lost."""

AWAY = ("08", "53", "57P", "25P03", "57014", "55P03")
"""How the SQLSTATE begins of a server that is not there, is full, shuts down or comes up, hung up or lost patience."""

LOST = ("08", "57P01", "57P02", "25P03")
"""How the SQLSTATE begins of a connection that was there and is no more."""

READ_ONLY = "25006"
"""The SQLSTATE of a write to what takes none."""

CLOSED = (READ_ONLY, "42501", "58")
"""How the SQLSTATE begins of a server that takes no writes, has taken rights away, or fails itself."""

CROSSED = ("40001", "40P01")
"""The SQLSTATE of a transaction that another one stood in the way of."""

FAULTS = (
    DBAPIError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
    PoolTimeout,
)
IS_READ_ONLY = text("SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean")
ASK = "SELECT 1"
DO_NOT_WAIT = text("SELECT set_config('synchronous_commit', 'off', true)")
TAKE_YOUR_TIME = text(
    "SELECT set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)"
)


class PostgresDatabase:
    """A pool of connections; the same SQL functions as on SQLite, run on a greenlet."""

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(
            url,
            pool_size=POOL_SIZE,
            max_overflow=POOL_SIZE,
            pool_timeout=ANSWER_SECONDS,
            pool_pre_ping=False,
            hide_parameters=True,  # or errors would quote what was to be written
            json_serializer=encode_json,
            json_deserializer=decode_json,
            connect_args={
                "timeout": CONNECT_SECONDS,
                "server_settings": {
                    "idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s",
                    "statement_timeout": f"{STATEMENT_SECONDS * 1_000:.0f}ms",
                },
            },
        )
        # By default each statement would see a later state than the one before it.
        self._snapshots = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._abandoned: set[asyncio.Task[object]] = set()
        self._doubted_at = 0.0
        self._lost_at = 0.0
        # JSON is decoded where its row is read, as on SQLite, and not where it arrives, ahead of whoever may refuse it.
        dialect: Any = self._engine.sync_engine.dialect
        dialect.supports_native_json_deserialization = False
        event.listen(self._engine.sync_engine, "connect", _leave_json)
        event.listen(self._engine.sync_engine, "connect", _date)
        event.listen(self._engine.sync_engine, "checkout", self._refuse_dead)
        event.listen(self._engine.sync_engine, "handle_error", self._doubt_the_rest)
        event.listen(self._engine.sync_engine, "close", self._hang_up_on_doubtful)

    async def read(self, work: Work[T]) -> T:
        """See `Database.read`."""
        return await self._answered(self._snapshots, work, _Attempt(is_repeatable=True))

    async def transaction(self, work: Work[T]) -> T:
        """See `Database.transaction`."""
        return await self._answered(self._engine, work, _Attempt())

    async def tidy(self, work: Work[T]) -> T:
        """See `Database.tidy`."""

        def unsynced(connection: Connection) -> T:
            connection.execute(DO_NOT_WAIT)
            return work(connection)

        return await self.transaction(unsynced)

    async def change_schema(self, work: Work[T]) -> T:
        """See `Database.change_schema`."""

        def unhurried(connection: Connection) -> T:
            connection.execute(TAKE_YOUR_TIME)
            return work(connection)

        return await _tried(self._engine, unhurried, _Attempt())

    async def probe(self) -> None:
        """See `Database.probe`."""
        if await self.transaction(lambda connection: connection.execute(IS_READ_ONLY).scalar_one()):
            raise Unavailable("The database takes no writes: it is a standby, or was set to read only")

    async def close(self) -> None:
        """See `Database.close`."""
        if self._abandoned:
            await asyncio.wait(self._abandoned, timeout=ANSWER_SECONDS)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._engine.dispose()
        except TimeoutError:
            return  # the server takes no leave: the process's end does without

    async def _answered(self, engine: AsyncEngine, work: Work[T], attempt: "_Attempt") -> T:
        """What `work` returns, in time or not at all: a server that hangs takes long even to be left alone."""
        task = asyncio.create_task(_tried(engine, work, attempt))
        try:
            done, _ = await asyncio.wait([task], timeout=ANSWER_SECONDS)
        except asyncio.CancelledError:
            self._abandon(task, attempt)
            raise
        if not done:
            self._doubted_at = time.monotonic()
            if not attempt.hang_up():
                task.cancel()
            self._abandon(task, attempt)
            raise Unavailable(NO_ANSWER) from TimeoutError(f"no answer within {ANSWER_SECONDS:.0f} seconds")
        try:
            return task.result()
        finally:
            del task, done  # or an error that it ended with would keep this, and so itself

    def _abandon(self, task: "asyncio.Task[T]", attempt: "_Attempt") -> None:
        """Let it end by itself: the server is asked to, but for no longer than an answer may take."""
        if not attempt.is_given_up:
            task.cancel()
        self._abandoned.add(task)
        hang_up = asyncio.get_running_loop().call_later(ANSWER_SECONDS, attempt.hang_up)
        task.add_done_callback(lambda _: hang_up.cancel())
        task.add_done_callback(self._forget)

    def _forget(self, task: "asyncio.Task[object]") -> None:
        self._abandoned.discard(task)
        if not task.cancelled():
            task.exception()  # whoever asked was told that there was no answer

    def _doubt_the_rest(self, context: ExceptionContext) -> None:
        """Where the server has cut a connection SQLAlchemy would throw all others away: they are asked instead."""
        if context.is_disconnect and context.invalidate_pool_on_disconnect:  # not where our caller was cancelled
            context.invalidate_pool_on_disconnect = False
            self._doubted_at = time.monotonic()

    def _refuse_dead(self, connection: Any, record: Any, _fairy: Any) -> None:
        """Have the pool make a new one instead. Where one connection gave no answer the others are asked before they
        are used; where a second one gives none either, all that were silent since then are as dead.
        """
        if record.info["answered_at"] < self._lost_at:
            raise DisconnectionError("the connection is from before an outage")
        if self._is_doubtful(record):
            try:
                await_only(connection.driver_connection.execute(ASK, timeout=ASK_SECONDS))
            except FAULTS as error:
                self._lost_at = self._doubted_at
                raise DisconnectionError("the connection gives no sign of life") from error
            _date(connection, record)

    def _is_doubtful(self, record: Any) -> bool:
        return bool(record.info["answered_at"] < self._doubted_at)

    def _hang_up_on_doubtful(self, connection: Any, record: Any) -> None:
        """To take leave of a server that gives no answer takes seconds."""
        if self._is_doubtful(record):
            connection.driver_connection.terminate()


class _Attempt:
    """What `_tried` has in hand. With `is_repeatable` nobody minds if the work was done already."""

    def __init__(self, *, is_repeatable: bool = False) -> None:
        self.is_given_up = False
        self._is_repeatable = is_repeatable
        self._may_be_done = False
        self._connection: asyncpg.Connection | None = None

    def connect(self) -> None:
        """Begin one more try."""
        self._connection = None

    def on(self, work: Work[T]) -> Work[T]:
        """`work` for one more try, with its connection known while it is done."""

        def known(connection: Connection) -> T:
            self._connection = connection.connection.driver_connection
            result = work(connection)
            self._may_be_done = not self._is_repeatable  # what follows is COMMIT, whose answer may be lost
            return result

        return known

    @property
    def is_connecting(self) -> bool:
        """Whether the work has no connection yet: whatever stands in the way then is no fault of what we ask for."""
        return self._connection is None

    def is_refused(self, state: str) -> bool:
        """Whether a fault with this SQLSTATE is the operator's to mend; that a read writes is a bug of ours."""
        return state.startswith(CLOSED) and not (self._is_repeatable and state == READ_ONLY)

    def may_repeat(self, state: str) -> bool:
        """Whether the work can be tried again after a fault with this SQLSTATE."""
        if self.is_given_up or self._may_be_done:
            return False
        is_lost = self._connection is not None and (self._connection.is_closed() or state.startswith(LOST))
        return is_lost or state in CROSSED

    def hang_up(self) -> bool:
        """Cut the connection without a word, for the server gives none; return whether there was one."""
        self.is_given_up = True
        if self._connection is None:
            return False
        self._connection.terminate()
        return True


async def _tried(engine: AsyncEngine, work: Work[T], attempt: _Attempt) -> T:
    for remaining in reversed(range(TRIES)):
        attempt.connect()
        try:
            async with engine.begin() as connection:
                return await connection.run_sync(attempt.on(work))
        except FAULTS as error:
            state = sqlstate(error)
            if remaining and attempt.may_repeat(state):
                continue
            if attempt.is_connecting or attempt.is_refused(state) or _is_away(error, state):
                raise Unavailable(NO_ANSWER) from error
            raise
    raise AssertionError("the last try returns or raises")


def _is_away(error: Exception, state: str) -> bool:
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or state.startswith(AWAY)
    return state.startswith(AWAY) or not isinstance(error, asyncpg.PostgresError)


def _leave_json(connection: Any, _record: Any) -> None:
    connection.run_async(
        lambda driver: driver.set_type_codec(
            "json", encoder=str.encode, decoder=bytes.decode, schema="pg_catalog", format="binary"
        )
    )


def _date(_connection: Any, record: Any) -> None:
    record.info["answered_at"] = time.monotonic()


def sqlstate(error: BaseException) -> str:
    """The SQLSTATE of the server's error that is behind an error, or nothing."""
    cause: BaseException | None = error
    while cause is not None:
        state = getattr(cause, "sqlstate", None)
        if isinstance(state, str):
            return state
        cause = cause.__cause__
    return ""
