"""What is known of a JSON value before there is one: which keys it has, and that it is a list."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from engine.expressions.references import is_index
from models.nearest_word import nearest_word

LISTED = 12
"""So many keys are told where none of them is near to the one that is not there."""


class Keys(msgspec.Struct, frozen=True):
    """An object with these keys and no others."""

    shapes: Mapping[str, "Shape"]


class Entries(msgspec.Struct, frozen=True):
    """A list whose items are of one shape."""

    shape: "Shape" = None


Shape = Keys | Entries | None
"""None: nothing is known."""


class DeadEnd(msgspec.Struct, frozen=True):
    """A path that leads nowhere: how many of its segments lead somewhere, and what there is instead of the next one."""

    depth: int
    reason: str


def keys(*names: str) -> Keys:
    """An object with these keys, of which no more is known."""
    return Keys(dict.fromkeys(names))


def shape_of(value: Any) -> Shape:
    """The shape of what a template gives: that of its JSON, down to the texts with expressions in them."""
    if isinstance(value, Mapping):
        return Keys({key: shape_of(child) for key, child in value.items()})
    return Entries() if isinstance(value, list) else None


def dead_end(shape: Shape, segments: Sequence[str | int]) -> DeadEnd | None:
    """Where a path into a value of a shape certainly ends; None where it may lead somewhere."""
    for depth, segment in enumerate(segments):
        match shape:
            case Keys(shapes):
                if segment not in shapes:
                    return DeadEnd(depth, f"has no '{segment}' {_instead(str(segment), list(shapes))}")
                shape = shapes[str(segment)]
            case Entries(inner):
                if not is_index(segment):
                    return DeadEnd(depth, f"is a list and has no '{segment}' (one item is [0], all are | map('...'))")
                shape = inner
            case None:
                return None
    return None


def _instead(segment: str, known: Sequence[str]) -> str:
    near = nearest_word(segment, known)
    if near:
        return f"(did you mean '{near}'?)"
    if not known:
        return "(it is empty)"
    more = " and others" if len(known) > LISTED else ""
    return f"(it has {', '.join(known[:LISTED])}{more})"
