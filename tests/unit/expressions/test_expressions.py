"""The language between the braces: what each expression gives, and what each that gives nothing says."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.expressions.budget import MAX_TEXT, Budget
from engine.expressions.evaluation import evaluate
from engine.expressions.language import Faulty, references
from engine.expressions.parser import parse_expression
from engine.expressions.references import ExpressionError
from engine.expressions.templates import Whole, render
from engine.expressions.tokens import MAX_LENGTH, MAX_TOKENS
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
        render(Whole(parse_expression(source), source), SCOPE, Budget())
    return str(caught.value).removeprefix(f"'{{{{{source}}}}}' ")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        # comparison: by JSON's own equality, and in order among numbers or among texts
        ("n == 7", True), ("n == 7.0", True), ("n == '7'", False), ("yes == 1", False), ("nothing == null", True),
        ("n != 8", True), ("n < 8", True), ("n <= 7", True), ("n > 7", False), ("n >= 7.5", False),
        ("name < 'Bob'", True), ("object == object", True),
        ("'Ada' in name", True), ("3 in numbers", True), ("'a' in object", True), ("1 in object", False),
        ("9 not in numbers", True), ("true in numbers", False), ("n == 7615917337495251231", False),
        # conditions, bound as in Python; `??` is `default`
        ("1 if yes else missing", 1), ("missing if no else n", 7), ("1 if no else 2 if no else 3", 3),
        ("(1 if yes else 2) + n", 8), ("not no and yes if n > 3 else no", True),
        ("missing ?? 3", 3),
        ("empty | first | default(1)", 1), ("(empty | max) ?? 1", 1), ("(empty | last).x ?? 1", 1),
        ("nothing ?? missing ?? n", 7), ("people[5].name ?? 'nobody'", "nobody"),
        ("missing ?? 0 < n", True), ("n - (missing ?? 2)", 5), ("(missing ?? n) * 2", 14), ("missing ?? -1", -1),
        ("object[name] ?? 0", 0), ("missing ?? name | upper", "ADA"),
        # keys and slices
        ("object['a']", 1), ('object["b"]', 2), ("object[words[1]]", 1), ("people[0]['name']", "Ada"),
        ("people[zero].at['city']", "London"), ("people [ 1 ].name", "Bob"), ("numbers[-1]", 3), ("numbers[ - 2 ]", 2),
        ("numbers[n - 5]", 2), ("(people | last).name", "Bob"), ("(people | last)['at'].city", "Bonn"),
        ("numbers[1:3]", [1, 2]), ("numbers[:-1]", [3, 1, 2]), ("numbers[2:]", [2, 3]), ("numbers[:]", [3, 1, 2, 3]),
        ("name[1:]", "da"), ("numbers[zero:n][0]", 3), ("numbers[9:]", []), ("parameters[name] ?? 1", 1),
        # lists and objects
        ("[n, name, [yes]]", [7, "Ada", [True]]), ("[n][0]", 7),
        ("{a: n, 'first name': name}", {"a": 7, "first name": "Ada"}),
        ("{a: {b: n}}.a.b", 7), ("{and: n, true: 1} | keys", ["and", "true"]),
        ("[] + words", ["b", "a"]), ("{} == object", False),
        # texts
        ("n ~ '/' ~ name", "7/Ada"), ("'a' ~ nothing ~ yes ~ empty", "atrue[]"), ("'n: ' ~ n + 1", "n: 8"),
        (r"name + 'it\'s \n \d \\'", "Adait's \n \\d \\"),
        # comments
        ("n # the number\n + 1 # and one", 8), ("n + # }} is not in a comment\n 1", 8),
        # logic, whose second half is looked at only where it counts
        ("yes and no", False), ("yes or missing", True), ("no and missing", False), ("not no", True),
        ("not not yes", True), ("not " * 49 + "yes", False), ("not " * 50 + "yes", True),
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


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("n and yes", "at character 3: 'and' needs true or false, n is a number: compare it with something"),
        ("not name", "at character 1: 'not' needs true or false, name is a text: compare it with something"),
        ("n if name else 1", "at character 3: 'if' needs true or false, name is a text: compare it with something"),
        ("n < name", "at character 3: '<' needs two numbers or two texts, n is a number and name is a text"),
        ("yes < n", "at character 5: '<' needs numbers, yes is a boolean"),
        ("n > nothing", "at character 3: '>' needs numbers, nothing is null"),
        ("n in n", "at character 3: 'in' needs a text, a list or an object, n is a number"),
        ("n in name", "at character 3: 'in' looks for a text in a text, n is a number"),
        (
            "n + name",
            "at character 3: '+' needs numbers, texts or lists, two of one kind, n is a number and name is a text",
        ),
        ("name * n", "at character 6: '*' needs numbers, name is a text"),
        ("n * (name | upper)", "at character 3: '*' needs numbers, name | upper is a text"),
        ("-name", "at character 1: '-' needs numbers, name is a text"),
        ("n / zero", "at character 3: '/' divides by zero"),
        ("n % zero", "at character 3: '%' divides by zero"),
        ("name | first", "at character 8: '| first' needs a list, name is a text"),
        ("empty | first", "at character 9: '| first' has nothing to take from an empty list"),
        ("empty | max", "at character 9: '| max' has nothing to choose from in an empty list"),
        ("people | map('missing')", "at character 10: '| map' finds no 'missing' in one of the items"),
        ("people | map(n)", "at character 10: '| map' needs a text, n is a number"),
        ("people | sort", "at character 10: '| sort' needs numbers"),
        ("name | parse_json", "at character 8: '| parse_json' needs a text that is JSON"),
        ("name | split('')", "at character 8: '| split' needs a separator that is not empty"),
        ("name | replace('', 'x')", "at character 8: '| replace' needs a text to look for that is not empty"),
        ("name | date", "at character 8: '| date' needs a moment such as 2026-01-15T10:30:00Z"),
        ("half | round(16)", "at character 8: '| round' needs from 0 to 15 digits"),
        ("name.x + n", "at character 1: 'name.x' has no value: 'name' has no 'x'"),
        ("name.x", "has no value: 'name' has no 'x'"),
        ("object[name]", "at character 7: 'object' has nothing at 'name'"),
        ("n[name]", "at character 2: 'n' has nothing at 'name': it is a number"),
        ("object[yes]", "at character 7: a key is a text or a whole number, yes is a boolean"),
        ("object[:1]", "at character 7: a slice needs a text or a list, object is an object"),
        ("numbers[name:]", "at character 8: a slice needs whole numbers, name is a text"),
        ("numbers[:half]", "at character 8: a slice needs whole numbers"),
        ("name | select(item)", "at character 8: '| select' needs a list, name is a text"),
        (
            "numbers | select(item)",
            "at character 11: 'select' needs true or false, item is a number: compare it with something",
        ),
        (
            "numbers | select(item > name)",
            "at character 23: '>' needs two numbers or two texts, item is a number and name is a text",
        ),
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
        ("n == 'x", "the text has no end at character 6"),
        ("n ?? 1 + 2", "put parentheses around what '??' or '+' takes, as in '(a ?? b) + c', at character 8"),
        ("n ~ n ?? 1", "put parentheses around what '??' or '~' takes, as in '(a ?? b) ~ c', at character 3"),
        ("n if yes", "'else' is missing, as in 'a if b else null', at character 9"),
        ("n[]", "']' is no value at character 3"),
        ("n[1.5]", "a key is a text or a whole number, which this is not, at character 3"),
        ("{a: n, a: n}", "the key 'a' is there twice at character 8"),
        ("{a.b: n}", "a key is a name or a text, as in {a: x, 'first name': y}, not this at character 2"),
        ("{: n}", "':' is no key at character 2"),
        ("numbers | select", "'select' takes 1 arguments, not 0, at character 11"),
        ("yes && no", "'&&' is no part of an expression (write 'and') at character 5"),
        ("yes || no", "'||' is no part of an expression (write 'or') at character 5"),
        ("!yes", "'!' is no part of an expression (write 'not') at character 1"),
        (
            "yes ? 1 : 2",
            "'?' is no part of an expression (write 'b if a else c' for 'a ? b : c', or give an action that "
            "condition as its 'when') at character 5",
        ),
        ("len(name)", "'(' is one too many (write 'a | length') at character 4"),
        ("name.startsWith('A')", "'(' is one too many (write 'a | startswith') at character 16"),
        ("name matches 'A'", "'matches' is one too many (write '| matches(...)') at character 6"),
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
    assert refusal(source) == f"cannot be read: {reason}"


def test_a_number_that_is_beyond_all_bounds_is_no_value() -> None:
    assert "the number is too large at character 5" in refusal("n + " + "9" * 400 + ".0")
    assert value("n + " + "9" * 400) == 10**400 + 6


def test_a_word_of_the_language_that_stands_alone_is_a_path() -> None:
    assert evaluate(parse_expression("in"), {"in": 1}, Budget()) == 1


@pytest.mark.parametrize(
    "source",
    [
        "(" * 500 + "n" + ")" * 500,
        "n + " * 1_000 + "n",
        "not " * 400 + "yes",
        "not " * 51 + "yes",
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
@given(source=st.text(alphabet="n1 .+-*/%<>=!()|[]{}:?~#'\"\\,andortils", max_size=40))
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
        "missing | default(secrets.token)", "'Bearer ' + secrets.token | string", "name ~ ':' ~ secrets.token | base64",
        "secrets.token if yes else name", "missing ?? secrets.token", "name | hmac(secrets.token)",
        "secrets.token + (people | map('name') | join('-'))", "object | json | hmac(secrets.token, 'base64')",
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
        "people | where('name', secrets.token)", "n | default(secrets.token | length)",
        "name if secrets.token else n",
        "numbers | select(secrets.token == 'x')", "[secrets.token] | json", "{a: secrets.token} | json",
        "object[secrets.token]",
        "name[:secrets.token]", "secrets.token[1:]", "secrets.token | matches('^a')", "secrets.token | contains('a')",
        "name[0:1] if (secrets.token | startswith('a')) else n", "secrets.token | format(n)", "secrets.token | reverse",
    ],
)  # fmt: skip
def test_what_could_tell_a_secret_piece_by_piece_is_refused(source: str) -> None:
    assert "a secret takes +, ~ and the filters" in refusal(source)
