"""Writes an expression as a text that is read back as the same one, with no parentheses that it does not need."""

import re
from decimal import Decimal
from typing import Any, assert_never

from engine.expressions.language import (
    Binary,
    Conditional,
    Expression,
    Faulty,
    Filtered,
    Item,
    ListOf,
    Literal,
    Negative,
    Not,
    ObjectOf,
    Selected,
    Slicing,
)
from engine.expressions.references import Reference

NAME = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
STEP = re.compile(r"[\w-]+", re.ASCII)

ANY, OR, AND, NOT, COMPARISON, JOINT, SUM, PRODUCT, SIGNED, FILTERED, OPERAND = range(11)
"""How closely an expression binds, the loosest first: what may stand at a place binds as closely as it at least."""

BINDS = {
    "or": OR,
    "and": AND,
    "~": JOINT,
    **dict.fromkeys("+-", SUM),
    **dict.fromkeys("*/%", PRODUCT),
}
"""Of what is no comparison."""


def unparse(expression: Expression) -> str:
    """The text of an expression."""
    return _text(expression, ANY)


def _text(expression: Expression, least: int) -> str:
    text, binds = _written(expression)
    return text if binds >= least else f"({text})"


def _written(expression: Expression) -> tuple[str, int]:
    match expression:
        case Reference():
            return path_text(expression), OPERAND
        case Literal(value):
            return _literal(value), OPERAND
        case ListOf(items):
            return f"[{_listed(items)}]", OPERAND
        case ObjectOf(entries):
            return f"{{{', '.join(f'{_key(key)}: {_text(value, ANY)}' for key, value in entries)}}}", OPERAND
        case Item(operand, key):
            return f"{_indexed(operand)}[{_text(key, ANY)}]", OPERAND
        case Slicing(operand, start, stop):
            ends = ["" if end is None else _text(end, ANY) for end in (start, stop)]
            return f"{_indexed(operand)}[{':'.join(ends)}]", OPERAND
        case Not(operand):
            return f"not {_text(operand, NOT)}", NOT
        case Negative(operand):
            return f"-{_text(operand, FILTERED)}", SIGNED
        case Binary(operator, left, right):
            return _operation(operator, left, right)
        case Conditional(then, condition, otherwise):
            return f"{_text(then, OR)} if {_text(condition, OR)} else {_text(otherwise, ANY)}", ANY
        case Filtered(operand, name, arguments):
            given = f"({_listed(arguments)})" if arguments else ""
            return f"{_text(operand, FILTERED)} | {name}{given}", FILTERED
        case Selected(operand, name, condition):
            return f"{_text(operand, FILTERED)} | {name}({_text(condition, ANY)})", FILTERED
        case Faulty(source):
            return source, OPERAND
        case _:
            assert_never(expression)


def _operation(operator: str, left: Expression, right: Expression) -> tuple[str, int]:
    binds = BINDS.get(operator, COMPARISON)
    first = binds + 1 if binds == COMPARISON else binds  # comparisons do not chain
    return f"{_text(left, first)} {operator} {_text(right, binds + 1)}", binds


def _listed(expressions: tuple[Expression, ...]) -> str:
    return ", ".join(_text(each, ANY) for each in expressions)


def path_text(reference: Reference) -> str:
    """A path as it is written without white space in it."""
    root, *rest = reference.segments
    return str(root) + "".join(map(_segment, rest))


def _segment(segment: str | int) -> str:
    if isinstance(segment, int):
        return f"[{segment}]"
    if STEP.fullmatch(segment):
        return f".{segment}"
    return f"[{_text_literal(segment)}]" if {*segment} & {'"', "]"} else f'["{segment}"]'


def _indexed(operand: Expression) -> str:
    """What stands before brackets: `true[...]` would be read as a reference to something of that name."""
    is_word = isinstance(operand, Literal) and (operand.value is None or isinstance(operand.value, bool))
    return f"({_text(operand, ANY)})" if is_word else _text(operand, OPERAND)


def _key(key: str) -> str:
    return key if NAME.fullmatch(key) else _text_literal(key)


def _literal(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return _text_literal(value)
        case float():
            text = f"{Decimal(repr(value)):f}"
            return text if "." in text else f"{text}.0"
        case int():
            return str(value)
    return "..."  # put into the place of a path, and never read back


def _text_literal(text: str) -> str:
    escaped = text.replace("\\", r"\\").replace("'", r"\'")
    return f"'{escaped}'"
