"""The oldest entries of the audit log may go, and what is left is still shown to be whole, on both databases."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError

from engine.audit.check import START, ChainCheck, beginnings, next_entries
from engine.audit.pruning import overdue_chains, prune_chain
from engine.audit.rows import ENTRIES
from models.database.database import Database
from resolvers.context import Context
from tests.integration.retention.conftest import DAY, SETTINGS, MakeRetention
from tests.support.calls import notify
from tests.support.engine_calls import create
from tests.support.timers import MovableClock

pytestmark = pytest.mark.asyncio


async def checked(database: Database) -> tuple[int, int, Sequence[str]]:
    """How many entries there are, how many were deleted, and what is wrong."""
    check = ChainCheck()
    check.beginnings = await database.read(beginnings)
    entries = await database.read(lambda connection: next_entries(connection, START))
    found = [fault for entry in entries for fault in check.faults(entry)]
    found += await database.read(lambda connection: list(check.faults_at_the_end(connection)))
    return check.count, check.deleted, found


async def test_entries_go_when_their_time_is_over_and_the_chain_goes_on(
    ctx: Context, retention_of: MakeRetention, clock: MovableClock
) -> None:
    database = ctx.services.database
    for number in range(3):
        await create(ctx, notify("a"), name=f"w{number}")
    retention = retention_of(msgspec.structs.replace(SETTINGS, audit=timedelta(days=1)))
    await retention.turn()
    assert await checked(database) == (3, 0, [])
    clock.put_forward(2 * DAY)
    await retention.turn()
    assert await checked(database) == (0, 3, [])
    await create(ctx, notify("a"), name="another")
    assert await checked(database) == (1, 3, [])


async def test_a_part_goes_at_a_time_and_nothing_above_it_can_be_removed(ctx: Context) -> None:
    database, now = ctx.services.database, ctx.services.clock.now() + timedelta(days=1)
    for number in range(5):
        await create(ctx, notify("a"), name=f"w{number}")
    [chain] = await database.read(lambda connection: overdue_chains(connection, now))
    assert await database.transaction(lambda connection: prune_chain(connection, chain, now, 2)) == 2
    assert await checked(database) == (3, 2, [])
    with pytest.raises(DBAPIError, match="append-only"):
        await database.transaction(lambda connection: connection.execute(delete(ENTRIES)))
    assert await checked(database) == (3, 2, [])


async def test_an_entry_that_is_missing_after_the_deleted_ones_is_told(ctx: Context) -> None:
    database, now = ctx.services.database, ctx.services.clock.now() + timedelta(days=1)
    for number in range(5):
        await create(ctx, notify("a"), name=f"w{number}")
    [chain] = await database.read(lambda connection: overdue_chains(connection, now))
    await database.transaction(lambda connection: prune_chain(connection, chain, now, 2))
    check = ChainCheck()
    check.beginnings = await database.read(beginnings)
    _, *rest = await database.read(lambda connection: next_entries(connection, START))
    assert [fault for entry in rest for fault in check.faults(entry)] == [
        f"chain {chain[1]} of tenant 'default': entry 4 follows 2: what was between them is missing"
    ]
