"""When an execution is likely to end is told by how long others took: of those that took longer it is one."""

from datetime import UTC, datetime, timedelta

import pytest

from resolvers.overviews.pasts import FEWEST_RUNS, FRESH, MAX_KEPT, PastRun, Pasts, WorkflowPast, estimate

NOW = datetime(2026, 2, 28, 12, 0, tzinfo=UTC)


def past(*seconds: float, revision: int = 1) -> WorkflowPast:
    return WorkflowPast([PastRun(revision, each) for each in seconds])


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("so_far", "completes_after", "is_overdue"),
    [(0, 30, False), (5, 30, False), (10, 30, False), (25, 40, False), (30, 40, False), (49, 50, False),
     (50, None, False), (51, None, True), (1_000, None, True)],
)  # fmt: skip
def test_it_is_the_median_of_those_that_took_longer(
    so_far: float, completes_after: float | None, is_overdue: bool
) -> None:
    found = estimate(past(50, 10, 40, 20, 30), 1, NOW, after(so_far))
    assert found is not None
    assert (found.runs, found.median_seconds, found.slow_seconds) == (5, 30, 50)
    assert found.is_overdue is is_overdue
    if completes_after is None:
        assert (found.completes_at, found.remaining_seconds) == (None, None)
    else:
        assert (found.completes_at, found.remaining_seconds) == (after(completes_after), completes_after - so_far)


def test_who_takes_longer_than_nine_of_ten_is_overdue_and_may_still_be_estimated() -> None:
    found = estimate(past(*range(1, 101)), 1, NOW, after(95))
    assert found is not None
    assert (found.slow_seconds, found.is_overdue, found.completes_at) == (90, True, after(98))


def test_of_too_few_nothing_is_said() -> None:
    assert estimate(past(*[1.0] * (FEWEST_RUNS - 1)), 1, NOW, NOW) is None
    assert estimate(past(*[1.0] * FEWEST_RUNS), 1, NOW, NOW) is not None


def test_those_of_the_same_version_count_where_they_are_enough() -> None:
    mixed = WorkflowPast([*past(*[100.0] * 9).runs, *past(*[1.0] * FEWEST_RUNS, revision=2).runs])
    assert [found.runs for revision in (1, 2, 3) if (found := estimate(mixed, revision, NOW, NOW))] == [9, 5, 14]


def test_a_clock_that_was_put_back_harms_nobody() -> None:
    found = estimate(past(*[10.0] * 5), 1, NOW, after(-60))
    assert found is not None
    assert found.completes_at == after(10)


def test_what_was_read_stands_for_a_moment_and_for_its_tenant() -> None:
    pasts = Pasts()
    pasts.keep("t", {"a": past(1)}, NOW)
    assert pasts.known("t", ["a", "b"], NOW + FRESH / 2) == {"a": past(1)}
    assert pasts.known("other", ["a"], NOW) == {}
    assert pasts.known("t", ["a"], NOW + FRESH) == {}


def test_only_so_many_are_kept() -> None:
    pasts = Pasts()
    pasts.keep("t", {f"w{number}": past() for number in range(MAX_KEPT + 10)}, NOW)
    assert len(pasts.known("t", [f"w{number}" for number in range(MAX_KEPT + 10)], NOW)) == MAX_KEPT
