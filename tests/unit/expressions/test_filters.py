"""Each filter by its own example, and at its ends."""

import json
from typing import Any

import pytest

from engine.expressions.budget import Budget
from engine.expressions.evaluation import evaluate
from engine.expressions.filters.catalogue import FILTERS
from engine.expressions.parser import parse_expression
from engine.expressions.references import ExpressionError
from tests.support.documents.markdown import blocks

(VALUES,) = [json.loads(block.text) for block in blocks("docs/expressions.md") if block.language == "json"]
SCOPE: dict[str, Any] = {
    **VALUES,
    "empty": [],
    "utf8": "h\u00e9\U0001f600",
    "zoned": "2026-03-29T01:30:00+05:00",
    "local": "2026-03-29T01:30:00",
    "odd": "2026-03-29T01:30:00+00:00:30",
    "early": "0099-01-02",
    "big": 10**30,
    "alike": [1, 1.0, 0.0, -0.0, 0, True, [{"a": 2}], [{"a": 2.0}], 2**53 + 1, 10**400, 1e300, int(1e300), 1.5, 1.5],
    "same_keys": [{"k": key} for key in (1, 1.0, "1", -0.0, 0, 1.5, True)],
    "deep": [[1, [2]], [], 3],
    "pairs": [["a", 1], ["b", 2], ["a", 3]],
    "key": "Jefe",
    "said": "what do ya want for nothing?",
}


def value(source: str) -> Any:
    return evaluate(parse_expression(source), SCOPE, Budget())


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_gives_what_its_example_says(name: str) -> None:
    known = FILTERS[name]
    found = value(known.example)
    assert f"| {name}" in known.example
    assert (found, type(found)) == (known.result, type(known.result))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("2 | range(count + 2)", [2, 3, 4]), ("count | range(0, -2)", [3, 1]), ("debt | range", []),
        ("big | range(big)", []),
        ("0 | range(count, big)", [0]),
        ("deep | flatten", [1, [2], 3]), ("deep | flatten | flatten", [1, 2, 3]), ("empty | flatten", []),
        ("{} | merge(address)", {"city": "London", "zip": "NW1"}), ("words | slice(-1)", ["apple"]),
        ("utf8 | slice(1)", "\u00e9\U0001f600"),
        ("words | slice(5)", []), ("utf8 | reverse", "\U0001f600\u00e9h"), ("empty | reverse", []),
        ("name | startswith('')", True), ("name | startswith('Adam')", False), ("name | endswith('da')", True),
        ("name | contains('d')", True), ("orders | contains(orders[1])", True), ("address | contains('zip')", True),
        ("address | contains(1)", False), ("numbers | contains(true)", False),
        ("file | matches('May')", True), ("file | matches('^May')", False), (r"at | matches('T\d\d:')", True),
        ("name | matches('(?i)^ADA$')", True), ("utf8 | matches('^h..$')", True),
        ("utf8 | base64 | unbase64", "h\u00e9\U0001f600"), ("'_-8' ~ (name | slice(9)) | length", "_-80"),
        ("said | hmac(key)", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        ("said | hmac(key, 'base64')", "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="),
        (r"""['"\\\\u0000"' | parse_json, name]""", [r"\u0000", "Ada"]),
        ("(name | slice(9)) | sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("orders | group_by('paid') | entries | map('key')", ["true", "false"]),
        ("pairs | group_by('0')", {"a": [["a", 1], ["a", 3]], "b": [["b", 2]]}), ("empty | group_by('x')", {}),
        ("alike | unique", [1, 0.0, True, [{"a": 2}], 2**53 + 1, 10**400, 1e300, 1.5]),
        ("same_keys | group_by('k') | keys", ["1", "0", "1.5", "true"]),
        ("empty | zip(words)", []), ("pairs | from_entries", {"a": 3, "b": 2}),
        ("address | entries | from_entries", {"city": "London", "zip": "NW1"}), ("empty | from_entries", {}),
        ("address | pick(['zip', 'none'])", {"zip": "NW1"}), ("address | pick('none')", {}),
        ("address | omit(['zip'])", {"city": "London"}),
        ("numbers | select(item > count - 1) | length", 2), ("orders | reject(item.paid) | map('id')", ["o2"]),
        ("orders | select(item.gone ?? true) | length", 2), ("empty | select(item)", []),
        ("pairs | select([item] | select(item[1] > 1) | length > 0) | length", 2),
        ("line | title", "  A, B "), ("'%d%%' | format(count)", "3%"),
        ("'%-5s|%5s|%+d' | format(name, nothing, 7)", "Ada  |     |+7"),
        ("'%s' | format(address)", '{"city":"London","zip":"NW1"}'), ("'%.0f' | format(price)", "12"),
        ("'%d' | format(big)", str(10**30)),
        ("zoned | date('%s')", "1774729800"), ("local | date('%s')", "1774747800"),
        ("at | date('%%s %Y')", "%s 2026"), ("at | date('%%-s')", "%-s"),
        ("early | date", "0099-01-02"), ("early | date('%F %G %d')", "0099-01-02 0099 02"),
        ("early | date | date", "0099-01-02"),
        ("odd | to_date", "2026-03-29T01:30:00+00:00:30"), ("odd | add(1)", "2026-03-29T01:30:01+00:00:30"),
        ("zoned | date('%H:%M %z')", "01:30 +0500"), ("local | date('%H:%M')", "01:30"),
        ("(zoned | date('%s') | int) | to_date", "2026-03-28T20:30:00Z"),
        ("price | to_date", "1970-01-01T00:00:12.500000Z"),
        ("zoned | to_date", "2026-03-29T01:30:00+05:00"), ("local | to_date", "2026-03-29T01:30:00Z"),
        ("'29/03/26 01:30 +0500' | to_date('%d/%m/%y %H:%M %z') == zoned", True),
        ("at | add('-30m')", "2026-01-15T10:00:00Z"), ("zoned | add('2w')", "2026-04-12T01:30:00+05:00"),
        ("at | add(90)", "2026-01-15T10:31:30Z"),
        ("at | add('-1d12h') | date", "2026-01-13"), ("at | add(0.5)", "2026-01-15T10:30:00.500000Z"),
    ],
)  # fmt: skip
def test_what_filters_give(source: str, expected: Any) -> None:
    found = value(source)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("price | range", "needs whole numbers"),
        ("count | range(0, 0)", "needs a step that is not 0"),
        ("big | range", "steps that the templates of an action have"),
        ("0 | range(count * 500000) | length", "bytes that the templates of an action have"),
        ("name | matches('(')", "needs a pattern, and this is no pattern of RE2: missing )"),
        ("name | matches(words | join | replace('p', name * 1))", "'*' needs numbers"),
        (r"name | matches('(a)\1')", "there are no back-references"),
        ("name | unbase64", "needs base64 of a text in UTF-8"),
        ("'%%%' | unbase64 ~ name", "needs base64 of a text in UTF-8"),
        ("'QQA=' | unbase64 ~ name", "'| unbase64' makes a text with a NUL character, which cannot be stored"),
        (r"""'["\\u0000"]' | parse_json ~ name""", "'| parse_json' makes a text with a NUL character"),
        (r"""'{"\\\\\\u0000": 1}' | parse_json ~ name""", "'| parse_json' makes a text with a NUL character"),
        ("name | hmac(key, 'b64')", "gives 'hex' or 'base64'"),
        ("orders | group_by('gone')", "finds no 'gone' in one of the items"),
        ("[orders] | group_by('0')", "needs a text, a number or a boolean at '0' in each item"),
        ("words | from_entries", "needs entries such as"),
        ("address | merge(words)", "needs an object, words is a list"),
        ("'%s %s' | format(name)", "has more places than there are values"),
        ("'%s' | format(name, count)", "has places for 1 values, not for 2"),
        ("'%d' | format(price)", "needs a whole number for %d"),
        ("'%x' | format(count)", "takes %s, %d and %f"),
        ("'%f' | format(name)", "needs numbers"),
        ("'%999s' | format(name)", "takes %s, %d and %f"),
        ("at | add('1 day')", "needs numbers with s, m, h, d or w"),
        ("at | add('999999999w')", "comes to no moment between the years 1 and 9999"),
        ("big | to_date", "comes to no moment between the years 1 and 9999"),
        ("file | to_date('%d.%m.%Y')", "needs a text in the form that is given"),
        ("at | to_date('%Y%Y')", "needs a text in the form that is given"),
        *(
            (f"at | date('{form}')", "needs %s, the seconds since 1970, with nothing between % and s")
            for form in ("%-s", "%_s", "%^s", "%#s", "%Es", "%Os", "%%%-Es", "%s%-s")
        ),
        ("name | add('1d')", "needs a moment such as"),
        ("address | pick(1)", "needs a text, 1 is a number"),
    ],
)
def test_what_filters_refuse_says_why(source: str, reason: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        value(source)
    assert reason in str(caught.value)
