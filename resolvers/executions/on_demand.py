"""Sequences that are made when somebody looks into them: few ask for what costs much to make."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TypeVar, overload

T = TypeVar("T")


class OnDemand(Sequence[T]):
    """What `make` gives, which is called once, and not before it is needed."""

    def __init__(self, make: Callable[[], Sequence[T]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> Sequence[T]:
        return self._make()

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...

    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self._made[index]

    def __iter__(self) -> Iterator[T]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


class Mapped(Sequence[T]):
    """What `show` makes of each item of a sequence, whenever somebody looks at it."""

    def __init__(self, show: Callable[[T], T], items: Sequence[T]) -> None:
        self._show = show
        self._items = items

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...

    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        if isinstance(index, slice):
            return Mapped(self._show, self._items[index])
        return self._show(self._items[index])

    def __iter__(self) -> Iterator[T]:
        return map(self._show, self._items)

    def __len__(self) -> int:
        return len(self._items)
