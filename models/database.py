"""The database behind two verbs: `read` and `transaction`, each given a function of one SQL connection."""

from collections.abc import Callable
from typing import Protocol, TypeVar

import msgspec
from sqlalchemy import Connection

from models.answer_budget import count_read

T = TypeVar("T")
Work = Callable[[Connection], T]
"""SQL written once as a plain function; it runs on a thread (SQLite) or on a greenlet (PostgreSQL)."""


class Database(Protocol):
    """What every database offers. Both verbs raise `Unavailable` when the database cannot be reached."""

    async def read(self, work: Work[T]) -> T:
        """Run `work` in a transaction of its own that sees one snapshot and writes nothing."""
        ...

    async def transaction(self, work: Work[T]) -> T:
        """Run `work` in a transaction that is on disk when this returns, or rolled back when it raises."""
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


def decode_json(value: str | bytes) -> object:
    """Parse a JSON column. Raises `AnswerTooLarge` where it is one too many for the answer that it is read for."""
    count_read(len(value))
    return msgspec.json.decode(value)
