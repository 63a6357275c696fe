"""What the service knows of its own state, wired once; health and metrics are read from it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from engine.core.clock import Clock
from engine.services.gates import ServiceGates
from engine.services.health import answering
from engine.services.outbound import Outbound
from engine.services.registry import ServiceRegistry
from models.database.database import Database
from resolvers.executions import counts as execution_counts
from resolvers.executions.counts import EndedCounts, LiveCounts, TotalCounts
from resolvers.operations.machine import Machine
from resolvers.operations.recent import Recent
from resolvers.operations.traffic import Traffic

PROBE_FRESH_SECONDS = 3.0
"""For so long the outcome of a probe stands, so that asking for it often asks nobody else often."""

PATIENCE_SECONDS = 2.0

COUNTED_PER_SECOND = 1_000_000
"""To count a million takes about 0.15 s, so asking without pause keeps a worker busy for a seventh of its time."""


class Vitals(msgspec.Struct, frozen=True, kw_only=True):
    """The sources of health and metrics. A probe gives whether all is well, and may raise where it is not.

    `redis` is None where no Redis is configured; `watch` is given the question that probes one.
    """

    version: str
    started_at: datetime
    database: Recent[bool]
    redis: Recent[bool] | None
    wake_ups: Callable[[], bool] | None
    """Whether wake-ups of other nodes come through; None where there are no others."""
    external_services: Recent[Mapping[str, bool]]
    service_gates: ServiceGates
    live: Recent[LiveCounts]
    ended_today: Recent[EndedCounts]
    totals: Recent[TotalCounts]
    machine: Machine
    traffic: Traffic

    async def close(self) -> None:
        """Abandon all readings under way, before what they read from is closed."""
        database = (self.database, self.live, self.ended_today, self.totals)
        for source in (*database, self.redis, self.external_services):
            if source is not None:
                await source.close()


def watch(
    database: Database,
    outbound: Outbound,
    services: ServiceRegistry,
    gates: ServiceGates,
    clock: Clock,
    traffic: Traffic,
    *,
    version: str,
    data_directory: Path,
    redis: Callable[[], Awaitable[bool]] | None = None,
    wake_ups: Callable[[], bool] | None = None,
) -> Vitals:
    """The vitals of a service that starts now. `redis` asks whether Redis answers, where there is one, and `wake_ups`
    whether other nodes are heard, where there are others.
    """
    return Vitals(
        version=version,
        started_at=clock.now(),
        database=_probe(lambda: _answers(database), clock),
        redis=_probe(redis, clock) if redis else None,
        wake_ups=wake_ups,
        external_services=Recent(lambda: answering(outbound, services), clock, fresh_seconds=PROBE_FRESH_SECONDS),
        service_gates=gates,
        live=Recent(lambda: execution_counts.live(database), clock, patience_seconds=PATIENCE_SECONDS),
        ended_today=Recent(
            lambda: execution_counts.ended_since(database, _midnight(clock)),
            clock,
            fresh_by_value=lambda counts: (counts.completed + counts.failed) / COUNTED_PER_SECOND,
            patience_seconds=PATIENCE_SECONDS,
        ),
        totals=Recent(lambda: execution_counts.totals(database), clock, patience_seconds=PATIENCE_SECONDS),
        machine=Machine(data_directory, clock),
        traffic=traffic,
    )


async def _answers(database: Database) -> bool:
    await database.probe()
    return True


def _probe(ask: Callable[[], Awaitable[bool]], clock: Clock) -> Recent[bool]:
    return Recent(ask, clock, fresh_seconds=PROBE_FRESH_SECONDS, patience_seconds=PATIENCE_SECONDS)


def _midnight(clock: Clock) -> datetime:
    return clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
