"""An execution's log as GraphQL types: its lines, and the connections that page through them and the journal."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

import strawberry

from models import words
from models.commands.filters import Direction, JournalFilter, LogFilter
from models.entities import logs
from models.entities.executions import Event
from resolvers.keyset import Window
from schema.mirrors import Mirror
from schema.types.connections import Connection, numbered_connection
from schema.types.enums import LogLevel
from schema.types.executions import ExecutionEvent, event_type
from schema.types.filter_inputs import JournalFilterInput, LogFilterInput, chosen

MAX_LOG_LINES = 1_000


@strawberry.type(description="One line of an execution's log.")
class LogLine:
    """Derived from the journal."""

    timestamp: datetime = strawberry.field(description="When.")
    level: LogLevel = strawberry.field(description="How much it matters.")
    message: str = strawberry.field(description="What happened, for a person to read.")
    action_id: str | None = strawberry.field(description="The action that it is about, if it is about one.")


WhichLines = Annotated[LogFilterInput | None, strawberry.argument(description="Which lines.")]
WhichEntries = Annotated[JournalFilterInput | None, strawberry.argument(description="Which entries.")]


def newest_lines(events: Iterable[Event], last: int) -> list[LogLine]:
    """The last lines of a log, oldest first."""
    lines = list(logs.log_lines(events))
    return [log_line(line) for line in lines[-min(last, MAX_LOG_LINES) :]] if last > 0 else []


def log_connection(
    events: Iterable[Event], given: LogFilterInput | None, asked: Window, order: Direction | None
) -> Connection[LogLine]:
    """A slice of what a filter finds in a log. A log only ever grows at its end, so a cursor is the number of its line
    in the whole, and good for every filter and in either order. Raises `InvalidInput`.
    """
    wanted = chosen(LogFilter, given)
    found = [(number, line) for number, line in enumerate(logs.log_lines(events), 1) if logs.is_line_of(line, wanted)]
    numbers = [number for number, _ in found]
    return numbered_connection([line for _, line in found], numbers, asked, log_line, order or Direction.ASC)


def journal_connection(
    events: Iterable[Event], given: JournalFilterInput | None, asked: Window, order: Direction | None
) -> Connection[ExecutionEvent]:
    """A slice of what a filter finds in a journal, whose cursors are the sequences. Raises `InvalidInput`."""
    wanted = chosen(JournalFilter, given)
    found = [event for event in events if logs.is_event_of(event, wanted)]
    sequences = [event.sequence for event in found]
    return numbered_connection(found, sequences, asked, event_type, order or Direction.ASC)


LOG_LINE = Mirror(LogLine, logs.LogLine, "level")


def log_line(line: logs.LogLine) -> LogLine:
    """The GraphQL type of a line."""
    return LOG_LINE.of(line, level=words.LogLevel(line.level))
