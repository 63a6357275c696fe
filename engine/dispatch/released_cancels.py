"""Cancels executions that nobody waits for any more: what came of one that ended ends level by level, however deep."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from engine.core.clock import Clock
from engine.core.failure import NOBODY_WAITS
from engine.core.run import Run
from engine.core.state import ExecutionState
from engine.journal.broadcast import JOBS, Broadcast
from engine.journal.interventions import Intervention
from engine.journal.journal import Journal
from engine.journal.released import forget, left, put_off
from engine.running.endings import cancellation
from models.database.database import Database
from models.entities.audit import AuditNote
from models.errors import Unavailable, Unreadable
from models.log_context import facts, task_for_all
from models.words import AuditOutcome, CredentialKind

log = logging.getLogger("orchestrator.engine.dispatch")

AT_ONCE = 500
"""Executions that the journal is asked to cancel at once, in transactions as large as it likes."""

SWEPT = 10_000
"""Executions that one sweep takes up at most."""

LEFT_AFTER = timedelta(seconds=5)
"""After so long, who has released an execution is taken to be lost."""

UNREAD_AFTER = timedelta(minutes=4)
"""After so long what could not be read is tried again."""

RETRY_SECONDS = 0.5

REASON = "parent_ended"


class ReleasedCancels:
    """One task of this process, for what its journal releases and for what others have left.

    `stop_work` is told of each that is cancelled, and where it stands.

    With each level that is cancelled its own journal tells of the next one.
    """

    def __init__(
        self,
        database: Database,
        journal: Journal,
        clock: Clock,
        broadcast: Broadcast,
        stop_work: Callable[[str, ExecutionState], None],
    ) -> None:
        self._database = database
        self._journal = journal
        self._clock = clock
        self._broadcast = broadcast
        self._stop_work = stop_work
        self._waiting: dict[str, None] = {}
        self._working: asyncio.Task[None] | None = None
        self._is_stopped = False

    def add(self, execution_ids: Sequence[str]) -> None:
        """Cancel these, which are on the list of the released."""
        self._waiting.update(dict.fromkeys(execution_ids))
        if self._waiting and self._working is None and not self._is_stopped:
            self._working = task_for_all(self._work())

    async def sweep(self, *, at_start: bool = False) -> None:
        """Take up what was left on the list. Raises `Unavailable`."""
        before = self._clock.now() - (timedelta() if at_start else LEFT_AFTER)
        self.add(await self._database.read(partial(left, before=before, most=SWEPT)))

    async def stop(self) -> None:
        """Leave the rest on the list."""
        self._is_stopped = True
        if self._working is not None:
            self._working.cancel()
            await asyncio.gather(self._working, return_exceptions=True)

    async def _work(self) -> None:
        try:
            while self._waiting:
                ids = [execution_id for execution_id, _ in zip(self._waiting, range(AT_ONCE), strict=False)]
                try:
                    await self._cancel(ids)
                except Unavailable:
                    log.debug("the database is away: what nobody waits for any more is cancelled when it is back")
                    await asyncio.sleep(RETRY_SECONDS)
                    continue
                except Exception:
                    log.exception("a fault of the engine: what nobody waits for any more is left to the next sweep")
                for execution_id in ids:
                    self._waiting.pop(execution_id, None)
        finally:
            self._working = None

    async def _cancel(self, ids: Sequence[str]) -> None:
        answers = await self._journal.intervene_many(ids, self._cancelled)
        settled, unread = [], []
        for execution_id, after in answers.items():
            if isinstance(after, Unreadable):
                known = facts(execution_id=execution_id)
                log.warning("An execution cannot be read, and nobody waits for it any more: cancel it", extra=known)
                unread.append(execution_id)
                continue
            if isinstance(after, Exception):
                if not isinstance(after, Unavailable):
                    told = "An execution could not be cancelled, for which nobody waits"
                    log.error(told, exc_info=after, extra=facts(execution_id=execution_id))
                continue
            self._stop_work(execution_id, after)
            settled.append(execution_id)
        await self._database.transaction(partial(self._strike_off, settled=settled, unread=unread))
        if unread:
            self._broadcast.publish([JOBS])
        for after in answers.values():
            if isinstance(after, Unavailable):
                raise after

    def _strike_off(self, connection: Connection, settled: Sequence[str], unread: Sequence[str]) -> None:
        forget(connection, settled)
        if unread:
            now = self._clock.now()
            put_off(connection, unread, now, now + UNREAD_AFTER)

    def _cancelled(self, run: Run, state: ExecutionState) -> Intervention | None:
        told = {"user_id": run.created_by, "reason": REASON}
        events = cancellation(run, state, self._clock.now(), told, NOBODY_WAITS)
        return Intervention(events, self._note(run)) if events else None

    def _note(self, run: Run) -> AuditNote:
        return AuditNote(
            tenant=run.tenant,
            at=self._clock.now(),
            actor=run.created_by,
            credential=CredentialKind.SYSTEM.value,
            action="cancel_execution",
            target=run.execution_id,
            outcome=AuditOutcome.SUCCEEDED,
            request_id=None,
            address=None,
            details={"reason": REASON},
        )
