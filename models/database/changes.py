"""Numbers what becomes visible, so that a reader with a cursor misses nothing, whatever commits out of order.

A row keeps the number of its last change. Numbers may be committed in another order than they were taken in, so a
reader stops before the first number that a writer may still have in hand: one of ours, whoever else uses the server.
"""

import msgspec
from sqlalchemy import BigInteger, Connection, bindparam, select, text, update

from models.database.tables import ChangeCounterRow, table

COUNTER = table(ChangeCounterRow)
TAKE = update(COUNTER).values(number=COUNTER.c.number + 1).returning(COUNTER.c.number)
TAKEN = select(COUNTER.c.number)

# On PostgreSQL a counter's row would make all writers wait for each other. A sequence does not, but then whoever took a
# number must be seen to be at work still: by a lock, shared and kept until the transaction is over, that is named after
# the last number taken before. The lock comes first: who is not seen to have one takes a number that nobody knows yet.
SPACE = 0x4F52
"""The upper 16 bits of our locks' names: the other 48 are the number."""

OUR_SPACE = bindparam("our_space", SPACE << 48, type_=BigInteger)
TAKE_POSTGRESQL = text(
    "WITH floor AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(:our_space | last_value) FROM change_number)"
    " SELECT nextval('change_number') FROM floor"
).bindparams(OUR_SPACE)
HORIZON_POSTGRESQL = text(
    "WITH taken AS MATERIALIZED (SELECT last_value AS number FROM change_number)"
    " SELECT number, (SELECT min((classid::bigint << 32 | objid::bigint) - :our_space) FROM pg_locks"
    " WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint >> 16 = :our_space >> 48"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND number IS NOT NULL)"
    " FROM taken"
).bindparams(OUR_SPACE)


class Horizon(msgspec.Struct, frozen=True):
    """Up to where changes are settled: whoever begins to read after this was seen misses none with a number up to
    `settled`. There may be more up to `taken`.
    """

    settled: int
    taken: int


def take_change(connection: Connection) -> int:
    """The number of this transaction's changes, which is above every one that is settled."""
    statement = TAKE_POSTGRESQL if connection.dialect.name == "postgresql" else TAKE
    return int(connection.execute(statement).scalar_one())


def horizon(connection: Connection) -> Horizon:
    """Up to where changes are settled. What is settled need not be visible to this transaction: it may be older."""
    if connection.dialect.name != "postgresql":
        taken = int(connection.execute(TAKEN).scalar_one())
        return Horizon(taken, taken)
    taken, floor = connection.execute(HORIZON_POSTGRESQL).one()
    return Horizon(taken if floor is None else min(taken, floor), taken)
