"""What the nodes of a cluster look for again and again costs the same, however much is parked, waits or is over."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection, event, func, text, update

from engine.callbacks.rows import next_due
from engine.dispatch.claims import dead_nodes, hand_over_orphans, held_by
from engine.journal.groups import FIRST_PLACE, turns_from
from engine.journal.queue import EXECUTIONS, NODES, Taker, next_moment, take
from models.database.database import Database
from models.database.postgres import PostgresDatabase

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)]

PARKED = 20_000
TAKEN = 50
TAKER = Taker("node_1", "process")
MAX_BLOCKS = 60
"""What a look may read: with an index it is a page for each of its levels, and without one it would be hundreds."""

WORKFLOW = """
INSERT INTO workflow (id, tenant, created_by, name, status, revision, tags, search_text, concurrency,
  created_at, updated_at)
VALUES (CAST(:id AS text), 't', 'u', :id, 'active', 1, '[]', '', CAST(CAST(:rule AS text) AS json), now(), now())
"""
PARK = """
INSERT INTO execution (id, tenant, workflow_id, revision, created_by, parameters, timeout_seconds, status,
  total_actions, completed_actions, created_at, runnable_at, concurrency_key)
SELECT :id || number, 't', :workflow, 1, 'u', '{}', 3600, CAST(:status AS text), 1, 0, now() - number * interval '1 s',
  CASE WHEN CAST(:status AS text) = 'running' THEN now() + number * interval '1 h' END, CAST(:key AS text)
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
    "dead nodes": lambda connection: dead_nodes(connection, func.now()),
    "what a node has in hand": lambda connection: held_by(connection, "node_1"),
    "what may be taken": lambda connection: take(connection, TAKER, datetime.now(UTC), 50),
    "the next moment": next_moment,
    "what unknown nodes have in hand": lambda connection: hand_over_orphans(connection, datetime.now(UTC)),
    "turns": lambda connection: turns_from(connection, FIRST_PLACE),
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


async def test_what_is_taken_costs_a_few_pages_each_whatever_is_due_behind_it(database: Database) -> None:
    now = datetime.now(UTC)

    def ring(connection: Connection) -> None:
        node = {"kind": "all", "shard": 0, "started_at": now, "expires_at": now}
        connection.execute(NODES.insert().values(id=TAKER.node_id, **node))
        parked = update(EXECUTIONS).where(EXECUTIONS.c.id.like("parked_%"))
        connection.execute(parked.values(runnable_at=EXECUTIONS.c.created_at))

    await database.transaction(ring)
    await database.change_schema(lambda connection: connection.execute(text("ANALYZE")).close())
    read = await database.transaction(lambda connection: blocks_of(connection, lambda on: take(on, TAKER, now, TAKEN)))
    assert read < TAKEN * MAX_BLOCKS
