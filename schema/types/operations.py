"""Health and metrics of the service as GraphQL types."""

from datetime import datetime

import strawberry

from models.entities import operations, retention
from models.entities.operations import GateState
from schema.mirrors import Mirror
from schema.types.enums import CircuitState, ComponentStatus, ExecutionStatus, HealthStatus, NodeKind
from schema.types.node import Node


@strawberry.type(description="A registered service and whether it answers.")
class ExternalService:
    """One entry of the service registry."""

    name: str = strawberry.field(description="The name by which workflows call it.")
    status: ComponentStatus = strawberry.field(
        description="UNHEALTHY: no answer to GET `<url>/health` within 2 s, or a 5xx; a 404 is an answer."
    )


@strawberry.type(description="How the calls to one registered service are let through, by the node that answers.")
class ServiceGate:
    """The limits come from the service registry."""

    name: str = strawberry.field(description="The name by which workflows call the service.")
    circuit: CircuitState = strawberry.field(description="OPEN: the service failed too often in a row, none is called.")
    open_until: datetime | None = strawberry.field(description="When an open circuit lets one call through to see.")
    consecutive_failures: int = strawberry.field(description="How many calls have failed in a row.")
    running: int = strawberry.field(description="Calls under way.")
    waiting: int = strawberry.field(description="Calls that wait for the end of others or for the rate limit.")


@strawberry.type(description="What the service depends on.")
class HealthServices:
    """Each was probed at most 3 s ago."""

    database: ComponentStatus = strawberry.field(description="The database.")
    redis: ComponentStatus = strawberry.field(description="Redis.")
    wake_ups: ComponentStatus = strawberry.field(
        description="The line over which nodes wake each other; without it news of other nodes come seconds late."
    )
    external_services: list[ExternalService] = strawberry.field(
        description="The registered services; an empty list without credentials."
    )


@strawberry.type(description="A few figures that go with health.")
class HealthMetrics:
    """The counts are null while the database does not tell them."""

    uptime_seconds: int = strawberry.field(description="Since this process started.")
    active_executions: int | None = strawberry.field(description="Running now, on all nodes.")
    queued_executions: int | None = strawberry.field(description="Waiting for a start, on all nodes.")
    paused_executions: int | None = strawberry.field(description="Paused by somebody, on all nodes.")
    set_aside_executions: int | None = strawberry.field(
        description="Those among them that are set aside, on all nodes: `executions(filter: {isSetAside: true})`."
    )


@strawberry.type(description="Whether the service works; open without credentials.")
class Health:
    """The documented health."""

    status: HealthStatus = strawberry.field(description="UNHEALTHY without the database.")
    timestamp: datetime = strawberry.field(description="Now.")
    version: str = strawberry.field(description="The version of the service.")
    services: HealthServices = strawberry.field(description="What it depends on.")
    service_gates: list[ServiceGate] = strawberry.field(
        description="How each registered service is called; an empty list without credentials."
    )
    metrics: HealthMetrics = strawberry.field(description="A few figures.")


@strawberry.type(description="A process of the service. Lines of the log have its id as `node_id`.")
class ClusterNode(Node):
    """A node, with its lease. Its id is what lines of the log have as `node_id`."""

    kind: NodeKind = strawberry.field(description="What it does.")
    version: str | None = strawberry.field(description="The version of its software; null: one that does not tell.")
    started_at: datetime = strawberry.field(description="Since when it is a node.")
    lease_until: datetime | None = strawberry.field(
        description="Until when it is taken to be alive, unless it puts that off, which it does every moment; null: it "
        "is the only node that there can be, and needs no lease."
    )
    is_alive: bool = strawberry.field(
        description="Whether its lease is not over: else another node takes over what it has in hand."
    )
    is_leading: bool = strawberry.field(description="Whether it does what one of all nodes is to do.")
    is_answering: bool = strawberry.field(description="Whether it is the one that answers this.")
    in_hand: int = strawberry.field(description="Executions, of all tenants, that it works at.")


@strawberry.type(description="What the service takes of its machine.")
class MachineMetrics:
    """Of the node that answers."""

    cpu_usage_percent: float = strawberry.field(description="Of the whole machine, on average since it was last asked.")
    memory_usage_mb: float = strawberry.field(description="Resident memory of the process in MiB.")
    disk_usage_percent: float = strawberry.field(description="Of the disk that holds the data directory.")


@strawberry.type(description="What the service is asked.")
class ApplicationMetrics:
    """Of the node that answers."""

    active_connections: int = strawberry.field(description="Open HTTP requests and WebSockets.")
    requests_per_second: float = strawberry.field(description="HTTP requests answered, over the last 60 s.")
    average_response_time_ms: float = strawberry.field(
        description="From a request to the beginning of its answer, over the last 60 s."
    )


@strawberry.type(description="What the service does, on all nodes and for all tenants.")
class WorkflowMetrics:
    """A day begins at midnight UTC."""

    active_executions: int = strawberry.field(description="Running now.")
    queued_executions: int = strawberry.field(description="Waiting for a start.")
    completed_today: int = strawberry.field(description="Completed today.")
    failed_today: int = strawberry.field(description="Failed today, time-outs included.")


@strawberry.type(description="Figures of the service; open without credentials, as they name no tenant.")
class SystemMetrics:
    """The documented metrics."""

    timestamp: datetime = strawberry.field(description="Now.")
    system: MachineMetrics = strawberry.field(description="What the service takes of its machine.")
    application: ApplicationMetrics = strawberry.field(description="What it is asked.")
    workflows: WorkflowMetrics = strawberry.field(description="What it does.")


@strawberry.type(description="Executions of one status that have been kept for long enough.")
class OverdueExecutions:
    """Without those that others have started: these go with the ones that started them."""

    status: ExecutionStatus = strawberry.field(description="How they ended.")
    count: int = strawberry.field(description="How many there are.")
    held: int = strawberry.field(
        description="How many of them stay for now: something is to be delivered, or what they started is live."
    )
    oldest: datetime | None = strawberry.field(description="When the first of them ended.")


@strawberry.type(description="Rows of one table that would be deleted.")
class OverdueRows:
    """Those of executions that are held too."""

    table: str = strawberry.field(description="The name of the table.")
    count: int = strawberry.field(description="How many there are.")


@strawberry.type(description="What would be deleted of the tenant at this moment; nothing is, by asking.")
class RetentionPreview:
    """By the settings of the operator and of the workflows."""

    at: datetime = strawberry.field(description="Now.")
    executions: list[OverdueExecutions] = strawberry.field(description="By their status.")
    rows: list[OverdueRows] = strawberry.field(description="By their table.")
    beyond_cap: int = strawberry.field(
        description="Executions over the number that the operator keeps at most, of all tenants."
    )


OVERDUE = Mirror(OverdueExecutions, retention.OverdueExecutions)
OVERDUE_ROWS = Mirror(OverdueRows, retention.OverdueRows)
RETENTION_PREVIEW = Mirror(RetentionPreview, retention.RetentionPreview, "executions", "rows")
HEALTH = Mirror(Health, operations.Health, "services", "service_gates", "metrics")
HEALTH_SERVICES = Mirror(HealthServices, operations.Health, "external_services")
HEALTH_METRICS = Mirror(HealthMetrics, operations.Health)
GATE = Mirror(ServiceGate, GateState, "name")
NODE = Mirror(ClusterNode, operations.NodeState, "id")
MACHINE = Mirror(MachineMetrics, operations.MachineFigures)
APPLICATION = Mirror(ApplicationMetrics, operations.TrafficFigures)
WORKFLOWS = Mirror(WorkflowMetrics, operations.WorkflowFigures)


def health_type(health: operations.Health) -> Health:
    """The GraphQL type of health."""
    services = [ExternalService(name=name, status=status) for name, status in health.external_services.items()]
    return HEALTH.of(
        health,
        services=HEALTH_SERVICES.of(health, external_services=services),
        service_gates=[GATE.of(gate, name=name) for name, gate in (health.service_gates or {}).items()],
        metrics=HEALTH_METRICS.of(health),
    )


def node_type(node: operations.NodeState) -> ClusterNode:
    """The GraphQL type of a node."""
    return NODE.of(node, id=strawberry.ID(node.id))


def metrics_type(metrics: operations.SystemMetrics) -> SystemMetrics:
    """The GraphQL type of metrics."""
    return SystemMetrics(
        timestamp=metrics.timestamp,
        system=MACHINE.of(metrics.system),
        application=APPLICATION.of(metrics.application),
        workflows=WORKFLOWS.of(metrics.workflows),
    )


def retention_preview_type(preview: retention.RetentionPreview) -> RetentionPreview:
    """The GraphQL type of a preview."""
    return RETENTION_PREVIEW.of(
        preview,
        executions=[OVERDUE.of(found) for found in preview.executions],
        rows=[OVERDUE_ROWS.of(found) for found in preview.rows],
    )
