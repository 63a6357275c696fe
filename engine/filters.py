"""The filters of expressions: each takes a JSON value and gives one, looks nothing up, and knows no time or chance."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from engine.references import step_into
from models.json_equality import same


class FilterError(Exception):
    """A value that a filter cannot take; the message goes on after the filter's name."""


class Filter(msgspec.Struct, frozen=True):
    """What a filter does, and between how many arguments it takes."""

    apply: Callable[..., Any]
    least: int = 0
    most: int = 0


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise FilterError("needs a text")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise FilterError("needs a list")
    return value


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise FilterError("needs an object")
    return value


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FilterError("needs numbers")
    return value


def _numbers(value: Any) -> list[int | float]:
    return [_number(item) for item in _list(value)]


def _length(value: Any) -> int:
    if not isinstance(value, str | list | dict):
        raise FilterError("needs a text, a list or an object")
    return len(value)


def _end(position: int) -> Callable[[Any], Any]:
    def take(value: Any) -> Any:
        items = _list(value)
        if not items:
            raise FilterError("has nothing to take from an empty list")
        return items[position]

    return take


def _join(value: Any, separator: Any = "") -> str:
    return _text(separator).join(_string(item) for item in _list(value))


def _split(value: Any, separator: Any) -> list[str]:
    if not _text(separator):
        raise FilterError("needs a separator that is not empty")
    return _text(value).split(separator)


def _replace(value: Any, old: Any, new: Any) -> str:
    if not _text(old):
        raise FilterError("needs a text to look for that is not empty")
    return _text(value).replace(old, _text(new))


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _parse_json(value: Any) -> Any:
    try:
        return msgspec.json.decode(_text(value))
    except (msgspec.DecodeError, RecursionError):
        raise FilterError("needs a text that is JSON") from None


def _string(value: Any) -> str:
    return value if isinstance(value, str) else _json(value)


def _to_number(value: Any) -> int | float:
    if isinstance(value, str):
        value = _parse_json(value)
    return _number(value)


def _int(value: Any) -> int:
    return int(_to_number(value))


def _round(value: Any, digits: Any = 0) -> int | float:
    if isinstance(digits, bool) or not isinstance(digits, int) or not 0 <= digits <= 15:
        raise FilterError("needs from 0 to 15 digits")
    return round(_number(value), digits) if digits else round(_number(value))


def _within(item: Any, path: Any) -> Any:
    for segment in _text(path).split("."):
        item = step_into(item, segment)
    return item


def _map(value: Any, path: Any) -> list[Any]:
    try:
        return [_within(item, path) for item in _list(value)]
    except LookupError:
        raise FilterError(f"finds no '{path}' in one of the items") from None


def _where(value: Any, path: Any, wanted: Any = True) -> list[Any]:
    def fits(item: Any) -> bool:
        try:
            return same(_within(item, path), wanted)
        except LookupError:
            return False

    return [item for item in _list(value) if fits(item)]


def _comparable(items: list[Any]) -> list[Any]:
    if items and not all(isinstance(item, str) for item in items):
        return list(_numbers(items))
    return items


def _sort(value: Any) -> list[Any]:
    return sorted(_comparable(_list(value)))


def _unique(value: Any) -> list[Any]:
    seen: dict[str, Any] = {}
    for item in _list(value):
        seen.setdefault(msgspec.json.encode(item, order="deterministic").decode(), item)
    return list(seen.values())


def _extreme(choose: Callable[[Iterable[Any]], Any]) -> Callable[[Any], Any]:
    def take(value: Any) -> Any:
        items = _comparable(_list(value))
        if not items:
            raise FilterError("has nothing to choose from in an empty list")
        return choose(items)

    return take


def _date(value: Any, form: Any = "%Y-%m-%d") -> str:
    try:
        return datetime.fromisoformat(_text(value)).strftime(_text(form))
    except ValueError:
        raise FilterError("needs a moment such as 2026-01-15T10:30:00Z") from None


FILTERS: Mapping[str, Filter] = {
    "abs": Filter(lambda value: abs(_number(value))),
    "date": Filter(_date, 0, 1),
    "default": Filter(lambda value, _other: value, 1, 1),
    "first": Filter(_end(0)),
    "int": Filter(_int),
    "join": Filter(_join, 0, 1),
    "json": Filter(_json),
    "keys": Filter(lambda value: list(_object(value))),
    "last": Filter(_end(-1)),
    "length": Filter(_length),
    "lower": Filter(lambda value: _text(value).lower()),
    "map": Filter(_map, 1, 1),
    "max": Filter(_extreme(max)),
    "min": Filter(_extreme(min)),
    "number": Filter(_to_number),
    "parse_json": Filter(_parse_json),
    "replace": Filter(_replace, 2, 2),
    "round": Filter(_round, 0, 1),
    "sort": Filter(_sort),
    "split": Filter(_split, 1, 1),
    "string": Filter(_string),
    "sum": Filter(lambda value: sum(_numbers(value))),
    "trim": Filter(lambda value: _text(value).strip()),
    "unique": Filter(_unique),
    "upper": Filter(lambda value: _text(value).upper()),
    "values": Filter(lambda value: list(_object(value).values())),
    "where": Filter(_where, 1, 2),
}
"""By name. `default` is given a path that leads nowhere too, so whoever evaluates sees to it."""
