"""Asks the registered services whether they are there."""

import asyncio
from collections.abc import Mapping

from engine.failure import ActionFailed
from engine.outbound import Outbound
from engine.services import Service, ServiceRegistry

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
            parameters=None,
            headers=service.headers,
            timeout_seconds=PROBE_SECONDS,
        )
    except ActionFailed:
        return False
    return reply.status < 500
