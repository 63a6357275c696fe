"""Counts the WebSockets and streams that each caller has open on this node (FAULTS S14)."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from models.errors import TooManyConnections

DEFAULT_MOST = 100


class Connections:
    """What is open, by caller; nobody has more than `most`."""

    def __init__(self, most: int = DEFAULT_MOST) -> None:
        self._most = most
        self._open: Counter[str] = Counter()

    @contextmanager
    def one_of(self, caller: str) -> Iterator[None]:
        """One connection of a caller. Raises `TooManyConnections`."""
        if self._open[caller] >= self._most:
            raise TooManyConnections(self._most)
        self._open[caller] += 1
        try:
            yield
        finally:
            self._open[caller] -= 1
            if not self._open[caller]:
                del self._open[caller]


class Hold(ExitStack):
    """What a request or a socket holds until it ends: at most one connection, of whoever it is known to come from."""

    def take(self, connections: Connections, caller: str) -> None:
        """Hold a connection of `caller` in place of the one before. Raises `TooManyConnections`."""
        self.close()
        self.enter_context(connections.one_of(caller))
