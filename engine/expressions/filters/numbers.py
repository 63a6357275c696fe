"""The filters of numbers."""

from collections.abc import Mapping
from typing import Any

from engine.expressions import filter_costs as costs
from engine.expressions.budget import ITEM_BYTES, Budget
from engine.expressions.filter_costs import FilterError, number_of, whole_number_of
from engine.expressions.filters.definition import Filter
from engine.expressions.filters.texts import parsed_json
from engine.expressions.kinds import NUMBERS, TEXTS, Kind

NUMBER_BYTES = 32


def _to_number(value: Any) -> int | float:
    if isinstance(value, str):
        value = parsed_json(value)
    return number_of(value)


def _round(value: Any, digits: Any = 0) -> int | float:
    if isinstance(digits, bool) or not isinstance(digits, int) or not 0 <= digits <= 15:
        raise FilterError("needs from 0 to 15 digits")
    return round(number_of(value), digits) if digits else round(number_of(value))


def _range(value: Any, stop: Any = None, step: Any = 1) -> list[int]:
    return list(_span(value, stop, step))


def _span(value: Any, stop: Any, step: Any) -> range:
    if whole_number_of(step) == 0:
        raise FilterError("needs a step that is not 0")
    first = whole_number_of(value)
    return range(0, first, step) if stop is None else range(first, whole_number_of(stop), step)


def _cost_of_range(budget: Budget, value: Any, stop: Any = None, step: Any = 1) -> None:
    """They are counted before they are made."""
    span = _span(value, stop, step)
    count = max(0, (span.stop - span.start + span.step - (1 if span.step > 0 else -1)) // span.step)
    bits = max(span.start.bit_length(), span.stop.bit_length())
    budget.spend(count // 4 + count * bits // 256)
    budget.reserve(count * (ITEM_BYTES + NUMBER_BYTES + bits // 7))


NUMBER_FILTERS: Mapping[str, Filter] = {
    "abs": Filter(
        about="the number without its sign",
        example="debt | abs",
        result=4,
        apply=lambda value: abs(number_of(value)),
        cost=costs.nothing,
        takes=NUMBERS,
        gives=Kind.NUMBER,
    ),
    "int": Filter(
        about="a whole number, of a number or a text",
        example="digits | int",
        result=42,
        apply=lambda value: int(_to_number(value)),
        cost=costs.parse_json,
        takes=TEXTS | NUMBERS,
        gives=Kind.NUMBER,
    ),
    "number": Filter(
        about="a number, of a number or a text",
        example="digits | number",
        result=42,
        apply=_to_number,
        cost=costs.parse_json,
        takes=TEXTS | NUMBERS,
        gives=Kind.NUMBER,
    ),
    "range": Filter(
        about="the whole numbers from 0 and below it; or from it and below another one, in steps",
        example="count | range",
        result=[0, 1, 2],
        apply=_range,
        cost=_cost_of_range,
        takes=NUMBERS,
        gives=Kind.LIST,
        arguments=(NUMBERS, NUMBERS),
        optional=2,
    ),
    "round": Filter(
        about="so many digits after the point, 0 by default",
        example="price | round",
        result=12,
        apply=_round,
        cost=costs.nothing,
        takes=NUMBERS,
        gives=Kind.NUMBER,
        arguments=(NUMBERS,),
        optional=1,
    ),
}
