"""Ends a command with a message where a failure was to be expected."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from app.settings import SettingsError
from app.terminal import say
from models.errors import OrchestratorError

INVALID = 2


@contextmanager
def clear_errors() -> Iterator[None]:
    """An expected failure ends the command with its message, not with a trace."""
    try:
        yield
    except OrchestratorError as error:
        faults = getattr(error, "faults", None)
        lines = [f"{'.'.join(map(str, fault.loc))}: {fault.msg}" for fault in faults] if faults else [error.message]
        _end(lines)
    except SettingsError as error:
        _end(error.faults)


def _end(lines: Iterable[str]) -> NoReturn:
    for line in lines:
        say(f"error: {line}", err=True)
    sys.exit(INVALID)
