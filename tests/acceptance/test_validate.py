"""`orchestrator validate` on real files: each finding in its form, at its line and column, with the exit code."""

import re
from pathlib import Path
from subprocess import CompletedProcess

from tests.support.command_line import EXAMPLES, forked, orchestrator

FORM = re.compile(
    r"(?P<file>[^:]+):(?P<line>\d+):(?P<column>\d+): (?P<severity>error|warning): .+ \[(?P<code>[\w.]+)\]"
)

FAULTY_YAML = """\
name: Faulty
parameters:
  - name: count
    type: integer
  - {name: flag, type: strin}
actions:
  - action_id: a
    action_type: notification
    nme: x
    timeout_seconds: 0
    config: {text: Hi}
"""
WARNED_YAML = """\
name: Warned
parameters:
  - {name: count, type: integer, required: true}
  - {name: flag, type: boolean, required: true}
actions:
  - action_id: a
    action_type: notification
    config:
      message: |
        Ä line, then
          {{count +
            flag}} and {{ flag | upper }}
      data:
        - 'it''s {{ cout }}'
        - plain {{ 1 + flag }}
  - action_id: never
    action_type: transform
    when: "{{false and flag}}"
    config: {output: x}
  - action_id: after
    action_type: transform
    depends_on: [never]
    run_if: any_success
    config: {output: x}
"""
FAULTY_JSON = """\
{
\t"name": "x",
\t"parameters": [{"name": "count", "type": "integer", "required": true}],
\t"actions": [
\t\t{"action_id": "a", "action_type": "notification",
\t\t "config": {"message": "\\u00e4\\ud83d\\ude00\\t \\"{{count + \\"a\\"}}\\" {{cunt}}"}},
\t\t{"action_id": "b", "action_type": "notificaton", "depends_on": ["a", "c"], "when": "{{a.response >}}"}
\t]
}
"""


def found(ended: CompletedProcess[str]) -> list[tuple[str, int, int, str, str]]:
    """The findings; every line of the output is one."""
    matches = [FORM.fullmatch(line) for line in ended.stdout.splitlines()]
    assert all(matches), ended.stdout
    return [
        (Path(match["file"]).name, int(match["line"]), int(match["column"]), match["severity"], match["code"])
        for match in matches
        if match
    ]


def at(content: str, line: int, column: int) -> str:
    """What stands at a place."""
    return content.splitlines()[line - 1][column - 1 :]


def validate(tmp_path: Path, content: str | bytes, name: str = "workflow.yaml", *words: str) -> CompletedProcess[str]:
    file = tmp_path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return forked("validate", *words, str(file))


def test_the_examples_are_valid_in_one_go() -> None:
    files = [str(file) for file in EXAMPLES.glob("*.yaml")]
    ended = orchestrator("validate", "--strict", *files, *files)
    assert (ended.returncode, ended.stdout) == (0, "")
    assert ended.stderr == f"{2 * len(files)} files, 0 errors, 0 warnings\n"


def test_each_error_in_a_yaml_file_is_at_the_value_or_at_the_field_that_is_wrong(tmp_path: Path) -> None:
    ended = validate(tmp_path, FAULTY_YAML)
    assert ended.returncode == 1
    assert [(at(FAULTY_YAML, line, column), code) for _, line, column, _, code in found(ended)] == [
        ("strin}", "value_error.const"),
        ("nme: x", "value_error.extra"),
        ("0", "value_error.number.not_ge"),
        ("{text: Hi}", "value_error.missing"),
        ("text: Hi}", "value_error.extra"),
    ]


def test_each_warning_in_a_yaml_file_is_at_its_character_in_every_way_to_write_a_text(tmp_path: Path) -> None:
    ended = validate(tmp_path, WARNED_YAML)
    assert (ended.returncode, ended.stderr) == (0, "1 file, 0 errors, 6 warnings\n")
    assert [(at(WARNED_YAML, line, column), code) for _, line, column, _, code in found(ended)] == [
        ("+", "type_mismatch"),
        ("upper }}", "type_mismatch"),
        ("cout }}'", "unknown_reference"),
        ("+ flag }}", "type_mismatch"),
        ('"{{false and flag}}"', "unreachable_action"),
        ("any_success", "unreachable_action"),
    ]
    assert {severity for *_, severity, _ in found(ended)} == {"warning"}


def test_strict_makes_warnings_fail(tmp_path: Path) -> None:
    ended = validate(tmp_path, WARNED_YAML, "workflow.yaml", "--strict")
    assert (ended.returncode, ended.stderr) == (1, "1 file, 0 errors, 6 warnings\n")


def test_errors_and_warnings_in_a_json_file_are_at_their_characters_behind_escapes_and_tabs(tmp_path: Path) -> None:
    ended = validate(tmp_path, FAULTY_JSON, "workflow.json")
    assert ended.returncode == 1
    assert [(at(FAULTY_JSON, line, column)[:9], severity) for _, line, column, severity, _ in found(ended)] == [
        ('+ \\"a\\"}}', "warning"),
        ('cunt}}"}}', "warning"),
        ('"notifica', "error"),
        ('"c"], "wh', "error"),
        ('}}"}', "error"),
    ]


def test_a_missing_field_is_at_what_lacks_it(tmp_path: Path) -> None:
    ended = validate(tmp_path, "name: x\nactions:\n  - name: y\n")
    assert [finding[1:] for finding in found(ended)] == [(3, 5, "error", "value_error.missing")] * 2
    assert "actions.0.action_id: field required" in ended.stdout


UNREADABLE: list[tuple[str, str | bytes, tuple[int, int], str]] = [
    ("0.yaml", "name: [x\n", (2, 1), "expected ',' or ']'"),
    ("1.yaml", "name: x\non: 3\n", (2, 1), "a key must be a text: put quotes around it"),
    ("2.yaml", "a: &a\n  b: *a\n", (1, 4), "an alias stands within what it names"),
    ("3.yaml", "a: 1\nb: !!set {x}\n", (2, 4), "the tag !!set means nothing in JSON"),
    ("4.yaml", "a: !x 1\n", (1, 4), "the tag !x means nothing in JSON"),
    ("5.yaml", "a: \x00\n", (1, 4), "special characters are not allowed"),
    ("6.yaml", "a: 1\n---\nb: 2\n", (2, 1), "but found another document"),
    ("7.yaml", b"a: \xff\n", (1, 4), "not valid UTF-8"),
    ("8.yaml", "[" * 5000, (1, 1), "nested too deeply"),
    ("9.json", '{"name": 1,}', (1, 12), "this is not valid JSON"),
    ("10.json", "", (1, 1), "the file is empty"),
    ("11.json", "[" * 100_000, (1, 1), "nested too deeply"),
]


def test_what_cannot_be_read_is_told_where_reading_ended(tmp_path: Path) -> None:
    for name, content, _, _ in UNREADABLE:
        (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    ended = forked("validate", *(str(tmp_path / name) for name, *_ in UNREADABLE))
    assert ended.returncode == 1
    assert found(ended) == [(name, *place, "error", "syntax") for name, _, place, _ in UNREADABLE]
    for line, (_, _, _, reason) in zip(ended.stdout.splitlines(), UNREADABLE, strict=True):
        assert reason in line


def test_aliases_that_stand_for_billions_of_values_are_refused_at_once(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    ended = validate(tmp_path, "\n".join(lines))
    assert [finding[3:] for finding in found(ended)] == [("error", "syntax")]
    assert "stand for more than 1,000,000 values" in ended.stdout


def test_aliases_merges_dates_and_an_empty_file_are_read(tmp_path: Path) -> None:
    content = """\
name: Aliases
actions:
  - &first {action_id: a, action_type: transform, config: {output: 2026-01-15}}
  - <<: *first
    action_id: b
    config: {output: "{{gone}}"}
"""
    assert [finding[1:] for finding in found(validate(tmp_path, content))] == [(6, 25, "warning", "unknown_reference")]
    assert [finding[1:] for finding in found(validate(tmp_path, ""))] == [(1, 1, "error", "syntax")]


def test_what_a_file_says_cannot_break_a_line_nor_move_a_terminal(tmp_path: Path) -> None:
    ended = validate(tmp_path, 'name: x\nactions: [{action_id: a, action_type: "\\e[31m\\n b"}]\n')
    assert [finding[4] for finding in found(ended)] == ["value_error.const"]
    assert "\x1b" not in ended.stdout


def test_no_file_and_a_file_that_is_not_there_are_mistakes_of_the_call(tmp_path: Path) -> None:
    assert forked("validate").returncode == 2
    assert forked("validate", str(tmp_path / "none.yaml")).returncode == 2


def test_schema_prints_the_json_schema_of_what_it_validates() -> None:
    ended = orchestrator("schema")
    assert ended.returncode == 0
    assert ended.stdout == (EXAMPLES.parents[1] / "workflow.schema.json").read_text()


def test_a_json_file_may_name_its_schema_for_editors(tmp_path: Path) -> None:
    action = '{"action_id": "a", "action_type": "wait", "config": {"seconds": 1}}'
    content = f'{{"$schema": "./workflow.schema.json", "name": "x", "actions": [{action}]}}'
    assert validate(tmp_path, content, "workflow.json", "--strict").returncode == 0
