"""A mapping that is bounded: it keeps what was put in or asked for last, and forgets the rest."""

from collections import OrderedDict
from contextlib import suppress
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Latest(Generic[K, V]):
    """At most so many values by their keys. Safe to use from any thread."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, key: object) -> bool:
        return key in self._kept

    def get(self, key: K) -> V | None:
        """The value of a key, where it is kept."""
        found = self._kept.get(key)
        if found is not None:
            with suppress(KeyError):  # another thread has put in so much meanwhile
                self._kept.move_to_end(key)
        return found

    def put(self, key: K, value: V) -> None:
        """Keep a value, in the place of what the key had."""
        self._kept[key] = value
        with suppress(KeyError):
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def forget(self, key: K) -> None:
        """Keep the value of a key no more."""
        self._kept.pop(key, None)

    def clear(self) -> None:
        """Keep nothing."""
        self._kept.clear()
