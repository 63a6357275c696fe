"""The services that workflows call, and the targets of callbacks: they answer, fail, hang and lose replies."""

import asyncio
from random import Random

import httpx
import msgspec

from engine.services.registry import Service, ServiceRegistry
from tests.simulation.chance import Chance, Fate, Trouble
from tests.simulation.virtual_loop import Mortal, VirtualLoop
from tests.simulation.witness import Called, Witness

FOR_EVER = 1_000_000.0


def services(random: Random) -> ServiceRegistry:
    """The registered services of a world, some of them with narrow gates."""
    registry = {}
    for name in ("alpha", "beta"):
        registry[name] = Service(
            name,
            f"http://{name}",
            timeout_seconds=random.choice((2.0, 10.0)),
            idempotent=random.random() < 0.5,
            max_concurrency=random.choice((1, 2, 100)),
            rate_limit=random.choice((None, None, 0.5, 3.0)),
            circuit_threshold=random.choice((None, 1, 3)),
            circuit_open_seconds=random.choice((1.0, 20.0)),
        )
    return registry


class SimulatedNetwork(httpx.AsyncBaseTransport):
    """One process's way to all hosts. The header `key` tells calls apart; `record` is where they are written down."""

    def __init__(
        self, mortal: Mortal, chance: Chance, loop: VirtualLoop, witness: Witness, key: str, record: list[Called]
    ) -> None:
        self._mortal = mortal
        self._chance = chance
        self._loop = loop
        self._witness = witness
        self._key = key
        self._record = record

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Meet the fate that the seed has for this call."""
        key = request.headers[self._key]
        fate = self._chance.of_service(request.url.path, key)
        if fate.trouble is Trouble.CRASH_BEFORE:
            await self._die()
        if fate.trouble is Trouble.REFUSED:
            raise httpx.ConnectError("connection refused", request=request)
        sent_by = request.headers.get("x-execution-id")
        call = Called(
            self._witness.tick(), self._mortal.name, request.url.host, key, fate.trouble.name, sent_by=sent_by
        )
        self._record.append(call)
        self._witness.note(self._loop.time(), self._mortal.name, f"calls {request.url} {key}: {fate.trouble.name}")
        try:
            return await self._exchange(request, fate)
        finally:
            if not self._mortal.is_dead:
                call.ended_tick, call.ended_at = self._witness.tick(), self._loop.time()

    async def _exchange(self, request: httpx.Request, fate: Fate) -> httpx.Response:
        await asyncio.sleep(FOR_EVER if fate.trouble is Trouble.HANG else fate.before + fate.after)
        if fate.trouble is Trouble.CRASH_AFTER:
            await self._die()
        if fate.trouble is Trouble.LOST_REPLY:
            raise httpx.ReadError("connection reset", request=request)
        return _answer(request, fate.trouble, len(self._record))

    async def _die(self) -> None:
        self._mortal.kill()
        await self._loop.create_future()


def _answer(request: httpx.Request, trouble: Trouble, number: int) -> httpx.Response:
    status, headers = 200, {"content-type": "application/json", "etag": str(number)}
    if trouble is Trouble.SERVER_ERROR:
        status = 500
    if trouble is Trouble.BUSY:
        status, headers = 503, {**headers, "retry-after": "7"}
    # No two answers are alike, so that a result which was computed twice would show.
    stream = httpx.ByteStream(msgspec.json.encode({"number": number, "token": request.headers.get("x-token")}))
    return httpx.Response(status, headers=headers, stream=stream, request=request)
