"""Executions that start executions, several floors deep."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select

from engine.journal.descendants import EXECUTIONS
from models.entities.executions import Event
from models.words import EventType
from resolvers.context import Context
from resolvers.executions.streams import execution_events
from tests.support.calls import PATIENCE_SECONDS, Json
from tests.support.engine_calls import create, execute

HOUR = {"action_id": "wait", "action_type": "wait", "config": {"seconds": 3_600}}


def sub(workflow_id: str, action_id: str = "sub", on_parent_end: str = "cancel", **more: Any) -> Json:
    config = {"workflow_id": workflow_id, "on_parent_end": on_parent_end}
    return {"action_id": action_id, "action_type": "sub_workflow", "config": config, **more}


def each(count: int) -> Json:
    return {"for_each": {"in": list(range(count)), "max_concurrency": count}}


async def rows(ctx: Context, **columns: str | None) -> Sequence[Any]:
    """The executions with these values in their columns."""
    found = select(EXECUTIONS).where(*(EXECUTIONS.c[name] == value for name, value in columns.items()))
    return await ctx.services.database.read(lambda connection: connection.execute(found).all())


async def until(ctx: Context, execution_id: str, is_there: Callable[[Sequence[Event]], bool]) -> None:
    """Wait until the journal of an execution says so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        seen: list[Event] = []
        async for event in execution_events(ctx, execution_id):
            seen.append(event)
            if is_there(seen):
                return


def waiting(count: int) -> Callable[[Sequence[Event]], bool]:
    return lambda seen: sum(event.type == EventType.ACTION_WAITING for event in seen) == count


async def tree(ctx: Context, *widths: int) -> str:
    """Start an execution that leads to so many waiting ones at each level; return its id when they all wait."""
    below = await create(ctx, HOUR, name="leaf")
    for level, width in enumerate(reversed(widths)):
        below = await create(ctx, sub(below, **each(width)), name=f"level {level}")
    root = (await execute(ctx, below)).id
    parents = [root]
    for width in widths:
        for parent in parents:
            await until(ctx, parent, waiting(width))
        parents = [row.id for parent in parents for row in await rows(ctx, parent_id=parent)]
    for leaf in parents:
        await until(ctx, leaf, waiting(1))
    return root
