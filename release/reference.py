"""Writes the tables of a page: `python -m release.reference [--check] docs/reference.md`; `NEEDED` names the pages.

Each is made from the program itself: commands from the command line, settings and filters from their definitions, words
of closed sets from what GraphQL says of them.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

from app.cli import main as orchestrator
from app.settings.default_texts import default_in_markdown
from app.settings.settings import SETTINGS, Settings
from engine.expressions.filters.catalogue import FILTERS
from models.error_codes import ErrorCode
from models.errors import OrchestratorError
from rest_compat.errors import FRAMEWORK_CODES
from schema.types.enums import TEXTS

TABLE = re.compile(r"(?<=<!-- table: )(\w+)( -->\n).*?(?=<!-- end -->)", re.DOTALL)
NEEDED: Mapping[str, frozenset[str]] = {
    "reference.md": frozenset({"Commands", "ErrorCode", "ActionErrorCode", "EventType"}),
    "settings.md": frozenset({"Settings"}),
    "expressions.md": frozenset({"Filters"}),
}
"""By the name of the page."""
WORDS: Mapping[str, Mapping[str, str]] = {enum.__name__: texts for enum, texts in TEXTS.items()}


def filled(text: str, page: str) -> str:
    """The text of a page with each of its tables made anew. Raises `SystemExit` where it leaves one out."""
    left = NEEDED[page] - {found[1] for found in TABLE.finditer(text)}
    if left:
        sys.exit(f"there is no table of {', '.join(sorted(left))}")
    return TABLE.sub(lambda found: f"{found[1]}{found[2]}\n{_table(found[1])}\n", text)


def _table(name: str) -> str:
    if name == "Commands":
        return _lines(("command", "what it does", "options"), commands(orchestrator, ("orchestrator",)))
    if name == Settings.__name__:
        rows = ((f"`{name.upper()}`", setting.about, default_in_markdown(name)) for name, setting in SETTINGS.items())
        return _lines(("ORCHESTRATOR_…", "What it is", "Default"), rows)
    if name == "Filters":
        shown = (
            (f"`{word}`", each.about, f"`{{{{{each.example}}}}}`", f"`{json.dumps(each.result, ensure_ascii=False)}`")
            for word, each in FILTERS.items()
        )
        return _lines(("filter", "what it gives", "example", "gives"), shown)
    if name == ErrorCode.__name__:
        statuses = {code: str(status) for code, status in rest_statuses()}
        rows = ((f"`{word}`", statuses.get(word, ""), says) for word, says in WORDS[name].items())
        return _lines(("code", "status", "what it says"), rows)
    return _lines(("word", "what it says"), ((f"`{word}`", says) for word, says in WORDS[name].items()))


def _lines(head: Sequence[str], rows: Iterator[tuple[str, ...]]) -> str:
    all_rows = [head, ["---"] * len(head), *([cell.replace("|", r"\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(row)} |\n" for row in all_rows)


def commands(group: click.Group, above: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield each command below a group as its words and arguments, its help, and its options."""
    for name, command in sorted(group.commands.items()):
        words = [*above, name]
        if isinstance(command, click.Group):
            yield from commands(command, words)
            continue
        arguments = [piece for piece in command.collect_usage_pieces(click.Context(command)) if piece != "[OPTIONS]"]
        options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
        shown = ", ".join(f"`{max(option.opts, key=len)}`" for option in options)
        yield f"`{' '.join([*words, *arguments])}`", command.get_short_help_str(limit=400), shown


def rest_statuses() -> Iterator[tuple[str, int]]:
    """Yield the code and the status of each expected failure that has both."""
    yield from ((code.value, status) for status, code in FRAMEWORK_CODES.items())
    left = [OrchestratorError]
    while left:
        error = left.pop()
        left += error.__subclasses__()
        if hasattr(error, "code") and hasattr(error, "http_status"):
            yield error.code.value, error.http_status


def main() -> None:
    """Rewrite the file, or with `--check` say whether it is stale."""
    *options, name = sys.argv[1:]
    file = Path(name)
    text = file.read_text(encoding="utf-8")
    if options != ["--check"]:
        file.write_text(filled(text, file.name), encoding="utf-8")
    elif filled(text, file.name) != text:
        sys.exit(f"{file} is stale: run make schema")


if __name__ == "__main__":
    main()
