"""The filters of expressions: each takes a JSON value and gives one, looks nothing up, and knows no time or chance."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec

from engine.expressions import filter_costs as costs
from engine.expressions.filter_costs import (
    FilterError,
    list_of,
    number_of,
    numbers_of,
    object_of,
    segments_of,
    text_form,
    text_of,
    written,
)
from engine.expressions.references import step_into
from models.commands.json_equality import same


class Filter(msgspec.Struct, frozen=True):
    """What a filter does, what it takes from the budget before that, and between how many arguments it takes."""

    apply: Callable[..., Any]
    cost: Callable[..., None]
    least: int = 0
    most: int = 0


MAX_FORM = 200
WIDTH = re.compile(r"%%|%[^A-Za-z%]*[0-9]")


def _length(value: Any) -> int:
    if not isinstance(value, str | list | dict):
        raise FilterError("needs a text, a list or an object")
    return len(value)


def _end(position: int) -> Callable[[Any], Any]:
    def take(value: Any) -> Any:
        items = list_of(value)
        if not items:
            raise FilterError("has nothing to take from an empty list")
        return items[position]

    return take


def _join(value: Any, separator: Any = "") -> str:
    return text_of(separator).join([text_form(item) for item in list_of(value)])


def _split(value: Any, separator: Any) -> list[str]:
    if not text_of(separator):
        raise FilterError("needs a separator that is not empty")
    return text_of(value).split(separator)


def _replace(value: Any, old: Any, new: Any) -> str:
    if not text_of(old):
        raise FilterError("needs a text to look for that is not empty")
    return text_of(value).replace(old, text_of(new))


def _parse_json(value: Any) -> Any:
    try:
        return msgspec.json.decode(text_of(value))
    except (msgspec.DecodeError, RecursionError):
        raise FilterError("needs a text that is JSON") from None


def _to_number(value: Any) -> int | float:
    if isinstance(value, str):
        value = _parse_json(value)
    return number_of(value)


def _int(value: Any) -> int:
    return int(_to_number(value))


def _round(value: Any, digits: Any = 0) -> int | float:
    if isinstance(digits, bool) or not isinstance(digits, int) or not 0 <= digits <= 15:
        raise FilterError("needs from 0 to 15 digits")
    return round(number_of(value), digits) if digits else round(number_of(value))


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


def _comparable(items: list[Any]) -> list[Any]:
    if items and not all(isinstance(item, str) for item in items):
        return list(numbers_of(items))
    return items


def _sort(value: Any) -> list[Any]:
    return sorted(_comparable(list_of(value)))


def _unique(value: Any) -> list[Any]:
    seen: dict[bytes, Any] = {}
    for item in list_of(value):
        seen.setdefault(msgspec.json.encode(item, order="deterministic"), item)
    return list(seen.values())


def _extreme(choose: Callable[[Iterable[Any]], Any]) -> Callable[[Any], Any]:
    def take(value: Any) -> Any:
        items = _comparable(list_of(value))
        if not items:
            raise FilterError("has nothing to choose from in an empty list")
        return choose(items)

    return take


def _date(value: Any, form: Any = "%Y-%m-%d") -> str:
    if len(text_of(form)) > MAX_FORM or any(found != "%%" for found in WIDTH.findall(form)):
        raise FilterError(f"needs a form of at most {MAX_FORM} characters, without widths, such as %d.%m.%Y")
    try:
        return datetime.fromisoformat(text_of(value)).strftime(form)
    except ValueError:
        raise FilterError("needs a moment such as 2026-01-15T10:30:00Z") from None


FILTERS: Mapping[str, Filter] = {
    "abs": Filter(lambda value: abs(number_of(value)), costs.nothing),
    "date": Filter(_date, costs.date, 0, 1),
    "default": Filter(lambda value, _other: value, costs.nothing, 1, 1),
    "first": Filter(_end(0), costs.nothing),
    "int": Filter(_int, costs.parse_json),
    "join": Filter(_join, costs.join, 0, 1),
    "json": Filter(written, costs.json),
    "keys": Filter(lambda value: list(object_of(value)), costs.parts),
    "last": Filter(_end(-1), costs.nothing),
    "length": Filter(_length, costs.nothing),
    "lower": Filter(lambda value: text_of(value).lower(), costs.case),
    "map": Filter(_map, costs.look_up, 1, 1),
    "max": Filter(_extreme(max), costs.extreme),
    "min": Filter(_extreme(min), costs.extreme),
    "number": Filter(_to_number, costs.parse_json),
    "parse_json": Filter(_parse_json, costs.parse_json),
    "path": Filter(lambda value: quote(text_form(value), safe="/"), costs.quote),
    "replace": Filter(_replace, costs.replace, 2, 2),
    "round": Filter(_round, costs.nothing, 0, 1),
    "sort": Filter(_sort, costs.sort),
    "split": Filter(_split, costs.split, 1, 1),
    "string": Filter(text_form, costs.string),
    "sum": Filter(lambda value: sum(numbers_of(value)), costs.extreme),
    "trim": Filter(lambda value: text_of(value).strip(), costs.copy),
    "unique": Filter(_unique, costs.unique),
    "upper": Filter(lambda value: text_of(value).upper(), costs.case),
    "urlencode": Filter(lambda value: quote(text_form(value), safe=""), costs.quote),
    "values": Filter(lambda value: list(object_of(value).values()), costs.parts),
    "where": Filter(_where, costs.where, 1, 2),
}
"""By name. `default` is given a path that leads nowhere too, so whoever evaluates sees to it."""
