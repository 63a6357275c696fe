"""Every place of a model that takes a text, with the smallest value that has one there: derived, not listed by hand."""

import types
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel

from models.commands.validation import Location

KEY = "{}"
"""The segment of a place that is a key of an object which may have any."""


class Place(NamedTuple):
    """A place by its name, such as `form[].name`; `value` has the text there, at `loc`, and what else is needed."""

    name: str
    loc: Location
    value: Any


def places(model: type[BaseModel], text: str, samples: dict[str, Any]) -> Iterator[Place]:
    """Yield each place of a model for `text`. `samples` are values of required fields by `Model.field`."""
    for name, field in model.model_fields.items():
        key = field.alias or name
        needed = _needed(model, samples)
        for inner in _of(field.annotation, text, samples):
            separator = "" if not inner.name or inner.name.startswith(("[", "{")) else "."
            yield Place(f"{key}{separator}{inner.name}", (key, *inner.loc), {**needed, key: inner.value})


def _of(annotation: Any, text: str, samples: dict[str, Any]) -> Iterator[Place]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _of(arguments[0], text, samples)
    elif origin in (Union, types.UnionType):
        seen: set[str] = set()
        for argument in arguments:
            for place in _of(argument, text, samples):
                if place.name not in seen:
                    seen.add(place.name)
                    yield place
    elif origin in (list, tuple, set, frozenset):
        for place in _of(arguments[0], text, samples):
            yield Place(f"[]{_joined(place.name)}", (0, *place.loc), [place.value])
    elif origin is dict:
        for place in _of(arguments[1], text, samples):
            yield Place(f"{{*}}{_joined(place.name)}", ("x", *place.loc), {"x": place.value})
        yield Place(KEY, (), {text: "x"})
    elif annotation is Any:
        yield Place("", (), text)
        yield Place("{*}[]", ("x", 0), {"x": [f"within {text}"]})
        yield Place(KEY, (), {text: "x"})
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from places(annotation, text, samples)
    elif annotation is str or origin is Literal or (isinstance(annotation, type) and issubclass(annotation, StrEnum)):
        yield Place("", (), text)
    elif annotation not in (int, float, bool, types.NoneType):
        raise TypeError(f"{annotation} may hold texts or not: say so here")


def _joined(name: str) -> str:
    return name if not name or name.startswith(("[", "{")) else f".{name}"


def _needed(model: type[BaseModel], samples: dict[str, Any]) -> dict[str, Any]:
    return {
        field.alias or name: samples[f"{model.__name__}.{field.alias or name}"]
        for name, field in model.model_fields.items()
        if field.is_required()
    }
