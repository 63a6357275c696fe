"""Finds the place of a fault, which a command names by its own words, in the GraphQL input made of that command."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.utils.str_converters import to_camel_case


def input_path(kind: Any, place: Sequence[str | int]) -> Iterator[str | int]:
    """The names of the fields of the input type `kind` that lead to a place of its command.

    Below a JSON value, and where no field of that name is, they are the caller's own words and stay as they are.
    """
    for position, part in enumerate(place):
        if isinstance(kind, StrawberryOptional):
            kind = kind.of_type
        if isinstance(kind, StrawberryList):
            yield part
            kind = kind.of_type
            continue
        found = _fields(kind).get(str(part))
        if found is None:
            yield from place[position:]
            return
        name, kind = found
        yield name


@cache
def _fields(kind: Any) -> Mapping[str, tuple[str, Any]]:
    """The GraphQL name and the type of each field of an input, by its name in the command."""
    definition = getattr(kind, "__strawberry_definition__", None)
    return {
        field.python_name.rstrip("_"): (field.graphql_name or to_camel_case(field.python_name), field.type)
        for field in (definition.fields if definition else ())
    }
