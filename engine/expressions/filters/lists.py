"""The filters of lists."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from engine.expressions import filter_costs as costs
from engine.expressions.budget import ITEM_BYTES, Budget
from engine.expressions.filter_costs import (
    LIST_BYTES,
    OBJECT_BYTES,
    FilterError,
    NothingThere,
    list_of,
    numbers_of,
    segments_of,
    text_form,
    whole_number_of,
)
from engine.expressions.filters.definition import Filter
from engine.expressions.kinds import ANYTHING, BOOLEANS, LISTS, NUMBERS, OBJECTS, TEXTS, Kind
from engine.expressions.references import step_into
from models.json_equality import alike, same


def _length(value: Any) -> int:
    if not isinstance(value, str | list | dict):
        raise FilterError("needs a text, a list or an object")
    return len(value)


def _end(position: int) -> Callable[[Any], Any]:
    def take(value: Any) -> Any:
        items = list_of(value)
        if not items:
            raise NothingThere("has nothing to take from an empty list")
        return items[position]

    return take


def _within(item: Any, segments: Iterable[str]) -> Any:
    for segment in segments:
        item = step_into(item, segment)
    return item


def _map(value: Any, path: Any) -> list[Any]:
    segments = segments_of(path)
    try:
        return [_within(item, segments) for item in list_of(value)]
    except LookupError:
        raise FilterError(f"finds no '{path}' in one of the items") from None


def _where(value: Any, path: Any, wanted: Any = True) -> list[Any]:
    segments = segments_of(path)

    def fits(item: Any) -> bool:
        try:
            return same(_within(item, segments), wanted)
        except LookupError:
            return False

    return [item for item in list_of(value) if fits(item)]


def _group_by(value: Any, path: Any) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for item, key in zip(list_of(value), _group_keys(value, path), strict=True):
        groups.setdefault(text_form(key), []).append(item)
    return groups


def _group_keys(value: Any, path: Any) -> Iterator[Any]:
    """The key of each item, alike for items whose keys are the same JSON."""
    for key in _map(value, path):
        if key is None or isinstance(key, list | dict):
            raise FilterError(f"needs a text, a number or a boolean at '{path}' in each item")
        yield int(key) if isinstance(key, float) and key.is_integer() else key


def _cost_of_groups(budget: Budget, value: Any, path: Any) -> None:
    """Each item may have a group of its own, and is looked at as by `map`: for what its key costs, and for its key."""
    costs.look_up(budget, value, path)
    costs.look_up(budget, value, path)
    budget.spend(12 * len(value))
    budget.reserve(len(value) * (OBJECT_BYTES + LIST_BYTES))
    for key in _group_keys(value, path):
        if isinstance(key, int):
            size = budget.size(key)
            budget.spend(size.digits)
            budget.reserve(size.json)


def _comparable(items: list[Any]) -> list[Any]:
    if items and not all(isinstance(item, str) for item in items):
        return list(numbers_of(items))
    return items


def _unique(value: Any) -> list[Any]:
    seen: dict[bytes, Any] = {}
    for item in list_of(value):
        seen.setdefault(msgspec.json.encode(alike(item), order="deterministic"), item)
    return list(seen.values())


def _extreme(choose: Callable[[Iterable[Any]], Any]) -> Callable[[Any], Any]:
    def take(value: Any) -> Any:
        items = _comparable(list_of(value))
        if not items:
            raise NothingThere("has nothing to choose from in an empty list")
        return choose(items)

    return take


def _flatten(value: Any) -> list[Any]:
    return [inner for item in list_of(value) for inner in (item if isinstance(item, list) else (item,))]


def _cost_of_flattening(budget: Budget, value: Any) -> None:
    """The items within items are counted first."""
    items = list_of(value)
    budget.spend(len(items))
    count = sum(len(item) if isinstance(item, list) else 1 for item in items)
    budget.spend(count // 2)
    budget.reserve(2 * ITEM_BYTES * count)


def _sequence(value: Any) -> Sequence[Any]:
    if not isinstance(value, str | list):
        raise FilterError("needs a text or a list")
    return value


def _slice(value: Any, start: Any, stop: Any = None) -> Any:
    end = None if stop is None else whole_number_of(stop)
    return _sequence(value)[whole_number_of(start) : end]


def _cost_of_part(budget: Budget, value: Any, *_ends: Any) -> None:
    """As if all of it were taken."""
    if isinstance(value, str):
        costs.copy(budget, value)
    else:
        count = len(_sequence(value))
        budget.spend(count // 16)
        budget.reserve(ITEM_BYTES * count)


def _zip(value: Any, other: Any) -> list[Any]:
    return [[left, right] for left, right in zip(list_of(value), list_of(other), strict=False)]


def _cost_of_pairs(budget: Budget, value: Any, other: Any) -> None:
    """A list for each."""
    count = min(len(list_of(value)), len(list_of(other)))
    budget.spend(count)
    budget.reserve(count * (LIST_BYTES + 3 * ITEM_BYTES))


def _chosen(wanted: bool) -> Callable[[Any, Any], list[Any]]:
    def choose(value: Any, holds: Any) -> list[Any]:
        return [item for item, held in zip(list_of(value), holds, strict=True) if held is wanted]

    return choose


def _cost_of_choice(budget: Budget, value: Any, _holds: Any) -> None:
    """What the condition takes is taken with each item; here it is what is left of them."""
    budget.reserve(2 * ITEM_BYTES * len(list_of(value)))


def contains(value: Any, part: Any) -> bool:
    """Whether a list has an item, an object a key, or a text a part. Raises `FilterError`."""
    match value:
        case list():
            return any(same(part, item) for item in value)
        case dict():
            return isinstance(part, str) and part in value
        case str():
            if not isinstance(part, str):
                raise FilterError("looks for a text in a text")
            return part in value
    raise FilterError("needs a text, a list or an object")


LIST_FILTERS: Mapping[str, Filter] = {
    "contains": Filter(
        about="whether a text has a part, a list an item, an object a key: `in` the other way round",
        example="words | contains('pear')",
        result=True,
        apply=contains,
        cost=costs.membership,
        takes=TEXTS | LISTS | OBJECTS,
        gives=Kind.BOOLEAN,
        arguments=(ANYTHING,),
    ),
    "default": Filter(
        about="another value where there is none, or null; `a ?? b` is the same",
        example="nothing | default('none')",
        result="none",
        apply=lambda value, other: other if value is None else value,
        cost=costs.nothing,
        takes=ANYTHING,
        arguments=(ANYTHING,),
    ),
    "first": Filter(
        about="the first item",
        example="words | first",
        result="pear",
        apply=_end(0),
        cost=costs.nothing,
        takes=LISTS,
    ),
    "flatten": Filter(
        about="one list of what the lists within a list hold",
        example="[numbers, 4] | flatten",
        result=[3, 1, 2, 3, 4],
        apply=_flatten,
        cost=_cost_of_flattening,
        takes=LISTS,
        gives=Kind.LIST,
    ),
    "group_by": Filter(
        about="an object of lists: the items by what is at a path in each",
        example="orders | group_by('paid') | keys",
        result=["true", "false"],
        apply=_group_by,
        cost=_cost_of_groups,
        takes=LISTS,
        gives=Kind.OBJECT,
        arguments=(TEXTS,),
    ),
    "last": Filter(
        about="the last item",
        example="numbers | last",
        result=3,
        apply=_end(-1),
        cost=costs.nothing,
        takes=LISTS,
    ),
    "length": Filter(
        about="of a text, a list, an object",
        example="name | length",
        result=3,
        apply=_length,
        cost=costs.nothing,
        takes=TEXTS | LISTS | OBJECTS,
        gives=Kind.NUMBER,
    ),
    "map": Filter(
        about="what is at a path in each item",
        example="orders | map('total')",
        result=[40, 25],
        apply=_map,
        cost=costs.look_up,
        takes=LISTS,
        gives=Kind.LIST,
        arguments=(TEXTS,),
    ),
    "max": Filter(
        about="the greatest number, or the last text",
        example="numbers | max",
        result=3,
        apply=_extreme(max),
        cost=costs.extreme,
        takes=LISTS,
    ),
    "min": Filter(
        about="the least number, or the first text",
        example="words | min",
        result="apple",
        apply=_extreme(min),
        cost=costs.extreme,
        takes=LISTS,
    ),
    "reject": Filter(
        about="the items for which a condition over `item` does not hold",
        example="numbers | reject(item > 2)",
        result=[1, 2],
        apply=_chosen(wanted=False),
        cost=_cost_of_choice,
        takes=LISTS,
        gives=Kind.LIST,
        arguments=(BOOLEANS,),
    ),
    "reverse": Filter(
        about="a list, or a text, from its end",
        example="words | reverse",
        result=["apple", "pear"],
        apply=lambda value: _sequence(value)[::-1],
        cost=_cost_of_part,
        takes=TEXTS | LISTS,
    ),
    "select": Filter(
        about="the items for which a condition over `item` holds",
        example="orders | select(item.total > 30 and item.paid) | map('id')",
        result=["o1"],
        apply=_chosen(wanted=True),
        cost=_cost_of_choice,
        takes=LISTS,
        gives=Kind.LIST,
        arguments=(BOOLEANS,),
    ),
    "slice": Filter(
        about="a part of a list or a text: from one place to before another one, as `[from:to]` gives it",
        example="numbers | slice(1, 3)",
        result=[1, 2],
        apply=_slice,
        cost=_cost_of_part,
        takes=TEXTS | LISTS,
        arguments=(NUMBERS, NUMBERS),
        optional=1,
    ),
    "sort": Filter(
        about="a list of numbers or of texts in order",
        example="numbers | sort",
        result=[1, 2, 3, 3],
        apply=lambda value: sorted(_comparable(list_of(value))),
        cost=costs.sort,
        takes=LISTS,
        gives=Kind.LIST,
    ),
    "sum": Filter(
        about="of a list of numbers",
        example="numbers | sum",
        result=9,
        apply=lambda value: sum(numbers_of(value)),
        cost=costs.extreme,
        takes=LISTS,
        gives=Kind.NUMBER,
    ),
    "unique": Filter(
        about="a list with each value once",
        example="numbers | unique",
        result=[3, 1, 2],
        apply=_unique,
        cost=costs.unique,
        takes=LISTS,
        gives=Kind.LIST,
    ),
    "where": Filter(
        about="the items that have a value at a path, `true` by default",
        example="orders | where('paid') | map('id')",
        result=["o1"],
        apply=_where,
        cost=costs.where,
        takes=LISTS,
        gives=Kind.LIST,
        arguments=(TEXTS, ANYTHING),
        optional=1,
    ),
    "zip": Filter(
        about="pairs of the items of two lists, as many as the shorter one has",
        example="words | zip(numbers)",
        result=[["pear", 3], ["apple", 1]],
        apply=_zip,
        cost=_cost_of_pairs,
        takes=LISTS,
        gives=Kind.LIST,
        arguments=(LISTS,),
    ),
}
