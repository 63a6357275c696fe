"""Takes executions up that were left: counted on disk first, each read for itself, set aside where that fails."""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from uuid import uuid4

from engine.core.clock import Clock
from engine.dispatch.resuming import resumed
from engine.dispatch.setting_aside import STUMBLED, Aside, retry_all, set_aside, stumbled_over, take_back
from engine.dispatch.store import Store
from engine.journal.broadcast import JOBS, Broadcast, feed_of
from engine.journal.found import Found
from engine.journal.journal import Journal
from engine.journal.lives import Counted, acquit, count, spare
from engine.journal.queue import Taker
from engine.journal.stream import Stream
from models.database.database import Database
from models.database.outlasting import outlasting
from models.errors import Unavailable, Unreadable
from models.log_context import facts
from models.words import FaultCode

log = logging.getLogger("orchestrator.engine.dispatch")

AT_ONCE = 20
"""Journals in one reading at most."""


class TakingUp:
    """What becomes of executions that this node has taken. `node_id` is its name at present."""

    def __init__(
        self,
        database: Database,
        store: Store,
        journal: Journal,
        clock: Clock,
        broadcast: Broadcast,
        node_id: Callable[[], str],
    ) -> None:
        self._database = database
        self._store = store
        self._journal = journal
        self._clock = clock
        self._broadcast = broadcast
        self._node_id = node_id
        self._process = uuid4().hex

    @property
    def taker(self) -> Taker:
        """This node, and this process for as long as it lives."""
        return Taker(self._node_id(), self._process)

    async def count(self, execution_ids: Sequence[str], *, alone: bool = False) -> Counted:
        """See `lives.count`."""
        work = partial(count, execution_ids=execution_ids, taker=self._process, alone=alone)
        return await self._database.transaction(work)

    async def spare(self, execution_ids: Sequence[str]) -> None:
        """They were let go of in order: see `lives.spare`."""
        try:
            await self._database.transaction(lambda connection: spare(connection, execution_ids))
        except Unavailable:
            log.debug("the database is away: the lives of what was let go of here stay counted")

    async def acquit(self, execution_id: str) -> None:
        """See `lives.acquit`."""
        await outlasting(lambda: self._database.transaction(lambda connection: acquit(connection, execution_id)))

    async def find(self, execution_ids: Sequence[str]) -> list[Stream]:
        """Holds on the executions that have not ended and can be read, in the order of their ids; see `open`."""
        streams: list[Stream] = []
        for first in range(0, len(execution_ids), AT_ONCE):
            portion = execution_ids[first : first + AT_ONCE]
            found = await self._database.read(partial(self._store.find, execution_ids=portion))
            streams += await self.open(sorted(found, key=lambda each: portion.index(each.execution_id)))
        return streams

    async def open(self, found: Sequence[Found]) -> list[Stream]:
        """Holds on those that have not ended and can be read. Their lives are counted; the others are set aside."""
        streams, asides, recovered = [], [], []
        for each in found:
            try:
                stream = self._opened(each)
            except Unreadable as error:
                asides.append(_aside(each, error.fault, error.message))
                continue
            except Exception:
                known = facts(execution_id=each.execution_id)
                log.exception("An execution cannot be taken up: a fault of the engine", extra=known)
                asides.append(_aside(each, FaultCode.ENGINE_FAULT, STUMBLED))
                continue
            if each.fault is not None:
                recovered.append(each.execution_id)
            if stream is not None:
                streams.append(stream)
        if asides:
            await self._set_aside(asides)
        if recovered:
            released = await self._database.transaction(lambda connection: take_back(connection, recovered))
            self._journal.released(released)
        return streams

    async def stumbled(self, execution_ids: Sequence[str]) -> None:
        """Set executions aside on which this process stumbled."""
        asides = await outlasting(
            lambda: self._database.read(lambda connection: stumbled_over(connection, execution_ids))
        )
        await outlasting(lambda: self._set_aside(asides))

    async def retry_all(self) -> None:
        """See `setting_aside.retry_all`."""
        await self._database.transaction(lambda connection: retry_all(connection, self._clock.now()))

    def _opened(self, found: Found) -> Stream | None:
        run, state = found.read()
        return None if state.status.is_terminal else resumed(self._journal, self._clock, run, state, found.lives)

    async def _set_aside(self, asides: Sequence[Aside]) -> None:
        now, node_id = self._clock.now(), self._node_id()
        called = await self._database.transaction(lambda connection: set_aside(connection, asides, now, node_id))
        topics = {feed_of(aside.tenant) for aside in asides if aside.is_new}
        self._broadcast.publish(topics | ({JOBS} if called else set()))


def _aside(found: Found, code: FaultCode, message: str) -> Aside:
    return Aside(found.execution_id, found.tenant, found.in_line_of, code, message, found.fault, found.faults)
