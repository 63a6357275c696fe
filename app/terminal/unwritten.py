"""What becomes of an answer that nobody can write down: one line on stderr, and the status of a command that failed."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

import click

FAILED = 1
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class UnwrittenAnswer(click.ClickException):
    """The answer could not be written; `reason` is what the system says."""

    exit_code = FAILED

    def __init__(self, reason: str, told: str = "the answer cannot be written") -> None:
        super().__init__(f"{told}: {reason}")
        self.reason = reason

    def show(self, file: IO[Any] | None = None) -> None:
        """Print it as every expected failure is."""
        with written_errors():
            click.echo(f"error: {self.format_message()}", file=file, err=True)


@contextmanager
def written_answer() -> Iterator[None]:
    """Raise `UnwrittenAnswer` where stdout takes no more; a reader who has gone (`| head`) is told nothing."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        _drop(1)
        raise UnwrittenAnswer(error.strerror or str(error)) from None


@contextmanager
def full_disk() -> Iterator[None]:
    """Raise `UnwrittenAnswer` for a full disk, by whatever library it was written to, as help texts are."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        with written_answer():
            raise


@contextmanager
def written_errors() -> Iterator[None]:
    """Go on where stderr takes no more: there is nobody left to tell it."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError:
        _drop(2)


def _drop(descriptor: int) -> None:
    """Let what is left in the buffer go nowhere, or the end of the program would stumble over it once more."""
    stream = sys.stdout if descriptor == 1 else sys.stderr
    with suppress(OSError, ValueError):  # a stream of its own has no descriptor
        if stream.fileno() == descriptor:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, descriptor)
            os.close(nowhere)
