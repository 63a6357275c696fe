"""The statements that a database is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Engine, event

from models.database.database import Database, Work
from resolvers.context import Services

T = TypeVar("T")


def _in_one_line(statement: str) -> str:
    return " ".join(statement.lower().split())


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements that are sent to any database."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(_in_one_line(statement))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


class WatchedReads:
    """A database that notes in `seen` the statements of what it is asked to read, and of nothing that others do."""

    def __init__(self, database: Database) -> None:
        self.seen: list[str] = []
        self._database = database

    async def read(self, work: Work[T]) -> T:
        def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            self.seen.append(_in_one_line(statement))

        def watched(connection: Connection) -> T:
            event.listen(connection, "before_cursor_execute", note)
            try:
                return work(connection)
            finally:
                event.remove(connection, "before_cursor_execute", note)

        return await self._database.read(watched)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


def watched(services: Services) -> tuple[Services, list[str]]:
    """The same services, and the statements by which resolvers read through them from now on.

    The engine, which looks at any moment for what is due, goes on through the database as it was.
    """
    database = WatchedReads(services.database)
    return msgspec.structs.replace(services, database=database), database.seen


@contextmanager
def transactions(sending: str) -> Iterator[list[list[str]]]:
    """Collect all that is sent in each committed transaction that sends this, whatever others do meanwhile."""
    seen: list[list[str]] = []
    open_: dict[Connection, list[str]] = {}

    def note(connection: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
        open_.setdefault(connection, []).append(_in_one_line(statement))

    def end(connection: Connection) -> None:
        sent = open_.pop(connection, [])
        if any(sending in statement for statement in sent):
            seen.append(sent)

    event.listen(Engine, "before_cursor_execute", note)
    event.listen(Engine, "commit", end)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        event.remove(Engine, "commit", end)
