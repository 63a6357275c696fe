"""`{{...}}` parsed once to a tree and rendered over JSON: types are kept, no code is evaluated (W4)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from engine.expressions import language as expressions
from engine.expressions.budget import ESCAPED, SHORT, Budget, TooCostly
from engine.expressions.filter_costs import string, text_form
from engine.expressions.language import Expression, Faulty, evaluate
from engine.expressions.parser import parse_expression
from engine.expressions.references import Reference

OPEN, CLOSE = "{{", "}}"
PLACE_BYTES = 64
SHOWN = 200
"""Characters of an expression that a message shows at most."""


class Whole(msgspec.Struct, frozen=True):
    """A string that is one whole `{{x}}`: it renders to the value of `x`, of whatever type. `source` is the `x`."""

    expression: Expression
    source: str = ""


class Text(msgspec.Struct, frozen=True):
    """A string with expressions inside; it renders to a string."""

    parts: tuple[str | Whole, ...]


class Object(msgspec.Struct, frozen=True):
    """A JSON object some of whose values are templates."""

    items: tuple[tuple[str, "Template"], ...]


class Array(msgspec.Struct, frozen=True):
    """A JSON array some of whose elements are templates."""

    elements: tuple["Template", ...]


class Constant(msgspec.Struct, frozen=True):
    """A JSON value with no expression in it, returned as it is."""

    value: Any


Template = Whole | Text | Object | Array | Constant


def parse(value: Any) -> Template:
    """Parse a JSON value. A string that is one whole `{{x}}` keeps the type of `x`; keys are not parsed."""
    if isinstance(value, str):
        return _parse_text(value)
    if isinstance(value, dict):
        items = tuple((key, parse(child)) for key, child in value.items())
        return Constant(value) if all(isinstance(child, Constant) for _, child in items) else Object(items)
    if isinstance(value, list):
        elements = tuple(parse(child) for child in value)
        return Constant(value) if all(isinstance(child, Constant) for child in elements) else Array(elements)
    return Constant(value)


def _parse_text(text: str) -> Template:
    if OPEN not in text:
        return Constant(text)
    parts = tuple(
        part if isinstance(part, str) else Whole(part, text[start : text.index(CLOSE, start)].rstrip())
        for start, part in pieces(text)
    )
    if all(isinstance(part, str) for part in parts):
        return Constant(text)
    if len(parts) == 1 and isinstance(parts[0], Whole):
        return parts[0]
    return Text(parts)


def pieces(text: str) -> Iterator[tuple[int, str | Expression]]:
    """Yield the plain parts and the expressions of a text, each with the character, from 0, at which it begins."""
    end = 0
    while (start := text.find(OPEN, end)) >= 0 and (close := text.find(CLOSE, start)) >= 0:
        if start > end:
            yield end, text[end:start]
        inside = text[start + len(OPEN) : close]
        source = inside.strip()
        yield start + len(OPEN) + len(inside) - len(inside.lstrip()), parse_expression(source)
        end = close + len(CLOSE)
    if end < len(text):
        yield end, text[end:]


def all_expressions(template: Template) -> Iterator[Expression]:
    """Yield every expression of a template, in the order of its source."""
    match template:
        case Whole(expression):
            yield expression
        case Text(parts):
            yield from (part.expression for part in parts if not isinstance(part, str))
        case Object(items):
            for _, child in items:
                yield from all_expressions(child)
        case Array(elements):
            for child in elements:
                yield from all_expressions(child)


def references(template: Template) -> Iterator[Reference]:
    """Yield every path of a template, in the order of its source."""
    for expression in all_expressions(template):
        yield from expressions.references(expression)


def faults(template: Template) -> Iterator[Faulty]:
    """Yield what cannot be read in a template."""
    return (expression for expression in all_expressions(template) if isinstance(expression, Faulty))


def render(template: Template, scope: Mapping[str, Any], budget: Budget) -> Any:
    """Return the JSON value of a template.

    Raises `ExpressionError` where an expression has none, and `TooCostly` before more is done than the budget has left.
    """
    match template:
        case Constant(value):
            return value
        case Whole():
            return _filled_in(template, scope, budget)
        case Text(parts):
            return joined([part if isinstance(part, str) else text_of(part, scope, budget) for part in parts], budget)
        case Object(items):
            _take_places(len(items), budget)
            return {key: render(child, scope, budget) for key, child in items}
        case Array(elements):
            _take_places(len(elements), budget)
            return [render(child, scope, budget) for child in elements]


def text_of(part: Whole, scope: Mapping[str, Any], budget: Budget) -> str:
    """The text that an expression becomes within a text: null is nothing. Raises `ExpressionError`."""
    try:
        value = evaluate(part.expression, scope, budget)
        string(budget, value)
    except TooCostly as error:
        raise _of(part, error) from None
    return text_form(value)


def joined(parts: Sequence[str], budget: Budget) -> str:
    """The text that parts make together. Raises `TooCostly`."""
    try:
        budget.text(sum(map(len, parts)), is_ascii=all(map(str.isascii, parts)))
        budget.spend(len(parts))
    except TooCostly as error:
        raise TooCostly(f"a text with expressions {error}") from None
    return "".join(parts)


def _filled_in(part: Whole, scope: Mapping[str, Any], budget: Budget) -> Any:
    """The value counts as long as it will be written, each time that it is filled in anywhere."""
    try:
        value = evaluate(part.expression, scope, budget)
        if isinstance(value, str) and len(value) <= SHORT:
            budget.reserve(ESCAPED * len(value))
        else:
            budget.reserve(budget.size(value).json)
    except TooCostly as error:
        raise _of(part, error) from None
    return value


def _take_places(count: int, budget: Budget) -> None:
    try:
        budget.spend(2 * count)
        budget.reserve(PLACE_BYTES * count)
    except TooCostly as error:
        raise TooCostly(f"a list or an object with expressions {error}") from None


def _of(part: Whole, error: TooCostly) -> TooCostly:
    """The refusal with the expression that it is for."""
    shown = part.source if len(part.source) <= SHOWN else part.source[:SHOWN] + "..."
    return TooCostly(f"'{{{{{shown}}}}}' {error}")
