"""Keeps what the service would write into its log: everything, down to the lowest level, in both forms."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.terminal.log_lines import ConsoleLines, JsonLines
from app.terminal.logs import ROOT, SUBSYSTEMS


class WrittenLog(logging.Handler):
    """A handler that formats each record at once, as the service does: what is noted for a task is known then alone."""

    def __init__(self) -> None:
        super().__init__()
        self.console: list[str] = []
        self._json: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self.console.append(ConsoleLines().format(record))
        self._json.append(JsonLines().format(record))

    @property
    def text(self) -> str:
        """All that was written, in both forms."""
        return "\n".join([*self.console, *self._json])

    def lines(self, beginning: str = "") -> list[dict[str, Any]]:
        """The lines as JSON, of those parts of the service whose names begin so."""
        return [line for line in map(json.loads, self._json) if line["logger"].startswith(beginning)]


@contextmanager
def everything_written() -> Iterator[WrittenLog]:
    """Keep all that any logger says meanwhile."""
    written, root = WrittenLog(), logging.getLogger()
    loggers = [root, *(logging.getLogger(name) for name in (ROOT, *(f"{ROOT}.{part}" for part in SUBSYSTEMS)))]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    root.addHandler(written)
    try:
        yield written
    finally:
        root.removeHandler(written)
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
