"""The filters of objects."""

from collections.abc import Mapping
from typing import Any

from engine.expressions import filter_costs as costs
from engine.expressions.budget import ITEM_BYTES, Budget
from engine.expressions.filter_costs import LIST_BYTES, OBJECT_BYTES, FilterError, list_of, object_of, text_of
from engine.expressions.filters.definition import Filter
from engine.expressions.kinds import LISTS, OBJECTS, TEXTS, Kind

MOST_KEYS = 8
PLACE_BYTES = 128
"""Of an object that grows, for each of its keys."""


def _entries(value: Any) -> list[Any]:
    return [{"key": key, "value": inner} for key, inner in object_of(value).items()]


def _cost_of_entries(budget: Budget, value: Any) -> None:
    """An object for each."""
    count = len(object_of(value))
    budget.spend(2 * count)
    budget.reserve(count * (OBJECT_BYTES + ITEM_BYTES))


def _from_entries(value: Any) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for entry in list_of(value):
        match entry:
            case {"key": str(key), "value": inner} | [str(key), inner]:
                made[key] = inner
            case _:
                raise FilterError('needs entries such as {"key": "a", "value": 1}, or pairs such as ["a", 1]')
    return made


def _cost_of_object(budget: Budget, value: Any) -> None:
    """A place for each."""
    count = len(list_of(value))
    budget.spend(4 * count)
    budget.reserve(count * PLACE_BYTES)


def _merge(value: Any, other: Any) -> dict[str, Any]:
    return {**object_of(value), **object_of(other)}


def _cost_of_merging(budget: Budget, value: Any, other: Any) -> None:
    """A place for each key of both."""
    count = len(object_of(value)) + len(object_of(other))
    budget.spend(count)
    budget.reserve(LIST_BYTES + count * PLACE_BYTES)


def _keys(given: tuple[Any, ...]) -> set[str]:
    """Those that are written out, or a list of them."""
    keys = given[0] if len(given) == 1 and isinstance(given[0], list) else given
    return {text_of(key) for key in keys}


def _pick(value: Any, *given: Any) -> dict[str, Any]:
    keys = _keys(given)
    return {key: inner for key, inner in object_of(value).items() if key in keys}


def _omit(value: Any, *given: Any) -> dict[str, Any]:
    keys = _keys(given)
    return {key: inner for key, inner in object_of(value).items() if key not in keys}


def _cost_of_choice(budget: Budget, value: Any, *given: Any) -> None:
    """All keys of the object are looked at, and those that are named kept for the while."""
    named = sum(len(each) if isinstance(each, list) else 1 for each in given)
    count = len(object_of(value)) + named
    budget.spend(2 * count)
    budget.reserve(count * PLACE_BYTES)


OBJECT_FILTERS: Mapping[str, Filter] = {
    "entries": Filter(
        about="a list with an object for each key, of `key` and `value`",
        example="address | entries | first",
        result={"key": "city", "value": "London"},
        apply=_entries,
        cost=_cost_of_entries,
        takes=OBJECTS,
        gives=Kind.LIST,
    ),
    "from_entries": Filter(
        about="the object of such a list, or of pairs",
        example="words | zip(numbers) | from_entries",
        result={"pear": 3, "apple": 1},
        apply=_from_entries,
        cost=_cost_of_object,
        takes=LISTS,
        gives=Kind.OBJECT,
    ),
    "keys": Filter(
        about="the keys of an object",
        example="address | keys",
        result=["city", "zip"],
        apply=lambda value: list(object_of(value)),
        cost=costs.parts,
        takes=OBJECTS,
        gives=Kind.LIST,
    ),
    "merge": Filter(
        about="an object with the keys of another one too, which come first where both have one",
        example="address | merge({zip: 'SW1'})",
        result={"city": "London", "zip": "SW1"},
        apply=_merge,
        cost=_cost_of_merging,
        takes=OBJECTS,
        gives=Kind.OBJECT,
        arguments=(OBJECTS,),
    ),
    "omit": Filter(
        about="an object without some keys, written out or as a list",
        example="address | omit('zip')",
        result={"city": "London"},
        apply=_omit,
        cost=_cost_of_choice,
        takes=OBJECTS,
        gives=Kind.OBJECT,
        arguments=(TEXTS | LISTS, *[TEXTS] * (MOST_KEYS - 1)),
        optional=MOST_KEYS - 1,
    ),
    "pick": Filter(
        about="of an object only some keys, written out or as a list",
        example="orders[0] | pick('id', 'total')",
        result={"id": "o1", "total": 40},
        apply=_pick,
        cost=_cost_of_choice,
        takes=OBJECTS,
        gives=Kind.OBJECT,
        arguments=(TEXTS | LISTS, *[TEXTS] * (MOST_KEYS - 1)),
        optional=MOST_KEYS - 1,
    ),
    "values": Filter(
        about="the values of an object",
        example="address | values",
        result=["London", "NW1"],
        apply=lambda value: list(object_of(value).values()),
        cost=costs.parts,
        takes=OBJECTS,
        gives=Kind.LIST,
    ),
}
