"""Lets those who add to what is limited in number come one after another, so that each counts what the others added."""

from hashlib import sha256

from sqlalchemy import Connection, bindparam, func, select

SPACE = 730_512
"""The first half of our locks' names: the other half is of the list that is counted."""

TAKE_TURN = select(func.pg_advisory_xact_lock(SPACE, bindparam("of_list")))


def take_turn(connection: Connection, *list_: str) -> None:
    """Keep all others from adding to a list, which these words name, until the transaction is over.

    SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        digest = sha256("\0".join(list_).encode()).digest()
        connection.execute(TAKE_TURN, {"of_list": int.from_bytes(digest[:4], signed=True)})
