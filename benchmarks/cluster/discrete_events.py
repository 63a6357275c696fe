"""A clock that jumps from event to event, and processors that share themselves out among what runs on them."""

from collections.abc import Callable
from functools import partial
from heapq import heappop, heappush
from itertools import count

Then = Callable[[], None]


class Events:
    """What is to happen, in the order of its time."""

    def __init__(self) -> None:
        self.now = 0.0
        self._due: list[tuple[float, int, Then]] = []
        self._numbers = count()

    def after(self, seconds: float, then: Then) -> None:
        """Have `then` happen in a while."""
        heappush(self._due, (self.now + seconds, next(self._numbers), then))

    def run_until(self, end: float) -> None:
        """Let all happen that is due until `end`."""
        while self._due and self._due[0][0] <= end:
            self.now, _, then = heappop(self._due)
            then()
        self.now = end


class Processors:
    """Some cores, of which everything that runs has an equal share, and none more than one."""

    def __init__(self, events: Events, cores: float) -> None:
        self.used = 0.0
        self._events = events
        self._cores = cores
        # The work that each of what runs has been given since the start; what is equal for all is counted once.
        self._given = 0.0
        self._since = 0.0
        self._running: list[tuple[float, int, Then]] = []
        self._numbers = count()
        self._newest = 0

    def run(self, seconds: float, then: Then) -> None:
        """Run something that takes `seconds` of one core."""
        self._advance()
        heappush(self._running, (self._given + seconds, next(self._numbers), then))
        self._expect()

    def _share(self) -> float:
        return min(1.0, self._cores / len(self._running))

    def _advance(self) -> None:
        if self._running:
            given = (self._events.now - self._since) * self._share()
            self._given += given
            self.used += given * len(self._running)
        self._since = self._events.now

    def _expect(self) -> None:
        self._newest += 1
        if self._running:
            left = max(0.0, self._running[0][0] - self._given) / self._share()
            self._events.after(left, partial(self._end_first, self._newest))

    def _end_first(self, number: int) -> None:
        if number != self._newest:
            return  # something else began in between, and all became slower
        self._advance()
        _, _, then = heappop(self._running)
        self._expect()
        then()


class Thread:
    """Runs one thing after the other on some processors."""

    def __init__(self, processors: Processors) -> None:
        self.used = 0.0
        self._processors = processors
        self._waiting: list[tuple[float, Then]] = []
        self._next = 0
        self._is_busy = False

    def run(self, seconds: float, then: Then) -> None:
        """Run something when all before it is done."""
        self._waiting.append((seconds, then))
        if not self._is_busy:
            self._is_busy = True
            self._begin()

    def _begin(self) -> None:
        seconds, then = self._waiting[self._next]
        self._next += 1
        if self._next > 1_000:
            del self._waiting[: self._next]
            self._next = 0
        self._processors.run(seconds, partial(self._end, seconds, then))

    def _end(self, seconds: float, then: Then) -> None:
        self.used += seconds
        then()
        if self._next < len(self._waiting):
            self._begin()
        else:
            self._is_busy = False
