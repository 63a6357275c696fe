"""The command `orchestrator run`: checks the file, runs it, prints what came of it, and says how it ended."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from app.commands.clear_errors import INVALID
from app.commands.given_answers import read_answers
from app.commands.run_file import Interrupted, RunEnd, run_file
from app.commands.validate_command import findings_in
from app.settings.settings import Settings
from app.terminal.terminal import console, say, say_json
from models.words import ExecutionStatus
from rest_compat.execution_bodies import EXECUTION

FAILED = 1
INTERRUPTED = 130
"""What shells give for a program that Ctrl-C has ended."""


def run_and_print(
    file: Path,
    parameters: Sequence[str],
    settings: Settings,
    *,
    keep: bool,
    as_json: bool,
    approved: Sequence[str],
    rejected: Sequence[str],
    signals: Sequence[str],
    labels: Sequence[str] = (),
) -> int:
    """Run a file and return the exit status. Raises `OrchestratorError`, `SettingsError`."""
    if _faults_told(file, with_warnings=not as_json):
        return INVALID
    given = read_answers(approved, rejected, signals)
    shown = console(stderr=True, quiet=as_json)
    try:
        ended = run_file(file, parameters, settings, keep=keep, console=shown, given=given, labels=labels)
    except Interrupted as left:
        say("error: left before the execution had ended", err=True)
        return INVALID if left.lacks_answer else INTERRUPTED
    _print(ended, as_json=as_json)
    if ended.lacks_answer:
        return INVALID
    if ended.is_interrupted:
        return INTERRUPTED
    return 0 if ended.execution.status is ExecutionStatus.COMPLETED else FAILED


def _faults_told(file: Path, *, with_warnings: bool) -> bool:
    """Tell what is wrong with the file as `validate` does; return whether it can be run."""
    findings = sorted(set(findings_in(file)))
    errors = [finding for finding in findings if finding.severity == "error"]
    for finding in findings if with_warnings else errors:
        say(finding.told(str(file)), err=True)
    return bool(errors)


def _print(ended: RunEnd, *, as_json: bool) -> None:
    execution = ended.execution
    if as_json:
        body = EXECUTION.of(execution)
    else:
        declared = {} if execution.outputs is None else {"outputs": execution.outputs}
        body = {"status": execution.status, **declared, "result": execution.result}
    say_json(msgspec.json.format(msgspec.json.encode(body), indent=2))
