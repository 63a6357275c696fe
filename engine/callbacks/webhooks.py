"""Carries what actions say to registered services: signed, through their gates, and with their own headers."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from engine.callbacks.client import TIMEOUT_SECONDS, Answer, refusal, storable_error
from engine.callbacks.rows import DueDelivery
from engine.callbacks.signature import signed_headers
from engine.core.clock import Clock
from engine.core.failure import ActionFailed
from engine.services.contents import JSON, Content
from engine.services.directory import Callee, ServiceDirectory, mocked_callee, not_registered
from engine.services.gates import GateVisit
from engine.services.mocks import MockServices
from engine.services.outbound import Reply
from engine.services.retry_after import retry_after_seconds
from models.words import ActionErrorCode

MAX_ANSWER_BYTES = 65_536
HTTP_ERROR = ActionErrorCode.HTTP_ERROR


class WebhookCarrier:
    """The service is looked up for each attempt: what was registered anew meanwhile is what is called."""

    def __init__(
        self, directory: ServiceDirectory, keys: Sequence[bytes], clock: Clock, mocks: MockServices | None = None
    ) -> None:
        self._directory = directory
        self._keys = keys
        self._clock = clock
        self._mocks = mocks

    async def carry(self, delivery: DueDelivery) -> Answer:
        """See `Carrier.carry`."""
        started = self._clock.now()
        reply: Reply | None = None
        try:
            reply = await self._reply(delivery, started)
            error = refusal(reply.status)
        except ActionFailed as failure:
            error = failure.message
        ended = self._clock.now()
        return Answer(
            at=started,
            ended_at=ended,
            http_status=None if reply is None else reply.status,
            error=None if error is None else storable_error(error),
            retry_after=retry_after_seconds(reply.retry_after, ended) if reply and reply.retry_after else None,
        )

    async def _reply(self, delivery: DueDelivery, now: datetime) -> Reply:
        name, endpoint = delivery.service or "", delivery.endpoint or "/"
        body = msgspec.json.encode({"event": delivery.event, **(delivery.content or {})})
        headers = signed_headers(self._keys, delivery.id, int(now.timestamp()), body)
        mock = self._mocks and self._mocks.take(delivery.tenant, name, endpoint, "POST")
        if mock:
            return await _posted(mocked_callee(mock), endpoint, body, headers)
        callee = await self._directory.found(delivery.tenant, name)
        gate = self._directory.gate(delivery.tenant, name)
        if callee is None or gate is None:
            raise not_registered(name)
        visit = GateVisit(gate)
        await _entered(visit, name)
        try:
            reply = await _posted(callee, endpoint, body, headers)
        except ActionFailed as failure:
            visit.leave(failure)
            raise ActionFailed(failure.code, callee.credentials.message(failure.message)) from None
        except BaseException:
            visit.abandon()
            raise
        visit.leave(None if reply.status < 500 else ActionFailed(HTTP_ERROR, "it failed", http_status=reply.status))
        return reply


async def _entered(visit: GateVisit, name: str) -> None:
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            blocked = await visit.enter()
    except TimeoutError:
        message = f"service '{name}' is called as often as it may be"
        raise ActionFailed(ActionErrorCode.TIMEOUT, message) from None
    if blocked is not None:
        message = f"service '{name}' failed too often in a row and is left alone for a while"
        raise ActionFailed(ActionErrorCode.CONNECTION_ERROR, message)


async def _posted(callee: Callee, endpoint: str, body: bytes, signed: Mapping[str, str]) -> Reply:
    return await callee.call(
        "POST",
        callee.service.url.rstrip("/") + endpoint,
        content=Content(body, JSON),
        headers={**callee.service.headers, **signed},
        timeout_seconds=TIMEOUT_SECONDS,
        max_bytes=MAX_ANSWER_BYTES,
    )
