"""The server library's configuration of logging, whose lines are written as ours."""

from typing import Any

from uvicorn.config import LOGGING_CONFIG
from uvicorn.logging import DefaultFormatter

from app.terminal.log_lines import VisibleFormatter


class VisibleServerFormatter(VisibleFormatter, DefaultFormatter):
    """Its own formatter gives the level a colour."""


def server_logging() -> dict[str, Any]:
    """What `logging.config` takes."""
    formatters = LOGGING_CONFIG["formatters"]
    ours = {**formatters["default"], "()": VisibleServerFormatter}
    return {**LOGGING_CONFIG, "formatters": {**formatters, "default": ours}}
