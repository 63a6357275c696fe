"""Makes GraphQL types of entities, and of definitions as they were sent: a field has the value of the same name."""

from collections.abc import Callable, Mapping
from enum import Enum
from operator import attrgetter
from types import NoneType, UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

E = TypeVar("E")
T = TypeVar("T")


SHOWN = "_shown"
"""Where an object keeps the entity that it shows."""


class Mirror(Generic[E, T]):
    """Shows entities as a GraphQL type: a field is read when it is asked for, as a page is asked for a few of many.

    Fields with resolvers of their own are none of its business.
    """

    def __init__(self, kind: type[T], entity: type[E], *given: str, **computed: Callable[[E], Any]) -> None:
        """`given` are the fields that are handed in, `computed` say how others are made of the entity.

        Raises `TypeError` where the entity has no attribute for one of the rest.
        """
        self._kind = kind
        ways = {name: _way(entity, name, computed.get(name)) for name in _plain_fields(kind) if name not in given}
        for name in (name for name, way in ways.items() if way is None):
            raise TypeError(f"{kind.__name__}.{name}: {entity.__name__} has no attribute of that name to show")
        for name, way in ways.items():
            setattr(kind, name, way)

    def of(self, entity: E, /, **given: Any) -> T:
        """The GraphQL type of an entity."""
        given[SHOWN] = entity
        return _made(self._kind, given)


class SentMirror(Generic[T]):
    """Shows a part of a definition, as it was sent, as a GraphQL type, with the defaults of its command filled in."""

    def __init__(self, kind: type[T], command: type[BaseModel], **parts: "SentMirror[Any]") -> None:
        """`parts` show what is in single fields. Raises `TypeError` where the two have other fields than each other."""
        fields = command.model_fields
        for name in {*_plain_fields(kind)} ^ fields.keys():
            raise TypeError(f"{name} is a field of one of {kind} and {command} alone: add it to the other")
        self._kind = kind
        self._fields = [
            (name, info.alias or name, info.is_required(), _default(info), _conversion(info, parts.get(name)))
            for name, info in fields.items()
        ]

    def of(self, sent: Mapping[str, Any]) -> T:
        """The GraphQL type of what was sent."""
        values = {}
        for name, key, is_required, default, convert in self._fields:
            value = sent[key] if is_required else sent.get(key, default)
            values[name] = value if value is None or convert is None else convert(value)
        return _made(self._kind, values)


def _made(kind: type[T], values: dict[str, Any]) -> T:
    made = object.__new__(kind)
    # What its constructor would do, in the time that it takes where each field is spelled out.
    made.__dict__ = values
    return made


def _way(entity: type, name: str, compute: Callable[[Any], Any] | None) -> property | None:
    """How a field is read; None where the entity has no such attribute."""
    if compute is not None:
        return property(lambda shown: compute(getattr(shown, SHOWN)))
    is_known = hasattr(entity, name) or name in getattr(entity, "model_fields", ())
    return property(attrgetter(f"{SHOWN}.{name}")) if is_known else None


def _plain_fields(kind: type) -> list[str]:
    fields = kind.__strawberry_definition__.fields  # type: ignore[attr-defined]  # strawberry's decorator sets it
    return [field.python_name for field in fields if field.base_resolver is None]


def _default(info: FieldInfo) -> Any:
    return None if info.is_required() else info.get_default(call_default_factory=True)


def _conversion(info: FieldInfo, part: SentMirror[Any] | None) -> Callable[[Any], Any] | None:
    return _enum_of(info.annotation) if part is None else part.of


def _enum_of(annotation: Any) -> type[Enum] | None:
    if get_origin(annotation) is Annotated:
        return _enum_of(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        [kind, *others] = [kind for kind in get_args(annotation) if kind is not NoneType]
        return None if others else _enum_of(kind)
    return annotation if isinstance(annotation, type) and issubclass(annotation, Enum) else None
