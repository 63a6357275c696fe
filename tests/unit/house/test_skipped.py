"""What is skipped, or tried in part, says so, and is run as a whole by continuous integration."""

from pathlib import Path

import pytest

from tests import sizes
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


@pytest.mark.parametrize(("is_thorough", "tried"), [(False, [0, 3, 6]), (True, [*range(8)])])
def test_of_many_a_part_is_tried_or_all(monkeypatch: pytest.MonkeyPatch, is_thorough: bool, tried: list[int]) -> None:
    monkeypatch.setattr(sizes, "IS_THOROUGH", is_thorough)
    assert list(sizes.some_of(range(8), 3)) == tried
    assert sizes.tried(2, 5) == (5 if is_thorough else 2)


def test_continuous_integration_has_every_program_and_tries_all() -> None:
    line = f"{ALL_PROGRAMS}=1 {sizes.THOROUGH}=1 make test"
    assert line in CONTINUOUS_INTEGRATION.read_text().splitlines()
