"""The kinds of JSON values as people call them, and which of them parameters are."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

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
    """The kind of a JSON value; what is told of a value is its kind alone, for it may be large, or a secret."""
    match value:
        case None:
            return Kind.NULL
        case bool():
            return Kind.BOOLEAN
        case str():
            return Kind.TEXT
        case int() | float():
            return Kind.NUMBER
        case list():
            return Kind.LIST
    return Kind.OBJECT


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


def spelled(kinds: Kinds) -> str:
    """`a text, a list or an object`, in the order in which kinds are listed."""
    words = [kind.value for kind in Kind if kind in kinds]
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
