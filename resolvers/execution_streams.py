"""Live views of executions, resumable by cursor: the journal from `after`, then what is appended to it."""

import asyncio
from collections.abc import AsyncGenerator

from sqlalchemy import Connection

from engine.journal import read_events
from engine.state import TERMINAL_EVENTS
from models.entities import Event, ExecutionDetail
from models.errors import Fault, InvalidInput
from resolvers import execution_rows as rows
from resolvers.context import Context
from resolvers.executions import get_execution

PAGE = 500
POLL_SECONDS = 5.0
"""A wake-up may be lost, a poll of the journal may not: the longest that a listener then waits."""


async def execution_events(ctx: Context, execution_id: str, after: int = 0) -> AsyncGenerator[Event, None]:
    """Yield every event with a sequence above `after`, gap-free and once, until the execution has ended.

    Raises `ExecutionNotFound`, and `InvalidInput` for a negative cursor.
    """
    if after < 0:
        raise InvalidInput([Fault(("after",), "must be 0 or the sequence of an event", "value_error.number.not_ge")])
    tenant = ctx.user.tenant

    def read(connection: Connection) -> tuple[list[Event], bool]:
        ended = rows.read_summary(connection, tenant, execution_id).status.is_terminal
        return read_events(connection, execution_id, after, PAGE), ended

    with ctx.services.broadcast.listen(execution_id) as woken:
        while True:
            woken.clear()
            events, ended = await ctx.services.database.read(read)
            for event in events:
                after = event.sequence
                yield event
                if event.type in TERMINAL_EVENTS:
                    return
            if not events:
                if ended:
                    return
                await _wait(woken)


async def execution_snapshots(ctx: Context, execution_id: str) -> AsyncGenerator[ExecutionDetail, None]:
    """Yield the execution as it stands, then again after changes, until it has ended.

    A slow listener skips what came in between. Raises `ExecutionNotFound`.
    """
    seen = -1
    with ctx.services.broadcast.listen(execution_id) as woken:
        while True:
            woken.clear()
            execution = await get_execution(ctx, execution_id)
            if execution.last_sequence != seen:
                seen = execution.last_sequence
                yield execution
            if execution.status.is_terminal:
                return
            await _wait(woken)


async def _wait(woken: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(POLL_SECONDS):
            await woken.wait()
    except TimeoutError:
        return
