"""Configurations of service calls, and calls of a service whose answers a test gives, without a socket."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx

from engine.actions.protocol import ActionCall, ActionResources
from engine.actions.service_call import ServiceCall
from engine.services.directory import ServiceDirectory
from engine.services.outbound import Outbound
from engine.services.registry import Service
from tests.support.core.by_httpx import answering
from tests.support.timers import SetClock

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def config(**fields: Any) -> dict[str, Any]:
    return {"service": "analysis", "endpoint": "/analyze", **fields}


def sending_to(answer: Callable[[httpx.Request], httpx.Response], **options: Any) -> ServiceCall:
    """The action type, with the service `analysis` registered, which answers so."""
    services = {"analysis": Service("analysis", options.pop("url", "http://analysis"), **options)}
    clock, outbound = SetClock(NOW), Outbound(answering(answer))
    return ServiceCall(ActionResources(outbound, ServiceDirectory(services, clock, outbound), clock))


def running(checked: Any) -> ActionCall:
    """One attempt with a checked configuration."""
    return ActionCall(
        execution_id="exec_1",
        workflow_id="wf_1",
        tenant="default",
        action_id="a",
        attempt=1,
        config=checked,
        timeout_seconds=None,
    )
