"""The small language between the braces: paths, literals, comparison, logic, arithmetic and filters; no code.

A `position` is the character, from 0, of the operator or of the filter's name within the expression.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from engine.expressions.budget import ITEM_BYTES, Budget
from engine.expressions.filter_costs import FilterError, comparison, search
from engine.expressions.filters import FILTERS
from engine.expressions.references import SECRETS, ExpressionError, NoValue, Reference, SecretValues, look_up
from models.commands.json_equality import same

LARGEST_INTEGER = 2**63 - 1
NODE_STEPS = 16
NO_SECRETS: frozenset[str] = frozenset()
TOO_LARGE = "an expression makes a number that is too large"
FORMS = 32
"""So many bytes are kept for each byte of what was made of a secret, to find it in any encoding."""

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
    """`x operator y`; `secrets` are the names of those within it."""

    operator: str
    left: "Expression"
    right: "Expression"
    position: int = 0
    secrets: frozenset[str] = NO_SECRETS

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "secrets", secrets_in(self.left) | secrets_in(self.right))


class Filtered(msgspec.Struct, frozen=True):
    """`x | name(arguments)`; `secrets` are the names of those within it."""

    operand: "Expression"
    name: str
    arguments: tuple["Expression", ...]
    position: int = 0
    secrets: frozenset[str] = NO_SECRETS

    def __post_init__(self) -> None:
        within = secrets_in(self.operand).union(*map(secrets_in, self.arguments))
        msgspec.structs.force_setattr(self, "secrets", within)


class Faulty(msgspec.Struct, frozen=True):
    """What cannot be read: it has no value, and says why."""

    source: str
    reason: str
    position: int = 0


Expression = Reference | Literal | Not | Negative | Binary | Filtered | Faulty


def references(expression: Expression, *, needed: bool = False) -> Iterator[Reference]:
    """Yield the paths of an expression, in the order of its source.

    `needed` are those that have to lead somewhere: not those for which there is a `default`.
    """
    left: list[Expression] = [expression]
    while left:
        match left.pop():
            case Reference() as reference:
                yield reference
            case Not(operand) | Negative(operand):
                left.append(operand)
            case Binary(_, first, second):
                left += (second, first)
            case Filtered(operand, name, arguments):
                left += reversed(arguments)
                if not (needed and name == DEFAULT):
                    left.append(operand)


def secrets_in(expression: Expression) -> frozenset[str]:
    """The names of the secrets that what an expression makes may hold."""
    match expression:
        case Reference():
            secret = expression.secret
            return NO_SECRETS if secret is None else frozenset((secret,))
        case Binary() | Filtered():
            return expression.secrets
    return NO_SECRETS


def evaluate(expression: Expression, scope: Mapping[str, Any], budget: Budget) -> Any:
    """The JSON value of an expression.

    Raises `ExpressionError` where it has none, and `TooCostly` before it does more than the budget has left.
    """
    budget.spend(NODE_STEPS)
    value = _value(expression, scope, budget)
    if secrets := secrets_in(expression):
        _note_secrets(secrets, value, scope, budget)
    return value


def _note_secrets(names: frozenset[str], value: Any, scope: Mapping[str, Any], budget: Budget) -> None:
    """What is made of a secret is hidden like the secret; a yes or no, or nothing, tells too little to be hidden."""
    if value is None or isinstance(value, bool):
        return
    secrets: SecretValues = scope[SECRETS]
    for part in (value, *value) if isinstance(value, list) else (value,):
        for name in names:
            hidden = budget.size(part).json
            budget.spend(100 + hidden)
            budget.reserve(FORMS * hidden)
            secrets.made(name, part)


def _value(expression: Expression, scope: Mapping[str, Any], budget: Budget) -> Any:
    match expression:
        case Reference():
            budget.spend(2 * len(expression.segments))
            return look_up(expression, scope)
        case Literal(value):
            return value
        case Not(operand):
            return not _truth(evaluate(operand, scope, budget), "not")
        case Negative(operand):
            return _negative(evaluate(operand, scope, budget))
        case Binary("and", left, right):
            return _truth(evaluate(left, scope, budget), "and") and _truth(evaluate(right, scope, budget), "and")
        case Binary("or", left, right):
            return _truth(evaluate(left, scope, budget), "or") or _truth(evaluate(right, scope, budget), "or")
        case Binary(operator, left, right):
            first, second = evaluate(left, scope, budget), evaluate(right, scope, budget)
            known = OPERATORS[operator]
            known.cost(budget, first, second)
            return known.apply(first, second)
        case Filtered():
            return _filtered(expression, scope, budget)
        case Faulty(source, reason):
            raise ExpressionError(f"'{{{{{source}}}}}' cannot be read: {reason}")


def _filtered(expression: Filtered, scope: Mapping[str, Any], budget: Budget) -> Any:
    if expression.name == DEFAULT:
        try:
            value = evaluate(expression.operand, scope, budget)
        except NoValue:
            value = None
        return evaluate(expression.arguments[0], scope, budget) if value is None else value
    arguments = [evaluate(argument, scope, budget) for argument in expression.arguments]
    operand = evaluate(expression.operand, scope, budget)
    known = FILTERS[expression.name]
    try:
        known.cost(budget, operand, *arguments)
        return _bounded(known.apply(operand, *arguments))
    except FilterError as error:
        raise ExpressionError(f"'| {expression.name}' {error}") from None
    except OverflowError:
        raise ExpressionError(TOO_LARGE) from None


def _bounded(value: Any) -> Any:
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        raise ExpressionError(TOO_LARGE)
    if isinstance(value, float) and not math.isfinite(value):
        raise ExpressionError(TOO_LARGE)
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
    if (isinstance(left, str) and isinstance(right, str)) or (isinstance(left, list) and isinstance(right, list)):
        return left + right  # type: ignore[operator]  # both are of one kind
    return _add(left, right)


def _arithmetic(operator: str, compute: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def apply(left: Any, right: Any) -> Any:
        try:
            return _bounded(compute(_number(left, operator), _number(right, operator)))
        except ZeroDivisionError:
            raise ExpressionError(f"'{operator}' divides by zero") from None
        except OverflowError:
            raise ExpressionError(TOO_LARGE) from None

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


def _cost_of_sum(budget: Budget, left: Any, right: Any) -> None:
    if isinstance(left, str) and isinstance(right, str):
        budget.text(len(left) + len(right), is_ascii=left.isascii() and right.isascii())
    elif isinstance(left, list) and isinstance(right, list):
        budget.spend((len(left) + len(right)) // 16)
        budget.reserve(ITEM_BYTES * (len(left) + len(right)))


def _cost_of_comparison(budget: Budget, left: Any, right: Any) -> None:
    """Values of two kinds are told apart at once."""
    if type(left) is type(right):
        budget.spend(min(comparison(budget, left), comparison(budget, right)))


def _cost_of_search(budget: Budget, left: Any, right: Any) -> None:
    if isinstance(right, list):
        budget.spend(len(right) * (2 + comparison(budget, left)))
    elif isinstance(left, str) and isinstance(right, str):
        search(budget, right, left)


def _cost_of_numbers(_budget: Budget, _left: Any, _right: Any) -> None:
    """They are of 64 bits, or as long as somebody wrote them."""


class Operator(msgspec.Struct, frozen=True):
    """What an operator does with two values, and what it takes from the budget before that."""

    apply: Callable[[Any, Any], Any]
    cost: Callable[[Budget, Any, Any], None]


_add = _arithmetic("+", lambda left, right: left + right)

OPERATORS: Mapping[str, Operator] = {
    "==": Operator(same, _cost_of_comparison),
    "!=": Operator(lambda left, right: not same(left, right), _cost_of_comparison),
    "<": Operator(_ordered("<", lambda left, right: left < right), _cost_of_comparison),
    "<=": Operator(_ordered("<=", lambda left, right: left <= right), _cost_of_comparison),
    ">": Operator(_ordered(">", lambda left, right: left > right), _cost_of_comparison),
    ">=": Operator(_ordered(">=", lambda left, right: left >= right), _cost_of_comparison),
    "in": Operator(_is_in, _cost_of_search),
    "not in": Operator(lambda left, right: not _is_in(left, right), _cost_of_search),
    "+": Operator(_sum, _cost_of_sum),
    "-": Operator(_arithmetic("-", lambda left, right: left - right), _cost_of_numbers),
    "*": Operator(_arithmetic("*", lambda left, right: left * right), _cost_of_numbers),
    "/": Operator(_arithmetic("/", lambda left, right: left / right), _cost_of_numbers),
    "%": Operator(_arithmetic("%", lambda left, right: left % right), _cost_of_numbers),
}
