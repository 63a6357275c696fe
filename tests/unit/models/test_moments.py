"""Moments of callers: a missing zone is UTC, every zone is turned into UTC, and the ends of the calendar are safe."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.commands.validation import parse
from models.commands.workflows import ListActivities
from models.errors import InvalidInput
from models.faults import Fault
from models.moments import EARLIEST, LATEST, in_utc


def since(text: Any) -> datetime | None:
    return parse(ListActivities, {"since": text}, ("query",)).since


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-15T12:00:00Z", datetime(2024, 1, 15, 12, tzinfo=UTC)),
        ("2024-01-15T12:00:00", datetime(2024, 1, 15, 12, tzinfo=UTC)),
        ("2024-01-15T12:00:00.123456+02:00", datetime(2024, 1, 15, 10, 0, 0, 123456, tzinfo=UTC)),
        ("2024-01-15", datetime(2024, 1, 15, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("9999-12-31T23:59:59-05:00", LATEST),
        ("0001-01-01T00:00:00+05:00", EARLIEST),
    ],
)
def test_what_is_a_moment(text: str, moment: datetime) -> None:
    assert since(text) == moment


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2024-13-01", "2024-01-15T25:00:00Z", "1705320000", "2024-01-15T12:00:00 02:00", 5, True]
)
def test_what_is_none(text: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        since(text)
    (fault,) = refused.value.faults
    assert (fault.loc, fault.type) == (("query", "since"), "value_error.datetime")
    assert "ISO 8601" in fault.msg


def test_nul_is_refused_before_it_is_read() -> None:
    with pytest.raises(InvalidInput) as refused:
        since("2024\x00")
    assert refused.value.faults == (
        Fault(("query", "since"), "holds a NUL character, which cannot be stored", "value_error.unicode"),
    )


@given(st.datetimes(timezones=st.one_of(st.none(), st.timezones())))
def test_every_moment_has_one_in_utc(moment: datetime) -> None:
    found = in_utc(moment)
    assert found.tzinfo is UTC
    assert in_utc(found) == found
