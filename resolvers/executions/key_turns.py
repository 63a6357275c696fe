"""Has the requests of one caller with one idempotency key take turns, so that a storm of them costs as much as one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from models.errors import Unavailable

Pace = Callable[[Callable[[], None]], None]
"""Calls what it is given when the next one may begin."""

OwnKey = tuple[str, str, str]
"""A tenant, a user, and an idempotency key of that user."""


class _Line:
    """Those who came with one key: one is at work, the others wait. It is forgotten with the last of them."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.outages = 0
        self.outage = ""


class Turn:
    """The right of one request to be at work. It ends with the request, or before that."""

    def __init__(self, line: _Line) -> None:
        self._line: _Line | None = line

    def end(self, failure: BaseException | None = None) -> None:
        """Let the next one begin; those who wait already are told of a database that is away, and begin nothing."""
        line, self._line = self._line, None
        if line is None:
            return
        if isinstance(failure, Unavailable):
            line.outages += 1
            line.outage = failure.message
        line.lock.release()


class KeyTurns:
    """The lines of all keys with which somebody is at work in this process.

    Of the same moment's requests with one key all but one would find out only from the journal that they came second,
    each after as much work as the first one. And whoever repeats an old key is answered by a read, which is so much
    quicker than the commit that others wait for that a few such clients would take the processor from many: `pace` has
    the next one with the key begin no sooner than after a commit. Between processes the index of the keys decides.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._lines: WeakValueDictionary[OwnKey, _Line] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, key: OwnKey) -> AsyncIterator[Turn]:
        """Wait for the turn of a request with `key`. Raises `Unavailable` as one did that was waited for."""
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = _Line()
        outages = line.outages
        await line.lock.acquire()
        turn = Turn(line)
        try:
            if line.outages > outages:
                raise Unavailable(line.outage)
            yield turn
        except Unavailable as failure:
            turn.end(failure)
            raise
        finally:
            self._pace(turn.end)
