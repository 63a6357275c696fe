"""How the value of a plain field becomes what goes into an answer; `Undefined` leaves it to the standard executor."""

from collections.abc import Callable
from functools import lru_cache, partial
from math import isfinite
from typing import Any, TypeAlias

from graphql import GraphQLEnumType, GraphQLList, GraphQLNonNull, GraphQLScalarType, Undefined, get_named_type

from models.answer_budget import count_written

Convert: TypeAlias = Callable[[Any], Any]
"""Gives what goes into the answer, or `Undefined` where the standard executor is to have a look."""

LARGEST_INT = 2**31
SHORT_TEXT = 100
"""Longer ones are counted. So many short ones as an operation's cost lets through are no load."""


@lru_cache(1024)
def conversion(kind: Any) -> Convert | None:
    """The conversion of a type that holds no objects."""
    present = _leaf(get_named_type(kind))
    return None if present is None else wrapped(kind, present)


def wrapped(kind: Any, present: Convert) -> Convert:
    """The conversion of a type, from that of what it names where this is not null."""
    if isinstance(kind, GraphQLNonNull):
        return _not_null(kind.of_type, present)
    inner = _not_null(kind, present)
    return lambda value: None if value is None else inner(value)


def _not_null(kind: Any, present: Convert) -> Convert:
    if isinstance(kind, GraphQLList):
        return partial(_items, wrapped(kind.of_type, present))
    return present


def _leaf(kind: Any) -> Convert | None:
    if isinstance(kind, GraphQLEnumType):
        names: dict[Any, str] = {value.value: name for name, value in kind.values.items()}
        names |= {member: names[member.value] for member in getattr(kind, "wrapped_cls", ()) if member.value in names}
        return lambda value: names.get(value, Undefined)
    if isinstance(kind, GraphQLScalarType):
        return BUILT_IN.get(kind.name) or partial(_scalar, kind)
    return None


def _items(item: Convert, value: Any) -> Any:
    if type(value) is not list:
        return Undefined
    items = [item(one) for one in value]
    return Undefined if any(one is Undefined for one in items) else items


def _scalar(kind: GraphQLScalarType, value: Any) -> Any:
    written = Undefined if value is None else kind.coerce_output_value(value)
    return Undefined if written is None else written


def as_text(value: Any) -> Any:
    """A text, counted where it is long. Raises `AnswerTooLarge`."""
    if type(value) is not str:
        return Undefined
    if len(value) > SHORT_TEXT:
        count_written(len(value))
    return value


def _integer(value: Any) -> Any:
    return value if type(value) is int and -LARGEST_INT <= value < LARGEST_INT else Undefined


def _number(value: Any) -> Any:
    return value if type(value) is float and isfinite(value) else Undefined


def _boolean(value: Any) -> Any:
    return value if type(value) is bool else Undefined


BUILT_IN: dict[str, Convert] = {
    "String": as_text,
    "ID": as_text,
    "Int": _integer,
    "Float": _number,
    "Boolean": _boolean,
}
