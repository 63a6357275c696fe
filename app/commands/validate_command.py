"""The command `orchestrator validate`: all that is wrong in workflow files, each at its line and column."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from app.commands.clear_errors import clear_errors
from app.terminal.terminal import say, say_json

if TYPE_CHECKING:  # the command imports it once it is known that it is needed
    from resolvers.workflows.sources.diagnosis import Diagnostic

FAILED = 1
STDIN = Path("-")
STDIN_NAME = "<stdin>"


class Finding(msgspec.Struct, frozen=True, order=True):
    """One line of the output; places count from 1."""

    line: int
    column: int
    severity: str
    message: str
    code: str

    def told(self, name: str) -> str:
        """The line that says it of the file `name`, as compilers do."""
        return f"{name}:{self.line}:{self.column}: {self.severity}: {self.message} [{self.code}]"


@click.command()
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
)
@click.option("--strict", is_flag=True, help="Warnings are errors.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print each finding as a line of JSON, and how many there are nowhere."
)
def validate(files: Sequence[Path], strict: bool, as_json: bool) -> None:
    """Check workflow files (JSON or YAML) as a server would: fields, graph, action types, expressions.

    Each finding is a line FILE:LINE:COLUMN: error|warning: MESSAGE [CODE]. Exits with 1 where there is an error, and
    with --strict where there is a warning. Whether secrets and services exist, only a server knows. The file - is
    standard input.
    """
    found = {"error": 0, "warning": 0}
    for file in files:
        with clear_errors():
            findings = sorted(set(findings_in(file)))
        for finding in findings:
            found[finding.severity] += 1
            name = STDIN_NAME if file == STDIN else str(file)
            if as_json:
                say_json(msgspec.json.encode({"file": name, **msgspec.structs.asdict(finding)}))
                continue
            say(finding.told(name))
    if not as_json:
        counted = ", ".join(_counted(number, word) for word, number in (("file", len(files)), *found.items()))
        say(counted, err=True)
    sys.exit(FAILED if found["error"] or (strict and found["warning"]) else 0)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def findings_in(file: Path) -> Iterator[Finding]:
    """All that is wrong in a file, `-` for standard input."""
    from engine.actions.installed import installed_actions
    from resolvers.workflows.sources.diagnosis import findings_of, read_workflow_of, unreadable
    from resolvers.workflows.sources.source_text import UnreadableFile, read_source, source_of

    try:
        source = source_of(sys.stdin.buffer.read()) if file == STDIN else read_source(file)
    except UnreadableFile as error:
        yield _finding(unreadable(error))
        return
    except OSError as error:
        yield Finding(1, 1, "error", f"it cannot be read: {error.strerror}", "unreadable")
        return
    actions = installed_actions()
    yield from map(_finding, findings_of(actions, read_workflow_of(actions, source)))


def _finding(found: "Diagnostic") -> Finding:
    return Finding(found.line, found.column, found.severity, found.message, found.code)
