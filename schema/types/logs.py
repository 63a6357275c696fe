"""An execution's log as GraphQL types: single lines, and a connection that pages through all of them."""

from datetime import datetime

import strawberry

from models import logs, words
from models.errors import InvalidInput
from models.faults import Fault
from resolvers.keyset import DEFAULT_SLICE, Window
from schema.mirrors import Mirror
from schema.types.connections import Connection, PageInfo
from schema.types.enums import LogLevel

MAX_LOG_LINES = 1_000


@strawberry.type(description="One line of an execution's log.")
class LogLine:
    """Derived from the journal."""

    timestamp: datetime = strawberry.field(description="When.")
    level: LogLevel = strawberry.field(description="How much it matters.")
    message: str = strawberry.field(description="What happened, for a person to read.")
    action_id: str | None = strawberry.field(description="The action that it is about, if it is about one.")


LogConnection = Connection[LogLine]


def log_connection(lines: list[logs.LogLine], asked: Window) -> LogConnection:
    """A slice of a log, whose cursors count its lines: a log only ever grows at its end. Raises `InvalidInput`."""
    start = 0 if asked.after is None else _line_number(asked.after)
    end = start + (DEFAULT_SLICE if asked.first is None else asked.first)
    shown = lines[start:end]
    cursors = [str(number) for number in range(start + 1, start + len(shown) + 1)]

    async def count() -> int:
        return len(lines)

    return Connection(
        nodes=[log_line(line) for line in shown],
        page_info=PageInfo(
            has_next_page=end < len(lines),
            has_previous_page=start > 0,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        ),
        cursors=lambda: cursors,
        count=count,
    )


def _line_number(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 10):
        raise InvalidInput([Fault(("after",), "is no cursor of this list", "value_error.cursor")])
    return int(cursor)


LOG_LINE = Mirror(LogLine, logs.LogLine, "level")


def log_line(line: logs.LogLine) -> LogLine:
    """The GraphQL type of a line."""
    return LOG_LINE.of(line, level=words.LogLevel(line.level))
