"""One task that deletes what has been kept for long enough: of many nodes the one that leads does it for all."""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol

from sqlalchemy import Connection

from engine.audit.pruning import overdue_chains, prune_chain
from engine.core.clock import Clock
from engine.retention.candidates import (
    START,
    EndedExecution,
    Place,
    count_ended,
    ended_before,
    not_held,
    oldest_ended,
    tree_standing,
)
from engine.retention.deleting import Deletion, delete_alone, delete_tree
from engine.retention.feeds import delete_activities, tenants_with_activities
from engine.retention.free_pages import give_back
from engine.retention.pace import Pacing
from engine.retention.periods import Periods, read_periods
from engine.retention.settings import RetentionSettings
from engine.retention.spent_keys import forget_keys
from models.database.database import Database
from models.errors import Unavailable
from models.log_context import facts, task_for_all
from models.words import TERMINAL_STATUSES, ExecutionStatus

log = logging.getLogger("orchestrator.engine.retention")

TURN_SECONDS = 10.0
"""How late what is over may go."""

WHOLE_PASS = timedelta(hours=1)
"""How often all that has ended is looked through from the beginning, for what could not go when its time was over."""

RETRY_SECONDS = 5.0
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
STATUSES = sorted(TERMINAL_STATUSES)


KINDS = ("executions", "activities", "audit_entries", "idempotency_keys", "pages")
"""What is counted: rows, and pages of a SQLite file that were given back."""


class Leader(Protocol):
    """This process as one of many."""

    @property
    def leads(self) -> bool:
        """Whether it is the one that does what one of them is to do."""
        ...


class Portioned(Protocol):
    """Deletes up to `most` rows, and returns how many it were."""

    def __call__(self, connection: Connection, *, most: int) -> int:
        """See above."""
        ...


class Retention:
    """What is due follows from the rows alone. `deleted` counts what this process has deleted, by kind."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        leader: Leader,
        settings: RetentionSettings,
        transaction_seconds: float,
    ) -> None:
        self.settings = settings
        self.deleted: Counter[str] = Counter()
        self._database = database
        self._clock = clock
        self._leader = leader
        self._pace = Pacing(database, transaction_seconds)
        self._done: dict[tuple[ExecutionStatus, timedelta], datetime] = {}
        self._whole_pass_at = BEGINNING
        self._seen: Periods | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Delete from now on."""
        self._task = task_for_all(self._go_on())

    async def stop(self) -> None:
        """Delete no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _go_on(self) -> None:
        while True:
            pause = RETRY_SECONDS
            try:
                await self.turn()
                pause = TURN_SECONDS
            except Unavailable:
                log.debug("the database is away: what is over is deleted when it is back")
            except Exception:
                log.exception("deletion stumbled on a fault of the engine, and goes on in a moment")
            await asyncio.sleep(pause)

    async def turn(self) -> None:
        """Delete all whose time is over at this moment, where this node leads. Raises `Unavailable`."""
        if not self._leader.leads:
            self._seen = None  # what others do meanwhile is not known here
            return
        before = self.deleted.copy()
        periods = await self._database.read(partial(read_periods, settings=self.settings))
        self._begin_pass(periods)
        for status, period in periods.finite():
            await self._delete_over(periods, status, period)
        if self.settings.max_executions is not None:
            await self._delete_too_many(self.settings.max_executions)
        await self._delete_rest()
        if gone := self.deleted - before:
            log.debug("What was kept for long enough is deleted", extra=facts(**gone))

    def _begin_pass(self, periods: Periods) -> None:
        now = self._clock.now()
        if periods != self._seen or now >= self._whole_pass_at:
            shortest = min((period for _, period in periods.finite()), default=WHOLE_PASS)
            self._done.clear()
            self._seen, self._whole_pass_at = periods, now + min(WHOLE_PASS, shortest)

    async def _delete_over(self, periods: Periods, status: ExecutionStatus, period: timedelta) -> None:
        """Delete what is kept for just that period and has ended since the last turn looked at what was over."""
        before = self._clock.now() - period
        place: Place = (self._done.get((status, period), BEGINNING), START)
        while portion := await self._database.read(
            partial(ended_before, status=status.value, after=place, before=before)
        ):
            await self._delete([found for found in portion if periods.of(found.workflow_id, status) == period], before)
            place = portion[-1].place
        self._done[status, period] = before

    async def _delete_too_many(self, most: int) -> None:
        """Delete what ended first, of that which may go, where more are kept than may be."""
        excess = await self._database.read(count_ended) - most
        place: Place = (BEGINNING, START)
        now = self._clock.now()
        while excess > 0:
            portion = await self._database.read(partial(oldest_ended, statuses=STATUSES, after=place, before=now))
            if not portion:
                return
            place = portion[-1].place
            tops = await self._database.read(partial(not_held, found=[found for found in portion if found.is_top]))
            while tops and excess > 0:
                asked, tops = tops[:excess], tops[excess:]
                excess -= await self._delete(asked, now)

    async def _delete(self, found: Sequence[EndedExecution], before: datetime) -> int:
        """Delete those that nobody has started, with all that came of them; return how many that was in all."""
        alone = [ended.id for ended in found if ended.is_top and ended.is_alone]
        count = 0
        while alone:
            portion, alone = alone[: self._pace.size], alone[self._pace.size :]
            answers = await self._pace.transaction(partial(self._delete_alone, ids=portion))
            gone = sum(answer is Deletion.DELETED for answer in answers.values())
            self.deleted["executions"] += gone
            count += gone
        for top in (ended.id for ended in found if ended.is_top and not ended.is_alone):
            count += await self._delete_tree(top, before)
        return count

    def _delete_alone(self, connection: Connection, ids: Sequence[str]) -> dict[str, Deletion]:
        return dict(delete_alone(connection, ids, self._clock.now(), self.settings.keys))

    async def _delete_tree(self, top: str, before: datetime) -> int:
        fault = await self._database.read(partial(tree_standing, top=top, before=before))
        count, answer = 0, Deletion.UNFINISHED
        while fault is None and answer is Deletion.UNFINISHED:
            delete = partial(
                delete_tree, top=top, now=self._clock.now(), keys_for=self.settings.keys, room=self._pace.size
            )
            answer, gone = await self._pace.transaction(delete)
            count += gone
            self.deleted["executions"] += gone
        return count

    async def _delete_rest(self) -> None:
        """Delete what hangs on no execution, and give back what room there is too much of."""
        now = self._clock.now()
        if self.settings.activities is not None:
            before = now - self.settings.activities
            for tenant in await self._database.read(tenants_with_activities):
                await self._in_portions("activities", partial(delete_activities, tenant=tenant, before=before))
        if self.settings.audit is not None:
            before = now - self.settings.audit
            for chain in await self._database.read(partial(overdue_chains, before=before)):
                await self._in_portions("audit_entries", partial(prune_chain, chain=chain, before=before))
        await self._in_portions("idempotency_keys", partial(forget_keys, before=now))
        await self._in_portions("pages", give_back)

    async def _in_portions(self, kind: str, delete: Portioned) -> None:
        """Call `delete` for as long as it finds as much as it may do at once."""
        gone = most = 1
        while gone >= most:
            most = self._pace.size
            gone = await self._pace.transaction(partial(delete, most=most))
            self.deleted[kind] += gone
