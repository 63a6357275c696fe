"""What it costs to hand an execution over to a node: by its own row, and by a job of PgQueuer, in one run.

PgQueuer is no dependency any more: `.venv/bin/pip install pgqueuer==1.6.0` first.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.domain.types import QueueEntrypoint, QueueManagerId
from pgqueuer.ports.repository import EntrypointExecutionParameter
from pgqueuer.queries import Queries
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.util import await_only

from benchmarks.servers import as_setting, postgres_server
from engine.core.plan import Plan
from engine.core.run import Run
from engine.definition.acceptance import new_row
from engine.journal.queue import EXECUTIONS, NODES, Taker, take
from engine.journal.rows import INSERT_EXECUTIONS
from models.database.connect import connect
from models.database.database import Database
from models.database.tables import LIVE, WorkflowRow, table

EXECUTE = QueueEntrypoint("execute")
NO_LIMIT = EntrypointExecutionParameter(concurrency_limit=0)
STALE_AFTER = timedelta(minutes=1)
BATCH = 100
"""Executions that are accepted in one transaction."""

AT_ONCE = 50
"""Executions that are taken in one transaction."""

TAKERS = 2
ROUNDS = 5
NODE = "node_bench"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=1)

Accept = Callable[[Connection, Sequence[str]], None]
Take = Callable[[Connection], int]


def main() -> None:
    """Hand over executions in both ways, in turn, and print each round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--executions", type=int, default=5_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, postgres_server(Path(folder) / "postgres") as url:
        asyncio.run(_measure(as_setting(url), arguments.executions))


async def _measure(url: str, count: int) -> None:
    database = await connect(url)
    await database.change_schema(_prepare)
    ways: dict[str, tuple[Accept, Take]] = {"the row": (_accept, _take), "PgQueuer": (_enqueue, _dequeue)}
    for number in range(ROUNDS):
        for way, (accept, take_some) in ways.items():
            ids = [f"exec_{way}_{number}_{place:08}" for place in range(count)]
            started = time.perf_counter()
            for first in range(0, count, BATCH):
                await database.transaction(partial(_asked, accept, ids[first : first + BATCH]))
            accepted = time.perf_counter()
            taken = sum(await asyncio.gather(*(_drain(database, take_some) for _ in range(TAKERS))))
            ended = time.perf_counter()
            assert taken == count, (way, taken)
            print(
                f"{way}: accepted {count / (accepted - started):,.0f}/s, taken {count / (ended - accepted):,.0f}/s, "
                f"handed over {count / (ended - started):,.0f}/s",
                flush=True,
            )
    await database.close()


def _asked(accept: Accept, ids: Sequence[str], connection: Connection) -> None:
    accept(connection, ids)


async def _drain(database: Database, take_some: Take) -> int:
    total = 0
    while found := await database.transaction(take_some):
        total += found
    return total


def _prepare(connection: Connection) -> None:
    words = {"tenant": "t", "created_by": "u", "status": "active", "search_text": "", "tags": []}
    moments = {"created_at": NOW, "updated_at": NOW}
    connection.execute(insert(table(WorkflowRow)).values(id="wf", name="wf", revision=0, **words, **moments))
    lease = {"kind": "all", "shard": 0, "started_at": NOW, "expires_at": LATER}
    connection.execute(insert(NODES).values(id=NODE, **lease))
    await_only(_queries(connection).install())
    # As it was used here: nobody listens, and NOTIFY makes all commits of a database wait for each other.
    connection.execute(text("DROP TRIGGER tg_pgqueuer_changed ON pgqueuer"))


def _rows(ids: Sequence[str], **place: Any) -> list[dict[str, Any]]:
    found = []
    for execution_id in ids:
        run = Run(
            execution_id=execution_id,
            tenant="t",
            workflow_id="wf",
            revision=0,
            created_by="u",
            created_at=NOW,
            parameters={},
            timeout_seconds=60,
            plan=Plan((), ()),
        )
        state = {"status": "queued", "completed_actions": 0, "current_action": None, "error": None, "change": 0}
        moments = {"started_at": None, "completed_at": None, "expires_at": None}
        found.append(new_row(run) | state | moments | place)
    return found


# --- the row --------------------------------------------------------------------------------------


def _accept(connection: Connection, ids: Sequence[str]) -> None:
    INSERT_EXECUTIONS.execute(connection, _rows(ids))


def _take(connection: Connection) -> int:
    return take(connection, Taker(NODE, "process"), LATER, AT_ONCE).count


# --- PgQueuer -------------------------------------------------------------------------------------


def _enqueue(connection: Connection, ids: Sequence[str]) -> None:
    INSERT_EXECUTIONS.execute(connection, _rows(ids, runnable_at=None))
    await_only(
        _queries(connection).enqueue(
            [EXECUTE] * len(ids),
            [execution_id.encode() for execution_id in ids],
            [0] * len(ids),
            dedupe_key=list(ids),
            on_conflict="skip",
        )
    )


def _dequeue(connection: Connection) -> int:
    connection.execute(select(1))  # SQLAlchemy begins the transaction with its own first statement
    queries = _queries(connection)
    jobs = await_only(
        queries.dequeue(
            batch_size=AT_ONCE,
            entrypoints={EXECUTE: NO_LIMIT},
            queue_manager_id=QueueManagerId(uuid4()),
            global_concurrency_limit=None,
            heartbeat_timeout=STALE_AFTER,
        )
    )
    if not jobs:
        return 0
    await_only(queries.log_jobs([(job, "successful", None) for job in jobs]))
    asked = [job.payload.decode() for job in jobs if job.payload is not None]
    is_known = select(NODES.c.id).where(NODES.c.id == NODE).with_for_update(read=True, key_share=True)
    connection.execute(is_known).one()
    free = select(EXECUTIONS.c.id).where(EXECUTIONS.c.id.in_(asked), LIVE, EXECUTIONS.c.node_id.is_(None))
    claimed = list(connection.execute(free.order_by(EXECUTIONS.c.id).with_for_update()).scalars())
    lives = {"lives": EXECUTIONS.c.lives + 1, "taken_by": "process"}
    connection.execute(update(EXECUTIONS).where(EXECUTIONS.c.id.in_(claimed)).values(node_id=NODE, **lives))
    return len(claimed)


def _queries(connection: Connection) -> Queries:
    return Queries(AsyncpgDriver(cast(Any, connection.connection.driver_connection)))


if __name__ == "__main__":
    main()
