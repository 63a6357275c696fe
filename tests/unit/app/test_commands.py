"""What commands have in common: where their data lie, what they print for programs, and what they read from a pipe."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from app.cli import main
from models.words import Role, highest_role

WITHOUT_DATA = {"schema", "validate"}
VALID = {"name": "x", "actions": [{"action_id": "a", "action_type": "notification", "config": {"message": "Hi"}}]}
FAULTY_YAML = "name: x\nactions:\n  - action_id: a\n    action_type: notificaton\n"


def commands(group: click.Group = main, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """All commands by their words."""
    for name, command in group.commands.items():
        words = f"{above} {name}".strip()
        if isinstance(command, click.Group):
            yield from commands(command, words)
        else:
            yield words, command


def options(command: click.Command) -> set[str]:
    return {word for parameter in command.params for word in parameter.opts}


def run(*words: str, stdin: str = "") -> Result:
    return CliRunner().invoke(main, list(words), input=stdin)


def test_every_command_that_has_data_can_be_told_where_they_lie() -> None:
    assert {words for words, command in commands() if "--data-dir" not in options(command)} == WITHOUT_DATA


def test_every_command_that_serves_people_can_be_told_where_to_listen() -> None:
    with_a_port = {words for words, command in commands() if "--port" in options(command)}
    with_a_host = {words for words, command in commands() if "--host" in options(command)}
    assert with_a_port - with_a_host == {"demo"}  # which serves for itself alone


def test_every_command_that_ends_with_an_answer_prints_it_as_json_for_programs() -> None:
    without = {words for words, command in commands() if "--json" not in options(command)}
    assert without == {"dev", "serve", "worker", "demo", "schema", "audit export"}  # the last two print nothing else


def test_the_audit_log_of_a_data_directory_is_checked_for_programs_too(data_dir: Path) -> None:
    folder = str(data_dir)
    assert run("api-key", "create", "--user", "ci", "--data-dir", folder).exit_code == 0
    sound = run("audit", "verify", "--json", "--data-dir", folder)
    assert (sound.exit_code, json.loads(sound.stdout)) == (0, {"entries": 1, "deleted": 0, "faults": []})
    with sqlite3.connect(data_dir / "orchestrator.db") as database:
        guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'"
        for (name,) in database.execute(guards).fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE audit_entry SET actor = 'mallory'")
    forged = run("audit", "verify", "--json", "--data-dir", folder)
    told = json.loads(forged.stdout)
    assert (forged.exit_code, told["entries"], len(forged.stderr.splitlines())) == (1, 1, 1)
    assert told["faults"]


def test_a_migration_of_a_data_directory_makes_its_tables(tmp_path: Path) -> None:
    assert run("migrate", "--data-dir", str(tmp_path / "data")).exit_code == 0
    with sqlite3.connect(tmp_path / "data" / "orchestrator.db") as database:
        assert database.execute("SELECT count(*) FROM execution").fetchone() == (0,)


@pytest.mark.parametrize(
    "text", [json.dumps(VALID), "\n  " + json.dumps(VALID), json.dumps(VALID, indent=2).replace('"x"', "x")]
)
def test_a_workflow_is_read_from_a_pipe_whatever_it_is_written_in(text: str) -> None:
    ended = run("validate", "-", stdin=text if '"x"' in text else f"# in YAML\n{text}")
    assert (ended.exit_code, ended.stdout) == (0, ""), ended.output


def test_what_is_wrong_in_a_pipe_is_told_at_its_place() -> None:
    ended = run("validate", "-", stdin=FAULTY_YAML)
    assert ended.exit_code == 1
    assert ended.stdout.startswith("<stdin>:4:18: error: actions.0.action_type: ")


def test_findings_are_printed_for_programs(tmp_path: Path) -> None:
    file = tmp_path / "w.yaml"
    file.write_text(FAULTY_YAML)
    ended = run("validate", "--json", str(file), "-", stdin="{")
    assert (ended.exit_code, ended.stderr) == (1, "")
    first, second = map(json.loads, ended.stdout.splitlines())
    assert (first["file"], first["line"], first["column"], first["severity"]) == (str(file), 4, 18, "error")
    assert "did you mean" in first["message"]
    assert (second["file"], second["code"]) == ("<stdin>", "syntax")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_told_how_to_complete_commands(shell: str) -> None:
    runner = CliRunner(env={"_ORCHESTRATOR_COMPLETE": f"{shell}_source"})
    assert f"_ORCHESTRATOR_COMPLETE={shell}_complete" in runner.invoke(main, [], prog_name="orchestrator").stdout


def test_of_several_roles_the_highest_counts_for_keys_as_for_tokens() -> None:
    assert highest_role(["viewer", "editor", "operator"]) is Role.EDITOR
    assert highest_role([]) is highest_role([7, None, "king"]) is Role.VIEWER
    assert [*Role] == [Role.VIEWER, Role.OPERATOR, Role.EDITOR, Role.ADMIN]


def test_what_a_secret_is_set_to_is_read_no_further_than_it_may_be_long() -> None:
    ended = run("secret", "set", "token", stdin="x" * 70_000)
    assert (ended.exit_code, "stdin holds more than 65,536 bytes" in ended.stderr) == (2, True)
