"""Printed and read again an expression is the same, and no text at all leads to anything but a value or a refusal."""

from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.expressions.budget import Budget
from engine.expressions.filters.catalogue import FILTERS, SELECTING
from engine.expressions.language import Expression, Faulty, with_paths
from engine.expressions.operators import OPERATORS
from engine.expressions.parser import parse_expression
from engine.expressions.printing import unparse
from engine.expressions.references import ExpressionError
from engine.expressions.templates import parse, render

TEXTS = st.text(alphabet="ab'\"\\]{}#|\n ", max_size=4).map(
    lambda text: "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
)
LEAVES = TEXTS | st.sampled_from(
    [
        "a",
        "a.b",
        "a[0]",
        "a[-1].c",
        'a["x y"]',
        "a['$id']",
        "item.x",
        "if",
        "7",
        "1.5",
        "123456789012345678901.5",
        "true",
    ]
)


def _postfixed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    bound = inner | st.just("")
    return st.builds("{}[{}]".format, inner, inner) | st.builds("{}[{}:{}]".format, inner, bound, bound)


@st.composite
def _filtered(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    name = draw(st.sampled_from(sorted(FILTERS)))
    count = draw(st.integers(FILTERS[name].least, min(3, FILTERS[name].most)))
    arguments = [draw(inner) for _ in range(count)]
    return f"{draw(inner)} | {name}" + (f"({', '.join(arguments)})" if arguments else "")


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from([*OPERATORS, "and", "or", "??"])
    return (
        st.builds("({})".format, inner)
        | st.builds("not {}".format, inner)
        | st.builds("-{}".format, inner)
        | st.builds("{} {} {}".format, inner, operators, inner)
        | st.builds("{} if {} else {}".format, inner, inner, inner)
        | st.builds("[{}, {}]".format, inner, inner)
        | st.builds("{{{}: {}, b: {}}}".format, TEXTS | st.just("a"), inner, inner)
        | _postfixed(inner)
        | _filtered(inner)
    )


EXPRESSIONS = st.recursive(LEAVES, _larger, max_leaves=10)


def bare(expression: Expression) -> Any:
    """The tree without places and without how its paths are written."""

    def without(value: Any) -> Any:
        if isinstance(value, msgspec.Struct):
            fields = {name: getattr(value, name) for name in value.__struct_fields__}
            left = {name: without(each) for name, each in fields.items() if name not in ("position", "source")}
            return type(value).__name__, left
        return tuple(map(without, value)) if isinstance(value, tuple) else (type(value), value)

    return without(expression)


@settings(max_examples=600, deadline=None)
@given(source=EXPRESSIONS)
@example(source="[a, true[('b')]]")
@example(source="[a, (null)[1:2]]")
def test_what_is_printed_is_read_as_the_same(source: str) -> None:
    expression = parse_expression(source)
    if not isinstance(expression, Faulty):
        printed = unparse(expression)
        assert bare(parse_expression(printed)) == bare(expression)
        assert unparse(parse_expression(printed)) == printed


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        ("((a + b)) * c - (d - e)", "(a + b) * c - (d - e)"),
        ("a ?? b", "a | default(b)"),
        ("(a or b) and not (c == d)", "(a or b) and not c == d"),
        (
            "(1 if a else b) if (c if d else e) else (2 if f else g)",
            "(1 if a else b) if (c if d else e) else 2 if f else g",
        ),
        ("-(a | abs)", "-a | abs"),
        ("(-a) | abs", "(-a) | abs"),
        ("(a ~ b) == (c ~ d)", "a ~ b == c ~ d"),
        ("a [ 0 ] ['b'] [\"c d\"] # where", 'a[0].b["c d"]'),
        (r"a['x]'] + 'it\'s'", r"a['x]'] + 'it\'s'"),
        ("{'a': b, 'c d': [e , f]} | json", "{a: b, 'c d': [e, f]} | json"),
        ("(a | select(item > 1))[1 :]", "(a | select(item > 1))[1:]"),
        ("a + 12345678901234567890.0", "a + 12345678901234567000.0"),
    ],
)
def test_it_is_printed_as_a_person_would_write_it(source: str, printed: str) -> None:
    assert unparse(parse_expression(source)) == printed


@settings(max_examples=300, deadline=None)
@given(source=EXPRESSIONS)
def test_paths_that_are_put_in_their_own_place_change_nothing(source: str) -> None:
    expression = parse_expression(source)
    assert with_paths(expression, lambda path: path) == expression


SCOPE: dict[str, Any] = {"a": [{"b": 1, "c": "x"}, 2.5, "text", None], "item": {"x": True}, "if": {"a": 3}}
ANY_TEXT = st.text(max_size=60) | st.text(alphabet="a0 .'\"\\[]{}()|?:~#+-*/%<>=!,\n\t", max_size=60)


@settings(max_examples=800, deadline=None)
@given(text=ANY_TEXT | EXPRESSIONS)
def test_no_text_leads_to_anything_but_a_value_or_a_refusal(text: str) -> None:
    for template in (f"{{{{{text}}}}}", f"<{{{{{text}}}}}", text, f"\\{{{{{text}}}}}"):
        try:
            msgspec.json.encode(render(parse(template), SCOPE, Budget()))
        except ExpressionError as error:
            assert str(error)


def test_each_filter_that_selects_has_its_condition() -> None:
    for name in SELECTING:
        assert unparse(parse_expression(f"a | {name}(item.b > 1)")) == f"a | {name}(item.b > 1)"
