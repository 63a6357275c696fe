"""What a one-action execution costs the database: one transaction of so many statements and rows, which are counted."""

import re
from collections import Counter

import pytest
from sqlalchemy import Connection

from resolvers.context import Context
from tests.support.calls import notify
from tests.support.engine_calls import ONE_PROCESS, create, execute
from tests.support.statements import transactions

pytestmark = pytest.mark.asyncio

VERB = re.compile(r"(insert into|update|delete from) (\w+)|(select) .*? from (\w+)")

CHANGES = {
    "insert into execution": 1,
    "insert into execution_event": 1,
    "insert into activity": 1,
    "insert into workflow_statistics": 1,
    "insert into audit_entry": 1,
    "update audit_chain": 1,
    "delete from execution_message": 1,
}
READS = {"select workflow": 1, "select audit_chain": 1}
ON_SQLITE = {"update change_counter": 1, "insert into execution_event": 1}
"""Five events go as four and one: few different texts are prepared."""

ON_POSTGRESQL = {"select change_number": 1}
JOURNAL = "insert into execution_event ("

ROWS = 12
"""The execution, its five events, two activities, what the totals count, the audit entry, its chain, the change."""

FULL = 2
"""The level at which SQLite has each commit on the disk, by one sync of its log."""


def kind_of(statement: str) -> str:
    """What a statement does, and to which table."""
    found = VERB.search(statement)
    assert found is not None, statement
    return " ".join(part for part in found.groups() if part)


async def test_a_one_action_execution_is_one_transaction_of_few_statements(ctx: Context) -> None:
    workflow_id = await create(ctx, notify("a"))
    await execute(ctx, workflow_id, async_execution=False)
    with transactions(JOURNAL) as written:
        await execute(ctx, workflow_id, async_execution=False)
    [sent] = written
    own = ON_POSTGRESQL if "pg_advisory" in "".join(sent) else ON_SQLITE
    assert Counter(map(kind_of, sent)) == Counter(CHANGES) + Counter(READS) + Counter(own)


@ONE_PROCESS
async def test_it_changes_so_many_rows_and_waits_for_the_disk_once(ctx: Context) -> None:
    def so_far(connection: Connection) -> tuple[int, int]:
        rows, disk = "SELECT total_changes()", "PRAGMA synchronous"
        return connection.exec_driver_sql(rows).scalar_one(), connection.exec_driver_sql(disk).scalar_one()

    workflow_id = await create(ctx, notify("a"))
    await execute(ctx, workflow_id, async_execution=False)
    before, _ = await ctx.services.database.transaction(so_far)
    with transactions(JOURNAL) as written:
        await execute(ctx, workflow_id, async_execution=False)
    after, durability = await ctx.services.database.transaction(so_far)
    assert (after - before, len(written), durability) == (ROWS, 1, FULL)
