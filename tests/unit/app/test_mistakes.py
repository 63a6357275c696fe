"""The table of mistakes on the command line: each is told with its place and what to do, and none by a traceback."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from app.cli import main
from app.settings.reading import load_settings
from app.settings.settings import SettingsError
from tests.support.mistakes.requests import COMMANDS, FILES, SETTINGS, CommandMistake, FileMistake, SettingMistake
from tests.support.mistakes.workflows import BODIES, RIGHT, SAVED

RUN = {
    "name": "x",
    "parameters": [{"name": "who", "type": "string", "required": True}, {"name": "times", "type": "integer"}],
    "actions": [{"action_id": "a", "action_type": "notification", "config": {"message": "Hi {{who}}"}}],
}
ONLY_A_SERVER_KNOWS = {"unknown_service", "unknown_secret"}


def command(*words: str) -> Result:
    ended = CliRunner().invoke(main, list(words))
    assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exc_info
    assert "Traceback" not in ended.output
    return ended


def findings(folder: Path, bodies: list[Any]) -> dict[int, list[dict[str, Any]]]:
    """What `validate` finds in files with these bodies, by their numbers."""
    files = [folder / f"{number}.yaml" for number in range(len(bodies))]
    for file, body in zip(files, bodies, strict=True):
        file.write_text(yaml.safe_dump(body, sort_keys=False))
    lines = [json.loads(line) for line in command("validate", "--json", *map(str, files)).stdout.splitlines()]
    found: dict[int, list[dict[str, Any]]] = {number: [] for number in range(len(bodies))}
    for line in lines:
        found[int(Path(line["file"]).stem)].append(line)
    return found


def test_a_faulty_file_is_told_with_its_field(tmp_path: Path) -> None:
    found = findings(tmp_path, [{"name": "x", **mistake.fields} for mistake in BODIES])
    assert [
        (mistake, found[number])
        for number, mistake in enumerate(BODIES)
        if not any(
            line["message"].startswith(mistake.place) and mistake.says in line["message"] for line in found[number]
        )
    ] == []


def test_what_will_not_work_is_warned_of_in_a_file(tmp_path: Path) -> None:
    known = [mistake for mistake in SAVED if mistake.code not in ONLY_A_SERVER_KNOWS]
    found = findings(tmp_path, [{"name": "x", **mistake.fields} for mistake in known])
    assert [
        (mistake, found[number])
        for number, mistake in enumerate(known)
        if not any(line["code"] == mistake.code and mistake.says in line["message"] for line in found[number])
    ] == []


def test_what_is_meant_as_it_stands_is_not_warned_of(tmp_path: Path) -> None:
    found = findings(tmp_path, [{"name": "x", **fields} for fields in RIGHT])
    assert [line for lines in found.values() for line in lines] == []


@pytest.mark.parametrize("mistake", FILES)
def test_a_file_is_told_at_its_place(tmp_path: Path, mistake: FileMistake) -> None:
    file = tmp_path / f"workflow.{mistake.suffix}"
    file.write_text(mistake.text)
    ended = command("validate", str(file))
    assert ended.exit_code == 1
    assert f"{file}:{mistake.place}: error: " in ended.stdout
    assert mistake.says in ended.stdout


@pytest.mark.parametrize("mistake", COMMANDS)
def test_a_command_says_what_is_wrong(tmp_path: Path, mistake: CommandMistake) -> None:
    file = tmp_path / "run.json"
    file.write_text(json.dumps(RUN))
    ended = command(*(word.format(file=file) for word in mistake.words))
    assert (ended.exit_code, [said for said in mistake.says if said not in ended.output]) == (mistake.code, [])


@pytest.mark.parametrize("mistake", SETTINGS)
def test_a_setting_is_named_with_what_it_takes(mistake: SettingMistake) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings({f"ORCHESTRATOR_{mistake.name}": mistake.value})
    assert f"ORCHESTRATOR_{mistake.name}" in str(refused.value)
    assert mistake.says in str(refused.value)
