"""What there is to know of a filter, and how it takes its values."""

from collections.abc import Callable
from typing import Any

import msgspec

from engine.expressions.kinds import Kind, Kinds


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What a filter does, what it takes from the budget before that, and of which kinds its values are.

    `arguments` are all that it takes, of which the last `optional` may be left out. `example`, an expression over the
    values of `docs/expressions.md`, comes to `result`.
    """

    about: str
    example: str
    result: Any
    apply: Callable[..., Any]
    cost: Callable[..., None]
    takes: Kinds
    gives: Kind = Kind.UNKNOWN
    arguments: tuple[Kinds, ...] = ()
    optional: int = 0

    @property
    def least(self) -> int:
        """How many arguments it needs."""
        return len(self.arguments) - self.optional

    @property
    def most(self) -> int:
        """How many arguments it takes."""
        return len(self.arguments)
