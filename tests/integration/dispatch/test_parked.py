"""What the nodes of a cluster look for again and again costs the same, however much is parked, waits or is over."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy import Connection, event, select, text, update

from engine.callbacks.rows import next_due
from engine.dispatch.claims import AT_ONCE, EXECUTIONS, Asked, claim, dead_nodes, enqueue_due, free_deliveries, held_by
from engine.dispatch.job_queue import EXECUTE, take
from engine.dispatch.nodes import Membership
from engine.dispatch.store import NEXT_TIMER
from engine.journal.broadcast import Broadcast
from engine.journal.groups import FIRST_PLACE, turns_from
from models.database.database import Database
from models.database.postgres import PostgresDatabase
from models.ids import new_id
from models.words import NodeKind

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)]

PARKED = 20_000
MAX_BLOCKS = 60
"""What a look may read: with an index it is a page for each of its levels, and without one it would be hundreds."""

WORKFLOW = """
INSERT INTO workflow (id, tenant, created_by, name, status, revision, tags, search_text, concurrency,
  created_at, updated_at)
VALUES (CAST(:id AS text), 't', 'u', :id, 'active', 1, '[]', '', CAST(CAST(:rule AS text) AS json), now(), now())
"""
PARK = """
INSERT INTO execution (id, tenant, workflow_id, revision, created_by, parameters, timeout_seconds, status,
  total_actions, completed_actions, created_at, wake_at, concurrency_key)
SELECT :id || number, 't', :workflow, 1, 'u', '{}', 3600, CAST(:status AS text), 1, 0, now() - number * interval '1 s',
  CASE WHEN CAST(:status AS text) <> 'completed' THEN now() + number * interval '1 h' END, CAST(:key AS text)
FROM generate_series(1, CAST(:count AS int)) AS number
"""
DELIVERIES = """
INSERT INTO callback_delivery (id, execution_id, tenant, url, host, event, status, attempts, step, created_at)
SELECT 'cb_' || number, 'over_' || number, 't', '', '', '', 'delivered', 1, 0, now()
FROM generate_series(1, CAST(:count AS int)) AS number
"""
KINDS: list[dict[str, Any]] = [
    {"id": "parked_", "workflow": "free", "status": "running", "key": None, "count": PARKED},
    {"id": "over_", "workflow": "free", "status": "completed", "key": None, "count": PARKED},
    {"id": "runs_", "workflow": "limited", "status": "running", "key": "", "count": 1},
    {"id": "waits_", "workflow": "limited", "status": "queued", "key": "", "count": PARKED},
]
LOOKS: dict[str, Callable[[Connection], object]] = {
    "dead nodes": dead_nodes,
    "what a node has in hand": lambda connection: held_by(connection, "node_1"),
    "due timers": lambda connection: enqueue_due(connection, datetime.now(UTC)),
    "the next timer": lambda connection: connection.execute(NEXT_TIMER, {"now": datetime.now(UTC)}).scalar_one(),
    "turns": lambda connection: turns_from(connection, FIRST_PLACE),
    "callbacks of dead nodes": free_deliveries,
    "the next callback": lambda connection: next_due(connection, datetime.now(UTC)),
}


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database with much in it that nobody has to do anything about."""
    database = PostgresDatabase(database_url)

    def fill(connection: Connection) -> None:
        for name, rule in (("free", None), ("limited", {"key": None, "limit": 1, "on_limit": "queue"})):
            connection.execute(text(WORKFLOW), {"id": name, "rule": rule and json.dumps(rule)})
        for kind in KINDS:
            connection.execute(text(PARK), kind)
        connection.execute(text(DELIVERIES), {"count": PARKED})

    await database.change_schema(fill)
    await database.change_schema(lambda connection: connection.execute(text("ANALYZE")).close())
    yield database
    await database.close()


def blocks_of(connection: Connection, look: Callable[[Connection], object]) -> int:
    """How many pages the statements of a look read."""
    blocks = 0

    def explain(on: Connection, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        nonlocal blocks
        if not statement.startswith("EXPLAIN"):
            plan = on.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters).scalar_one()
            top = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
            blocks += top["Shared Hit Blocks"] + top["Shared Read Blocks"]

    event.listen(connection, "before_cursor_execute", explain)
    look(connection)
    event.remove(connection, "before_cursor_execute", explain)
    return blocks


async def test_a_look_reads_a_few_pages_whatever_is_parked(database: Database) -> None:
    read = {
        name: await database.transaction(lambda connection, look=look: blocks_of(connection, look))
        for name, look in LOOKS.items()
    }
    assert {name: blocks for name, blocks in read.items() if blocks > MAX_BLOCKS} == {}


async def test_a_node_is_asked_for_once_for_what_is_due_and_for_more_as_that_is_taken(database: Database) -> None:
    now = datetime.now(UTC)
    ring = update(EXECUTIONS).where(EXECUTIONS.c.id.like("parked_%")).values(wake_at=now)
    await database.transaction(lambda connection: connection.execute(ring).rowcount)
    membership = Membership(database, Broadcast(), new_id, NodeKind.ALL)
    await membership.join()

    def take_some(connection: Connection) -> int:
        connection.execute(select(1))
        found = take(connection, 50, [EXECUTE], uuid4())
        return len(claim(connection, membership.id, found))

    def look(connection: Connection) -> Asked:
        return enqueue_due(connection, now)

    assert await database.transaction(look) == Asked(AT_ONCE, is_full=True)
    assert await database.transaction(look) == Asked(0, is_full=True)
    assert await database.transaction(take_some) == 50
    assert await database.transaction(look) == Asked(50, is_full=True)
