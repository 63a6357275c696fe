"""What many are told of is made into a GraphQL object once: by it their answers are known to be the same."""

from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakValueDictionary

E = TypeVar("E")
T = TypeVar("T")

_TOLD: WeakValueDictionary[tuple[int, type], Any] = WeakValueDictionary()
"""For as long as somebody is being told of it: what it was made of lives with it, and has its identity to itself."""

_MADE_OF = "_made_of"


def told_once(entity: E, kind: type[T], make: Callable[[E], T]) -> T:
    """What `make` gives for a small entity, the same object for all who come with it for the same `kind` of thing."""
    key = (id(entity), kind)
    made: T | None = _TOLD.get(key)
    if made is None:
        made = make(entity)
        vars(made)[_MADE_OF] = entity
        _TOLD[key] = made
    return made


def is_told_once(told: object) -> bool:
    """Whether others may be told the same object."""
    return _MADE_OF in getattr(told, "__dict__", ())
