"""The database behind two verbs: `read` and `transaction`, each given a function of one SQL connection."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import msgspec
from sqlalchemy import Connection

from models.answer_budget import count_read

T = TypeVar("T")
Work = Callable[[Connection], T]
"""SQL written once as a plain function; it runs on a thread (SQLite) or on a greenlet (PostgreSQL)."""

NO_ANSWER = "The database does not answer: try again in a moment"
"""What callers are told; what the system or the server said of it is the cause, which the log alone is told."""


class Database(Protocol):
    """What every database offers. Both verbs raise `Unavailable` when the database cannot be reached."""

    async def read(self, work: Work[T]) -> T:
        """Run `work` in a transaction of its own that sees one snapshot and writes nothing."""
        ...

    async def transaction(self, work: Work[T]) -> T:
        """Run `work` in a transaction that is on disk when this returns, or rolled back when it raises."""
        ...

    async def tidy(self, work: Work[T]) -> T:
        """Run `work`, which is as well done once more, in a transaction that a crash of the machine may take back.

        It is all there or nothing of it, and on disk before any later `transaction` is.
        """
        ...

    async def change_schema(self, work: Work[T]) -> T:
        """Run `work`, which may take as long as it needs, in a transaction."""
        ...

    async def probe(self) -> None:
        """Return where the database reads and writes. Raises `Unavailable` where it does not."""
        ...

    async def close(self) -> None:
        """Wait for the work under way and close all connections."""
        ...


def encode_json(value: object) -> str:
    """Serialise a JSON column."""
    return msgspec.json.encode(value).decode()


class Damaged(dict[str, Any]):
    """What a JSON column gives that holds no JSON: empty, so that one damaged row spoils no list of rows.

    Whoever acts on a value looks whether it is this.
    """


def decode_json(value: str | bytes) -> object:
    """Parse a JSON column; see `Damaged`. Raises `AnswerTooLarge` where it is too much for what it is read for."""
    count_read(len(value))
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return Damaged()
