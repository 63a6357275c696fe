"""How log records are written where a person may look at them: what they quote of others is seen and not obeyed."""

import logging
from types import TracebackType

from app.terminal.visible_text import visible_lines

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class VisibleFormatter(logging.Formatter):
    """Messages and traces of several lines keep their lines."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is logging's
        """The message of a record with what is written around it."""
        record.message = visible_lines(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802 - the name is logging's
        """The trace of an error, whose message may quote anything."""
        return visible_lines(super().formatException(ei))


def show_own_logs() -> None:
    """Write what this project logs, for which no handler is configured, so too."""
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(VisibleFormatter())
