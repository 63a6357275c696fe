"""An execution's log as GraphQL types: single lines, and a connection that pages through all of them."""

from collections.abc import Sequence
from datetime import datetime

import strawberry

from models import words
from models.entities import logs
from resolvers.keyset import Window
from schema.mirrors import Mirror
from schema.types.connections import Connection, numbered_connection
from schema.types.enums import LogLevel

MAX_LOG_LINES = 1_000


@strawberry.type(description="One line of an execution's log.")
class LogLine:
    """Derived from the journal."""

    timestamp: datetime = strawberry.field(description="When.")
    level: LogLevel = strawberry.field(description="How much it matters.")
    message: str = strawberry.field(description="What happened, for a person to read.")
    action_id: str | None = strawberry.field(description="The action that it is about, if it is about one.")


def log_connection(lines: Sequence[logs.LogLine], asked: Window) -> Connection[LogLine]:
    """A slice of a log, whose cursors count its lines: a log only ever grows at its end. Raises `InvalidInput`."""
    return numbered_connection(lines, range(1, len(lines) + 1), asked, log_line)


LOG_LINE = Mirror(LogLine, logs.LogLine, "level")


def log_line(line: logs.LogLine) -> LogLine:
    """The GraphQL type of a line."""
    return LOG_LINE.of(line, level=words.LogLevel(line.level))
