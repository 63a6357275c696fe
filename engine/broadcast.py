"""Tells live listeners that an execution has new events; the events themselves are read from the journal."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class Broadcast:
    """Wake-ups inside one process. A wake-up may come once for many events, and carries none of them."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def publish(self, execution_ids: Iterable[str]) -> None:
        """Wake everyone who listens to one of `execution_ids`."""
        for execution_id in execution_ids:
            for listener in self._listeners.get(execution_id, ()):
                listener.set()

    @contextmanager
    def listen(self, execution_id: str) -> Iterator[asyncio.Event]:
        """Give an event that is set at each wake-up; the listener clears it before it reads the journal."""
        listener = asyncio.Event()
        self._listeners[execution_id].add(listener)
        try:
            yield listener
        finally:
            self._listeners[execution_id].discard(listener)
            if not self._listeners[execution_id]:
                del self._listeners[execution_id]
