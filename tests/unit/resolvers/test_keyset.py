"""Cursors name a place in a list; what is no cursor is refused with the argument that held it."""

import base64
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.commands.validation import parse
from models.errors import InvalidInput
from models.faults import Fault
from resolvers.keyset import Edge, Order, Window, decode_cursor

MOMENTS = st.datetimes(timezones=st.just(UTC))
IDS = st.from_regex(r"(wf|exec)_[0-9a-f]{16}", fullmatch=True)


def cursor_at(created_at: datetime, id_: str) -> str:
    return Edge(None, created_at, id_, Order(None, None)).cursor


def cursor_of(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@given(created_at=MOMENTS, id_=IDS)
def test_a_cursor_leads_back_to_its_place(created_at: datetime, id_: str) -> None:
    assert decode_cursor(cursor_at(created_at, id_), "after") == (created_at, id_)


@given(created_at=MOMENTS, id_=IDS)
def test_a_cursor_is_safe_in_a_url(created_at: datetime, id_: str) -> None:
    assert set(cursor_at(created_at, id_)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_a_cursor_keeps_the_microseconds() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    assert decode_cursor(cursor_at(moment, "wf_1"), "after")[0] == moment


def test_places_that_differ_have_cursors_that_differ() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    places = [(moment, "a"), (moment, "b"), (moment + timedelta(microseconds=1), "a")]
    assert len({cursor_at(*place) for place in places}) == 3


def test_a_cursor_in_another_zone_names_the_same_moment() -> None:
    moment = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=5)))
    assert decode_cursor(cursor_at(moment, "a"), "after") == (datetime(2026, 1, 1, 7, tzinfo=UTC), "a")


def test_an_id_may_hold_the_separator() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert decode_cursor(cursor_at(moment, "a|b"), "after") == (moment, "a|b")


@pytest.mark.parametrize(
    "cursor",
    [
        "", "a", "!!!", "é", "\x00", "null", "0", "1" * 10_000,
        "wf_1234567890abcdef",
        cursor_of(""),
        cursor_of("wf_1"),
        cursor_of("|wf_1"),
        cursor_of("yesterday|wf_1"),
        cursor_of("2026-13-01T00:00:00+00:00|wf_1"),
        cursor_of("10000-01-01T00:00:00+00:00|wf_1"),
        cursor_of("2026-01-01T00:00:00|wf_1"),
        base64.urlsafe_b64encode(b"\xff\xfe|x").decode(),
    ],
)  # fmt: skip
@pytest.mark.parametrize("argument", ["after", "before"])
def test_what_is_no_cursor_is_refused_and_names_its_argument(cursor: str, argument: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        decode_cursor(cursor, argument)
    assert caught.value.faults == (
        Fault((argument,), "is no cursor of this list: use one that the list returned", "value_error.cursor"),
    )


@given(cursor=st.text(max_size=60))
def test_any_text_is_a_cursor_or_refused(cursor: str) -> None:
    try:
        moment, _ = decode_cursor(cursor, "after")
    except InvalidInput:
        return
    assert moment.tzinfo is not None


# --- the window ----------------------------------------------------------------------------------


def faults_of(raw: dict[str, Any]) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(InvalidInput) as caught:
        parse(Window, raw, ())
    return [(fault.loc, fault.type) for fault in caught.value.faults]


@pytest.mark.parametrize(
    "raw",
    [{}, {"first": 0}, {"first": 100}, {"last": 1}, {"first": 1, "after": "c"}, {"last": 1, "before": "c"},
     {"first": 1, "after": "c", "before": "d"}],
)  # fmt: skip
def test_a_window_in_one_direction_is_taken(raw: dict[str, Any]) -> None:
    assert parse(Window, raw).model_dump(exclude_unset=True) == raw


@pytest.mark.parametrize("field", ["first", "last"])
@pytest.mark.parametrize(
    ("value", "word"),
    [
        (-1, "value_error.number.not_ge"),
        (101, "value_error.number.not_le"),
        (10**30, "value_error.number.not_le"),
        (True, "type_error.integer"),
        ("1", "type_error.integer"),
    ],
)
def test_a_window_has_up_to_a_hundred_items(field: str, value: Any, word: str) -> None:
    assert faults_of({field: value}) == [((field,), word)]


def test_a_window_has_one_direction() -> None:
    assert faults_of({"first": 1, "last": 1}) == [((), "value_error")]
