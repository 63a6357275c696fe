"""Numbers what becomes visible, so that a reader with a cursor misses nothing, whatever commits out of order.

A row keeps the number of the transaction that last changed it. Numbers may be committed in another order than they were
taken in, so a reader stops before the first number whose transaction may still be open.
"""

from sqlalchemy import BigInteger, Connection, Text, cast, func, select, update

from models.tables import ChangeCounter, table

COUNTER = table(ChangeCounter)
TAKE = update(COUNTER).values(number=COUNTER.c.number + 1).returning(COUNTER.c.number)
TAKEN = select(COUNTER.c.number)
# On PostgreSQL a counter's row would make all writers wait for each other; transactions are numbered there anyway.
TAKE_POSTGRESQL = select(cast(cast(func.pg_current_xact_id(), Text), BigInteger))
OPEN_POSTGRESQL = select(cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), Text), BigInteger))

SNAPSHOT = func.pg_current_snapshot()
SETTLED_POSTGRESQL = select(func.pg_snapshot_xmin(SNAPSHOT) == func.pg_snapshot_xmax(SNAPSHOT))


def take_change(connection: Connection) -> int:
    """The number of this transaction's changes, which is above that of every transaction that is over."""
    statement = TAKE_POSTGRESQL if connection.dialect.name == "postgresql" else TAKE
    return int(connection.execute(statement).scalar_one())


def is_settled(connection: Connection) -> bool:
    """Whether nothing is open that this transaction cannot see yet; else there is more in a moment, of which nobody
    may tell.
    """
    return connection.dialect.name != "postgresql" or bool(connection.execute(SETTLED_POSTGRESQL).scalar_one())


def first_open_change(connection: Connection) -> int:
    """The number from which on there may be changes that this transaction cannot see yet."""
    if connection.dialect.name == "postgresql":
        return int(connection.execute(OPEN_POSTGRESQL).scalar_one())
    return int(connection.execute(TAKEN).scalar_one()) + 1
