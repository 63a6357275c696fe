"""The queue of executions that want a node: PgQueuer's tables, written and read inside our own transactions."""

from collections.abc import Coroutine, Iterable, Sequence
from datetime import timedelta
from enum import IntEnum
from typing import Any, TypeVar, cast
from uuid import UUID

from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.domain.types import Channel, QueueEntrypoint, QueueManagerId
from pgqueuer.ports.repository import EntrypointExecutionParameter
from pgqueuer.queries import Queries
from sqlalchemy import Connection, text
from sqlalchemy.util import await_only

T = TypeVar("T")

EXECUTE = QueueEntrypoint("execute")
"""Jobs for a node that has room."""

EXPIRE = QueueEntrypoint("expire")
"""Jobs to end an execution that was queued for too long, which takes no room."""

NO_LIMIT = EntrypointExecutionParameter(concurrency_limit=0)
STALE_AFTER = timedelta(minutes=1)
"""A job is picked and forgotten in one transaction, so nobody ever sees a picked one."""

KEPT = timedelta(hours=1)
"""How long PgQueuer's log of done jobs is kept: it is no part of the truth, only of its statistics."""

SETTINGS = DBSettings(
    prefix="",
    db_schema=None,
    channel=Channel("ch_pgqueuer"),
    function="fn_pgqueuer_changed",
    statistics_table="pgqueuer_statistics",
    queue_status_type="pgqueuer_status",
    queue_table="pgqueuer",
    queue_table_log="pgqueuer_log",
    trigger="tg_pgqueuer_changed",
    schedules_table="pgqueuer_schedules",
    durability=Durability.balanced,
)
"""All is named here: by default PgQueuer reads names such as `FUNCTION` and `CHANNEL` from the environment."""

INSTALLED = text("SELECT to_regclass('pgqueuer') IS NOT NULL")
SILENCE = text("DROP TRIGGER tg_pgqueuer_changed ON pgqueuer")
"""It notifies a channel that nobody listens to, and NOTIFY makes all commits of a database wait for each other."""

LOCK = text("SELECT pg_advisory_xact_lock(7305118906)")
ASKED = text(
    "SELECT dedupe_key FROM pgqueuer"
    " WHERE dedupe_key = ANY(CAST(:keys AS text[])) AND status IN ('queued', 'picked') AND dedupe_key IS NOT NULL"
)
FORGET = text("DELETE FROM pgqueuer_log WHERE created < now() - CAST(:kept AS interval)")


class Urgency(IntEnum):
    """Which jobs come first."""

    NEW = 0
    DUE = 1
    LEFT_BEHIND = 2


def install(connection: Connection) -> None:
    """Make PgQueuer's tables where they are missing, however many nodes start at once."""
    connection.execute(LOCK)
    if not connection.execute(INSTALLED).scalar_one():
        _wait(_queries(connection).install())
        connection.execute(SILENCE)


def enqueue(
    connection: Connection,
    execution_ids: Sequence[str],
    urgency: Urgency = Urgency.NEW,
    entrypoint: QueueEntrypoint = EXECUTE,
) -> None:
    """Ask for a node for each execution, unless that was asked already; committed with the caller's transaction.

    A statement of the caller's must come first: SQLAlchemy sends BEGIN with it.
    """
    if execution_ids:
        count = len(execution_ids)
        _wait(
            _queries(connection).enqueue(
                [entrypoint] * count,
                [execution_id.encode() for execution_id in execution_ids],
                [int(urgency)] * count,
                dedupe_key=[_key(execution_id, entrypoint) for execution_id in execution_ids],
                on_conflict="skip",
            )
        )


def unasked(connection: Connection, execution_ids: Sequence[str], entrypoint: QueueEntrypoint = EXECUTE) -> list[str]:
    """Those for which no node is asked yet: to look costs less than to ask again and again."""
    if not execution_ids:
        return []
    keys = [_key(execution_id, entrypoint) for execution_id in execution_ids]
    asked = set(connection.execute(ASKED, {"keys": keys}).scalars())
    return [execution_id for execution_id, key in zip(execution_ids, keys, strict=True) if key not in asked]


def take(connection: Connection, limit: int, entrypoints: Iterable[QueueEntrypoint], taker: UUID) -> list[str]:
    """The executions of the next jobs, at most `limit`, which are done with if the caller's transaction commits."""
    queries = _queries(connection)
    jobs = _wait(
        queries.dequeue(
            batch_size=limit,
            entrypoints=dict.fromkeys(entrypoints, NO_LIMIT),
            queue_manager_id=QueueManagerId(taker),
            global_concurrency_limit=None,
            heartbeat_timeout=STALE_AFTER,
        )
    )
    if jobs:
        _wait(queries.log_jobs([(job, "successful", None) for job in jobs]))
    return [job.payload.decode() for job in jobs if job.payload is not None]


def forget_done(connection: Connection) -> None:
    """Delete what PgQueuer's log holds of jobs that were done long ago."""
    connection.execute(FORGET, {"kept": KEPT})


def _key(execution_id: str, entrypoint: QueueEntrypoint) -> str:
    return f"{entrypoint}:{execution_id}"


def _queries(connection: Connection) -> Queries:
    raw = cast(Any, connection.connection.driver_connection)
    return Queries(
        AsyncpgDriver(raw),
        qbe=QueryBuilderEnvironment(SETTINGS),
        qbq=QueryQueueBuilder(SETTINGS),
        qbs=QuerySchedulerBuilder(SETTINGS),
    )


def _wait(work: Coroutine[Any, Any, T]) -> T:
    """SQLAlchemy runs our functions on a greenlet, which may wait for the driver's coroutines."""
    return await_only(work)
