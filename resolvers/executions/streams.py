"""Live views of executions, resumable by cursor: the journal from `after`, then what is appended to it."""

from collections.abc import AsyncGenerator
from functools import partial

from sqlalchemy import Connection

from engine.journal.journal import next_events
from models.database.portions import Portion
from models.entities.executions import Event, ExecutionDetail
from models.errors import ExecutionNotFound, InvalidInput
from models.event_types import TERMINAL_EVENTS
from models.faults import Fault
from models.retention_errors import CursorExpired
from models.words import Permission
from resolvers.access.permissions import may, permits
from resolvers.context import Context
from resolvers.executions import rows
from resolvers.executions.executions import get_execution
from resolvers.executions.payload import visible_event
from resolvers.waking import woken_or_late


@permits(Permission.EXECUTION_READ)
async def execution_events(ctx: Context, execution_id: str, after: int = 0) -> AsyncGenerator[Event, None]:
    """Yield every event with a sequence above `after`, gap-free and once, until the execution has ended.

    Raises `ExecutionNotFound`, or `CursorExpired` for who has seen some of its events; `InvalidInput` for a negative
    cursor.
    """
    if after < 0:
        raise InvalidInput([Fault(("after",), "must be 0 or the sequence of an event", "value_error.number.not_ge")])
    tenant = ctx.user.tenant

    async def read(cursor: int) -> tuple[Portion[Event], bool]:
        def work(connection: Connection) -> tuple[Portion[Event], bool]:
            try:
                ended = rows.read_summary(connection, tenant, execution_id).status.is_terminal
            except ExecutionNotFound:
                if cursor:  # it was there, for somebody has seen some of it
                    raise CursorExpired(f"The events of {execution_id}", None) from None
                raise
            return next_events(connection, execution_id, cursor), ended

        return await ctx.read(work)

    with ctx.services.broadcast.listen(execution_id) as woken:
        while True:
            woken.clear()
            key = ("events", tenant, execution_id, after)
            portion, ended = await ctx.services.shared_reads.read(key, partial(read, after))
            for event in portion.items:
                after = event.sequence
                yield visible_event(ctx.user, event)
                if event.type in TERMINAL_EVENTS:
                    return
            if portion.is_last:
                if ended:
                    return
                await woken_or_late(woken)


@permits(Permission.EXECUTION_READ)
async def execution_snapshots(ctx: Context, execution_id: str) -> AsyncGenerator[ExecutionDetail, None]:
    """Yield the execution as it stands, then again after changes, until it has ended.

    A slow listener skips what came in between. Raises `ExecutionNotFound`.
    """
    seen: tuple[int, object] = (-1, None)
    key = ("snapshot", ctx.user.tenant, may(ctx.user, Permission.EXECUTION_PAYLOAD), execution_id)
    with ctx.services.broadcast.listen(execution_id) as woken:
        while True:
            woken.clear()
            execution = await ctx.services.shared_reads.read(key, lambda: get_execution(ctx, execution_id))
            present = (execution.last_sequence, execution.labels)
            if present != seen:
                seen = present
                yield execution
            if execution.status.is_terminal:
                return
            await woken_or_late(woken)
