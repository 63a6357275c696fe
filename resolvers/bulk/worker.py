"""Works off the bulk operations of all tenants on the node that leads, in small portions, and rests after each."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import TypeVar

import msgspec
from sqlalchemy import Connection

from engine.journal.broadcast import BULK_OPERATIONS
from models.entities.bulk_operations import BulkOperation
from models.errors import PermissionDenied, Unauthenticated, Unavailable
from models.log_context import facts, note, task_for_all
from resolvers.access.permissions import require
from resolvers.bulk import rows
from resolvers.bulk.kinds import BulkAction, BulkPortion, kind_of
from resolvers.bulk.rows import Stored
from resolvers.context import Context, Credential, Origin, Recall, Services, Viewer
from resolvers.waking import woken_or_late

T = TypeVar("T")

log = logging.getLogger("orchestrator.bulk")

STOP_SECONDS = 2.0
"""How long a stop waits for the portion in hand: what it leaves is done by the next start."""

RETRY_SECONDS = 1.0

KEPT = timedelta(days=30)
"""How long after its end an operation can be read, with what came of each execution."""

FORGET_SECONDS = 3_600.0
"""How often those are looked for that are older."""


class BulkPace(msgspec.Struct, frozen=True):
    """How many executions are worked on at once, which is what somebody else may have to wait for, and for how long
    nothing is done after that: so many times as long as it took, which is more where the service is busy.

    Measured by `benchmarks/bulk_cancel.py`: ADR 40.
    """

    portion: int = 8
    rest: float = 8.0
    rest_alone: float = 1.0
    """The same where no other execution was at work for `alone_after_seconds`."""

    alone_after_seconds: float = 1.0
    least_rest_seconds: float = 0.005
    poll_seconds: float = 5.0
    """A wake-up may be lost, and another node may lead from now on."""

    def rest_after(self, step_seconds: float, quiet_seconds: float) -> float:
        """How many seconds nothing is done after a step, where no execution wrote anything for `quiet_seconds`."""
        rest = self.rest_alone if quiet_seconds > self.alone_after_seconds else self.rest
        return max(step_seconds * rest, self.least_rest_seconds)


@asynccontextmanager
async def working_off(services: Services, recall: Recall, pace: BulkPace = BulkPace()) -> AsyncIterator[None]:  # noqa: B008 - it is frozen
    """Work off what there is, and what is made, as long as this node leads."""
    worker = BulkWorker(services, recall, pace)
    worker.start()
    try:
        yield
    finally:
        await worker.stop()


class BulkWorker:
    """One task. It holds nothing that a restart would lose: the rows say what is left."""

    def __init__(self, services: Services, recall: Recall, pace: BulkPace) -> None:
        self._services = services
        self._recall = recall
        self._pace = pace
        self._stopping = asyncio.Event()
        self._forget_at = 0.0
        self._working: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._working = task_for_all(self._work())

    async def stop(self) -> None:
        """Finish the portion in hand, if that does not take long, and begin no other one."""
        if self._working is None:
            return
        self._stopping.set()
        self._services.broadcast.wake([BULK_OPERATIONS])
        await asyncio.wait([self._working], timeout=STOP_SECONDS)
        self._working.cancel()
        await asyncio.gather(self._working, return_exceptions=True)

    async def _work(self) -> None:
        with self._services.broadcast.listen(BULK_OPERATIONS) as woken:
            while not self._stopping.is_set():
                woken.clear()
                pause = self._pace.poll_seconds
                try:
                    while await self._turn():
                        continue
                    await self._forget()
                except Unavailable:
                    log.debug("the database is away: bulk operations go on when it is back")
                    pause = RETRY_SECONDS
                except Exception:
                    log.exception("bulk operations met a bug, and go on in a moment")
                    pause = RETRY_SECONDS
                if not self._stopping.is_set():
                    await woken_or_late(woken, pause)

    async def _turn(self) -> bool:
        """Do a portion of each operation, so that a long one holds up no other; return whether there are any."""
        if not self._leads:
            return False
        found = await self._services.database.read(rows.under_way)
        for operation_id in found:
            if not self._leads:
                return False
            try:
                await self._portion(operation_id)
            except Unavailable:
                raise
            except Exception:
                known = facts(bulk_operation=operation_id)
                log.exception("a bulk operation met a bug, and goes on in a moment", extra=known)
                await asyncio.sleep(RETRY_SECONDS)
        return bool(found)

    async def _forget(self) -> None:
        """Delete what is over for long, in short transactions."""
        now = asyncio.get_running_loop().time()
        if now < self._forget_at or not self._leads:
            return
        before = self._services.clock.now() - KEPT
        while await self._services.database.transaction(partial(rows.forget, before=before)):  # noqa: ASYNC110 - a rest
            await asyncio.sleep(self._pace.least_rest_seconds)
        self._forget_at = now + FORGET_SECONDS

    @property
    def _leads(self) -> bool:
        return self._services.dispatcher.leads and not self._stopping.is_set()

    async def _portion(self, operation_id: str) -> None:
        database = self._services.database
        found = await self._paced(
            database.read(partial(rows.next_items, operation_id=operation_id, most=self._pace.portion))
        )
        if found is None:
            return
        stored, items = found
        note(user=stored.maker.user_id, tenant=stored.maker.tenant)
        kind = kind_of(stored.operation.kind)
        try:
            maker = await self._maker(stored, kind)
        except (Unauthenticated, PermissionDenied) as refusal:
            await self._end(stored, f"Its maker may do this no more: {refusal.message}")
            return
        ctx = Context(maker, self._services, Origin(stored.request_id, stored.address))
        numbers = {item.execution_id: item.number for item in items}
        portion = BulkPortion(operation_id, stored.operation.reason, stored.arguments, list(numbers))
        results = await self._paced(kind.work(ctx, portion))
        known = {numbers[id_]: result for id_, result in results.items() if result is not None}
        now = self._services.clock.now()
        # Results that are lost are found again; but that it has ended is told, and so it is on disk before.
        write = database.transaction if stored.operation.left <= len(known) else database.tidy
        after = await self._paced(write(partial(rows.write_results, operation_id=operation_id, results=known, now=now)))
        self._services.broadcast.publish([operation_id])
        self._tell(after)
        if len(known) < len(items):
            await asyncio.sleep(RETRY_SECONDS)

    async def _paced(self, step: Awaitable[T]) -> T:
        """What a step comes to, after a rest: who waited beside it waits for no other."""
        clock = asyncio.get_running_loop()
        began = clock.time()
        result = await step
        ended = clock.time()
        await asyncio.sleep(self._pace.rest_after(ended - began, ended - self._services.journal.appended_at))
        return result

    async def _maker(self, stored: Stored, kind: BulkAction) -> Viewer:
        """Who made it, as their credential is at this moment. Raises `Unauthenticated`, `PermissionDenied`."""
        viewer = await self._recall(Credential.of(stored.maker)) or stored.maker
        require(viewer, kind.permission)
        return viewer

    async def _end(self, stored: Stored, refusal: str) -> None:
        now = self._services.clock.now()

        def end(connection: Connection) -> BulkOperation:
            operation = rows.held(connection, stored.operation.id)
            return operation if operation.status.is_final else rows.end(connection, operation, now, refusal=refusal)

        await self._services.database.transaction(end)
        self._services.broadcast.publish([stored.operation.id])
        log.warning("A bulk operation was ended: %s", refusal, extra=facts(bulk_operation=stored.operation.id))

    def _tell(self, operation: BulkOperation) -> None:
        if operation.status.is_final:
            told = facts(
                bulk_operation=operation.id,
                status=operation.status.value,
                succeeded=operation.succeeded,
                skipped=operation.skipped,
                failed=operation.failed,
                left=operation.left,
            )
            log.info("A bulk operation has ended", extra=told)
