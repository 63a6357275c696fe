"""A mapping from whole numbers that is never changed; one with a value more shares nearly all with the one before."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

T = TypeVar("T")

SHELF = 64
"""Numbers that stand together: so many entries are copied for a new one, and a reference for each shelf."""


class Numbered(Mapping[int, T]):
    """Values by number, where thousands come one by one and each state before is still a value of its own."""

    __slots__ = ("_count", "_shelves")

    def __init__(self, shelves: Mapping[int, Mapping[int, T]] | None = None, count: int = 0) -> None:
        self._shelves = shelves or {}
        self._count = count

    def having(self, number: int, value: T) -> "Numbered[T]":
        """The mapping in which `number` leads to `value`."""
        place = number // SHELF
        before = self._shelves.get(place, {})
        shelf = {**before, number: value}
        return Numbered({**self._shelves, place: shelf}, self._count + len(shelf) - len(before))

    def without(self, number: int) -> "Numbered[T]":
        """The mapping in which `number`, which is there, leads to nothing."""
        place = number // SHELF
        shelf = {key: value for key, value in self._shelves[place].items() if key != number}
        return Numbered({**self._shelves, place: shelf}, self._count - 1)

    def __getitem__(self, number: int) -> T:
        return self._shelves[number // SHELF][number]

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and number in self._shelves.get(number // SHELF, ())

    def __iter__(self) -> Iterator[int]:
        for shelf in self._shelves.values():
            yield from shelf

    def __len__(self) -> int:
        return self._count

    def __repr__(self) -> str:
        return f"Numbered({dict(self)})"
