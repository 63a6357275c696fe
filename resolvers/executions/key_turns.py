"""Has the requests of one caller with one idempotency key take turns, so that a storm of them harms nobody."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from models.errors import Unavailable

PAUSE = 9
"""How much longer than a turn the pause after it is: one key has somebody at work in a tenth of the time."""

MAX_PAUSE_SECONDS = 0.1
"""Where a turn was long because all are slow, the pause is cut to this: those who wait have to be answered in time."""

Later = Callable[[float, Callable[[], None]], object]
"""Calls a function after so many seconds."""

OwnKey = tuple[str, str, str]
"""A tenant, a user, and an idempotency key of that user."""


def on_the_loop(seconds: float, go_on: Callable[[], None]) -> None:
    """Call `go_on` by the clock of the event loop."""
    asyncio.get_running_loop().call_later(seconds, go_on)


class _Line:
    """Those who came with one key: one is at work, the others wait. It is forgotten with the last of them."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.outages = 0
        self.outage = ""

    def go_on(self) -> None:
        """Let the next one begin. Whoever holds this keeps the line from being forgotten."""
        self.lock.release()


class Turn:
    """The right of one request to be at work. It ends with the request, or before that."""

    def __init__(self, line: _Line, later: Later) -> None:
        self._line: _Line | None = line
        self._later = later
        self._began = asyncio.get_running_loop().time()

    def end(self, failure: BaseException | None = None) -> None:
        """Let the next one begin, after a pause; all who wait already are told of a database that is away, at once."""
        line, self._line = self._line, None
        if line is None:
            return
        if isinstance(failure, Unavailable):
            line.outages += 1
            line.outage = failure.message
            line.go_on()
        else:
            took = asyncio.get_running_loop().time() - self._began
            self._later(min(PAUSE * took, MAX_PAUSE_SECONDS), line.go_on)


class KeyTurns:
    """The lines of all keys with which somebody is at work in this process.

    Of the same moment's requests with one key all but one would find out only from the journal that they came second,
    each after as much work as the first one. And whoever repeats an old key is answered by a read, which is so much
    quicker than the commits that others wait for that a few such clients would take the processor from many. Between
    processes the index of the keys decides.
    """

    def __init__(self, later: Later = on_the_loop) -> None:
        self._later = later
        self._lines: WeakValueDictionary[OwnKey, _Line] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, key: OwnKey) -> AsyncIterator[Turn]:
        """Wait for the turn of a request with `key`. Raises `Unavailable` as one did that was waited for."""
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = _Line()
        outages = line.outages
        await line.lock.acquire()
        if line.outages > outages:
            line.go_on()
            raise Unavailable(line.outage)
        turn = Turn(line, self._later)
        try:
            yield turn
        except Unavailable as failure:
            turn.end(failure)
            raise
        finally:
            turn.end()
