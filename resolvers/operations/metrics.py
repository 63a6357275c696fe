"""The use case of metrics: true figures of the machine, the edges and the executions, once or again and again."""

import asyncio
from collections.abc import AsyncGenerator

import msgspec

from models.database.database import NO_ANSWER
from models.entities.operations import SystemMetrics, WorkflowFigures
from models.errors import InvalidInput, Unavailable
from models.faults import Fault
from resolvers.access.permissions import open_to_all, permits
from resolvers.context import Context
from resolvers.executions.counts import LiveCounts, TotalCounts

MIN_INTERVAL_SECONDS = 1
MAX_INTERVAL_SECONDS = 3_600


class ExecutionCounts(msgspec.Struct, frozen=True):
    """Executions of all tenants on all nodes: those under way, and how many there ever were."""

    live: LiveCounts
    totals: TotalCounts


@open_to_all
async def get_metrics(ctx: Context) -> SystemMetrics:
    """The metrics, for everybody (decision X7): they name no tenant. Raises `Unavailable` without a database."""
    vitals = ctx.services.vitals
    try:
        live, ended = await asyncio.gather(vitals.live.value(), vitals.ended_today.value())
    except TimeoutError as error:
        raise Unavailable(NO_ANSWER) from error
    return SystemMetrics(
        timestamp=ctx.services.clock.now(),
        system=vitals.machine.figures(),
        application=vitals.traffic.figures(),
        workflows=WorkflowFigures(
            active_executions=live.running,
            queued_executions=live.queued,
            completed_today=ended.completed,
            failed_today=ended.failed,
        ),
    )


@open_to_all
async def execution_counts(ctx: Context) -> ExecutionCounts | None:
    """The counts for a monitoring system, for everybody; None without a database, as the rest is then worth most."""
    vitals = ctx.services.vitals
    try:
        return ExecutionCounts(*await asyncio.gather(vitals.live.value(), vitals.totals.value()))
    except (Unavailable, TimeoutError):
        return None


@permits(None)
async def metrics_stream(ctx: Context, interval_seconds: int) -> AsyncGenerator[SystemMetrics, None]:
    """Yield the metrics now and every `interval_seconds` (1 to 3600) from then on, until the listener leaves.

    Unlike a single reading this holds a connection, so it needs an authenticated caller. Raises `InvalidInput`.
    """
    if not MIN_INTERVAL_SECONDS <= interval_seconds <= MAX_INTERVAL_SECONDS:
        message = f"must be {MIN_INTERVAL_SECONDS} to {MAX_INTERVAL_SECONDS} seconds"
        raise InvalidInput([Fault(("intervalSeconds",), message, "value_error.number.out_of_range")])
    while True:
        yield await get_metrics(ctx)
        await asyncio.sleep(interval_seconds)
