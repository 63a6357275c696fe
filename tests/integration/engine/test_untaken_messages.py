"""What was sent to an execution and taken by none of its actions goes with its end, whoever is faster."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.journal.mailbox import MESSAGES
from models.commands.messages import SendSignal
from models.errors import ExecutionFinished
from models.words import EventType
from resolvers.context import Context
from resolvers.executions.executions import cancel_execution
from resolvers.executions.streams import execution_events
from resolvers.signals import send_signal
from tests.support.calls import PATIENCE_SECONDS
from tests.support.engine_calls import create, execute

pytestmark = pytest.mark.asyncio

HOUR = {"action_id": "wait", "action_type": "wait", "config": {"seconds": 3_600}}
MANY = 12


async def waiting(ctx: Context, workflow_id: str) -> str:
    """The id of a new execution that waits."""
    execution_id = (await execute(ctx, workflow_id)).id
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for event in execution_events(ctx, execution_id):
            if event.type == EventType.ACTION_WAITING:
                break
    return execution_id


async def kept(ctx: Context) -> int:
    """How many messages there are."""
    count = select(func.count()).select_from(MESSAGES)
    return await ctx.services.database.read(lambda connection: connection.execute(count).scalar_one())


async def signal(ctx: Context, execution_id: str) -> Any:
    return await send_signal(ctx, SendSignal(execution_id=execution_id, name="unheard"))


async def test_what_nobody_took_goes_with_the_end(ctx: Context) -> None:
    workflow_id = await create(ctx, HOUR)
    ended, live = await waiting(ctx, workflow_id), await waiting(ctx, workflow_id)
    for execution_id in (ended, live, ended):
        await signal(ctx, execution_id)
    assert await kept(ctx) == 3
    await cancel_execution(ctx, ended)
    assert await kept(ctx) == 1
    await cancel_execution(ctx, live)
    assert await kept(ctx) == 0


async def test_what_is_sent_while_it_ends_is_refused_or_goes_with_it(ctx: Context) -> None:
    workflow_id = await create(ctx, HOUR)
    ids = [await waiting(ctx, workflow_id) for _ in range(MANY)]
    calls = [ask(ctx, execution_id) for execution_id in ids for ask in (signal, cancel_execution, signal)]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(answer) for answer in answers if isinstance(answer, Exception)} <= {ExecutionFinished}
    assert await kept(ctx) == 0
