"""The action type `service_call`: one HTTP request to a registered service (decision E13)."""

import re
from typing import Annotated, Any, Literal
from urllib.parse import unquote

import msgspec
from pydantic import Field, StringConstraints, field_validator

from engine.actions.protocol import ActionCall, ActionResources
from engine.failure import ActionFailed
from engine.outbound import MAX_RESPONSE_BYTES, Outbound, Reply
from engine.services import Service, ServiceRegistry
from models.validation import Command, json_faults
from models.words import ActionErrorCode

RETRYABLE_STATUSES = frozenset({429, 502, 503, 504})
UNSAFE_ENDPOINT = re.compile(r"[\x00-\x20\x7f\\]|//|@|[?#].*[?#]")


class ServiceCallConfig(Command):
    """Which service, which path below its base URL, and what to send."""

    service: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    endpoint: Annotated[str, StringConstraints(min_length=1, max_length=2048)]
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "POST"
    parameters: dict[str, Any] | None = None
    headers: dict[str, str] = Field(default_factory=dict)

    @field_validator("headers")
    @classmethod
    def _headers_are_one_line(cls, headers: dict[str, str]) -> dict[str, str]:
        for name, value in headers.items():
            if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name) or re.search(r"[\r\n\x00]", value):
                raise ValueError(f"header '{name}' is not a valid HTTP header")
        return headers


class ServiceCall:
    """Calls services by their registered names only: a workflow never holds a whole URL."""

    action_type = "service_call"
    config_model = ServiceCallConfig
    reaches_out = True

    def __init__(self, outbound: Outbound, services: ServiceRegistry) -> None:
        self._outbound = outbound
        self._services = services

    async def run(self, call: ActionCall) -> Any:
        """Return the parsed body of a 2xx answer; anything else fails the action."""
        config: ServiceCallConfig = call.config
        service = self._service(config.service)
        reply = await self._outbound.call(
            config.method,
            service.url.rstrip("/") + safe_endpoint(config.endpoint),
            parameters=config.parameters,
            headers={
                **service.headers,
                **config.headers,
                "Idempotency-Key": call.idempotency_key,
                "X-Execution-ID": call.execution_id,
            },
            timeout_seconds=call.timeout_seconds or service.timeout_seconds,
        )
        response = parsed_body(reply)
        if not 200 <= reply.status < 300:
            raise ActionFailed(
                ActionErrorCode.HTTP_ERROR,
                f"{config.service} answered {reply.status} to {config.method} {config.endpoint}",
                retryable=reply.status in RETRYABLE_STATUSES,
                http_status=reply.status,
                response=response,
            )
        return response

    def _service(self, name: str) -> Service:
        service = self._services.get(name)
        if service is None:
            raise ActionFailed(
                ActionErrorCode.SERVICE_NOT_REGISTERED,
                f"service '{name}' is not registered: add it to ORCHESTRATOR_SERVICES",
            )
        return service


def safe_endpoint(endpoint: str) -> str:
    """Return a path below the service's base URL, or refuse what could lead elsewhere (FAULTS S7)."""
    path = endpoint.partition("?")[0]
    if UNSAFE_ENDPOINT.search(endpoint) or ".." in unquote(path).split("/") or ":" in path.split("/")[0]:
        raise ActionFailed(
            ActionErrorCode.INVALID_CONFIG,
            f"endpoint {endpoint!r} must be a path such as /fetch, without '//', '..', '@' or white space",
        )
    return endpoint if endpoint.startswith("/") else f"/{endpoint}"


def parsed_body(reply: Reply) -> Any:
    """The body as JSON where it says that it is JSON or says nothing, else as text; null where it is empty."""
    if not reply.content:
        return None
    if reply.is_cut:
        return {"truncated": True, "limit_bytes": MAX_RESPONSE_BYTES, "text": _text(reply)}
    if not reply.media_type or reply.media_type.endswith("json"):
        try:
            value = msgspec.json.decode(reply.content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return _text(reply)
        # What could not be stored, or would be too deep for a later walk, is kept as text.
        return _text(reply) if any(json_faults(value, ())) else value
    return _text(reply)


def _text(reply: Reply) -> str:
    try:
        text = reply.content.decode(reply.encoding, errors="replace")
    except LookupError:
        text = reply.content.decode("utf-8", errors="replace")
    return text.replace("\x00", "\ufffd")


def service_call(resources: ActionResources) -> ServiceCall:
    """Build the action type."""
    return ServiceCall(resources.outbound, resources.services)
