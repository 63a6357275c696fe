"""What is wrong with an input: each fault with its place, and of very many as many as somebody reads."""

from collections.abc import Iterable
from itertools import islice
from typing import TypeVar

import msgspec

MAX_FAULTS = 100
"""So many faults, or warnings, are told at once."""

T = TypeVar("T")

SHOWN_NAME = 200
SHOWN_MESSAGE = 2_000
"""Characters of what clients have sent that a fault shows at most."""


class Fault(msgspec.Struct, frozen=True):
    """One fault of the input: where (`("body", "name")`), what a person reads, and a stable type word.

    `character`, from 0, is where in the text at `loc` it is, as far as that is known.
    """

    loc: tuple[str | int, ...]
    msg: str
    type: str
    character: int | None = None


def some(faults: Iterable[T]) -> list[T]:
    """As many faults or warnings as are told at once, and one more where there are more: no others are looked for."""
    return list(islice(faults, MAX_FAULTS + 1))


def shown(fault: Fault) -> Fault:
    """The fault as it is told: long names and messages are cut."""
    return msgspec.structs.replace(fault, loc=shown_place(fault.loc), msg=shown_message(fault.msg))


def shown_place(loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """A place as it is told."""
    return tuple(cut(part, SHOWN_NAME) if isinstance(part, str) else part for part in loc)


def shown_message(message: str) -> str:
    """A message as it is told."""
    return cut(message, SHOWN_MESSAGE)


def cut(text: str, most: int) -> str:
    """A text of which so many characters are shown at most."""
    return text if len(text) <= most else f"{text[:most]}..."


def sentence(fault: Fault) -> str:
    """What a fault says with its place before it."""
    # What is wrong with several fields together has no place.
    return f"{'.'.join(map(str, fault.loc))}: {fault.msg}" if fault.loc else fault.msg
