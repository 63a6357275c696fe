"""The ways by which deliveries go, one for each channel."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import msgspec

from engine.callbacks.client import Answer, CallbackClient
from engine.callbacks.rows import DueDelivery
from models.errors import Unavailable
from models.words import DeliveryChannel

RETRY_SECONDS = 1.0

Describe = Callable[[str, str], Awaitable[dict[str, Any]]]
"""Takes a tenant and an execution's id; returns the documented execution object."""


class Carrier(Protocol):
    """One way."""

    async def carry(self, delivery: DueDelivery) -> Answer:
        """Make one attempt and say what came of it; no failure of the target is raised."""
        ...


Carriers = Mapping[DeliveryChannel, Carrier]


class CallbackCarrier:
    """To the `callback_url` of an execution, with the execution as it has ended."""

    def __init__(self, client: CallbackClient, describe: Describe) -> None:
        self._client = client
        self._describe = describe

    async def carry(self, delivery: DueDelivery) -> Answer:
        """See `Carrier.carry`."""
        return await self._client.post(delivery.id, delivery.url, await self._body(delivery))

    async def _body(self, delivery: DueDelivery) -> bytes:
        while True:
            try:
                execution = await self._describe(delivery.tenant, delivery.execution_id)
                return msgspec.json.encode({**execution, "event": delivery.event})
            except Unavailable:
                await asyncio.sleep(RETRY_SECONDS)
