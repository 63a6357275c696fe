"""What a person's terminal shows of others' data is seen, and nothing of it obeyed: in every command (S23)."""

import ast
import errno
import io
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unicodedata import category

import click
import pytest
from click.testing import CliRunner
from rich.text import Text

import app
from app.cli import main
from app.commands.progress import ProgressDisplay
from app.terminal.log_lines import ConsoleLines, JsonLines, LineHandler
from app.terminal.terminal import console, show_crash
from app.terminal.visible_text import JOINERS, OBEYED, visible, visible_json, visible_lines
from models.api_key_text import key_id_of
from models.words import EventType

HOSTILE = "k\x1b]0;pwned\x07\nkey_0\u202e\u2066\u200f\u2028\x9b2J\x7f\u061c\U000e0041\rroot"
HOME = Path(app.__file__).parent
PRINTERS = {"echo", "secho", "echo_via_pager", "print_exception", "print_json"}
ALLOWED_TO_PRINT = {"terminal/terminal.py", "terminal/console.py", "terminal/log_lines.py", "terminal/unwritten.py"}


def obeyed(text: str) -> str:
    """What of a text a terminal would obey; lines may end."""
    return "".join(letter for letter in text if category(letter) in OBEYED and letter not in JOINERS | {"\n"})


# --- what is written out -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, ünïcödé, 漢字, 👩‍👩‍👧, نمی‌خواهم", "plain, ünïcödé, 漢字, 👩‍👩‍👧, نمی‌خواهم"),
        ("\x1b[31m", r"\x1b[31m"),
        ("a\nb\tc\rd", r"a\nb\tc\rd"),
        ("\x9b2J\x7f\x85", r"\x9b2J\x7f\x85"),
        ("\u202e\u202a\u2066\u2069\u200e\u200f\u061c", r"\u202e\u202a\u2066\u2069\u200e\u200f\u061c"),
        ("\u2028\u2029\ufeff\u200b", r"\u2028\u2029\ufeff\u200b"),
        ("\U000e0041\ud800", r"\U000e0041\ud800"),
    ],
)
def test_what_would_be_obeyed_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert visible(shown) == shown


def test_lines_stay_lines_where_they_may() -> None:
    assert visible_lines("a\x1b\nb\n") == "a\\x1b\nb\n"


def test_json_stays_the_same_value() -> None:
    value = {HOSTILE: [HOSTILE, "ünïcödé 👩‍👩‍👧", "\u2028"]}
    encoded = json.dumps(value, ensure_ascii=False, indent=2)
    shown = visible_json(encoded.encode())
    assert obeyed(shown) == ""
    assert json.loads(shown) == value
    assert "ünïcödé 👩‍👩‍👧" in shown


# --- nothing goes past it ------------------------------------------------------------------------


def past_the_terminal(source: str) -> Iterator[str]:
    """What prints in a module by itself."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(attr=name) if name in PRINTERS:
                yield name
            case ast.Name(id="print"):
                yield "print"
            case ast.Attribute(value=ast.Name(id="sys"), attr="stdout" | "stderr" | "__stdout__" | "__stderr__"):
                yield f"sys.{node.attr}"
            case ast.ImportFrom(module="rich.console", names=names) if any(name.name == "Console" for name in names):
                yield "rich.console.Console"
            case ast.ImportFrom(module="click", names=names) if {name.name for name in names} & PRINTERS:
                yield "click"


def test_nothing_prints_past_the_terminal() -> None:
    found = {
        str(file.relative_to(HOME)): printers
        for file in HOME.rglob("*.py")
        if (printers := list(past_the_terminal(file.read_text(encoding="utf-8"))))
    }
    assert found.keys() == ALLOWED_TO_PRINT


@pytest.mark.parametrize(
    "source",
    ["click.echo(x)", "print(x)", "sys.stderr.write(x)", "from rich.console import Console", "from click import echo"],
)
def test_what_goes_past_it_is_noticed(source: str) -> None:
    assert list(past_the_terminal(source)) != []


# --- every command -------------------------------------------------------------------------------


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command by its words."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


def of_others(folder: Path) -> dict[tuple[str, ...], list[str]]:
    """For every command words by which it tells what others chose: as it succeeds, or as it refuses."""
    made = CliRunner().invoke(main, ["api-key", "create", "--user", HOSTILE, "--name", HOSTILE])
    key = key_id_of(made.stdout.strip())
    file = folder / f"{HOSTILE}.json"
    message = f"{HOSTILE} {{{{nowhere {HOSTILE}}}}}"
    action = {"action_id": "a", "action_type": "notification", "config": {"message": message}}
    file.write_text(json.dumps({"name": HOSTILE, "actions": [action]}))
    return {
        ("api-key", "create"): ["--user", HOSTILE, "--name", HOSTILE],
        ("api-key", "list"): [],
        ("api-key", "rotate"): [str(key)],
        ("api-key", "revoke"): [str(key)],
        ("audit", "export"): [],
        ("audit", "verify"): [],
        ("retention",): [],
        ("backup",): [str(folder / f"{HOSTILE}.db")],
        ("demo",): ["--documents", f"/nowhere/{HOSTILE}"],
        ("dev",): ["--port", HOSTILE],
        ("migrate",): [HOSTILE],
        ("restore",): [str(folder / HOSTILE)],
        ("run",): [str(file)],
        ("schema",): [],
        ("secret", "delete"): [HOSTILE],
        ("secret", "list"): ["--tenant", HOSTILE],
        ("secret", "rotate-keys"): [],
        ("secret", "set"): [HOSTILE],
        ("serve",): ["--port", HOSTILE],
        ("settings",): ["--settings", f"/nowhere/{HOSTILE}"],
        ("token",): ["--user", HOSTILE, "--role", HOSTILE],
        ("validate",): [str(file)],
        ("worker",): ["--concurrency", HOSTILE],
    }


def test_no_command_prints_what_a_terminal_obeys(
    tmp_path: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORCHESTRATOR_DATA_DIR", str(data_dir))
    told = of_others(tmp_path)
    assert told.keys() == {*commands(main)}
    quoted = set()
    for path, words in told.items():
        ended = CliRunner().invoke(main, [*path, *words], input=HOSTILE * 2)
        assert ended.exception is None or isinstance(ended.exception, SystemExit), (path, ended.exception)
        assert obeyed(ended.output) == "", (path, ended.output)
        assert not any(line.startswith(r"key_0\u202e") for line in ended.output.splitlines()), path
        quoted |= {path} if "pwned" in ended.output else set()
    assert {("api-key", "list"), ("run",), ("validate",), ("audit", "export"), ("demo",), ("settings",)} <= quoted
    told_as_json = CliRunner().invoke(main, ["api-key", "list", "--all", "--json"]).stdout
    assert obeyed(told_as_json) == ""
    assert json.loads(told_as_json.splitlines()[0])["name"] == HOSTILE


def test_the_trace_of_a_bug_obeys_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise KeyError(HOSTILE) from ValueError(HOSTILE)
    except KeyError as error:
        show_crash(type(error), error, error.__traceback__)
    told = capsys.readouterr().err
    assert told.startswith("ValueError: k\\x1b]0;pwned") and obeyed(told) == ""
    assert CliRunner().invoke(main, ["--version"]).exit_code == 0 and sys.excepthook is show_crash
    assert any(isinstance(handler, LineHandler) for handler in logging.getLogger().handlers)


def shown_by(draw: Callable[[io.StringIO], None]) -> str:
    """What is written to a terminal, without the console's own colours and movements."""
    file = io.StringIO()
    draw(file)
    return file.getvalue()


def test_progress_on_a_terminal_obeys_nothing() -> None:
    now = datetime.now(UTC)

    def draw(file: io.StringIO) -> None:
        with ProgressDisplay(console(file=file, force_terminal=True, width=400)) as progress:
            progress.show(EventType.ACTION_STARTED, now, HOSTILE, {})
            progress.show(EventType.ACTION_FAILED, now, HOSTILE, {"error": {"code": "X", "message": HOSTILE}})

    shown = shown_by(draw)
    assert "\x1b]0" not in shown and not set("\u202e\u2066\u200f\u2028\x9b\x7f\u061c") & set(shown)
    assert r"\x1b]0;pwned\x07\nkey_0\u202e" in shown


def test_a_console_takes_no_markup_and_no_links_from_others() -> None:
    def draw(file: io.StringIO) -> None:
        shown = console(file=file, force_terminal=True, width=200)
        shown.print(f"[bold]x[/bold] [link=http://evil]y[/link] {HOSTILE}")
        shown.rule(Text(HOSTILE))
        shown.print(Text(HOSTILE, style="red"))

    shown = shown_by(draw)
    assert "[link=http://evil]y[/link]" in shown and "\x1b]" not in shown
    assert shown.count("pwned") == 3 and "\u202e" not in shown


@pytest.mark.parametrize("formatter", [ConsoleLines(), JsonLines()])
def test_a_log_line_obeys_nothing_and_is_no_other_line(formatter: logging.Formatter) -> None:
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        record = logging.LogRecord("orchestrator", logging.ERROR, __file__, 1, "of %s\n", (HOSTILE,), sys.exc_info())
    record.facts = {"name": HOSTILE, "odd": "\ud800 x=1"}
    first, *below = formatter.format(record).split("\n")
    assert obeyed("".join([first, *below])) == ""
    assert all(line.startswith("    ") for line in below)
    assert "\n".join([first, *below]).count("pwned") == 3


# --- an answer that cannot be written -------------------------------------------------------------


@pytest.mark.parametrize("words", [["settings", "--all"], ["settings", "--json"], ["--help"], ["run", "--help"]])
def test_an_answer_that_cannot_be_written_is_a_line(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    to_a_full_disk(monkeypatch)
    ended = CliRunner().invoke(main, words)
    assert (ended.exit_code, ended.stderr) == (1, "error: the answer cannot be written: No space left on device\n")


def test_a_key_that_was_not_shown_is_told_to_be_revoked(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = ["--data-dir", str(data_dir)]
    CliRunner().invoke(main, ["migrate", *folder])
    to_a_full_disk(monkeypatch)
    ended = CliRunner().invoke(main, ["api-key", "create", "--user", "ci", *folder])
    assert ended.exit_code == 1 and "is made and could not be shown: revoke it ('orchestrator api-key" in ended.stderr


def test_the_end_of_a_program_does_not_stumble_over_what_it_could_not_write() -> None:
    with Path("/dev/full").open("w") as full:
        words = [sys.executable, "-c", "from app.cli import main; main(['settings', '--all'])"]
        ended = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (1, "error: the answer cannot be written: No space left on device\n")


def to_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes to stdout fails."""
    echo = click.echo

    def full(message: object = None, file: Any = None, nl: bool = True, err: bool = False, **more: Any) -> None:
        if not err:
            raise OSError(errno.ENOSPC, "No space left on device")
        echo(message, file, nl, err, **more)

    for module in (click, click.decorators):
        monkeypatch.setattr(module, "echo", full)
