"""The use case of health: what answers, what does not, and what that means for the whole (decision X6)."""

import asyncio
import logging
from collections.abc import Collection, Mapping
from typing import TypeVar

from models.entities.operations import ComponentStatus, GateState, Health, HealthStatus
from models.errors import Unavailable
from models.words import CircuitState
from resolvers.access.permissions import open_to_all
from resolvers.context import Context, Services
from resolvers.operations.recent import Recent

T = TypeVar("T")

log = logging.getLogger("orchestrator.api.health")


@open_to_all
async def get_health(ctx: Context) -> Health:
    """The health of the service, for everybody; only an authenticated caller sees the names of external services.

    Each part was probed at most 3 s ago, and is waited for 2 s at most. The service is unhealthy without its
    database, and degraded without anything else, while calls to a service are stopped, or executions are set aside.
    """
    vitals = ctx.services.vitals
    database, redis, external, live = await asyncio.gather(
        _component(vitals.database),
        _component(vitals.redis),
        vitals.external_services.value(),
        _told(vitals.live),
    )
    wake_ups = ComponentStatus.NOT_CONFIGURED if vitals.wake_ups is None else _status(vitals.wake_ups())
    services = {name: _status(answers) for name, answers in external.items()}
    gates = vitals.service_gates.states()
    now = ctx.services.clock.now()
    return Health(
        status=_overall(
            database,
            (redis, wake_ups, *services.values()),
            gates,
            has_faults=live is not None and live.set_aside > 0,
        ),
        timestamp=now,
        version=vitals.version,
        database=database,
        redis=redis,
        wake_ups=wake_ups,
        external_services=services if ctx.viewer is not None else {},
        service_gates=gates if ctx.viewer is not None else None,
        uptime_seconds=int((now - vitals.started_at).total_seconds()),
        active_executions=live.running if live else None,
        queued_executions=live.queued if live else None,
        paused_executions=live.paused if live else None,
        set_aside_executions=live.set_aside if live else None,
    )


async def is_ready(services: Services) -> bool:
    """Whether the database answered at most 3 s ago, or answers now."""
    return await _component(services.vitals.database) is ComponentStatus.HEALTHY


async def _component(probe: Recent[bool] | None) -> ComponentStatus:
    return ComponentStatus.NOT_CONFIGURED if probe is None else _status(await _told(probe))


async def _told(source: Recent[T]) -> T | None:
    """What a source says, or None: whatever it stumbles over, whoever asks for health gets an answer."""
    try:
        return await source.value()
    except (Unavailable, TimeoutError):
        return None
    except Exception:
        log.exception("a source of health failed in an unexpected way")
        return None


def _status(answers: bool | None) -> ComponentStatus:
    return ComponentStatus.HEALTHY if answers else ComponentStatus.UNHEALTHY


def _overall(
    database: ComponentStatus,
    others: Collection[ComponentStatus],
    gates: Mapping[str, GateState],
    *,
    has_faults: bool,
) -> HealthStatus:
    if database is not ComponentStatus.HEALTHY:
        return HealthStatus.UNHEALTHY
    is_stopped = any(gate.circuit is CircuitState.OPEN for gate in gates.values())
    if is_stopped or has_faults or ComponentStatus.UNHEALTHY in others:
        return HealthStatus.DEGRADED
    return HealthStatus.HEALTHY
