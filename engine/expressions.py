"""The small language between the braces: paths, literals, comparison, logic, arithmetic and filters; no code.

A `position` is the character, from 0, of the operator or of the filter's name within the expression.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from engine.filters import FILTERS, FilterError
from engine.references import SECRETS, ExpressionError, NoValue, Reference, SecretValues, look_up
from models.json_equality import same

LARGEST_INTEGER = 2**63 - 1
MAX_TEXT = 4_194_304
"""Characters of a text that an expression makes at most."""

DEFAULT = "default"
"""The one filter that takes a path that leads nowhere."""


class Literal(msgspec.Struct, frozen=True):
    """A value that is written out."""

    value: Any


class Not(msgspec.Struct, frozen=True):
    """`not x`."""

    operand: "Expression"
    position: int = 0


class Negative(msgspec.Struct, frozen=True):
    """`-x`."""

    operand: "Expression"
    position: int = 0


class Binary(msgspec.Struct, frozen=True):
    """`x operator y`."""

    operator: str
    left: "Expression"
    right: "Expression"
    position: int = 0


class Filtered(msgspec.Struct, frozen=True):
    """`x | name(arguments)`."""

    operand: "Expression"
    name: str
    arguments: tuple["Expression", ...]
    position: int = 0


class Faulty(msgspec.Struct, frozen=True):
    """What cannot be read: it has no value, and says why."""

    source: str
    reason: str
    position: int = 0


Expression = Reference | Literal | Not | Negative | Binary | Filtered | Faulty


def references(expression: Expression) -> Iterator[Reference]:
    """Yield every path of an expression, in the order of its source."""
    match expression:
        case Reference():
            yield expression
        case Not(operand) | Negative(operand):
            yield from references(operand)
        case Binary(_, left, right):
            yield from references(left)
            yield from references(right)
        case Filtered(operand, _, arguments):
            yield from references(operand)
            for argument in arguments:
                yield from references(argument)


def evaluate(expression: Expression, scope: Mapping[str, Any]) -> Any:
    """The JSON value of an expression. Raises `ExpressionError` where it has none."""
    value = _value(expression, scope)
    if not isinstance(expression, Literal):
        _note_secrets(expression, value, scope)
    return value


def _note_secrets(expression: Expression, value: Any, scope: Mapping[str, Any]) -> None:
    """What is made of a secret is hidden like the secret; a yes or no, or nothing, tells too little to be hidden."""
    if value is None or isinstance(value, bool):
        return
    for reference in references(expression):
        if reference.secret is not None:
            secrets: SecretValues = scope[SECRETS]
            secrets.made(reference.secret, value)
            if isinstance(value, list):
                for part in value:
                    secrets.made(reference.secret, part)


def _value(expression: Expression, scope: Mapping[str, Any]) -> Any:
    match expression:
        case Reference():
            return look_up(expression, scope)
        case Literal(value):
            return value
        case Not(operand):
            return not _truth(evaluate(operand, scope), "not")
        case Negative(operand):
            return _negative(evaluate(operand, scope))
        case Binary("and", left, right):
            return _truth(evaluate(left, scope), "and") and _truth(evaluate(right, scope), "and")
        case Binary("or", left, right):
            return _truth(evaluate(left, scope), "or") or _truth(evaluate(right, scope), "or")
        case Binary(operator, left, right):
            return OPERATORS[operator](evaluate(left, scope), evaluate(right, scope))
        case Filtered():
            return _filtered(expression, scope)
        case Faulty(source, reason):
            raise ExpressionError(f"'{{{{{source}}}}}' cannot be read: {reason}")


def _filtered(expression: Filtered, scope: Mapping[str, Any]) -> Any:
    if expression.name == DEFAULT:
        try:
            value = evaluate(expression.operand, scope)
        except NoValue:
            value = None
        return evaluate(expression.arguments[0], scope) if value is None else value
    arguments = [evaluate(argument, scope) for argument in expression.arguments]
    try:
        return _bounded(FILTERS[expression.name].apply(evaluate(expression.operand, scope), *arguments))
    except FilterError as error:
        raise ExpressionError(f"'| {expression.name}' {error}") from None


def _bounded(value: Any) -> Any:
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise ExpressionError(f"an expression makes a text of more than {MAX_TEXT:,} characters")
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        raise ExpressionError("an expression makes a number that is too large")
    if isinstance(value, float) and not math.isfinite(value):
        raise ExpressionError("an expression makes a number that is too large")
    return value


def _truth(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise ExpressionError(f"'{where}' needs true or false, not {named(value)}: compare it with something")
    return value


def _negative(value: Any) -> Any:
    return -_number(value, "-")


def _number(value: Any, operator: str) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ExpressionError(f"'{operator}' needs numbers, not {named(value)}")
    return value


def _sum(left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str):
        return _bounded(left + right)
    if isinstance(left, list) and isinstance(right, list):
        return left + right
    return _bounded(_number(left, "+") + _number(right, "+"))


def _arithmetic(operator: str, compute: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def apply(left: Any, right: Any) -> Any:
        try:
            return _bounded(compute(_number(left, operator), _number(right, operator)))
        except ZeroDivisionError:
            raise ExpressionError(f"'{operator}' divides by zero") from None
        except OverflowError:
            raise ExpressionError("an expression makes a number that is too large") from None

    return apply


def _ordered(operator: str, compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def apply(left: Any, right: Any) -> bool:
        if isinstance(left, str) and isinstance(right, str):
            return compare(left, right)
        if isinstance(left, str) or isinstance(right, str):
            raise ExpressionError(f"'{operator}' cannot compare {named(left)} with {named(right)}")
        return compare(_number(left, operator), _number(right, operator))

    return apply


def _is_in(left: Any, right: Any) -> bool:
    match right:
        case list():
            return any(same(left, item) for item in right)
        case dict():
            return left in right if isinstance(left, str) else False
        case str() if isinstance(left, str):
            return left in right
    raise ExpressionError(f"'in' cannot look for {named(left)} in {named(right)}")


def named(value: Any) -> str:
    """What kind of JSON value it is, for messages: the value itself may be large, or a secret."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case str():
            return "a text"
        case int() | float():
            return "a number"
        case list():
            return "a list"
    return "an object"


OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": same,
    "!=": lambda left, right: not same(left, right),
    "<": _ordered("<", lambda left, right: left < right),
    "<=": _ordered("<=", lambda left, right: left <= right),
    ">": _ordered(">", lambda left, right: left > right),
    ">=": _ordered(">=", lambda left, right: left >= right),
    "in": _is_in,
    "not in": lambda left, right: not _is_in(left, right),
    "+": _sum,
    "-": _arithmetic("-", lambda left, right: left - right),
    "*": _arithmetic("*", lambda left, right: left * right),
    "/": _arithmetic("/", lambda left, right: left / right),
    "%": _arithmetic("%", lambda left, right: left % right),
}
