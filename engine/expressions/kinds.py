"""The kinds of JSON values as people call them, and which of them a parameter, a path and a filter have to do with."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from engine.expressions.language import named
from models.commands.parameters import ParameterDefinition
from models.words import ParameterType


class Kind(StrEnum):
    """A kind of JSON value, in the words of messages; unknown is what only a run can tell."""

    TEXT = "a text"
    NUMBER = "a number"
    BOOLEAN = "a boolean"
    LIST = "a list"
    OBJECT = "an object"
    NULL = "null"
    UNKNOWN = "unknown"


Kinds = frozenset[Kind]


def kind_of_value(value: object) -> Kind:
    """The kind of a JSON value."""
    return Kind(named(value))


PARAMETER_KINDS: Mapping[ParameterType, Kind] = {
    ParameterType.STRING: Kind.TEXT,
    ParameterType.INTEGER: Kind.NUMBER,
    ParameterType.NUMBER: Kind.NUMBER,
    ParameterType.BOOLEAN: Kind.BOOLEAN,
    ParameterType.OBJECT: Kind.OBJECT,
    ParameterType.ARRAY: Kind.LIST,
}


def parameter_kinds(parameters: Iterable[ParameterDefinition]) -> Mapping[str, Kind]:
    """The kinds of a workflow's parameters by name."""
    return {parameter.name: PARAMETER_KINDS[parameter.type] for parameter in parameters}


ANYTHING: Kinds = frozenset(Kind)
TEXTS: Kinds = frozenset({Kind.TEXT})
NUMBERS: Kinds = frozenset({Kind.NUMBER})
BOOLEANS: Kinds = frozenset({Kind.BOOLEAN})
LISTS: Kinds = frozenset({Kind.LIST})
OBJECTS: Kinds = frozenset({Kind.OBJECT})


class FilterKinds(msgspec.Struct, frozen=True):
    """What a filter takes, what it gives, and what its arguments may be, those that may be left out included."""

    takes: Kinds
    gives: Kind = Kind.UNKNOWN
    arguments: tuple[Kinds, ...] = ()


FILTER_KINDS: Mapping[str, FilterKinds] = {
    "abs": FilterKinds(NUMBERS, Kind.NUMBER),
    "date": FilterKinds(TEXTS, Kind.TEXT, (TEXTS,)),
    "default": FilterKinds(ANYTHING, Kind.UNKNOWN, (ANYTHING,)),
    "first": FilterKinds(LISTS),
    "int": FilterKinds(TEXTS | NUMBERS, Kind.NUMBER),
    "join": FilterKinds(LISTS, Kind.TEXT, (TEXTS,)),
    "json": FilterKinds(ANYTHING, Kind.TEXT),
    "keys": FilterKinds(OBJECTS, Kind.LIST),
    "last": FilterKinds(LISTS),
    "length": FilterKinds(TEXTS | LISTS | OBJECTS, Kind.NUMBER),
    "lower": FilterKinds(TEXTS, Kind.TEXT),
    "map": FilterKinds(LISTS, Kind.LIST, (TEXTS,)),
    "max": FilterKinds(LISTS),
    "min": FilterKinds(LISTS),
    "number": FilterKinds(TEXTS | NUMBERS, Kind.NUMBER),
    "parse_json": FilterKinds(TEXTS),
    "path": FilterKinds(ANYTHING, Kind.TEXT),
    "replace": FilterKinds(TEXTS, Kind.TEXT, (TEXTS, TEXTS)),
    "round": FilterKinds(NUMBERS, Kind.NUMBER, (NUMBERS,)),
    "sort": FilterKinds(LISTS, Kind.LIST),
    "split": FilterKinds(TEXTS, Kind.LIST, (TEXTS,)),
    "string": FilterKinds(ANYTHING, Kind.TEXT),
    "sum": FilterKinds(LISTS, Kind.NUMBER),
    "trim": FilterKinds(TEXTS, Kind.TEXT),
    "unique": FilterKinds(LISTS, Kind.LIST),
    "upper": FilterKinds(TEXTS, Kind.TEXT),
    "urlencode": FilterKinds(ANYTHING, Kind.TEXT),
    "values": FilterKinds(OBJECTS, Kind.LIST),
    "where": FilterKinds(LISTS, Kind.LIST, (TEXTS, ANYTHING)),
}
"""By name, as `filters.FILTERS`. What `default` gives is of its two operands' kind where they have one."""


def spelled(kinds: Kinds) -> str:
    """`a text, a list or an object`, in the order in which kinds are listed."""
    words = [kind.value for kind in Kind if kind in kinds]
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
