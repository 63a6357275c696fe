"""How the lines of the log are written: for people or as JSON, one line each, with nothing in them that is obeyed."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

from app.terminal.visible_text import visible, visible_lines
from models.log_context import noted

OURS = "orchestrator."
SERVER = "server"
"""What the library that serves is called in the log, where it is a part of the server."""

PLAIN_VALUE = re.compile(r"[\w./:@,*{}+-]+")
TRACE_INDENT = "    "
"""No line of a trace, whose errors may quote anything, begins as a line of the log does."""


class LineHandler(logging.StreamHandler[TextIO]):
    """Writes to stderr, whichever that is at the moment."""

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, _stream: TextIO) -> None:
        """Nothing is kept."""


class ConsoleLines(logging.Formatter):
    """`TIME LEVEL PART: MESSAGE NAME=VALUE ...`, with a trace below it that is indented."""

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter.format`."""
        told = "".join(f" {name}={_spelled(value)}" for name, value in _facts(record).items())
        line = f"{_moment(record)} {record.levelname:<7} {_part(record)}: {visible(_message(record))}{told}"
        trace = _trace(self, record)
        if trace is None:
            return line
        return "\n".join([line, *(TRACE_INDENT + below for below in visible_lines(trace).split("\n"))])


class JsonLines(logging.Formatter):
    """An object a line: `timestamp`, `level`, `logger`, `message`, `process`, the facts, and `exception` of a fault."""

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter.format`."""
        entry: dict[str, Any] = {
            "timestamp": _moment(record),
            "level": record.levelname.lower(),
            "logger": _part(record),
            "message": _message(record),
            **_facts(record),
            "process": record.process,
        }
        trace = _trace(self, record)
        if trace is not None:
            entry["exception"] = trace
        # Whatever is no ASCII is written as an escape, so that nothing of it is obeyed where a person looks at it.
        return json.dumps(entry, default=str).replace("\x7f", "\\u007f")


def _moment(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _part(record: logging.LogRecord) -> str:
    """The part of the service that speaks; other libraries go by their own names."""
    if record.name.startswith(OURS):
        return record.name.removeprefix(OURS)
    return SERVER if record.name.startswith("uvicorn") else visible(record.name)


def _message(record: logging.LogRecord) -> str:
    return record.getMessage().strip()


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    return {**noted(), **getattr(record, "facts", {})}


def _spelled(value: Any) -> str:
    """A value as one word: what holds a space or a quote is quoted, so that it cannot pass for another fact."""
    text = str(value)
    return text if PLAIN_VALUE.fullmatch(text) and text.isascii() else json.dumps(visible(text), ensure_ascii=False)


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str | None:
    """The trace of a fault; one that was blotted out comes in its place as text."""
    text: str | None = getattr(record, "trace", None)
    if text is None and record.exc_info:
        text = formatter.formatException(record.exc_info)
    return None if text is None else text.rstrip()
