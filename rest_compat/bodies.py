"""Tables of the keys of a body, each with its schema and where its value comes from: what is shown is what is told."""

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

import msgspec

from rest_compat.openapi_forms import Schema, obj

Body = dict[str, Any]


def never(_value: object) -> bool:
    """The key is always there."""
    return False


def is_none(value: object) -> bool:
    """The key is there where there is something to tell."""
    return value is None


def is_empty(value: object) -> bool:
    """The key is there where there is something in it."""
    return not value


class Shown(msgspec.Struct, frozen=True):
    """One key: its schema, the attribute of the entity or what makes its value, and for which values it is left out.

    Without a `source` the attribute has the key's own name.
    """

    schema: Schema
    source: str | Callable[[Any], Any] = ""
    left_out: Callable[[Any], bool] = never

    def within(self, attribute: str, key: str) -> "Shown":
        """The same of an entity that is an attribute of another one."""
        if not isinstance(self.source, str):
            raise TypeError(f"{key} is no attribute")
        return msgspec.structs.replace(self, source=f"{attribute}.{self.source or key}")


class BodyTable:
    """The keys of a body, in their order."""

    def __init__(self, keys: Mapping[str, Shown]) -> None:
        self.keys = keys
        self._readers = [
            (
                key,
                attrgetter(shown.source or key) if isinstance(shown.source, str) else shown.source,
                None if shown.left_out is never else shown.left_out,
            )
            for key, shown in keys.items()
        ]

    def of(self, entity: Any) -> Body:
        """The body of an entity."""
        body = {}
        for key, read, left_out in self._readers:
            value = read(entity)
            if left_out is None or not left_out(value):
                body[key] = value
        return body

    @property
    def schema(self) -> Schema:
        """The JSON Schema of the body."""
        optional = tuple(key for key, shown in self.keys.items() if shown.left_out is not never)
        return obj({key: shown.schema for key, shown in self.keys.items()}, optional=optional)
