"""Wake-ups over PostgreSQL's LISTEN and NOTIFY, on one connection of their own."""

import asyncio
from collections.abc import Callable

import asyncpg

from engine.dispatch.relay import LineLost

CHANNEL = "orchestrator"
PROBE_SECONDS = 5.0
"""How often a connection that says nothing is asked whether it is still there."""

ANSWER_SECONDS = 4.0
CONNECT_SECONDS = 5.0

DO_NOT_WAIT = "SET synchronous_commit = off"
"""A wake-up is heard when it is committed, and one that a crash takes back was a hint: nobody waits for the disk."""

# The last one comes of a connection on which something else is still being given up.
FAULTS = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class PostgresLine:
    """Connects to the server itself: a pooler that lends connections by the transaction would drop LISTEN."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: asyncpg.Connection | None = None
        self._asking = asyncio.Lock()  # one statement at a time: the probe and what is said share the connection

    async def listen(self, hear: Callable[[str], None], connected: Callable[[], None]) -> None:
        """See `Line.listen`."""
        lost = asyncio.Event()
        try:
            connection = await asyncpg.connect(self._dsn, timeout=CONNECT_SECONDS, command_timeout=ANSWER_SECONDS)
            try:
                connection.add_termination_listener(lambda _: lost.set())
                await connection.execute(DO_NOT_WAIT)
                await connection.add_listener(CHANNEL, lambda *arguments: hear(arguments[-1]))
                self._connection = connection
                connected()
                while not lost.is_set():
                    try:
                        async with asyncio.timeout(PROBE_SECONDS):
                            await lost.wait()
                    except TimeoutError:
                        async with self._asking:
                            await connection.execute("SELECT 1")
            finally:
                self._connection = None
                connection.terminate()
        except FAULTS as error:
            raise LineLost(str(error) or type(error).__name__) from error
        raise LineLost("the server closed the connection")

    async def say(self, message: str) -> None:
        """See `Line.say`."""
        try:
            async with self._asking:
                if self._connection is None:
                    raise LineLost("there is no connection")
                await self._connection.execute("SELECT pg_notify($1, $2)", CHANNEL, message)
        except FAULTS as error:
            raise LineLost(str(error)) from error

    async def close(self) -> None:
        """See `Line.close`."""
        if self._connection is not None:
            self._connection.terminate()
