"""The entities that tell how the service itself is doing: its health and its metrics."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from models.words import CircuitState, NodeKind


class HealthStatus(StrEnum):
    """The whole service: degraded where something that it can do without is down (decision X6)."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"


class ComponentStatus(StrEnum):
    """One part that the service depends on."""

    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    NOT_CONFIGURED = "not_configured"


class GateState(msgspec.Struct, frozen=True, kw_only=True):
    """How this process calls one registered service: calls under way and waiting, and whether calls are let through.

    `open_until` is None unless the circuit is open.
    """

    circuit: CircuitState
    open_until: datetime | None
    consecutive_failures: int
    running: int
    waiting: int


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The service's health. The counts of executions are None while the database does not tell them.

    `wake_ups` is the line over which nodes wake each other: without it their news come late.
    `service_gates` is None for a caller who may not see the names of services.
    """

    status: HealthStatus
    timestamp: datetime
    version: str
    database: ComponentStatus
    redis: ComponentStatus
    wake_ups: ComponentStatus
    external_services: Mapping[str, ComponentStatus]
    service_gates: Mapping[str, GateState] | None
    uptime_seconds: int
    active_executions: int | None
    queued_executions: int | None
    paused_executions: int | None
    set_aside_executions: int | None


class NodeState(msgspec.Struct, frozen=True, kw_only=True):
    """A process of the service. `lease_until` is None where it is the only one that there can be, and so needs none.

    `version` is None where it is of one that does not tell. The one `is_leading` does what one of them is to do;
    `in_hand` counts the executions, of all tenants, that it works at.
    """

    id: str
    kind: NodeKind
    version: str | None
    started_at: datetime
    lease_until: datetime | None
    is_alive: bool
    is_leading: bool
    is_answering: bool
    in_hand: int


class MachineFigures(msgspec.Struct, frozen=True):
    """CPU of the whole machine in percent, resident memory of this process in MiB, the data's disk in percent."""

    cpu_usage_percent: float
    memory_usage_mb: float
    disk_usage_percent: float


class TrafficFigures(msgspec.Struct, frozen=True):
    """Open HTTP requests and WebSockets now; requests and their mean time over the last 60 s."""

    active_connections: int
    requests_per_second: float
    average_response_time_ms: float


class WorkflowFigures(msgspec.Struct, frozen=True):
    """Executions of all tenants: running and queued now, completed and failed since midnight UTC.

    Those that timed out have failed.
    """

    active_executions: int
    queued_executions: int
    completed_today: int
    failed_today: int


class SystemMetrics(msgspec.Struct, frozen=True):
    """The documented metrics (decision X7): of this process, except that executions are counted over all nodes."""

    timestamp: datetime
    system: MachineFigures
    application: TrafficFigures
    workflows: WorkflowFigures
