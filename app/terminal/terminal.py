"""The one way to a person's terminal: what is printed there is seen as it is, and no part of it is obeyed.

Names, messages and files come from others. Nothing else in `app` prints; a test looks for what goes past this.
"""

import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any

import click

from app.terminal.logs import set_up_logs
from app.terminal.unwritten import full_disk, written_answer, written_errors
from app.terminal.visible_text import visible, visible_json, visible_lines

if TYPE_CHECKING:
    from app.terminal.console import TerminalConsole


def say(line: str, *, err: bool = False) -> None:
    """Print one line. Raises `UnwrittenAnswer`."""
    if err:
        with written_errors():
            click.echo(visible(line), err=True)
        return
    with written_answer():
        click.echo(visible(line))


def say_json(encoded: bytes) -> None:
    """Print a value that is JSON already, on one line or on many. Raises `UnwrittenAnswer`."""
    with written_answer():
        click.echo(visible_json(encoded))


def say_table(rows: Iterable[tuple[str, ...]]) -> None:
    """Print rows of as many texts, each column as wide as its longest. Raises `UnwrittenAnswer`."""
    shown = [[visible(text) for text in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        with written_answer():
            click.echo("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


def console(**options: Any) -> "TerminalConsole":
    """A console for what moves or has colours; the options are those of rich's."""
    from app.terminal.console import TerminalConsole  # most commands do without it

    return TerminalConsole(**options)


class TerminalGroup(click.Group):
    """The commands, whose own errors quote words and names of files."""

    def main(self, *args: Any, **more: Any) -> Any:
        """The whole program; traces and logs quote as errors do."""
        sys.excepthook = show_crash
        set_up_logs()
        return super().main(*args, **more)

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        """Read the words of the command line, of which some are answered at once."""
        with _visible_errors(), written_answer():
            return super().make_context(*args, **more)

    def invoke(self, ctx: click.Context) -> Any:
        """Carry the command out; what it asks of a disk that is full and answers for by no word of its own is told."""
        with _visible_errors(), full_disk():
            return super().invoke(ctx)


def show_crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print the trace of an error that nobody expected."""
    for part in traceback.format_exception(kind, error, trace):
        click.echo(visible_lines(part), err=True, nl=False)


@contextmanager
def _visible_errors() -> Iterator[None]:
    try:
        yield
    except click.ClickException as error:
        told = visible(error.format_message())
        vars(error).update(format_message=lambda: told)
        raise
