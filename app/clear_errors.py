"""Ends a command with a message where a failure was to be expected."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from app.settings import SettingsError
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
        click.echo("\n".join(f"error: {line}" for line in lines), err=True)
        sys.exit(INVALID)
    except SettingsError as error:
        click.echo("\n".join(f"error: {fault}" for fault in error.faults), err=True)
        sys.exit(INVALID)
