"""One of a tree that cannot be read keeps no other of it from its end, and is ended itself as soon as that can be."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.composition import running_services
from app.settings.settings import Settings
from engine.dispatch.released_cancels import LEFT_AFTER
from engine.journal.released import RELEASED, left
from models.words import FaultCode
from resolvers.context import Context
from resolvers.executions import executions
from tests.support.engine_calls import ADA, crashing, journal, journals
from tests.support.trees import rows, tree, until
from tests.support.unreadable import CURES, POISONS, at_rest, set_aside

pytestmark = pytest.mark.asyncio

NEWER = "an unknown event"


@pytest.mark.parametrize("name", [NEWER, "a damaged event", "damaged parameters"])
async def test_one_that_cannot_be_read_keeps_no_other_of_its_tree_from_its_end(settings: Settings, name: str) -> None:
    poison, code = POISONS[name]
    async with crashing(settings) as ctx:
        root = await tree(ctx, 4)
        bad, *others = [row.id for row in await rows(ctx, parent_id=root)]
        await ctx.services.database.transaction(lambda connection: poison(connection, bad))
        await executions.cancel_execution(ctx, root)
        assert {events[-1].type for events in await journals(ctx, others)} == {"execution_cancelled"}
        shown = await set_aside(ctx, bad)  # though it would have waited for an hour
        assert shown.fault is not None
        assert shown.fault.code is code
        now = datetime.now(UTC) + LEFT_AFTER
        listed = select(RELEASED.c.execution_id)
        assert await ctx.services.database.read(lambda connection: connection.execute(listed).scalars().all()) == [bad]
        assert await ctx.services.database.read(lambda connection: left(connection, now, 1)) == []
        if code is FaultCode.DAMAGED:
            await executions.cancel_execution(ctx, bad)
    if name in CURES:
        await at_rest(settings, lambda connection: CURES[name](connection, bad))
    async with running_services(settings) as services:
        ctx = Context(ADA, services)
        assert (await journal(ctx, bad))[-1].type == "execution_cancelled"


async def test_the_end_of_a_damaged_one_ends_what_came_of_it(ctx: Context) -> None:
    root = await tree(ctx, 2, 2)
    bad, _ = [row.id for row in await rows(ctx, parent_id=root)]
    await ctx.services.database.transaction(lambda connection: POISONS["damaged parameters"][0](connection, bad))
    await executions.cancel_execution(ctx, bad)
    ended = [row.id for row in await rows(ctx, parent_id=bad)]
    assert [events[-1].data["error"]["code"] for events in await journals(ctx, ended)] == ["PARENT_ENDED"] * 2
    await until(ctx, root, lambda seen: seen[-1].type == "execution_failed")  # it is told, and ends the rest in turn
    siblings = [row.id for row in await rows(ctx, root_id=root) if row.id not in (root, bad, *ended)]
    assert len(siblings) == 3
    for sibling in siblings:
        await until(ctx, sibling, lambda seen: seen[-1].type == "execution_cancelled")
    assert [events[-1].data["error"]["code"] for events in await journals(ctx, siblings)] == ["PARENT_ENDED"] * 3
    assert (await journal(ctx, bad))[-1].type == "execution_cancelled"
