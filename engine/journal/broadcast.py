"""Tells live listeners that an execution has new events; the events themselves are read from the journal."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

CALLBACKS = "callbacks"
"""What to listen to instead of an execution's id: callbacks have come due."""

JOBS = "jobs"
"""Executions are in the queue that were not there before."""

MESSAGE_TOPIC = "messages"
"""Something was sent to executions, perhaps on another node than the one that carries them out."""

ABORTS = "aborts"
"""Executions were cancelled, or changed by hand, perhaps on another node than the one that carries them out."""

SERVICES = "services"
"""A service was registered, changed or unregistered, perhaps on another node."""

BULK_OPERATIONS = "bulk_operations"
"""A bulk operation was made, perhaps on another node than the one that works on it."""

EVERYTHING = "everything"
"""Nobody knows what was missed: whoever listens to anything looks for it."""


def feed_of(tenant: str) -> str:
    """What to listen to for the changes of a tenant's executions, and for its activities."""
    return f"feed:{tenant}"


def expectations_of(tenant: str) -> str:
    """What to listen to for what a tenant's executions begin to wait for, or wait for no more."""
    return f"expectations:{tenant}"


def life_of(key_id: str) -> str:
    """What to listen to for the revocation or rotation of an API key."""
    return f"key:{key_id}"


class Broadcast:
    """Wake-ups in this process and, through `tell_others`, in the other nodes.

    A wake-up may come once for many events, and carries none of them.
    """

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self.tell_others: Callable[[Collection[str]], None] | None = None

    def publish(self, topics: Collection[str]) -> None:
        """Wake everyone who listens to one of `topics`: executions' ids, feeds, keys, or one of the above."""
        self.wake(topics)
        self.tell(topics)

    def tell(self, topics: Collection[str]) -> None:
        """Wake those in the other nodes alone."""
        if self.tell_others is not None:
            self.tell_others(topics)

    def wake(self, topics: Collection[str]) -> None:
        """Wake those in this process."""
        if EVERYTHING in topics:
            topics = list(self._listeners)
        for topic in topics:
            for listener in self._listeners.get(topic, ()):
                listener.set()

    @contextmanager
    def listen(self, topic: str, listener: asyncio.Event | None = None) -> Iterator[asyncio.Event]:
        """Give an event that is set at each wake-up; the listener clears it before it reads the journal."""
        listener = listener or asyncio.Event()
        self._listeners[topic].add(listener)
        try:
            yield listener
        finally:
            self._listeners[topic].discard(listener)
            if not self._listeners[topic]:
                del self._listeners[topic]
