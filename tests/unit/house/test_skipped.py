"""A test that lacks a program is skipped with a reason, and fails where continuous integration runs it."""

from pathlib import Path

import pytest

from tests.chaos.harm import tracing
from tests.conftest import failed_if_skipped

CONTINUOUS_INTEGRATION = Path(__file__).parents[3] / ".ci" / "run"
PLACE = ("tests/chaos/harm/tracing.py", 1)


def test_a_trace_without_strace_is_a_skipped_test_that_says_how_to_run_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(pytest.skip.Exception, match="apt-get install strace"):
        tracing.tracer()


def test_what_is_skipped_fails_where_nothing_may_be() -> None:
    reason = (*map(str, PLACE), "Skipped: why")
    skipped = pytest.TestReport("test_it", (*PLACE, "test_it"), {}, "skipped", reason, "call")
    failed = failed_if_skipped(skipped)
    assert failed.outcome == "failed"
    assert failed.longrepr == "no test may be skipped in this run: Skipped: why"


@pytest.mark.parametrize("outcome", ["passed", "failed"])
def test_any_other_outcome_stays(outcome: str) -> None:
    report = pytest.TestReport("test_it", (*PLACE, "test_it"), {}, outcome, None, "call")
    assert failed_if_skipped(report).outcome == outcome


def test_continuous_integration_lets_nothing_be_skipped() -> None:
    assert "make test PYTEST_OPTIONS=--none-skipped" in CONTINUOUS_INTEGRATION.read_text().splitlines()
