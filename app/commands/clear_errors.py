"""Ends a command with a message where a failure was to be expected."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec

from app.settings.settings import SettingsError
from app.terminal.terminal import say
from engine.actions.faulty_plugin import FaultyPlugin
from models.errors import InvalidInput, OrchestratorError, Unavailable
from models.faults import Fault, sentence

ExpectedFailure = OrchestratorError | SettingsError | FaultyPlugin
EXPECTED = (OrchestratorError, SettingsError, FaultyPlugin)
INVALID = 2
NO_DATABASE = 3
"""As of a server that cannot start."""


@contextmanager
def clear_errors() -> Iterator[None]:
    """An expected failure ends the command with its message, not with a trace."""
    try:
        yield
    except EXPECTED as error:
        for line in lines_of(error):
            say(f"error: {line}", err=True)
        sys.exit(NO_DATABASE if isinstance(error, Unavailable) else INVALID)


def lines_of(error: ExpectedFailure) -> Sequence[str]:
    """What an expected failure says, a line a fault."""
    if isinstance(error, SettingsError):
        return error.faults
    if isinstance(error, InvalidInput):
        return [sentence(_without_body(fault)) for fault in error.faults]
    return [error.message]


def _without_body(fault: Fault) -> Fault:
    """A command has no request, and so no body in which a fault could be."""
    return msgspec.structs.replace(fault, loc=fault.loc[1:]) if fault.loc[:1] == ("body",) else fault
