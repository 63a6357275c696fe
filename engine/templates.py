"""`{{...}}` parsed once to a tree and rendered over JSON: types are kept, no code is evaluated (W4)."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from engine import expressions
from engine.expression_parser import parse_expression
from engine.expressions import Expression, Faulty, evaluate
from engine.references import Reference

OPEN, CLOSE = "{{", "}}"


class Whole(msgspec.Struct, frozen=True):
    """A string that is one whole `{{x}}`: it renders to the value of `x`, of whatever type."""

    expression: Expression


class Text(msgspec.Struct, frozen=True):
    """A string with expressions inside; it renders to a string."""

    parts: tuple[str | Expression, ...]


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
    parts = [part for _, part in pieces(text)]
    if all(isinstance(part, str) for part in parts):
        return Constant(text)
    if len(parts) == 1 and not isinstance(parts[0], str):
        return Whole(parts[0])
    return Text(tuple(parts))


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
            yield from (part for part in parts if not isinstance(part, str))
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


def render(template: Template, scope: Mapping[str, Any]) -> Any:
    """Return the JSON value of a template. Raises `ExpressionError` where an expression has none."""
    match template:
        case Constant(value):
            return value
        case Whole(expression):
            return evaluate(expression, scope)
        case Text(parts):
            return "".join(_render_part(part, scope) for part in parts)
        case Object(items):
            return {key: render(child, scope) for key, child in items}
        case Array(elements):
            return [render(child, scope) for child in elements]


def _render_part(part: str | Expression, scope: Mapping[str, Any]) -> str:
    if isinstance(part, str):
        return part
    value = evaluate(part, scope)
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
