"""Computes the value of an expression within a budget, and says of what has none where it fails and why."""

from collections import ChainMap
from collections.abc import Iterable, Mapping
from typing import Any, assert_never

from engine.expressions.budget import ITEM_BYTES, Budget, TooCostly
from engine.expressions.filter_costs import FilterError, NothingThere
from engine.expressions.filters.catalogue import FILTERS
from engine.expressions.kinds import BOOLEANS, NUMBERS, Kinds, kind_of_value
from engine.expressions.language import (
    DEFAULT,
    ITEM,
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
    secrets_in,
)
from engine.expressions.operators import OPERATORS, TOO_LARGE, Unfit, bounded, is_number
from engine.expressions.printing import unparse
from engine.expressions.references import (
    SECRETS,
    ExpressionError,
    NoValue,
    Reference,
    SecretValues,
    look_up,
    step_into,
)

NODE_STEPS = 16
FORMS = 32
"""So many bytes are kept for each byte of what was made of a secret, to find it in any encoding."""

PLACE_BYTES = 64
"""Of an object, for each of its keys."""

SHOWN = 60
"""Characters of a part of an expression that a message shows at most."""

Scope = Mapping[str, Any]


class _OfItems(ChainMap[str, Any]):
    """What a condition sees: its item, and all that is seen outside, whatever number of conditions it is within."""


def evaluate(expression: Expression, scope: Scope, budget: Budget) -> Any:
    """The JSON value of an expression.

    Raises `ExpressionError` where it has none, and `TooCostly` before it does more than the budget has left.
    """
    budget.spend(NODE_STEPS)
    value = _value(expression, scope, budget)
    if secrets := secrets_in(expression):
        _note_secrets(secrets, value, scope, budget)
    return value


def _note_secrets(names: frozenset[str], value: Any, scope: Scope, budget: Budget) -> None:
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


def _value(expression: Expression, scope: Scope, budget: Budget) -> Any:
    match expression:
        case Reference():
            budget.spend(2 * len(expression.segments))
            return look_up(expression, scope)
        case Literal(value):
            return value
        case Binary():
            return _binary(expression, scope, budget)
        case Filtered():
            return _filtered(expression, scope, budget)
        case Not(operand, position):
            return not _truth(operand, "not", position, scope, budget)
        case Negative(operand, position):
            value = evaluate(operand, scope, budget)
            if not is_number(value):
                raise _unfit("'-' needs numbers", position, [(operand, value, NUMBERS)])
            return -value
        case Conditional(then, condition, otherwise, position):
            return evaluate(then if _truth(condition, "if", position, scope, budget) else otherwise, scope, budget)
        case Item(operand, key, position):
            return _item(operand, key, position, scope, budget)
        case Slicing():
            return _slice(expression, scope, budget)
        case ListOf(items):
            budget.reserve(ITEM_BYTES * len(items))
            return [evaluate(each, scope, budget) for each in items]
        case ObjectOf(entries):
            budget.reserve(PLACE_BYTES * len(entries))
            return {key: evaluate(each, scope, budget) for key, each in entries}
        case Selected():
            return _selected(expression, scope, budget)
        case Faulty(_, reason):
            raise ExpressionError(f"cannot be read: {reason}")
        case _:
            assert_never(expression)


def _binary(expression: Binary, scope: Scope, budget: Budget) -> Any:
    operator, left, right, position = expression.operator, expression.left, expression.right, expression.position
    if operator == "and":
        return _truth(left, "and", position, scope, budget) and _truth(right, "and", position, scope, budget)
    if operator == "or":
        return _truth(left, "or", position, scope, budget) or _truth(right, "or", position, scope, budget)
    first, second = evaluate(left, scope, budget), evaluate(right, scope, budget)
    known = OPERATORS[operator]
    try:
        known.cost(budget, first, second)
        return known.apply(first, second)
    except Unfit as unfit:
        at_fault = [(left, first, NOTHING)] * unfit.left + [(right, second, NOTHING)] * unfit.right
        raise _unfit(str(unfit), position, at_fault) from None
    except ExpressionError as error:
        raise _at(error, position) from None


def _truth(operand: Expression, word: str, position: int, scope: Scope, budget: Budget) -> bool:
    value = evaluate(operand, scope, budget)
    if not isinstance(value, bool):
        raise _unfit(
            f"'{word}' needs true or false", position, [(operand, value, BOOLEANS)], ": compare it with something"
        )
    return value


def _filtered(expression: Filtered, scope: Scope, budget: Budget) -> Any:
    operand = expression.operand
    if expression.name == DEFAULT:
        try:
            value = evaluate(operand, scope, budget)
        except NoValue:
            value = None
        return evaluate(expression.arguments[0], scope, budget) if value is None else value
    arguments = [evaluate(argument, scope, budget) for argument in expression.arguments]
    value = evaluate(operand, scope, budget)
    known = FILTERS[expression.name]
    try:
        known.cost(budget, value, *arguments)
        return bounded(known.apply(value, *arguments))
    except FilterError as error:
        given = [(operand, value, known.takes), *zip(expression.arguments, arguments, known.arguments, strict=False)]
        unfit = _unfit(f"'| {expression.name}' {error}", expression.position, given)
        raise NoValue(str(unfit), unfit.position) if isinstance(error, NothingThere) else unfit from None
    except OverflowError:
        raise ExpressionError(TOO_LARGE, expression.position) from None
    except ExpressionError as error:
        raise _at(error, expression.position) from None


def _selected(expression: Selected, scope: Scope, budget: Budget) -> list[Any]:
    """The condition is looked at item by item, and each time takes what it costs from the budget."""
    name, position, known = expression.name, expression.position, FILTERS[expression.name]
    items = evaluate(expression.operand, scope, budget)
    if not isinstance(items, list):
        raise _unfit(f"'| {name}' needs a list", position, [(expression.operand, items, known.takes)])
    own: dict[str, Any] = {}
    outside = scope.maps[1] if isinstance(scope, _OfItems) else scope
    inner = _OfItems(own, outside)  # type: ignore[arg-type]  # nobody writes to the scope
    holds: list[bool] = []
    known.cost(budget, items, holds)
    for own[ITEM] in items:
        holds.append(_truth(expression.condition, name, position, inner, budget))
    chosen: list[Any] = known.apply(items, holds)
    return chosen


def _item(operand: Expression, key: Expression, position: int, scope: Scope, budget: Budget) -> Any:
    value, segment = evaluate(operand, scope, budget), evaluate(key, scope, budget)
    if isinstance(segment, bool) or not isinstance(segment, str | int):
        raise ExpressionError(f"a key is a text or a whole number, {_told(key, segment)}", position)
    try:
        return step_into(value, segment)
    except LookupError:
        why = "" if isinstance(value, list | dict) else f": it is {kind_of_value(value)}"
        raise NoValue(lambda: f"'{_shown(operand)}' has nothing at '{_shown(key)}'{why}", position) from None


def _slice(expression: Slicing, scope: Scope, budget: Budget) -> Any:
    value = evaluate(expression.operand, scope, budget)
    bounds = [None if end is None else evaluate(end, scope, budget) for end in (expression.start, expression.stop)]
    known = FILTERS["slice"]
    given = (0 if bounds[0] is None else bounds[0], bounds[1])
    try:
        known.cost(budget, value, *given)
        return known.apply(value, *given)
    except FilterError as error:
        ends = [(end, bound, NUMBERS) for end, bound in zip((expression.start, expression.stop), bounds, strict=True)]
        told = [(expression.operand, value, known.takes), *(each for each in ends if each[0] is not None)]
        raise _unfit(f"a slice {error}", expression.position, told) from None  # type: ignore[arg-type]  # left is what has an expression
    except ExpressionError as error:
        raise _at(error, expression.position) from None


NOTHING: Kinds = frozenset()


def _unfit(
    needs: str, position: int, given: Iterable[tuple[Expression, Any, Kinds]], advice: str = ""
) -> ExpressionError:
    """What is needed, and of which kinds those are that are given and fit none of what may be there."""
    told = [_told(part, value) for part, value, kinds in given if kind_of_value(value) not in kinds]
    return ExpressionError(f"{needs}{', ' if told else ''}{' and '.join(told)}{advice}", position)


def _told(part: Expression, value: Any) -> str:
    """The kind of a value: the value itself may be large, or a secret."""
    return f"{_shown(part)} is {kind_of_value(value)}"


def _shown(part: Expression) -> str:
    text = unparse(part)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def _at(error: ExpressionError, position: int) -> ExpressionError:
    """An error of an operator or a filter, at its place, where none is said yet."""
    if error.position is None and not isinstance(error, TooCostly):
        error.position = position
    return error
