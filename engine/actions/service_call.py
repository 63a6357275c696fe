"""The action type `service_call`: one HTTP request to a registered service (decision E13)."""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.actions.endpoints import below, rooted, safe_endpoint
from engine.actions.protocol import ActionCall, ActionResources, Answered
from engine.actions.service_call_config import ServiceCallConfig, saved_faults
from engine.core.failure import ActionFailed, http_answer
from engine.services.answers import kept_headers, parsed_body
from engine.services.contents import BadContent, Content, encoded, with_query
from engine.services.directory import MOCKED_URL, Callee, mocked_callee, not_registered
from engine.services.gates import Gate
from engine.services.outbound import Reply
from engine.services.registry import Service
from engine.services.retry_after import retry_after_seconds
from models.commands import header_names
from models.words import ActionErrorCode

RETRYABLE_STATUSES = frozenset({429, 502, 503, 504})
RETRY_AFTER_STATUSES = frozenset({429, 503})
REPEATABLE_METHODS = frozenset({"GET", "PUT", "DELETE"})


class ServiceCall:
    """Calls services by their registered names only: a workflow never holds a whole URL."""

    action_type = "service_call"
    config_model = ServiceCallConfig
    reaches_out = True

    def __init__(self, resources: ActionResources) -> None:
        self._services = resources.services
        self._clock = resources.clock
        self._mocks = resources.mocks

    def faults(self, config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """See `DemandingAction.faults`."""
        return saved_faults(config)

    def own_key(self, config: ServiceCallConfig) -> str | None:
        """See `KeyedAction.own_key`."""
        return config.own_key

    def gate(self, call: ActionCall) -> Gate | None:
        """The gate of the service; a mock needs none, and one that is not registered has none."""
        config: ServiceCallConfig = call.config
        if self._mocks and self._mocks.look(call.tenant, config.service, rooted(config.endpoint), config.method):
            return None
        return self._services.visit(call.tenant, config.service)

    async def run(self, call: ActionCall) -> Answered:
        """Return what a 2xx answer brought; anything else fails the action."""
        config: ServiceCallConfig = call.config
        callee = await self._services.found(call.tenant, config.service)
        if callee is not None:
            call.redactor.include(callee.credentials)
        try:
            return await self._call(call, config, callee)
        except ActionFailed as failure:
            is_idempotent = callee is not None and callee.service.idempotent
            failure.repeatable |= is_idempotent or config.method in REPEATABLE_METHODS
            raise

    async def _call(self, call: ActionCall, config: ServiceCallConfig, registered: Callee | None) -> Answered:
        _check_objects(config)
        base = MOCKED_URL if registered is None else registered.service.url
        endpoint = safe_endpoint(below(base, config.endpoint))
        mock = self._mocks and self._mocks.take(call.tenant, config.service, endpoint, config.method)
        callee = mocked_callee(mock) if mock else registered
        if callee is None:
            raise not_registered(config.service)
        service = callee.service
        content = _content(config)
        reply = await callee.call(
            config.method,
            with_query(service.url.rstrip("/") + endpoint, *config.query_values),
            content=content,
            headers=_headers(config, content, service, call),
            timeout_seconds=call.timeout_seconds or service.timeout_seconds,
            redactor=call.redactor,
        )
        response, headers = parsed_body(reply, service.max_response_bytes), kept_headers(reply.headers)
        if not 200 <= reply.status < 300:
            raise ActionFailed(
                ActionErrorCode.HTTP_ERROR,
                f"{config.service} answered {reply.status} to {config.method} {config.endpoint}",
                retryable=reply.status in RETRYABLE_STATUSES,
                http_status=reply.status,
                response=response,
                http_headers=headers,
                retry_after=self._retry_after(reply),
            )
        return Answered(response, http_answer(reply.status, headers))

    def _retry_after(self, reply: Reply) -> float | None:
        if reply.status not in RETRY_AFTER_STATUSES:
            return None
        return retry_after_seconds(reply.retry_after, self._clock.now())


def _check_objects(config: ServiceCallConfig) -> None:
    """Raises `ActionFailed` where an expression gave a text that looks like one, and no object."""
    for name, value in (("query", config.query), ("parameters", config.parameters)):
        if isinstance(value, str):
            raise _invalid(f"config.{name} must be an object, and the expression gave a text")


def _content(config: ServiceCallConfig) -> Content | None:
    """The body, where there is one. Raises `ActionFailed` where its value cannot be sent so."""
    if not config.has_body:
        return None
    try:
        return encoded(config.body_value, config.encoding or "json")
    except BadContent as error:
        raise _invalid(f"the body, sent as {config.encoding}, {error}") from None


def _invalid(message: str) -> ActionFailed:
    return ActionFailed(ActionErrorCode.INVALID_CONFIG, message)


def _headers(config: ServiceCallConfig, content: Content | None, service: Service, call: ActionCall) -> dict[str, str]:
    """The operator's headers go over the workflow's, and the engine's over both, in any spelling of their names."""
    own = header_names.without(config.headers, service.headers)
    headers = {name.lower(): value for given in (own, service.headers) for name, value in given.items()}
    headers.pop("tracestate", None)
    headers |= {
        "idempotency-key": config.own_key or call.idempotency_key,
        "x-execution-id": call.execution_id,
        "traceparent": call.traceparent,
    }
    headers.pop("x-rerun-of", None)
    if content is not None and config.encoding == "multipart":
        headers["content-type"] = content.media_type  # nobody else knows its boundary
    if call.rerun_of is not None:
        headers["x-rerun-of"] = call.rerun_of
    return headers


def service_call(resources: ActionResources) -> ServiceCall:
    """Build the action type."""
    return ServiceCall(resources)
