"""The one place that sets the log up: what is written, from which level on, and how."""

import logging
import warnings
from collections.abc import Mapping
from enum import StrEnum

from app.terminal.log_lines import ConsoleLines, JsonLines, LineHandler

ROOT = "orchestrator"
ACCESS = "access"
SUBSYSTEMS = ("api", "audit", "bulk", "callbacks", "credentials", "database", "engine", "redis", "server", "services")
"""The parts of the service whose levels can be set apart; each is the second word of its loggers' names."""

QUIET = logging.WARNING
"""Below that libraries tell whole URLs and messages, and what is in them: no setting goes there."""

LIBRARIES = ("httpcore", "httpx", "uvicorn", "uvicorn.access", "uvicorn.asgi", "uvicorn.error", "websockets")


NOT_BEGUN = "coroutine '.*_async_resolver' was never awaited"
"""What the interpreter says of the fields of an operation that its caller left before they were begun: no fault."""


class LogFormat(StrEnum):
    """How lines are written: for people, or for programs."""

    CONSOLE = "console"
    JSON = "json"


class AccessLog(StrEnum):
    """Which requests have a line: none, those that are refused or fail, or all."""

    OFF = "off"
    ERRORS = "errors"
    ALL = "all"


LEVELS: Mapping[str, int] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


COMMAND_LEVELS: Mapping[str, int] = {"": logging.WARNING}
"""The level of the whole under `""`, and those of subsystems under their names. A command says by itself what it does;
the log has what went wrong meanwhile.
"""


def set_up_logs(log_format: LogFormat = LogFormat.CONSOLE, levels: Mapping[str, int] = COMMAND_LEVELS) -> None:
    """Have this process write its log to stderr; what was set up before counts no more."""
    quiet_libraries()
    warnings.filterwarnings("ignore", NOT_BEGUN, RuntimeWarning)
    handler = LineHandler()
    handler.setFormatter(JsonLines() if log_format is LogFormat.JSON else ConsoleLines())
    root = logging.getLogger()
    for before in [given for given in root.handlers if isinstance(given, LineHandler)]:
        root.removeHandler(before)
    root.addHandler(handler)
    for name in LIBRARIES:  # a library may have set up a writer of its own, which knows nothing of our lines
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
    logging.getLogger(ROOT).setLevel(levels[""])
    for name in SUBSYSTEMS:
        logging.getLogger(f"{ROOT}.{name}").setLevel(levels.get(name, logging.NOTSET))
    logging.getLogger(f"{ROOT}.{ACCESS}").setLevel(logging.INFO)  # which lines there are is a setting of its own


def quiet_libraries() -> None:
    """Whoever listens to what is logged hears nothing of libraries that quote what passes through them."""
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(QUIET)
