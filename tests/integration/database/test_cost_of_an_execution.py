"""What a one-action execution costs the database: one transaction of so many statements and rows, which are counted."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from resolvers.context import Context
from tests.support.calls import notify
from tests.support.engine_calls import ONE_PROCESS, create, execute

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
ROWS = 12
"""The execution, its five events, two activities, what the totals count, the audit entry, its chain, the change."""

FULL = 2
"""The level at which SQLite has each commit on the disk, by one sync of its log."""


@contextmanager
def transactions() -> Iterator[list[list[str]]]:
    """Collect what is sent in each transaction that writes of an execution; others may have theirs meanwhile."""
    seen: list[list[str]] = []
    open_: dict[Connection, list[str]] = {}

    def note(connection: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
        open_.setdefault(connection, []).append(" ".join(statement.lower().split()))

    def end(connection: Connection) -> None:
        sent = open_.pop(connection, [])
        if any("insert into execution_event (" in statement for statement in sent):
            seen.append(sent)

    event.listen(Engine, "before_cursor_execute", note)
    event.listen(Engine, "commit", end)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        event.remove(Engine, "commit", end)


def kind_of(statement: str) -> str:
    """What a statement does, and to which table."""
    found = VERB.search(statement)
    assert found is not None, statement
    return " ".join(part for part in found.groups() if part)


async def test_a_one_action_execution_is_one_transaction_of_few_statements(ctx: Context) -> None:
    workflow_id = await create(ctx, notify("a"))
    await execute(ctx, workflow_id, async_execution=False)
    with transactions() as written:
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
    with transactions() as written:
        await execute(ctx, workflow_id, async_execution=False)
    after, durability = await ctx.services.database.transaction(so_far)
    assert (after - before, len(written), durability) == (ROWS, 1, FULL)
