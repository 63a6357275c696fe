"""One owner's hold on one execution's journal: what it records goes to the group commit, in order."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from engine.actions.protocol import Delivery, Message
from engine.core.by_hand import is_by_hand
from engine.core.expectations import released_by
from engine.core.opening import Opening
from engine.core.run import Run
from engine.core.state import ExecutionState, apply, fold_as_far_as_known
from engine.journal.bases import Basis
from engine.journal.projection import NewRow, ToDeliver
from engine.journal.refusals import Fenced
from models.entities.audit import AuditNote
from models.entities.executions import Event
from models.errors import Unavailable
from models.words import EventType

Started = tuple[Run, Opening]
"""An execution that begins with an entry, and with what its journal does."""


class Appends(Protocol):
    """What a stream needs of the journal."""

    def append(
        self,
        stream: "Stream",
        events: Sequence[Event],
        new_execution: NewRow | None,
        audit: AuditNote | None,
        taken: Sequence[str],
        started: Sequence[Started],
        released: Sequence[str],
        parks_at: datetime | None,
        deliveries: Sequence[ToDeliver],
    ) -> asyncio.Future[None]:
        """Queue events for the next group commit; the future ends when they are on disk or were refused."""
        ...

    async def read_on(self, execution_id: str, after: int) -> list[tuple[Event, str]]:
        """The events of an execution with a sequence above `after`, each with the hold under which it was written."""
        ...

    def new_owner(self) -> str:
        """A name for one more hold."""
        ...


class Stream:
    """One owner's hold on one execution's journal: appends commit in order, the first failure is final."""

    def __init__(self, journal: Appends, run: Run, state: ExecutionState, owner: str) -> None:
        self.run = run
        self.state = state
        self.owner = owner
        self.failure: Exception | None = None
        self.basis: Basis | None = None
        """What of its workflow was remembered for its acceptance, where it was not read for it."""
        self._opened_at = state
        self._owners = {owner}
        self.is_counted = False
        """Whether it was taken up again, and has not made progress since: see `lives`."""
        self._journal = journal
        self.events: list[Event] = []
        self._taken: list[Message] = []
        self._started: list[Started] = []
        self._released: list[str] = []
        self._deliveries: list[ToDeliver] = []
        self._committed = 0
        self.is_let_go = False
        """Whether its owner has let go of it with what was recorded last: see `commit`."""
        self._first: asyncio.Future[None] | None = None
        self._last: asyncio.Future[None] | None = None

    def record(self, kind: EventType, at: datetime, action_id: str | None, data: Mapping[str, Any]) -> None:
        """Add the next event to the state; `commit` or `durable` sends it to the disk."""
        event = Event(self.state.sequence + 1, kind, at, action_id, data)
        self._released += released_by(event, self.state)
        self.state = apply(self.state, event)
        self.events.append(event)

    def take(self, message: Message) -> None:
        """Have a message that led to the next event deleted with it, in the same transaction."""
        self._taken.append(message)

    def start(self, run: Run, opening: Opening) -> None:
        """Have another execution accepted with the next event, in the same transaction."""
        self._started.append((run, opening))

    def deliver(self, action_id: str, deliveries: Iterable[Delivery]) -> None:
        """Have what an action says stored with the event that was recorded last, in the same transaction."""
        self._deliveries += ((action_id, delivery) for delivery in deliveries)

    def release(self, execution_ids: Iterable[str]) -> None:
        """Have executions that are waited for no more cancelled with the next event, in the same transaction."""
        self._released += execution_ids

    def commit(
        self, new_execution: NewRow | None = None, audit: AuditNote | None = None, *, parks_at: datetime | None = None
    ) -> None:
        """Hand what was recorded to the group commit, and go on without waiting for it.

        `audit` says who asked for it, where somebody did. With `parks_at` the owner lets go of the execution until that
        moment, in the same transaction; where nothing was recorded, it has still to do so.
        """
        if self.failure is not None:
            raise self.failure
        if self._committed < len(self.events):
            events = self.events[self._committed :]
            taken = [message.id for message in self._taken]
            told = {message.sent_by for message in self._taken}  # an execution sends nothing but its end
            released = [found for found in self._released if found not in told]
            self._last = self._journal.append(
                self, events, new_execution, audit, taken, self._started, released, parks_at, self._deliveries
            )
            self._first = self._first or self._last
            self._committed = len(self.events)
            self._taken, self._started, self._released, self._deliveries = [], [], [], []
            self.is_let_go = parks_at is not None

    @property
    def was_refused(self) -> bool:
        """Whether its acceptance was refused for good, so that there is no such execution."""
        first = self._first
        if first is None or self.events[0].sequence != 1 or not first.done() or first.cancelled():
            return False
        error = first.exception()
        return error is not None and not isinstance(error, Unavailable)  # or it may be there after all

    @property
    def is_on_disk(self) -> bool:
        """Whether all that was recorded is."""
        last = self._last
        if self._committed < len(self.events):
            return False
        return last is None or (last.done() and not last.cancelled() and last.exception() is None)

    async def adopt(self) -> None:
        """Go on from what the journal holds by now, where it was changed by hand and nobody else has taken it over.

        What was recorded and is not on disk is forgotten. Raises `Fenced` where somebody has.
        """
        if self._last is not None:
            await asyncio.wait([self._last])  # what was handed over before is settled by then too
        before = self._opened_at
        found = await self._journal.read_on(self.run.execution_id, before.sequence)
        state, fault = fold_as_far_as_known([event for event, _ in found], before)
        if fault is not None or not all(owner in self._owners or is_by_hand(event) for event, owner in found):
            self.failure = self.failure or Fenced(self.run.execution_id)
            raise self.failure
        self.state, self.events = state, [event for event, _ in found]
        self.owner = self._journal.new_owner()
        self._owners.add(self.owner)
        self._committed = len(self.events)
        self._taken, self._started, self._released, self._deliveries = [], [], [], []
        self.failure, self._last, self.is_let_go = None, None, False

    async def durable(self) -> None:
        """Return when all that was recorded is on disk. Raises `Fenced`, or `Unavailable` at acceptance."""
        self.commit()
        if self._last is not None:
            await asyncio.shield(self._last)

    async def accepted(self) -> None:
        """Return when the first append is on disk; raise what refused it."""
        if self._first is not None:
            await asyncio.shield(self._first)

    def when_accepted(self, callback: Callable[[BaseException | None], None]) -> None:
        """Call `callback` once the first append, which was handed over, is on disk, or with what refused it."""
        if self._first is not None:
            self._first.add_done_callback(lambda first: callback(None if first.cancelled() else first.exception()))

    def when_settled(self, callback: Callable[[], None]) -> None:
        """Call `callback` once all that was handed over is on disk or refused."""
        if self._last is None or self._last.done():
            callback()
        else:
            self._last.add_done_callback(lambda _: callback())
