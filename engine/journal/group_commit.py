"""Commits what many executions append in one transaction after another, and tells each what became of its part."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from math import inf
from typing import Any

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from engine.core.state import ExecutionState
from engine.journal.batch_writing import BatchOutcome, write_batch
from engine.journal.commit_parts import Append, Batch, Part, PendingWish, refuse
from engine.journal.interventions import Wish
from engine.journal.projection import Entry
from engine.journal.refusals import Candidate, Fenced
from engine.journal.stream import Stream
from engine.journal.writer import Writer, Written
from models.database.database import Database
from models.errors import Unavailable
from models.log_context import task_for_all

log = logging.getLogger("orchestrator.engine.journal")

MAX_BATCH = 500
"""Entries in one transaction at most, so that one slow commit delays few."""

MAX_WISHES = 250
"""Wishes in one transaction at most: each reads a whole journal, while the others wait."""

MIN_WISHES = 10
SLOW_SECONDS = 0.25
"""A batch with wishes that takes longer is followed by one with half as many."""

MAX_RACES = 5
"""How often a batch is written anew where others write between its look and its write, before it is divided."""

WARY_BATCHES = 64
"""After a refusal so many batches look first: where somebody was refused, somebody else soon is."""

RETRY_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0)

NEWCOMER_SECONDS = 0.5
"""How long a new execution may have waited where the next try may take as long as the database is given to answer."""


class GroupCommit:
    """The one writer of executions' journals in this process. `tell` is told what was written, and raises nothing."""

    def __init__(self, database: Database, writer: Callable[[], Writer], tell: Callable[[Written], None]) -> None:
        self._database = database
        self._writer = writer
        self._tell = tell
        self.appended_at = -inf
        """When an entry was last queued, on the event loop's clock."""
        self._pending: deque[Append] = deque()
        self._asked: deque[PendingWish] = deque()
        self._in_hand = Batch([], [])
        self._flushing: asyncio.Task[None] | None = None
        self._max_batch = MAX_BATCH
        self._max_wishes = MAX_WISHES
        self._wary = 0
        self._outages = 0

    def append(self, stream: Stream, entry: Entry) -> "asyncio.Future[None]":
        """Queue an entry; the future ends when it is on disk, or was refused by what `stream.failure` is then."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self.appended_at = loop.time()
        self._pending.append(Append(stream, entry, done, self.appended_at))
        self._begin(done)
        return done

    def ask(self, wish: Wish) -> "asyncio.Future[ExecutionState]":
        """Queue an intervention; the future gives the state that is on disk after it, or what refuses it."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[ExecutionState] = loop.create_future()
        self._asked.append(PendingWish(wish, done, loop.time()))
        self._begin(done)
        return done

    def _begin(self, done: "asyncio.Future[Any]") -> None:
        done.add_done_callback(_consume_exception)
        if self._flushing is None:
            self._flushing = task_for_all(self._flush())

    async def close(self, grace_seconds: float) -> None:
        """Wait until all that was queued is on disk, or until the grace for an absent database is over."""
        if self._flushing is not None:
            await asyncio.wait([self._flushing], timeout=grace_seconds)
        if self._flushing is not None:
            self._flushing.cancel()
            await asyncio.gather(self._flushing, return_exceptions=True)
            self._give_up()  # it may have been cut off before its first step

    async def _flush(self) -> None:
        try:
            while self._pending or self._asked:
                # One turn of the event loop: an execution that was just accepted often ends within it, and all
                # of it is then one entry of one commit.
                await asyncio.sleep(0)
                self._in_hand = self._next_batch()
                try:
                    await self._see_through(self._in_hand)
                except Exception as error:
                    log.exception("a fault of the engine: what it leaves of a batch is refused")
                    refuse(self._in_hand.items, error)
        finally:
            self._give_up()

    def _give_up(self) -> None:
        """Nobody waits for what comes no more: there is something left where this was cut off."""
        self._flushing = None
        refuse([*self._in_hand.items, *self._waiting], Unavailable("The service is shutting down"))
        self._in_hand = Batch([], [])
        self._pending.clear()
        self._asked.clear()

    @property
    def _waiting(self) -> list[Part]:
        return [*self._pending, *self._asked]

    def _next_batch(self) -> Batch:
        appends = [self._pending.popleft() for _ in range(min(len(self._pending), self._max_batch))]
        wishes = min(len(self._asked), self._max_batch, self._max_wishes)
        return Batch(appends, [self._asked.popleft() for _ in range(wishes)])

    async def _see_through(self, batch: Batch) -> None:
        try:
            await self._commit(batch)
        except Unavailable as error:
            await self._outlast(batch, error)

    async def _commit(self, batch: Batch) -> None:
        """Settle every part, written or refused, or put it back. Raises `Unavailable` with the rest unsettled."""
        batch = batch.open
        if not batch.items:
            return
        candidates = [Candidate(item.entry, item.in_doubt) for item in batch.appends]
        wishes = [item.wish for item in batch.asked]
        is_wary = self._wary > 0

        def work(connection: Connection) -> BatchOutcome:
            return write_batch(connection, candidates, wishes, self._writer(), is_wary=is_wary)

        began = asyncio.get_running_loop().time()
        try:
            outcome = await self._database.transaction(work)
        except Unavailable:
            raise
        except Exception as error:
            await self._commit_in_parts(batch.in_doubt, error)
        else:
            if wishes:
                self._pace(asyncio.get_running_loop().time() - began)
            self._settle(batch, outcome)

    def _pace(self, seconds: float) -> None:
        """Have the next batch take as many wishes as its neighbours can bear."""
        if seconds > SLOW_SECONDS:
            self._max_wishes = max(self._max_wishes // 2, MIN_WISHES)
        else:
            self._max_wishes = min(self._max_wishes * 2, MAX_WISHES)

    async def _commit_in_parts(self, batch: Batch, error: Exception) -> None:
        """Find out who is refused by a look or, where that shows nothing, by halves: nobody is refused for another."""
        if isinstance(error, IntegrityError | Fenced) and batch.races < MAX_RACES:
            self._wary = WARY_BATCHES
            await self._commit(msgspec.structs.replace(batch, races=batch.races + 1))
        elif len(batch.items) == 1:
            log.error("the journal could not write an entry", exc_info=error)
            refuse(batch.items, error)
        else:
            for half in batch.halves:
                await self._commit(half)

    def _settle(self, batch: Batch, outcome: BatchOutcome) -> None:
        self._outages = 0
        self._max_batch = min(2 * self._max_batch, MAX_BATCH)
        self._wary = WARY_BATCHES if outcome.was_contested else max(0, self._wary - 1)
        self._pending.extendleft(batch.appends[number] for number in sorted(outcome.postponed, reverse=True))
        self._tell(outcome.written)
        for number, item in enumerate(batch.appends):
            refusal = outcome.refused.get(number)
            if refusal is not None:
                item.refuse(refusal)
            elif number not in outcome.postponed and not item.done.done():
                item.done.set_result(None)
        for asked, answer in zip(batch.asked, outcome.answers, strict=True):
            if isinstance(answer, Exception):
                asked.refuse(answer)
            elif asked.is_open:
                asked.done.set_result(answer)

    async def _outlast(self, batch: Batch, error: Unavailable) -> None:
        """While the database is away new executions are refused, and those under way keep their results.

        The next try is half as large: where one write in a hundred fails, a commit of hundreds never succeeds. Where
        that fails as well, the newcomers that wait behind it are told too, and those that have waited for long are told
        at once.
        """
        self._max_batch = max(1, len(batch.items) // 2)
        left = batch.open
        self._pending.extendleft(reversed(left.in_doubt.appends))
        self._refuse_newcomers(left.items, error)
        self._refuse_newcomers(self._waiting, error, waited=0.0 if self._outages else NEWCOMER_SECONDS)
        await asyncio.sleep(RETRY_SECONDS[min(self._outages, len(RETRY_SECONDS) - 1)])
        self._refuse_newcomers(self._waiting, error, waited=NEWCOMER_SECONDS)
        self._outages += 1

    def _refuse_newcomers(self, items: Iterable[Part], error: Exception, *, waited: float = 0.0) -> None:
        """Refuse the new executions, and the wishes, that have waited for so many seconds."""
        latest = asyncio.get_running_loop().time() - waited
        refuse((item for item in items if item.is_newcomer and item.since <= latest), error)


def _consume_exception(done: "asyncio.Future[Any]") -> None:
    """An append that nobody waits for has told its stream already."""
    if not done.cancelled():
        done.exception()
