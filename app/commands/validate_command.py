"""The command `orchestrator validate`: all that is wrong in workflow files, each at its line and column."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import msgspec

from app.commands.clear_errors import clear_errors
from app.terminal.terminal import say, say_json
from models.errors import InvalidInput
from models.faults import Fault, sentence

FAILED = 1
STRING_FAULT = "type_error.string"
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
    from app.files.source_places import place_of, unquoted_hint
    from app.files.source_text import UnreadableFile, read_source, source_of
    from app.files.workflow_file import workflow_of
    from engine.actions.installed import installed_actions
    from models.json_text import REPEATED_KEY, repeated_key
    from resolvers.workflows.definitions import definition_faults, definition_warnings

    try:
        source = source_of(sys.stdin.buffer.read()) if file == STDIN else read_source(file)
    except UnreadableFile as error:
        yield Finding(*error.place, "error", error.reason, "syntax")
        return
    except OSError as error:
        yield Finding(1, 1, "error", f"it cannot be read: {error.strerror}", "unreadable")
        return

    def wrong(fault: Fault) -> Finding:
        is_key = fault.type in ("value_error.extra", REPEATED_KEY)
        place = place_of(source, fault.loc, fault.character, is_key=is_key)
        hint = unquoted_hint(source, fault.loc) if fault.type == STRING_FAULT else ""
        return Finding(*place, "error", sentence(fault) + hint, fault.type)

    actions = installed_actions()
    yield from (wrong(repeated_key(loc)) for loc in source.repeated)
    try:
        workflow = workflow_of(source)
    except InvalidInput as refused:
        yield from map(wrong, refused.faults)
        return
    for fault in definition_faults(actions, workflow, ()):
        yield wrong(fault)
    for warning in definition_warnings(actions, workflow):
        place = place_of(source, warning.path, warning.character)
        yield Finding(*place, "warning", warning.message, warning.code)
