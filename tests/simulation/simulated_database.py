"""The real SQL on an in-memory SQLite, reached over a line that delays, breaks, and loses replies."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import NullPool

from models.database.database import Work, decode_json, encode_json
from models.errors import Unavailable
from models.migrations.upgrade import upgrade
from tests.simulation.chance import Chance, Fate, Trouble
from tests.simulation.virtual_loop import Mortal, VirtualLoop
from tests.simulation.witness import Committed, Witness

T = TypeVar("T")

MAX_PER_SECOND = 300
"""Twice what the busiest of these small worlds needs, where executions start others: whoever asks more often in one
virtual second spins.
"""

WITNESS_TABLE = """
CREATE TABLE witness (n INTEGER PRIMARY KEY, execution_id, sequence, type, slot);
CREATE TRIGGER witness_event AFTER INSERT ON execution_event BEGIN
    INSERT INTO witness (execution_id, sequence, type, slot)
    VALUES (new.execution_id, new.sequence, new.type,
            new.action_id || ifnull('[' || json_extract(new.data, '$.item') || ']', ''));
END;
CREATE TABLE sent_message (execution_id, address, sent_at);
CREATE TRIGGER witness_message AFTER INSERT ON execution_message BEGIN
    INSERT INTO sent_message VALUES (new.execution_id, new.address, new.sent_at);
END;
CREATE TRIGGER no_event_is_changed BEFORE UPDATE ON execution_event BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;
CREATE TRIGGER no_event_is_deleted BEFORE DELETE ON execution_event BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;
"""
"""Triggers see what is committed, whoever writes it; what is rolled back leaves no trace here either."""

COUNT_CHANGES = """
CREATE TRIGGER count_{operation}_{name} AFTER {operation} ON "{name}" BEGIN UPDATE changes SET number = number + 1; END;
"""
TABLES = "SELECT name FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
LEASES = "node"
"""The table of the nodes' leases, which are most of what is written."""


class Disk:
    """The one database of a world, which outlives all processes. Whatever it does, it does in one instant."""

    def __init__(self, witness: Witness) -> None:
        self._raw = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._raw.deserialize(_template())
        self._raw.execute("PRAGMA foreign_keys = ON")
        self._connection = _connected(self._raw)
        self._witness = witness
        self._seen = 0
        self._changes_looked_at = -1
        self.look: Callable[[Connection], Iterable[str]] = lambda _connection: ()
        """What is wrong with the database after a transaction; but for leases, time alone puts nothing wrong."""

    def read(self, work: Work[T]) -> T:
        """Run `work` in a transaction that is rolled back."""
        with self._connection.begin() as transaction:
            self._raw.execute("BEGIN")
            result = work(self._connection)
            transaction.rollback()
        return result

    def commit(self, work: Work[T], process: str) -> T:
        """Run `work` in a transaction and tell the witness what came onto the disk."""
        with self._connection.begin():
            self._raw.execute("BEGIN")
            result = work(self._connection)
        rows = self._raw.execute(
            "SELECT n, execution_id, sequence, type, slot FROM witness WHERE n > ? ORDER BY n", (self._seen,)
        ).fetchall()
        if rows:
            self._seen = rows[-1][0]
            tick = self._witness.tick()
            self._witness.commits += [Committed(tick, process, *row[1:]) for row in rows]
        [changes] = self._raw.execute("SELECT number FROM changes").fetchone()
        if changes != self._changes_looked_at:
            self._changes_looked_at = changes
            self._witness.bugs += self.read(lambda connection: list(self.look(connection)))
        return result


class SimulatedDatabase:
    """One process's way to the disk (`models.database.database.Database`)."""

    def __init__(self, disk: Disk, mortal: Mortal, chance: Chance, loop: VirtualLoop, witness: Witness) -> None:
        self._disk = disk
        self._mortal = mortal
        self._chance = chance
        self._loop = loop
        self._witness = witness
        self._asked_in = Counter[int]()

    async def read(self, work: Work[T]) -> T:
        """See `Database.read`."""
        return await self._ask(lambda: self._disk.read(work), "read", self._chance.of_database())

    async def transaction(self, work: Work[T]) -> T:
        """See `Database.transaction`."""
        fate = self._chance.of_transaction()
        if self._chance.commit_arrives_late():
            return await self._ask(lambda: self._disk.commit(work, self._mortal.name), "write late", fate)
        return await self._ask(lambda: self._disk.commit(work, self._mortal.name), "write", fate)

    async def close(self) -> None:
        """See `Database.close`; the disk stays."""

    async def _ask(self, perform: Callable[[], Any], what: str, fate: Fate) -> Any:
        # As with a thread or a server, the work goes on even where whoever asked for it is cancelled meanwhile.
        done: asyncio.Future[Any] = self._loop.create_future()
        second = int(self._loop.time())
        self._asked_in[second] += 1
        if self._asked_in[second] == MAX_PER_SECOND:
            self._witness.bugs.append(f"{self._mortal.name} spins at {second} s: {MAX_PER_SECOND} questions")
        if what == "write late":
            self._loop.outlive(fate.before, self._perform, perform, what, fate, done)
        else:
            self._loop.call_later(fate.before, self._perform, perform, what, fate, done)
        return await done

    def _perform(self, perform: Callable[[], Any], what: str, fate: Fate, done: "asyncio.Future[Any]") -> None:
        trouble = fate.trouble
        if self._chance.database_is_away(self._loop.time()):
            trouble = Trouble.REFUSED
        if trouble is not Trouble.NONE:
            self._note(f"{what}: {trouble.name}")
        if trouble is Trouble.CRASH_BEFORE:
            self._mortal.kill()
            return
        result, error = None, None
        if trouble is Trouble.REFUSED:
            error = _away()
        else:
            if self._mortal.is_dead:
                self._note(f"{what}: after the death of its process")
            try:
                result = perform()
            except Exception as refusal:
                error = refusal
        if trouble is Trouble.CRASH_AFTER:
            self._mortal.kill()
        elif not self._mortal.is_dead:
            if trouble is Trouble.LOST_REPLY:
                error = _away()
            self._loop.call_later(fate.after, _answer, done, result, error)

    def _note(self, what: str) -> None:
        self._witness.note(self._loop.time(), self._mortal.name, what)


def _answer(done: "asyncio.Future[Any]", result: Any, error: Exception | None) -> None:
    if done.done():
        return  # whoever waited was cancelled
    if error is not None:
        done.set_exception(error)
    else:
        done.set_result(result)


def _away() -> Unavailable:
    return Unavailable("The database does not answer: try again in a moment")


def _connected(raw: sqlite3.Connection) -> Connection:
    """A connection of its own for each disk: SQLite does not stand that one is given a second database."""
    _next_connection.set(raw)
    return _engine().connect()


@cache
def _template() -> bytes:
    """The migrated schema with the witness's triggers, as a file."""
    raw = sqlite3.connect(":memory:", isolation_level=None)
    with _connected(raw) as connection:
        with connection.begin():
            raw.execute("BEGIN")
            upgrade(connection)
        tables = [name for (name,) in raw.execute(TABLES) if name != LEASES]
        raw.executescript("CREATE TABLE changes (number); INSERT INTO changes VALUES (0);")
        for name in tables:
            for operation in ("INSERT", "UPDATE", "DELETE"):
                raw.executescript(COUNT_CHANGES.format(operation=operation, name=name))
        raw.executescript(WITNESS_TABLE)
        return raw.serialize()


_next_connection: ContextVar[sqlite3.Connection] = ContextVar("next_connection")


@cache
def _engine() -> Engine:
    """One for all disks: it remembers how statements are written."""
    return create_engine(
        "sqlite://",
        creator=_next_connection.get,
        poolclass=NullPool,
        json_serializer=encode_json,
        json_deserializer=decode_json,
    )
