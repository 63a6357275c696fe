"""What values are held to beside their type: formats by the letter, patterns in bounded time, ranges and lengths."""

import time
from typing import Any

import pytest
from pydantic import ValidationError

from models.commands.constraints import TYPES, told, unmet
from models.commands.parameters import ParameterDefinition
from models.commands.patterns import KEPT, LONGEST_PATTERN, MOST_STEPS, PatternWork, compiled
from models.commands.value_formats import FORMATS
from models.words import ParameterType, ValueFormat

RIGHT: dict[ValueFormat, list[str]] = {
    ValueFormat.DATE: ["2026-02-28", "2024-02-29", "0001-01-01", "9999-12-31"],
    ValueFormat.DATE_TIME: [
        "2026-02-28T12:30:00Z",
        "2026-02-28t12:30:00z",
        "2026-02-28T12:30:00.5Z",
        "2026-02-28T12:30:00.123456789+05:30",
        "1985-04-12T23:20:50.52-08:00",
    ],
    ValueFormat.EMAIL: ["a@b", "ada.lovelace+x@example.org", "o'neil@sub.example.co", "!#$%&'*+/=?^_`{|}~-@x.y"],
    ValueFormat.URI: [
        "https://example.org",
        "https://example.org/a/b%20c?x=1&y=%C3%A9#frag",
        "http://user:pw@example.org:8080/",
        "http://[2001:db8::1]:80/x",
        "http://[::ffff:192.0.2.1]/",
        "mailto:ada@example.org",
        "urn:isbn:0451450523",
        "tel:+1-816-555-1212",
        "file:///etc/hosts",
        "a:",
    ],
    ValueFormat.UUID: ["0b9f4c3e-6a5d-4e8f-9a1b-2c3d4e5f6a7b", "0B9F4C3E-6A5D-4E8F-9A1B-2C3D4E5F6A7B"],
}
WRONG: dict[ValueFormat, list[str]] = {
    ValueFormat.DATE: [
        "",
        "2026-2-28",
        "2026-02-30",
        "2025-02-29",
        "2026-13-01",
        "2026-00-10",
        "0000-01-01",
        "20260228",
        "2026-W09-6",
        "2026-02-28T00:00:00Z",
        " 2026-02-28",
        "2026-02-28\n",
        "२०२६-०२-२८",
        "+2026-02-28",
        "28.02.2026",
    ],
    ValueFormat.DATE_TIME: [
        "",
        "2026-02-28",
        "2026-02-28T12:30:00",
        "2026-02-28 12:30:00Z",
        "2026-02-28T12:30Z",
        "2026-02-28T24:00:00Z",
        "2026-02-28T12:60:00Z",
        "2026-06-30T23:59:60Z",
        "2026-02-30T12:30:00Z",
        "2026-02-28T12:30:00+0530",
        "2026-02-28T12:30:00+24:00",
        "2026-02-28T12:30:00+05:60",
        "2026-02-28T12:30:00.Z",
        "2026-02-28T12:30:00,5Z",
        "2026-02-28T12:30:00Z\n",
    ],
    ValueFormat.EMAIL: [
        "",
        "ada",
        "@example.org",
        "ada@",
        "ada@@example.org",
        "ada@exa mple.org",
        "ada@-example.org",
        "ada@example..org",
        "ada@example.org.",
        ".ada@example.org",
        "ada.@example.org",
        "a..b@example.org",
        "Ada <ada@example.org>",
        "a@example.org,b@example.org",
        "ada@example.org\n",
        "ädä@example.org",
        f"{'a' * 65}@example.org",
        f"a@{'b' * 64}.org",
    ],
    ValueFormat.URI: [
        "",
        "example.org",
        "/a/b",
        "//example.org",
        "1http://x",
        "http://exa mple.org",
        "http://example.org/<a>",
        "http://example.org/%zz",
        "http://example.org/%4",
        "http://example.org:port/",
        "http://[::1",
        "http://[::g]/",
        "http://[fe80::1%25eth0]/",
        "http://[127.0.0.1]/",
        "http://a@b@c/",
        "http://example.org/ä",
        "http://example.org/\\",
        "http://example.org/#a#b",
        "http://example.org\n",
        ":foo",
    ],
    ValueFormat.UUID: [
        "",
        "0b9f4c3e6a5d4e8f9a1b2c3d4e5f6a7b",
        "{0b9f4c3e-6a5d-4e8f-9a1b-2c3d4e5f6a7b}",
        "urn:uuid:0b9f4c3e-6a5d-4e8f-9a1b-2c3d4e5f6a7b",
        "0b9f4c3e-6a5d-4e8f-9a1b-2c3d4e5f6a7",
        "0b9f4c3e-6a5d-4e8f-9a1b-2c3d4e5f6a7g",
        "0b9f4c3e-6a5d-4e8f-9a1b2c3d-4e5f6a7b",
        "0b9f4c3e-6a5d-4e8f-9a1b-2c3d4e5f6a7b\n",
    ],
}


def rules(kind: str = "string", **more: Any) -> ParameterDefinition:
    return ParameterDefinition.model_validate({"name": "p", "type": kind, **more})


def words(definition: ParameterDefinition, value: Any) -> list[str]:
    return [word for _, word in unmet(definition, value, PatternWork())]


# --- formats -------------------------------------------------------------------------------------


def test_every_format_has_its_samples_and_an_example_of_its_own() -> None:
    assert FORMATS.keys() == RIGHT.keys() == WRONG.keys() == {*ValueFormat}
    assert all(known.is_met_by(known.example) for known in FORMATS.values())


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in RIGHT.items() for text in texts])
def test_a_text_of_the_format_is_taken(kind: ValueFormat, text: str) -> None:
    assert words(rules(format=kind.value), text) == []


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in WRONG.items() for text in texts])
def test_a_text_that_is_nearly_of_the_format_is_refused(kind: ValueFormat, text: str) -> None:
    assert words(rules(format=kind.value), text) == [FORMATS[kind].word]


@pytest.mark.parametrize("kind", ValueFormat)
@pytest.mark.parametrize("text", ["a" * 1_000_000, "http://" + "a:" * 500_000, "http://a" + "/%41" * 250_000 + " "])
def test_a_format_is_told_of_a_long_text_at_once(kind: ValueFormat, text: str) -> None:
    before = time.process_time()
    words(rules(format=kind.value), text)
    assert time.process_time() - before < 1


# --- patterns ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "text", "is_met"),
    [
        ("b", "abc", True),
        ("^b", "abc", False),
        ("^abc$", "abc", True),
        ("^abc$", "abc\n", False),
        ("^abc$", "x\nabc", False),
        ("(?m)^abc$", "x\nabc", True),
        ("^.$", "\n", False),
        ("^.$", "é", True),
        ("^.$", "🙂", True),
        (r"^\pL+$", "Åsa", True),
        (r"^\d+$", "٣", False),
        ("(?i)^ß$", "ß", True),
        ("^[A-Z]{2}[0-9]{4}$", "AB1234", True),
        ("^[A-Z]{2}[0-9]{4}$", "AB12345", False),
        ("^(?:a|b)*$", "", True),
    ],
)
def test_a_pattern_is_looked_for_anywhere_in_the_text(pattern: str, text: str, is_met: bool) -> None:
    assert words(rules(pattern=pattern), text) == ([] if is_met else ["value_error.str.regex"])


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "[",
        "*",
        "a{2,1}",
        "(?=a)",
        "(?<=a)b",
        r"(a)\1",
        "(?P<n>a)(?P=n)",
        "a{1001}",
        "(?:a{100}){100}",
        r"\pL{100}",
    ],
)
def test_what_is_no_pattern_or_too_large_is_refused_when_it_is_saved(pattern: str) -> None:
    with pytest.raises(ValidationError, match="is no pattern of RE2"):
        rules(pattern=pattern)


def test_a_pattern_has_a_length() -> None:
    rules(pattern="a" * LONGEST_PATTERN)
    with pytest.raises(ValidationError, match="at most 500 characters"):
        rules(pattern="a" * (LONGEST_PATTERN + 1))


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(?:a?){200}b$", r"(?:\w?){90}b$", "(?:(?:.?){20}x?){20}b$"])
def test_no_pattern_takes_long_whatever_it_is_held_against(pattern: str) -> None:
    definition = rules(pattern=pattern)
    work = PatternWork()
    before = time.process_time()
    while (longest := work.longest(pattern)) > 1:
        list(unmet(definition, "a" * min(longest, 100_000), work))
    assert time.process_time() - before < 2


def test_a_text_that_is_too_long_for_its_pattern_is_refused_unread() -> None:
    definition = rules(pattern="^x")
    longest = MOST_STEPS // compiled("^x").steps
    work = PatternWork()
    [(message, word)] = unmet(definition, "x" * (longest + 1), work)
    assert word == "value_error.any_str.max_length"
    assert f"{longest:,} bytes" in message
    assert list(unmet(definition, "x" * longest, work)) == []
    assert [word for _, word in unmet(definition, "x" * compiled("^x").steps, work)] == [
        "value_error.any_str.max_length"
    ], "the values of one execution share what may be done"


def test_the_bytes_count_and_not_the_characters() -> None:
    steps = compiled("^x").steps
    assert [word for _, word in unmet(rules(pattern="^x"), "é" * 10, PatternWork(15 * steps))] == [
        "value_error.any_str.max_length"
    ]


def test_a_pattern_is_compiled_once() -> None:
    assert compiled("^once$") is compiled("^once$")
    assert compiled.cache_info().maxsize == KEPT


# --- ranges and lengths --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "more", "value", "expected"),
    [
        ("integer", {"minimum": 1}, 1, []),
        ("integer", {"minimum": 1}, 0, ["value_error.number.not_ge"]),
        ("integer", {"maximum": 1}, 2, ["value_error.number.not_le"]),
        ("integer", {"minimum": 2**53}, 2**53 - 1, ["value_error.number.not_ge"]),
        ("integer", {"maximum": 2**53}, 2**53 + 1, ["value_error.number.not_le"]),
        ("number", {"minimum": 0.5}, 0.5, []),
        ("number", {"minimum": 0.5}, 0, ["value_error.number.not_ge"]),
        ("number", {"minimum": 0, "maximum": 0}, -0.0, []),
        ("number", {"maximum": 1}, 10**400, ["value_error.number.not_le"]),
        ("string", {"min_length": 1}, "", ["value_error.any_str.min_length"]),
        ("string", {"max_length": 1}, "🙂", []),
        ("string", {"max_length": 1}, "ab", ["value_error.any_str.max_length"]),
        ("array", {"min_length": 1}, [], ["value_error.list.min_items"]),
        ("array", {"max_length": 1}, [1, 2], ["value_error.list.max_items"]),
        ("string", {"min_length": 9, "pattern": "^x", "format": "date"}, "abc", [
            "value_error.any_str.min_length", "value_error.str.regex", "value_error.date",
        ]),
        ("string", {"multiline": True}, "one line", []),
        ("string", {"secret_hint": True}, "anything", []),
        ("string", {"minimum": None, "pattern": None, "multiline": False}, "", []),
    ],
)  # fmt: skip
def test_a_value_is_held_to_all_of_them(kind: str, more: dict[str, Any], value: Any, expected: list[str]) -> None:
    assert words(rules(kind, **more), value) == expected


@pytest.mark.parametrize(("name", "kind"), [(name, kind) for name in TYPES for kind in ParameterType])
def test_a_constraint_is_taken_where_it_is_of_use_alone(name: str, kind: ParameterType) -> None:
    value = {"pattern": "x", "format": "date", "multiline": True, "secret_hint": True, "schema": {}}.get(name, 1)
    if kind in TYPES[name]:
        assert rules(kind.value, **{name: value}).model_dump(by_alias=True)[name] == value
    else:
        with pytest.raises(ValidationError, match="alone: "):
            rules(kind.value, **{name: value})


@pytest.mark.parametrize(
    ("kind", "more", "message"),
    [
        ("integer", {"minimum": 2, "maximum": 1}, "maximum 1 is less than minimum 2"),
        ("array", {"min_length": 2, "max_length": 1}, "max_length 1 is less than min_length 2"),
        ("integer", {"minimum": 0.5}, "0.5 is no integer"),
        ("integer", {"minimum": True}, "valid number"),
        ("integer", {"minimum": "1"}, "valid number"),
        ("integer", {"minimum": 2**53 + 1}, "more digits than a double has"),
        ("number", {"maximum": 10**400}, "."),
        ("string", {"min_length": -1}, "greater than or equal to 0"),
        ("string", {"max_length": 1_048_577}, "less than or equal to 1048576"),
        ("string", {"max_length": 1.0}, "valid integer"),
        ("string", {"pattern": ""}, "at least 1 character"),
        ("integer", {"minimum": 1, "default_value": 0}, "default_value must be at least 1"),
        ("integer", {"maximum": 1, "allowed_values": [1, 2]}, "allowed_values holds 2, which must be at most 1"),
        ("string", {"pattern": "^a", "default_value": "b"}, r"default_value must match the pattern \^a"),
        ("string", {"pattern": "^a", "default_value": "a" * 1_000_000}, "too long for its pattern"),
    ],
)
def test_what_contradicts_itself_is_refused_when_it_is_saved(kind: str, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        rules(kind, **more)


def test_all_that_is_wrong_is_told_in_one_round() -> None:
    with pytest.raises(ValidationError) as caught:
        rules("string", minimum=1, pattern="[", format="mail", default_value=3)
    assert {error["loc"] for error in caught.value.errors()} == {
        ("minimum",),
        ("pattern",),
        ("format",),
        ("default_value",),
    }


def test_numbers_are_kept_as_they_were_sent() -> None:
    sent = {"name": "p", "type": "number", "minimum": 5, "maximum": 5.0}
    kept = ParameterDefinition.model_validate(sent).model_dump(mode="json", exclude_unset=True)
    assert [repr(kept[name]) for name in ("minimum", "maximum")] == ["5", "5.0"]
    assert kept == sent


def test_people_are_told_beforehand() -> None:
    assert list(told(rules("array", min_length=1, max_length=2))) == ["at least 1 entry", "at most 2 entries"]
    assert list(told(rules("number", minimum=0, maximum=0.5))) == ["at least 0", "at most 0.5"]
    assert list(told(rules(format="date", pattern="^2"))) == ["a date, such as 2026-02-28", "by the pattern ^2"]
    assert list(told(rules())) == []
