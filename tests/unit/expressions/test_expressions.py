"""The language between the braces: what each expression gives, and what each that gives nothing says."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.expressions.budget import MAX_TEXT, Budget
from engine.expressions.filters import FILTERS
from engine.expressions.language import Faulty, evaluate, references
from engine.expressions.parser import MAX_LENGTH, MAX_TOKENS, parse_expression
from engine.expressions.references import ExpressionError
from engine.secrets.redaction import Redactor
from engine.secrets.scope import RevealedSecrets

SCOPE: dict[str, Any] = {
    "n": 7,
    "half": 0.5,
    "zero": 0,
    "name": "Ada",
    "yes": True,
    "no": False,
    "nothing": None,
    "empty": [],
    "numbers": [3, 1, 2, 3],
    "words": ["b", "a"],
    "people": [
        {"name": "Ada", "age": 36, "at": {"city": "London"}},
        {"name": "Bob", "age": 20, "at": {"city": "Bonn"}},
    ],
    "object": {"a": 1, "b": 2},
    "text": "[1, 2]",
    "twelve": "12",
    "at": "2026-01-15T10:30:00Z",
}


def value(source: str) -> Any:
    return evaluate(parse_expression(source), SCOPE, Budget())


def refusal(source: str) -> str:
    with pytest.raises(ExpressionError) as caught:
        value(source)
    return str(caught.value)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        # comparison: by JSON's own equality, and in order among numbers or among texts
        ("n == 7", True), ("n == 7.0", True), ("n == '7'", False), ("yes == 1", False), ("nothing == null", True),
        ("n != 8", True), ("n < 8", True), ("n <= 7", True), ("n > 7", False), ("n >= 7.5", False),
        ("name < 'Bob'", True), ("object == object", True),
        ("'Ada' in name", True), ("3 in numbers", True), ("'a' in object", True), ("1 in object", False),
        ("9 not in numbers", True), ("true in numbers", False),
        # logic, whose second half is looked at only where it counts
        ("yes and no", False), ("yes or missing", True), ("no and missing", False), ("not no", True),
        ("not not yes", True),
        ("no or n > 3 and yes", True), ("(no or n > 3) and no", False), ("not n == 7", False),
        # arithmetic
        ("n + 1", 8), ("n - 1", 6), ("n * 2", 14), ("n / 2", 3.5), ("n % 4", 3), ("-n", -7), ("2 * n + 1", 15),
        ("2 * (n + 1)", 16), ("n - 2 - 3", 2), ("half + n", 7.5), ("name + '!'", "Ada!"),
        ("words + words", ["b", "a"] * 2),
        # filters bind closer than all else
        ("missing | default(3)", 3), ("nothing | default(n)", 7), ("n | default(3)", 7), ("1 + numbers | length", 5),
        ("people | map('age') | sum", 56), ("people | where('at.city', 'Bonn') | map('name')", ["Bob"]),
        ("people[0].at.missing | default('nowhere') | upper", "NOWHERE"),
        ("numbers | sort", [1, 2, 3, 3]), ("words | sort | join('-')", "a-b"), ("numbers | unique", [3, 1, 2]),
        ("numbers | first", 3), ("numbers | last", 3), ("numbers | min", 1), ("words | max", "b"),
        ("numbers | length", 4),
        ("name | upper", "ADA"), ("name | lower", "ada"), ("' a ' + name | trim", " a Ada"), ("name | length", 3),
        ("name | replace('A', 'E')", "Eda"), ("at | split('T') | first", "2026-01-15"), ("at | date", "2026-01-15"),
        ("at | date('%d.%m.%Y')", "15.01.2026"), ("object | json", '{"a":1,"b":2}'), ("object | keys", ["a", "b"]),
        ("object | values", [1, 2]), ("(n | string + ']' | default(name)) | length", 2),
        ("text | parse_json | last", 2),
        ("numbers | join", "3123"), ("n | string", "7"), ("half | round", 0), ("twelve | number", 12),
        ("twelve | int", 12),
        ("half | round(1)", 0.5), ("-n | abs", -7), ("(-n) | abs", 7), ("half | int", 0),
        ("words | join(', ')", "b, a"),
        ("'a/b c&?' + name | urlencode", "a/b c&?Ada"), ("('a/b c&?é' + name) | urlencode", "a%2Fb%20c%26%3F%C3%A9Ada"),
        ("('a/b c&?' + name) | path", "a/b%20c%26%3FAda"), ("words | urlencode", "%5B%22b%22%2C%22a%22%5D"),
    ],
)  # fmt: skip
def test_what_an_expression_gives(source: str, expected: Any) -> None:
    found = value(source)
    assert (found, type(found)) == (expected, type(expected))


def test_every_filter_is_shown_above() -> None:
    (shown,) = (mark.args[1] for mark in test_what_an_expression_gives.pytestmark)
    used = {word for source, _ in shown for word in source.replace("(", " ").split()}
    assert set(FILTERS) - used == set()


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("n and yes", "'and' needs true or false, not a number: compare it with something"),
        ("not name", "'not' needs true or false, not a text: compare it with something"),
        ("n < name", "'<' cannot compare a number with a text"),
        ("yes < n", "'<' needs numbers, not a boolean"),
        ("n in n", "'in' cannot look for a number in a number"),
        ("n + name", "'+' needs numbers, not a text"),
        ("name * n", "'*' needs numbers, not a text"),
        ("yes + n", "'+' needs numbers, not a boolean"),
        ("n / zero", "'/' divides by zero"),
        ("n % zero", "'%' divides by zero"),
        ("9999999999999999 * 9999999999999999 + n", "an expression makes a number that is too large"),
        ("name | first", "'| first' needs a list"),
        ("empty | first", "'| first' has nothing to take from an empty list"),
        ("empty | max", "'| max' has nothing to choose from in an empty list"),
        ("people | map('missing')", "'| map' finds no 'missing' in one of the items"),
        ("people | sort", "'| sort' needs numbers"),
        ("name | parse_json", "'| parse_json' needs a text that is JSON"),
        ("name | split('')", "'| split' needs a separator that is not empty"),
        ("name | replace('', 'x')", "'| replace' needs a text to look for that is not empty"),
        ("name | date", "'| date' needs a moment such as 2026-01-15T10:30:00Z"),
        ("half | round(16)", "'| round' needs from 0 to 15 digits"),
        ("name.x + n", "'{{name.x}}' has no value: 'name' has no 'x'"),
    ],
)
def test_what_has_no_value_says_why_and_shows_no_value(source: str, reason: str) -> None:
    assert refusal(source) == reason


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("n +", "a value is missing at character 4"),
        ("n n", "'n' is one too many at character 3"),
        ("(n", "')' is missing at character 3"),
        ("n | uper", "there is no filter 'uper' (did you mean 'upper') at character 5"),
        ("n | join(1, 2)", "'join' takes 0 to 1 arguments, not 2, at character 5"),
        ("n | default", "'default' takes 1 arguments, not 0, at character 5"),
        ("1 < n < 3", "comparisons do not chain: write 'a < b and b < c', not at character 7"),
        ("n == 'x", "the text has no end, or holds a backslash, which no text may hold, at character 6"),
        ("n; n", "';' is no part of an expression at character 2"),
        ("1 + 1", "nothing is referred to: write the value itself, without braces, at character 1"),
        ("secrets == n", "'secrets' is all secrets: name one at character 1"),
        ("n not n", "'in' is missing at character 7"),
    ],
)
def test_what_cannot_be_read_says_at_which_character(source: str, reason: str) -> None:
    expression = parse_expression(source)
    assert isinstance(expression, Faulty)
    assert expression.reason == reason
    assert refusal(source) == f"'{{{{{source}}}}}' cannot be read: {reason}"


def test_a_word_of_the_language_that_stands_alone_is_a_path() -> None:
    assert evaluate(parse_expression("in"), {"in": 1}, Budget()) == 1


@pytest.mark.parametrize(
    "source",
    [
        "(" * 500 + "n" + ")" * 500,
        "n + " * 1_000 + "n",
        "not " * 400 + "yes",
        "n" + " | abs" * 400,
        "n" * (MAX_LENGTH + 1) + " + n",
    ],
)
def test_what_is_too_large_is_refused_and_no_recursion_ends_it(source: str) -> None:
    assert "cannot be read" in refusal(source)


def test_the_largest_expression_has_a_value() -> None:
    terms = MAX_TOKENS // 2 - 1
    assert value(" + ".join(["n"] * terms)) == 7 * terms
    assert len(list(references(parse_expression(" + ".join(["n"] * terms))))) == terms


def test_no_expression_makes_a_text_without_end() -> None:
    scope = {"x": "a" * (MAX_TEXT // 2)}
    with pytest.raises(ExpressionError, match="makes a text of more than"):
        evaluate(parse_expression("x + x + x"), scope, Budget())
    with pytest.raises(ExpressionError, match="makes a text of more than"):
        evaluate(parse_expression("x | replace('a', 'bbbb')"), scope, Budget())


@settings(max_examples=500)
@given(source=st.text(alphabet="n1 .+-*/%<>=!()|[]'\",andortils", max_size=40))
def test_any_text_is_a_value_or_a_refusal_soon(source: str) -> None:
    began = time.thread_time()
    try:
        evaluate(parse_expression(source), SCOPE, Budget())
    except ExpressionError as error:
        assert str(error)
    assert time.thread_time() - began < 1


# --- secrets -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "secrets.token | upper", "secrets.token + '!'", "(secrets.token | lower) + name", "secrets.token | trim | json",
        "missing | default(secrets.token)", "'Bearer ' + secrets.token | string",
    ],
)  # fmt: skip
def test_what_is_made_of_a_secret_is_hidden_like_the_secret(source: str) -> None:
    redactor = Redactor()
    scope = {**SCOPE, "secrets": RevealedSecrets({"token": "Swordfish-Marlin-Sardine"}, redactor)}
    made = evaluate(parse_expression(source), scope, Budget())
    assert redactor.redact({"seen": f"it is {made}."})["seen"] == "it is [secret:token]."


@pytest.mark.parametrize(
    "source",
    [
        "secrets.token == 'guess'", "secrets.token < 'm'", "'a' in secrets.token", "secrets.token | length",
        "secrets.token | split('-') | first", "secrets.token | replace('a', '') == name", "not secrets.token",
        "people | where('name', secrets.token)", "n | default(secrets.token | length)", "secrets.token + name | length",
    ],
)  # fmt: skip
def test_what_could_tell_a_secret_piece_by_piece_is_refused(source: str) -> None:
    assert "a secret takes + and the filters" in refusal(source)
