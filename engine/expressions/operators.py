"""What operators do with two values, what that costs, and of which kinds the values have to be."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from engine.expressions.budget import ITEM_BYTES, Budget
from engine.expressions.filter_costs import FilterError, comparison, membership, string, text_form
from engine.expressions.filters.lists import contains
from engine.expressions.references import ExpressionError
from models.json_equality import same

MAX_BITS = 4_096
"""Of an integer that an expression makes: some 1,200 digits."""

TOO_LARGE = "an expression makes a number that is too large"


class Unfit(Exception):
    """Values of kinds that do not go together: what is needed, and whether the left and the right one is at fault."""

    def __init__(self, needs: str, *, left: bool = True, right: bool = True) -> None:
        super().__init__(needs)
        self.left = left
        self.right = right


class Operator(msgspec.Struct, frozen=True):
    """What an operator does with two values, and what it takes from the budget before that."""

    apply: Callable[[Any, Any], Any]
    cost: Callable[[Budget, Any, Any], None]


def bounded(value: Any) -> Any:
    """A value that an expression has made. Raises `ExpressionError` where it is a number that is too large."""
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise ExpressionError(TOO_LARGE)
    if isinstance(value, float) and not math.isfinite(value):
        raise ExpressionError(TOO_LARGE)
    return value


def is_number(value: Any) -> bool:
    """Whether a JSON value is a number: true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _arithmetic(operator: str, compute: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def apply(left: Any, right: Any) -> Any:
        if not (is_number(left) and is_number(right)):
            raise Unfit(f"'{operator}' needs numbers", left=not is_number(left), right=not is_number(right))
        try:
            return bounded(compute(left, right))
        except ZeroDivisionError:
            raise ExpressionError(f"'{operator}' divides by zero") from None
        except OverflowError:
            raise ExpressionError(TOO_LARGE) from None

    return apply


def _sum(left: Any, right: Any) -> Any:
    if (isinstance(left, str) and isinstance(right, str)) or (isinstance(left, list) and isinstance(right, list)):
        return left + right  # type: ignore[operator]  # both are of one kind
    if is_number(left) and is_number(right):
        return _add(left, right)
    raise Unfit("'+' needs numbers, texts or lists, two of one kind")


def _ordered(operator: str, compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def apply(left: Any, right: Any) -> bool:
        if isinstance(left, str) and isinstance(right, str):
            return compare(left, right)
        if isinstance(left, str) or isinstance(right, str):
            raise Unfit(f"'{operator}' needs two numbers or two texts")
        if is_number(left) and is_number(right):
            return compare(left, right)
        raise Unfit(f"'{operator}' needs numbers", left=not is_number(left), right=not is_number(right))

    return apply


def _membership(operator: str, *, is_wanted: bool) -> Callable[[Any, Any], bool]:
    def apply(left: Any, right: Any) -> bool:
        try:
            return contains(right, left) is is_wanted
        except FilterError as error:
            raise Unfit(
                f"'{operator}' {error}", left=isinstance(right, str), right=not isinstance(right, str)
            ) from None

    return apply


def _joined(left: Any, right: Any) -> str:
    return text_form(left) + text_form(right)


def _cost_of_sum(budget: Budget, left: Any, right: Any) -> None:
    if isinstance(left, str) and isinstance(right, str):
        budget.text(len(left) + len(right), is_ascii=left.isascii() and right.isascii())
    elif isinstance(left, list) and isinstance(right, list):
        budget.spend((len(left) + len(right)) // 16)
        budget.reserve(ITEM_BYTES * (len(left) + len(right)))


def _cost_of_joining(budget: Budget, left: Any, right: Any) -> None:
    """What is no text is written first."""
    characters, is_ascii = 0, True
    for value in (left, right):
        string(budget, value)
        size = budget.size(value)
        characters += len(value) if isinstance(value, str) else size.json
        is_ascii = is_ascii and size.is_ascii
    budget.text(characters, is_ascii=is_ascii)


def _cost_of_comparison(budget: Budget, left: Any, right: Any) -> None:
    """Values of two kinds are told apart at once."""
    if type(left) is type(right):
        budget.spend(min(comparison(budget, left), comparison(budget, right)))


def _cost_of_search(budget: Budget, left: Any, right: Any) -> None:
    membership(budget, right, left)


def _cost_of_numbers(_budget: Budget, _left: Any, _right: Any) -> None:
    """Python reads no number of more than some thousand digits, and what is made is shorter."""


_add = _arithmetic("+", lambda left, right: left + right)

OPERATORS: Mapping[str, Operator] = {
    "==": Operator(same, _cost_of_comparison),
    "!=": Operator(lambda left, right: not same(left, right), _cost_of_comparison),
    "<": Operator(_ordered("<", lambda left, right: left < right), _cost_of_comparison),
    "<=": Operator(_ordered("<=", lambda left, right: left <= right), _cost_of_comparison),
    ">": Operator(_ordered(">", lambda left, right: left > right), _cost_of_comparison),
    ">=": Operator(_ordered(">=", lambda left, right: left >= right), _cost_of_comparison),
    "in": Operator(_membership("in", is_wanted=True), _cost_of_search),
    "not in": Operator(_membership("not in", is_wanted=False), _cost_of_search),
    "~": Operator(_joined, _cost_of_joining),
    "+": Operator(_sum, _cost_of_sum),
    "-": Operator(_arithmetic("-", lambda left, right: left - right), _cost_of_numbers),
    "*": Operator(_arithmetic("*", lambda left, right: left * right), _cost_of_numbers),
    "/": Operator(_arithmetic("/", lambda left, right: left / right), _cost_of_numbers),
    "%": Operator(_arithmetic("%", lambda left, right: left % right), _cost_of_numbers),
}
