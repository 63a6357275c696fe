"""`{{...}}` parsed once to a tree and rendered over JSON: types are kept, no code is evaluated (W4)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from engine.expressions import language as expressions
from engine.expressions.braces import OPEN, pieces
from engine.expressions.budget import ESCAPED, SHORT, Budget, TooCostly
from engine.expressions.evaluation import PLACE_BYTES, evaluate
from engine.expressions.filter_costs import string, text_form
from engine.expressions.language import Expression, Faulty
from engine.expressions.parser import parse_expression
from engine.expressions.references import ExpressionError, NoValue, Reference

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
        items = {key: parse(child) for key, child in value.items()}
        plain = {key: child.value for key, child in items.items() if isinstance(child, Constant)}
        return Constant(plain) if len(plain) == len(items) else Object(tuple(items.items()))
    if isinstance(value, list):
        elements = [parse(child) for child in value]
        alone = [child.value for child in elements if isinstance(child, Constant)]
        return Constant(alone) if len(alone) == len(elements) else Array(tuple(elements))
    return Constant(value)


def _parse_text(text: str) -> Template:
    if OPEN not in text:
        return Constant(text)
    parts = [
        Whole(parse_expression(piece.text), piece.text) if piece.plain is None else piece.plain
        for piece in pieces(text)
    ]
    if len(parts) == 1:
        [part] = parts
        return Constant(part) if isinstance(part, str) else part
    return Text(tuple(parts))


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
    except ExpressionError as error:
        raise _told(part, error) from None
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
            size = budget.size(value)
            budget.spend(size.digits)
            budget.reserve(size.json)
    except ExpressionError as error:
        raise _told(part, error) from None
    return value


def _take_places(count: int, budget: Budget) -> None:
    try:
        budget.spend(2 * count)
        budget.reserve(PLACE_BYTES * count)
    except TooCostly as error:
        raise TooCostly(f"a list or an object with expressions {error}") from None


def _told(part: Whole, error: ExpressionError) -> ExpressionError:
    """An error with the expression in which it arose, at its place in the template."""
    shown = part.source if len(part.source) <= SHOWN else part.source[:SHOWN] + "..."
    if isinstance(part.expression, Reference) and isinstance(error, NoValue):
        reason = str(error).removeprefix(f"'{part.expression.source}' ")
    elif error.position is not None:
        reason = f"at character {error.position + 1}: {error}"
    else:
        reason = str(error)
    return type(error)(f"'{{{{{shown}}}}}' {reason}", part=part)


def place_of(template: Template, part: object) -> tuple[str | int, ...]:
    """The keys and indexes that lead to a part of a template; none where it is not below any."""
    return next(_places(template, part, ()), ())


def _places(template: Template, part: object, at: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    match template:
        case Whole():
            if template is part:
                yield at
        case Text(parts):
            if any(each is part for each in parts):
                yield at
        case Object(items):
            for key, child in items:
                yield from _places(child, part, (*at, key))
        case Array(elements):
            for index, child in enumerate(elements):
                yield from _places(child, part, (*at, index))
