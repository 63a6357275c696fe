"""The statements that a database is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event


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
