"""Writes down refusals, which have no transaction of their own: soon, together, and bounded however many there are."""

import asyncio
import logging
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from functools import partial

import msgspec

from engine.audit.rows import append_audit, only_shard
from engine.core.clock import Clock
from models.database.database import Database
from models.entities.audit import AuditNote
from models.errors import Unavailable
from models.log_context import facts, task_for_all

log = logging.getLogger("orchestrator.audit")

REPEAT_SECONDS = 60.0
"""The same refusal again within so long is counted, not written again."""

MAX_KNOWN = 10_000
"""So many different refusals are told apart at a time; what is more goes to the server's log alone."""

RETRY_SECONDS = 1.0


class _Repeats(msgspec.Struct):
    """A refusal that was written at `since`, and how often it came again."""

    note: AuditNote
    since: datetime
    count: int = 0


class AuditLog:
    """The refusals of this process on their way to the audit log. What succeeds is audited where it is committed."""

    def __init__(self, database: Database, clock: Clock, shard: Callable[[], int] = only_shard) -> None:
        self._shard = shard
        self._database = database
        self._clock = clock
        self._pending: list[AuditNote] = []
        self._known: dict[Hashable, _Repeats] = {}
        self._writing: asyncio.Task[None] | None = None

    @property
    def shard(self) -> int:
        """This process's chain."""
        return self._shard()

    def note(self, note: AuditNote) -> None:
        """Have a refusal written soon; one that is known already is counted, and told when its minute is over."""
        key = (note.tenant, note.actor, note.credential, note.action, note.target, note.outcome, note.address)
        self._tell_repeats(note.at)
        known = self._known.get(key)
        if known is not None:
            known.count += 1
            return
        if len(self._known) >= MAX_KNOWN:
            told = facts(action=note.action, actor=note.actor, address=note.address)
            log.warning("Too many refusals at once: one is told here alone, and not in the audit log", extra=told)
            return
        self._known[key] = _Repeats(note, note.at)
        self._pending.append(note)
        self._write_soon()

    async def flush(self) -> None:
        """Return when all that was noted is on disk, repeats included."""
        self._tell_repeats(None)
        while self._writing is not None:
            await asyncio.shield(self._writing)

    async def close(self, grace_seconds: float) -> None:
        """Write what is left, unless the database is away for longer than the grace."""
        try:
            async with asyncio.timeout(grace_seconds):
                await self.flush()
        except TimeoutError:
            log.error("%d refusals could not be written to the audit log", len(self._pending))
        if self._writing is not None:
            self._writing.cancel()

    def _tell_repeats(self, now: datetime | None) -> None:
        """Write how often what is known came again, and forget it, once its time is over; None: all of it."""
        while self._known:
            key, repeats = next(iter(self._known.items()))  # the one that was written first
            if now is not None and now - repeats.since < timedelta(seconds=REPEAT_SECONDS):
                break
            del self._known[key]
            if repeats.count:
                details = {**repeats.note.details, "repeats": repeats.count}
                self._pending.append(msgspec.structs.replace(repeats.note, at=self._clock.now(), details=details))
        if self._pending:
            self._write_soon()

    def _write_soon(self) -> None:
        if self._writing is None:
            self._writing = task_for_all(self._write())

    async def _write(self) -> None:
        try:
            while self._pending:
                notes = list(self._pending)
                try:
                    await self._database.transaction(partial(append_audit, notes=notes, shard=self.shard))
                except Unavailable:
                    await asyncio.sleep(RETRY_SECONDS)
                    continue
                except Exception:
                    log.exception("The audit log could not write %d refusals", len(notes))
                del self._pending[: len(notes)]
        finally:
            self._writing = None
