"""JSON from outside is parsed strictly, and what cannot be parsed is a 400 with a reason (X1, F29)."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import MalformedRequest
from models.json_text import parse_json, repeated_keys

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda children: st.lists(children) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), children),
)


@given(value=JSON_VALUES)
def test_any_json_value_is_parsed_from_text_and_from_bytes(value: Any) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=1)):
        assert json.dumps(parse_json(text)) == json.dumps(value)
        assert json.dumps(parse_json(text.encode())) == json.dumps(value)


@pytest.mark.parametrize(
    "text",
    ["", " ", "nul", "{", "[1,]", "{a: 1}", "{'a': 1}", '{"a" 1}', "01", "1.", ".5", "+1", "0x1", "[1] [2]", '"a',
     "tru", '"a\nb"', '"\\x"', "// no\n1", "undefined", "\ud800"],
)  # fmt: skip
def test_what_is_no_json_is_malformed(text: str) -> None:
    with pytest.raises(MalformedRequest, match=r"^The body is not valid JSON: "):
        parse_json(text)


@pytest.mark.parametrize("body", [b'"\xff"', b'{"a": "\xc3("}', b"\x80", b'["\xf0\x9f\x98"]'])
def test_what_is_no_utf8_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedRequest, match=r"^The body is not valid (UTF-8|JSON)"):
        parse_json(body)


def test_a_malformed_request_is_a_400() -> None:
    assert (MalformedRequest.http_status, MalformedRequest.code) == (400, "MALFORMED_REQUEST")


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
@pytest.mark.parametrize("bottom", ["", "1", "NaN", "nonsense"])
def test_json_that_nests_a_hundred_thousand_levels_is_malformed(opening: str, bottom: str) -> None:
    with pytest.raises(MalformedRequest, match=r"^The JSON is nested too deeply$"):
        parse_json(opening * 100_000 + bottom)


def test_json_that_nests_deeply_and_is_whole_is_malformed_too() -> None:
    with pytest.raises(MalformedRequest, match=r"^The JSON is nested too deeply$"):
        parse_json("[" * 100_000 + "]" * 100_000)


def test_json_that_nests_a_hundred_levels_is_parsed() -> None:
    value = parse_json("[" * 100 + "NaN" + "]" * 100)
    for _ in range(100):
        [value] = value
    assert math.isnan(value)


@pytest.mark.parametrize("number", [2**31, 2**63, -(2**63) - 1, 2**64, 10**30, -(10**300)])
def test_integers_of_any_sensible_size_stay_exact(number: int) -> None:
    for text in (str(number), f'{{"a": {number}}}'):
        value = parse_json(text)
        assert (value if isinstance(value, int) else value["a"]) == number
    assert isinstance(parse_json(str(number)), int)


@pytest.mark.parametrize("sign", ["", "-"])
def test_an_integer_of_endless_digits_is_malformed(sign: str) -> None:
    with pytest.raises(MalformedRequest, match=r"^The body is not valid JSON: "):
        parse_json(sign + "1" * 100_000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Infinity", math.inf), ("-Infinity", -math.inf), ("1e400", math.inf), ("-1e400", -math.inf)],
)
def test_infinity_passes_here_and_is_left_to_the_validation(text: str, expected: float) -> None:
    assert parse_json(text) == expected
    assert parse_json(f'{{"a": [{text}]}}') == {"a": [expected]}


def test_nan_passes_here_and_is_left_to_the_validation() -> None:
    assert math.isnan(parse_json(b'{"a": NaN}')["a"])


@pytest.mark.parametrize(
    ("text", "expected"), [('"\\ud800"', "\ud800"), ('"a\\udfff"', "a\udfff"), ('"\\u0000"', "\x00")]
)
def test_text_that_no_database_holds_passes_here_and_is_left_to_the_validation(text: str, expected: str) -> None:
    assert parse_json(text) == expected
    assert parse_json(text.encode()) == expected


def test_a_surrogate_pair_is_one_character() -> None:
    assert parse_json('"\\ud83d\\ude00"') == "\U0001f600"


def test_of_a_key_that_is_given_twice_the_last_counts() -> None:
    assert parse_json('{"a": 1, "a": 2}') == {"a": 2}


@given(body=st.binary(max_size=40))
def test_any_bytes_are_parsed_or_malformed(body: bytes) -> None:
    try:
        value = parse_json(body)
    except MalformedRequest as error:
        assert error.message
    else:
        json.dumps(value)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (b'{"a": 1, "b": "x:y", "c": {"a": 1}}', []),
        (b'{"a": 1, "a": 2}', [("a",)]),
        (b'{"a" : 1, "b": [{"c": 1, "d": "\\":", "c": 2}], "a":3}', [("b", 0, "c"), ("a",)]),
        (b'{"\\u0061": 1, "a": {"b": 1, "b": 1, "b": 1}}', [("a",), ("a", "b"), ("a", "b")]),
        (b'[{"a": "\\": \\":"}]', []),
    ],
)
def test_a_key_that_stands_twice_is_found_where_it_stands(text: bytes, places: list[tuple[str | int, ...]]) -> None:
    assert repeated_keys(text, parse_json(text)) == places
