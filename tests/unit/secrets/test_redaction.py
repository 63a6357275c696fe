"""Redaction: whatever encoding writes a secret, wherever in a value, nothing of it is left."""

import json
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.core.truncation import cut
from engine.secrets.redaction import MAX_GROWTH, Redactor
from tests.support.secrets.encodings import ENCODINGS, percent_everything, shifted

PLAIN = "sk-4f9QzLw8RtY2"
ODD = "p@ss w\"o'rd<é/\n&+%x\\ 🔑"
HIDDEN = "[secret:key]"


def redactor(*values: str) -> Redactor:
    made = Redactor()
    for number, value in enumerate(values):
        made.add("key" if number == 0 else f"key{number + 1}", value)
    return made


LITERAL = ("raw", "json", "json in unicode", "percent", "path", "form", "html", "hex", "upper hex")
"""Those that are found whatever stands beside them."""


# --- texts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [PLAIN, ODD.removesuffix(" 🔑"), "?>~~>?~~~??>"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_value_is_found_in_every_encoding(encoding: str, value: str) -> None:
    written = ENCODINGS[encoding](value)
    shown = redactor(value).text(f"before {written} after")
    assert HIDDEN in shown
    assert shown.startswith("before ")
    assert shown.endswith(" after")
    assert len(shown) <= len(f"before {HIDDEN} after") + (76 if "base64" in encoding else 12)


@pytest.mark.parametrize("shift", range(3))
def test_the_characters_of_base64_that_hold_bits_of_a_value_and_its_neighbours_go_too(shift: int) -> None:
    for length in range(8, 14):
        value = "Q7w!e9R$t2Y#u5"[:length]
        whole = shifted(shift)(value)
        shown = redactor(value).text(whole)
        before, _, after = shown.partition(HIDDEN)
        assert (whole.startswith(before), whole.endswith(after)) == (True, True)
        assert len(before) <= 8 * shift // 6, "only what the bytes before it decide is left"
        assert len(whole) - len(after) >= 8 * (shift + length) / 6, "and what those behind it do"


@given(
    value=st.text(st.characters(codec="utf-8"), min_size=8, max_size=40).filter(lambda text: len(text.strip()) >= 8),
    before=st.text(st.characters(codec="utf-8"), max_size=12),
    after=st.text(st.characters(codec="utf-8"), max_size=12),
    encoding=st.sampled_from(LITERAL),
)
@example(value="2F abcdef", before="%", after="", encoding="percent")
def test_no_form_of_a_value_is_left_whatever_it_stands_between(
    value: str, before: str, after: str, encoding: str
) -> None:
    hides = redactor(value)
    shown = hides.text(before + ENCODINGS[encoding](value) + after)
    left = shown.replace(HIDDEN, "\x00")
    for name in LITERAL:
        assert ENCODINGS[name](value) not in left


@given(text=st.text(max_size=200))
def test_what_holds_no_secret_stays_as_it_is(text: str) -> None:
    assert redactor("5up3r-53cr3t-v41u3").text(text) == text
    assert Redactor().text(text) == text


def test_values_that_lie_within_or_across_each_other_are_hidden_together() -> None:
    hides = redactor("password-one", "my-password-one-is-long", "long-and-more")
    assert hides.text("x my-password-one-is-long y") == "x [secret:key2] y"
    assert hides.text("x my-password-one-is-long-and-more y") == "x [secret:key2] y"
    assert hides.text("password-one, password-one") == f"{HIDDEN}, {HIDDEN}"


def test_each_line_of_a_value_is_hidden_and_so_is_one_without_its_white_space() -> None:
    hides = redactor("-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nshort\n-----END KEY-----\n")
    assert hides.text("it has MIIEvQIBADANBgkqhkiG9w0B in it") == f"it has {HIDDEN} in it"
    assert hides.text("short") == "short"
    assert redactor("trailing-break\n").text("trailing-break") == HIDDEN


def test_what_is_too_short_to_be_told_from_chance_is_not_looked_for() -> None:
    hides = redactor("seven77")
    assert not hides
    assert hides.text("seven77") == "seven77"


def test_what_is_added_later_or_by_another_is_hidden_too() -> None:
    hides = redactor(PLAIN)
    hides.add("key", f"Bearer {PLAIN}")
    other = redactor("something-else")
    hides.include(other)
    assert hides.text(f"Bearer {PLAIN}, something-else") == f"{HIDDEN}, {HIDDEN}"
    assert other.text(PLAIN) == PLAIN


# --- texts that were cut -------------------------------------------------------------------------


@pytest.mark.parametrize("length", range(4, len(PLAIN)))
def test_a_part_of_a_value_where_a_message_was_cut_is_hidden(length: int) -> None:
    hides = redactor(PLAIN)
    for cut_off in (f"bad line: b'{PLAIN[:length]}...'", f"bad line: {PLAIN[:length]}…", f"bad line: {PLAIN[:length]}"):
        assert PLAIN[:4] not in hides.message(cut_off)
    assert hides.message(f"input_value='...{PLAIN[-length:]}'") == f"input_value='...{HIDDEN}'"
    assert hides.message("wait... for it") == "wait... for it"


def test_a_cut_response_loses_its_end_however_the_part_is_written() -> None:
    for encode in (str, percent_everything, lambda value: quote(percent_everything(value))):
        written = encode(PLAIN)
        for length in range(1, len(written)):
            text = "x" * 2_000 + PLAIN + "y" * 2_000 + written[:length]
            shown = redactor(PLAIN).redact(cut(text))["text"]
            assert shown.count(HIDDEN) == 1
            assert "z" * 1_000 not in shown
            assert set(shown.partition(HIDDEN)[2]) == {"y"}
            assert len(shown) >= len(text) - MAX_GROWTH * len(PLAIN) - 10


# --- JSON ----------------------------------------------------------------------------------------

LEAVES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    LEAVES | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(value=JSON)
def test_json_without_secrets_stays_as_it_is(value: Any) -> None:
    assert redactor("5up3r-53cr3t-v41u3").redact(value) == value


def _planted(value: Any, secret: str) -> Any:
    """The value with the secret in every key and text."""
    if isinstance(value, dict):
        return {f"{key}{secret}": _planted(child, secret) for key, child in value.items()}
    if isinstance(value, list):
        return [_planted(child, secret) for child in value]
    return f"{value}{secret}" if isinstance(value, str) else value


@given(value=JSON, encoding=st.sampled_from(list(ENCODINGS)))
@example(value={"\\": None}, encoding="escaped letters in percent")
def test_a_secret_in_any_key_or_text_of_json_is_hidden(value: Any, encoding: str) -> None:
    secret = ENCODINGS[encoding](PLAIN)
    planted = _planted({"": value}, secret)
    hides = redactor(PLAIN)
    assert hides.may_find(msgspec.json.encode(planted))
    shown = json.dumps(hides.redact(planted))
    assert PLAIN not in shown
    assert "sk-4f9" not in shown.lower()
    assert json.dumps(secret)[1:-1] not in shown


def test_the_shape_and_order_of_what_is_redacted_stay() -> None:
    value = {"b": [1, PLAIN, {PLAIN: None}], "a": {"x": True, "y": 1.5, "z": f"<{PLAIN}>"}, "c": []}
    shown = redactor(PLAIN).redact(value)
    assert shown == {"b": [1, HIDDEN, {HIDDEN: None}], "a": {"x": True, "y": 1.5, "z": f"<{HIDDEN}>"}, "c": []}
    assert list(shown) == ["b", "a", "c"]
    assert value["b"][1] == PLAIN, "what was given is not changed"


def test_nesting_has_no_limit() -> None:
    deep: Any = PLAIN
    for _ in range(2_000):
        deep = [{"k": deep}]
    shown = redactor(PLAIN).redact(deep)
    for _ in range(2_000):
        shown = shown[0]["k"]
    assert shown == HIDDEN


@pytest.mark.parametrize(
    ("secret", "number"),
    [
        ("12345678", 12345678),
        ("12345678", 12345678.0),
        ("12345678", 9912345678),
        ("0012345678", 12345678),
        ("12345678.25", 12345678.25),
        ("1.2345678e15", 1234567800000000),
        ("12345678901234567890123", 1.2345678901234568e22),
        ("-987654321", -987654321),
    ],
)
def test_a_secret_that_comes_back_as_a_number_is_hidden(secret: str, number: float) -> None:
    hides = redactor(secret)
    assert hides.may_find(msgspec.json.encode({"n": number}))
    assert HIDDEN in str(hides.redact({"n": number})["n"])


def test_other_numbers_stay_numbers() -> None:
    value = [0, 1, -1, 1.5, 12345679, 10**18, True, False, None]
    shown = redactor("12345678", "00000001").redact(value)
    assert shown == value
    assert [type(item) for item in shown] == [type(item) for item in value]


def test_a_quick_look_finds_what_a_long_one_would() -> None:
    hides = redactor(ODD.removesuffix(" 🔑"))
    for encoding, encode in ENCODINGS.items():
        if encoding in ("upper", "lower"):
            continue
        value = {"deep": [{"text": encode(ODD.removesuffix(" 🔑"))}]}
        assert hides.may_find(msgspec.json.encode(value)), encoding
    assert not redactor(PLAIN).may_find(msgspec.json.encode({"nothing": ["to", "see", "here: 100 % & more\n"]}))


def test_a_long_hostile_text_is_read_in_bounded_time() -> None:
    """Backslashes, per cents and ampersands without end: no step looks at the whole again for each of them."""
    hides = redactor(PLAIN, ODD)
    for filler in ("\\", "%", "&", "+", "&#", "%25", "\\\\u", "\n", "=?", "..."):
        text = filler * (200_000 // len(filler)) + PLAIN
        assert hides.text(text).endswith(HIDDEN)
