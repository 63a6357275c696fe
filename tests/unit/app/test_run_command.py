"""`orchestrator run` where nobody sits: what it refuses, what it waits for and how to go on, and what it shows."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.commands.questions import Question
from models.words import WaitReason
from tests.support.calls import notify

ASK: dict[str, Any] = {"action_id": "ask", "action_type": "approval", "config": {"message": "Release {{version}}?"}}
PAID = {"action_id": "paid", "action_type": "wait", "config": {"signal": "paid"}, "depends_on": ["ask"]}
RELEASE = {
    "name": "Release",
    "parameters": [{"name": "version", "type": "string", "required": True}],
    "actions": [ASK, PAID],
    "outputs": {"payload": "{{paid.response.payload}}"},
}
COUNTED = {"name": "Counted", "parameters": [{"name": "n", "type": "integer", "allowed_values": [1, 2]}], "actions": []}
RISK = [
    {"name": "risk", "type": "string", "required": True, "allowed_values": ["low", "high"]},
    {"name": "sum", "type": "integer"},
]
FORM: dict[str, Any] = {"action_id": "ask", "action_type": "approval", "config": {"message": "Sure?", "form": RISK}}
TIDY = {"action_id": "tidy", "action_type": "approval", "config": {"message": "Tidied?"}}


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
        (RELEASE, (), "error: parameter 'version' is required: -p version=...\n"),
        (RELEASE, ("-p", "version=1", "-p", "version=2"), "version: the parameter is given twice: give it once"),
        (COUNTED, ("-p", "n=abc"), "error: n: must be an integer, not 'abc'\n"),
        (COUNTED, ("-p", "n=1.5"), "error: n: must be an integer, not '1.5'\n"),
        (COUNTED, ("-p", "n=3"), "error: n: must be one of: 1, 2\n"),
        (RELEASE, ("-p", "version=1", "--signal", "piad"), "no such signal: did you mean 'paid'?"),
        (COUNTED, ("--signal", "paid"), "--signal paid: the workflow waits for no signal\n"),
        (RELEASE, ("-p", "version=1", "--approve", "paid"), "paid: the action asks for no approval: there are ask"),
        (RELEASE, ("-p", "version=1", "--approve", "ask", "--reject", "ask"), "ask: it is approved and rejected"),
        (RELEASE, ("-p", "version=1", "--approve", "ask", "--approve", "ask={}"), "--approve ask: it is given twice"),
        (RELEASE, ("-p", "version=1", "--approve", "ask=1"), "--approve ask: the form must be a JSON object"),
    ],
)
def test_what_cannot_run_is_refused_at_its_place_with_what_there_is(
    tmp_path: Path, workflow: Any, words: tuple[str, ...], said: str
) -> None:
    refused = run(tmp_path, workflow, *words)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert said in refused.stderr


def test_labels_from_the_command_line_are_those_of_the_execution(tmp_path: Path) -> None:
    seen = {"name": "Seen", "actions": [notify("say", "{{execution.labels.team}}")]}
    ended = run(tmp_path, seen, "--label", "team=billing", "--label", "note=a=b", "--json")
    told = json.loads(ended.stdout)
    assert (ended.exit_code, told["labels"]) == (0, {"team": "billing", "note": "a=b"})
    assert told["result"]["say"]["response"]["message"] == "billing"


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


ADVICE = "error: nobody can answer here: run it with "


@pytest.mark.parametrize(
    ("actions", "words", "advice"),
    [
        (
            [ASK | {"config": {"message": "Sure?"}}],
            (),
            ["--approve ask or --reject ask, or in a terminal, where it asks"],
        ),
        ([PAID | {"depends_on": []}], (), ["--signal paid=JSON, or in a terminal, where it asks"]),
        (
            [FORM],
            ("--approve", "ask"),
            [
                """--approve 'ask={"risk": "low"}' or --reject ask (form: risk: string, one of "low", "high"; """
                "sum: integer, optional), or in a terminal, where it asks"
            ],
        ),
    ],
)
@pytest.mark.parametrize("more", [(), ("--json",)])
def test_what_nobody_can_answer_is_told_and_cancelled_with_its_clean_up(
    tmp_path: Path, actions: list[Any], words: tuple[str, ...], advice: list[str], more: tuple[str, ...]
) -> None:
    workflow = {"name": "Late", "actions": actions, "on_exit": [notify("bye")]}
    ended = run(tmp_path, workflow, *words, *more)
    told = json.loads(ended.stdout)
    assert (ended.exit_code, told["status"]) == (2, "cancelled")
    assert "bye" in ended.stdout
    lines = ended.stderr.splitlines()
    assert [line.removeprefix(ADVICE) for line in lines if line.startswith(ADVICE)] == advice
    assert ("error: ask: form.risk: field required" in lines) == ("--approve" in words)


def test_a_clean_up_that_nobody_can_answer_is_left(tmp_path: Path) -> None:
    workflow = {"name": "Untidy", "actions": [notify("a")], "on_exit": [TIDY]}
    left = run(tmp_path, workflow)
    assert (left.exit_code, left.stdout) == (2, "")
    assert f"{ADVICE}--approve tidy or --reject tidy" in left.stderr
    assert run(tmp_path, workflow, "--approve", "tidy").exit_code == 0


def test_a_form_is_filled_in_from_the_command_line(tmp_path: Path) -> None:
    ended = run(tmp_path, {"name": "Form", "actions": [FORM]}, "--approve", 'ask={"risk": "high"}')
    assert (ended.exit_code, json.loads(ended.stdout)["result"]["ask"]["response"]["form"]) == (0, {"risk": "high"})


def test_a_question_with_a_form_shows_how_to_answer_it() -> None:
    question = Question("ask", None, WaitReason.APPROVAL, {"message": "Sure?", "form": RISK})
    example = 'such as y {"risk": "low"} (risk: string, one of "low", "high"; sum: integer, optional)'
    assert question.prompt() == f"y or n, with the form behind it, {example}: "
    assert question.answers() == f"write y with the form behind it, {example}, or n"


def test_a_rejection_fails_and_what_was_not_declared_is_not_shown(tmp_path: Path) -> None:
    rejected = run(tmp_path, {**RELEASE, "outputs": {}}, "-p", "version=1", "--reject", "ask")
    assert (rejected.exit_code, json.loads(rejected.stdout)["status"]) == (1, "failed")
    plain = run(tmp_path, {"name": "Plain", "actions": [notify("a")]})
    assert json.loads(plain.stdout).keys() == {"status", "result"}
