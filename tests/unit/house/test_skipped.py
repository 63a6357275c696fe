"""A test that lacks a program is skipped with a reason, and fails where continuous integration runs it."""

from pathlib import Path

import pytest

from tests.chaos.harm.tracing import ALL_PROGRAMS, tracer

CONTINUOUS_INTEGRATION = Path(__file__).parents[3] / ".ci" / "run"
HOW_TO_RUN_IT = "apt-get install strace"


def test_a_trace_without_strace_is_a_skipped_test_that_says_how_to_run_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv(ALL_PROGRAMS, raising=False)
    with pytest.raises(pytest.skip.Exception, match=HOW_TO_RUN_IT):
        tracer()


def test_it_fails_where_every_program_is_to_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv(ALL_PROGRAMS, "1")
    with pytest.raises(pytest.fail.Exception, match=HOW_TO_RUN_IT):
        tracer()


def test_continuous_integration_says_that_every_program_is_there() -> None:
    assert f"{ALL_PROGRAMS}=1 make test" in CONTINUOUS_INTEGRATION.read_text().splitlines()
