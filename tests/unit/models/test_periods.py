"""How long something is kept, as a word."""

from datetime import timedelta

import pytest

from app.settings.retention_settings import read_finite_period, read_max_executions
from models.periods import read_period


@pytest.mark.parametrize(
    ("word", "period"),
    [
        ("90s", timedelta(seconds=90)),
        ("10m", timedelta(minutes=10)),
        ("6h", timedelta(hours=6)),
        ("30d", timedelta(days=30)),
        ("2w", timedelta(days=14)),
        ("36500d", timedelta(days=36_500)),
        ("forever", None),
    ],
)
def test_a_period_is_a_number_with_a_unit_or_forever(word: str, period: timedelta | None) -> None:
    assert read_period(word) == period


@pytest.mark.parametrize("word", ["", "30", "0d", "-1d", "1.5d", "30 d", "30d\n", "d", "1y", "Forever", "36501d", "٣d"])
def test_what_is_no_period_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match=r"30d|the longest is 36500d"):
        read_period(word)


def test_keys_are_not_kept_for_ever_and_a_bound_is_a_number() -> None:
    with pytest.raises(ValueError, match="it has to end"):
        read_finite_period("forever")
    assert read_max_executions("1000000") == 1_000_000
    for text in ("0", "-1", "many", "1_000"):
        with pytest.raises(ValueError, match="a whole number from 1"):
            read_max_executions(text)
