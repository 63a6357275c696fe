"""Makes GraphQL inputs of commands, so that what a field is called, takes and says is written once: at the command."""

from collections.abc import Callable, Mapping, Set
from datetime import datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import strawberry
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from strawberry.scalars import JSON

from models.commands.validation import Id
from schema.spellings import renamed
from schema.types.enums import registered
from schema.types.scalars import CLEARED_BY_NULL

T = TypeVar("T")

PLAIN = frozenset({str, int, float, bool, datetime})
INPUTS: dict[type[BaseModel], type] = {}
"""The input of each command that has been declared."""


def input_of(
    command: type[BaseModel],
    description: str,
    says: Mapping[str, str] = {},
    instead: Mapping[str, str] = {},
    former: Mapping[str, str] = {},
    clears: bool | Set[str] = False,
) -> Callable[[type[T]], type[T]]:
    """Decorate a class: it becomes the GraphQL input of `command`, with its fields behind those that it has itself.

    A field is required as it is there. Without a value it is absent, and a null is no value; but where the input
    `clears`, which is for changes, a null clears what the command lets be null, or of that what is named. `says` words
    single fields in another way than the command does; `instead` names fields of the command in whose places stand
    fields of the class; `former` names those that are deprecated, and what is to be used for each. Raises `TypeError`
    for a field without a description, and for a command whose own input is not declared yet.
    """

    def derive(cls: type[T]) -> type[T]:
        own = {name: (kind, getattr(cls, name)) for name, kind in cls.__annotations__.items()}
        fields = {name: field for name, field in own.items() if name not in instead.values()}
        for name, info in command.model_fields.items():
            if name in instead:
                fields[instead[name]] = own[instead[name]]
            else:
                fields[name] = _derived(command, name, info, says.get(name, info.description))
                if name in former:
                    fields[name][1].deprecation_reason = renamed(former[name])
        for name, (_, field) in fields.items():
            setattr(cls, name, field)
        cls.__annotations__ = {name: kind for name, (kind, _) in fields.items()}
        INPUTS.setdefault(command, cls)
        if clears:
            named = command.model_fields if clears is True else clears
            cleared = [name for name in named if takes_null(command.model_fields[name].annotation)]
            setattr(cls, CLEARED_BY_NULL, frozenset(cleared))
        return strawberry.input(cls, description=description)

    return derive


def takes_null(annotation: Any) -> bool:
    """Whether null is one of the values of a field of a command."""
    return annotation is Any or NoneType in get_args(annotation)


def description_of(command: type[BaseModel], name: str) -> str:
    """What the command says of one of its fields."""
    return command.model_fields[name].description or ""


def _derived(command: type[BaseModel], name: str, info: FieldInfo, description: str | None) -> tuple[Any, Any]:
    if not description:
        raise TypeError(f"say what {command.__name__}.{name} is: give it a Field(description=...)")
    kind = strawberry.ID if any(isinstance(mark, Id) for mark in info.metadata) else graphql_type(info.annotation)
    if info.is_required():
        return kind, strawberry.field(name=info.alias, description=description)
    return _nullable(kind), strawberry.field(name=info.alias, default=strawberry.UNSET, description=description)


def graphql_type(annotation: Any) -> Any:
    """What an annotation of a command is in a GraphQL input; what is of several kinds is any JSON."""
    origin, given = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return strawberry.ID if any(isinstance(mark, Id) for mark in given[1:]) else graphql_type(given[0])
    if origin in (Union, UnionType):
        kinds = [kind for kind in given if kind is not NoneType]
        kind = graphql_type(kinds[0]) if len(kinds) == 1 else JSON
        return _nullable(kind) if len(kinds) < len(given) else kind
    if origin is list:
        return list[_nullable(JSON) if given[0] is Any else graphql_type(given[0])]  # type: ignore[misc]  # at run time
    if origin is Literal:
        return str
    if annotation is Any or origin is dict:
        return JSON
    if annotation in PLAIN:
        return annotation
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return registered(annotation)
    if annotation in INPUTS:
        return INPUTS[annotation]
    raise TypeError(f"there is no GraphQL input of {annotation}: declare one with input_of above this one")


def _nullable(kind: Any) -> Any:
    return kind | None
