"""Asks the registered services whether they are there."""

import asyncio
import logging
from collections.abc import Mapping

from engine.core.failure import ActionFailed
from engine.services.outbound import Outbound
from engine.services.registry import Service, ServiceRegistry
from models.log_context import facts

log = logging.getLogger("orchestrator.services.health")

PROBE_SECONDS = 2.0
HEALTH_PATH = "/health"


async def answering(outbound: Outbound, services: ServiceRegistry) -> Mapping[str, bool]:
    """Whether each service answers `GET <url>/health` below 500 within 2 s in total; all are asked at once.

    A service without that path answers 404, and so it is there.
    """
    answers = await asyncio.gather(*(_answers(outbound, service) for service in services.values()))
    return dict(zip(services, answers, strict=True))


async def _answers(outbound: Outbound, service: Service) -> bool:
    try:
        reply = await outbound.call(
            "GET",
            service.url.rstrip("/") + HEALTH_PATH,
            headers=service.headers,
            timeout_seconds=PROBE_SECONDS,
            route=service.route,
        )
    except ActionFailed:
        return False
    except Exception:
        # An entry that no request can be made from, such as one with a malformed header, fails for itself alone.
        log.exception("A registered service cannot be asked for its health", extra=facts(service=service.name))
        return False
    return reply.status < 500
