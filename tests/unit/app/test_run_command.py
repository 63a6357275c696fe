"""`orchestrator run` where nobody sits: what it refuses, what it waits for and how to go on, and what it shows."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from tests.support.calls import notify

ASK: dict[str, Any] = {"action_id": "ask", "action_type": "approval", "config": {"message": "Release {{version}}?"}}
PAID = {"action_id": "paid", "action_type": "wait", "config": {"signal": "paid"}, "depends_on": ["ask"]}
RELEASE = {
    "name": "Release",
    "parameters": [{"name": "version", "type": "string", "required": True}],
    "actions": [ASK, PAID],
    "outputs": {"payload": "{{paid.response.payload}}"},
}


def run(folder: Path, workflow: Any, *words: str) -> Result:
    file = folder / "w.json"
    file.write_text(workflow if isinstance(workflow, str) else json.dumps(workflow))
    return CliRunner().invoke(main, ["run", str(file), *words])


@pytest.mark.parametrize(
    ("workflow", "words", "said"),
    [
        ("{", (), "w.json:1:2: error: this is not valid JSON: "),
        (
            '{"name": "x",\n "actions": [{"action_id": "a", "action_type": "notificaton"}]}',
            (),
            "w.json:2:48: error: actions.0.action_type: ",
        ),
        (RELEASE, ("-p", "versoin=1"), "versoin: unknown parameter: did you mean 'version'?"),
        (RELEASE, ("-p", "x=1"), "x: unknown parameter: known are version"),
        ({"name": "x", "actions": []}, ("-p", "x=1"), "x: unknown parameter: the workflow has none"),
        (RELEASE, ("-p", "version=1", "--approve", "asc"), "asc: the workflow has no such action: did you mean 'ask'?"),
        (RELEASE, ("-p", "version=1", "--reject", "q"), "q: the workflow has no such action: there are ask, paid"),
        (RELEASE, ("-p", "version=1", "--signal", "paid={"), "--signal paid: must be JSON, not '{'"),
        (RELEASE, ("-p", "version"), "version: write parameters as name=value"),
    ],
)
def test_what_cannot_run_is_refused_at_its_place_with_what_there_is(
    tmp_path: Path, workflow: Any, words: tuple[str, ...], said: str
) -> None:
    refused = run(tmp_path, workflow, *words)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert said in refused.stderr


def test_answers_from_the_command_line_are_given_where_they_are_waited_for(tmp_path: Path) -> None:
    ended = run(tmp_path, RELEASE, "-p", "version=1", "--approve", "ask", "--signal", 'paid={"sum": 7}')
    told = json.loads(ended.stdout)
    assert (ended.exit_code, told["status"], told["outputs"]) == (0, "completed", {"payload": {"sum": 7}})
    lines = [line.partition("  ")[0] for line in ended.stderr.splitlines()]
    assert lines == [
        "? ask waits for an approval: Release 1?",
        "✓ ask",
        "? paid waits for the signal 'paid'",
        "✓ paid",
    ]


def test_two_approvers_are_stood_for_one_after_the_other(tmp_path: Path) -> None:
    config = {"message": "Sure?", "quorum": 2, "approvers": ["ada", "ben"]}
    ended = run(tmp_path, {"name": "Two", "actions": [{**ASK, "config": config}]}, "--approve", "ask")
    decisions = json.loads(ended.stdout)["result"]["ask"]["response"]["decisions"]
    assert (ended.exit_code, [decision["by"] for decision in decisions]) == (0, ["ada", "ben"])


def test_without_a_terminal_it_says_how_to_go_on(tmp_path: Path) -> None:
    form = [{"name": "sum", "type": "integer", "required": True}]
    late = {"timeout_seconds": 1, "depends_on": [], "on_error": "continue"}
    actions = [
        ASK | late | {"config": {"message": "Sure?"}},
        ASK | late | {"action_id": "fill", "config": {"message": "How much?", "form": form}},
        PAID | late,
    ]
    ended = run(tmp_path, {"name": "Late", "actions": actions}, "--approve", "fill")
    assert "  run it with --approve ask or --reject ask, or in a terminal, where it asks\n" in ended.stderr
    assert "  run it with --signal paid=JSON, or in a terminal, where it asks\n" in ended.stderr
    assert "  body.form.sum: " in ended.stderr  # what was given does not do
    assert ended.stderr.count("TIMEOUT") == 3


def test_a_rejection_fails_and_what_was_not_declared_is_not_shown(tmp_path: Path) -> None:
    rejected = run(tmp_path, {**RELEASE, "outputs": {}}, "-p", "version=1", "--reject", "ask")
    assert (rejected.exit_code, json.loads(rejected.stdout)["status"]) == (1, "failed")
    plain = run(tmp_path, {"name": "Plain", "actions": [notify("a")]})
    assert json.loads(plain.stdout).keys() == {"status", "result"}
