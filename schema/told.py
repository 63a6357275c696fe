"""What many are told of is made into a GraphQL object once: by it their answers are known to be the same."""

from collections.abc import Callable
from typing import Any, TypeVar

from models.latest import Latest

E = TypeVar("E")
T = TypeVar("T")

MOST_KEPT = 256

_TOLD: Latest[tuple[int, Callable[..., Any]], tuple[object, Any]] = Latest(MOST_KEPT)


def told_once(entity: E, kind: Callable[..., Any], make: Callable[[E], T]) -> T:
    """What `make` gives for an entity, the same object for all who come with it for the same `kind` of thing."""
    key = (id(entity), kind)
    known = _TOLD.get(key)
    if known is None:  # an entity that is kept has its identity to itself
        known = (entity, make(entity))
        _TOLD.put(key, known)
    made: T = known[1]
    return made
