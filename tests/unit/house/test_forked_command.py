"""A forked command is a process of its own, and nothing but its modules were there before it."""

import importlib.util
import os
import signal
from pathlib import Path

import pytest

from tests.support.forked_command import PRELOADED, ForkedCommand

PATIENCE_SECONDS = 20


def test_the_modules_that_are_loaded_before_are_there() -> None:
    assert [module for module in PRELOADED if importlib.util.find_spec(module) is None] == []


def test_it_ends_with_its_own_status_and_says_what_it_says(tmp_path: Path) -> None:
    command = ForkedCommand(["--version"], os.environ, tmp_path / "log")
    assert command.wait(PATIENCE_SECONDS) == 0
    with command.stdout as said:
        assert said.read().startswith(b"orchestrator, version ")


def test_it_has_its_own_environment_and_what_is_wrong_goes_to_the_end_of_its_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("before\n")
    environ = {**os.environ, "ORCHESTRATOR_ENVIRONMENT": "production"}
    command = ForkedCommand(["dev", "--data-dir", str(tmp_path / "data")], environ, log)
    assert command.wait(PATIENCE_SECONDS) == 2
    command.stdout.close()
    before, said = log.read_text().splitlines()
    assert before == "before" and "ENVIRONMENT is production" in said
    assert "ORCHESTRATOR_ENVIRONMENT" not in os.environ


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_is_killed_as_any_process(tmp_path: Path, number: signal.Signals) -> None:
    command = ForkedCommand(["dev", "--data-dir", str(tmp_path / "data"), "--port", "0"], os.environ, tmp_path / "log")
    with command.stdout as said:
        assert b"serves on" in said.readline()
        os.kill(command.pid, number)
        assert command.wait(PATIENCE_SECONDS) == {signal.SIGKILL: -signal.SIGKILL, signal.SIGTERM: 0}[number]
