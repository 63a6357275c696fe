"""The documented path of health, and the two probes of container platforms; all are open without credentials."""

from litestar import Controller, Response, get

from models.entities.operations import ComponentStatus, Health, HealthStatus
from resolvers.context import EdgeGate
from resolvers.operations.health import get_health, is_ready
from rest_compat.bodies import Body
from rest_compat.requests import RestRequest, visitor
from rest_compat.responses import json_response

UNAVAILABLE = 503


class HealthController(Controller):
    """`/workflows/health`, `/healthz` and `/readyz`."""

    @get("/workflows/health")
    async def read(self, request: RestRequest) -> Response[bytes]:
        """Check health: 503 where the service can do nothing, 200 where it can do something (decision X6)."""
        health = await get_health(await visitor(request))
        return json_response(health_body(health), UNAVAILABLE if health.status is HealthStatus.UNHEALTHY else 200)

    @get("/healthz")
    async def alive(self) -> Response[bytes]:
        """Say that the event loop turns: there is nothing that a restart would mend."""
        return json_response({"status": "alive"})

    @get("/readyz")
    async def ready(self, request: RestRequest) -> Response[bytes]:
        """Say whether requests can be sent here: 200 where the service has started and its database answers."""
        gate: EdgeGate | None = request.scope["state"]["service"].get("gate")
        if gate is None:
            return json_response({"status": "starting"}, UNAVAILABLE)
        if not await is_ready(gate.services):
            return json_response({"status": "database_unavailable"}, UNAVAILABLE)
        return json_response({"status": "ready"})


def health_body(health: Health) -> Body:
    """The documented health (API reference); beside it what is set aside if anything is, the line to other nodes, where
    there are any, and the gates of the services, for those who may see their names.
    """
    body: Body = {
        "status": health.status,
        "timestamp": health.timestamp,
        "version": health.version,
        "services": {
            "database": health.database,
            "redis": health.redis,
            "external_services": health.external_services,
        },
        "metrics": {
            "uptime_seconds": health.uptime_seconds,
            "active_executions": health.active_executions,
            "queued_executions": health.queued_executions,
        },
    }
    if health.wake_ups is not ComponentStatus.NOT_CONFIGURED:
        body["services"]["wake_ups"] = health.wake_ups
    if health.paused_executions:
        body["metrics"]["paused_executions"] = health.paused_executions
    if health.set_aside_executions:
        body["metrics"]["set_aside_executions"] = health.set_aside_executions
    if health.service_gates is not None:
        body["service_gates"] = health.service_gates
    return body
