"""The transports to services that are reached in a way of their own: one for each way, as many as are of use."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Set
from contextlib import asynccontextmanager

from engine.services.registry import Route
from engine.services.transport import Transport

MAX_ROUTES = 256
"""So many are kept. The one that was not used for the longest time gives way to a new one."""


class _Held:
    """A transport, how many calls are under way by it, and whether it is closed after the last of them."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.calls = 0
        self.is_dropped = False


class RoutedTransports:
    """Makes a transport at the first call, and closes it when nobody has its route any more and its calls are over."""

    def __init__(self, make: Callable[[Route], Awaitable[Transport]], most: int = MAX_ROUTES) -> None:
        self._make = make
        self._most = most
        self._held: OrderedDict[Route, _Held] = OrderedDict()
        self._making = asyncio.Lock()

    def __len__(self) -> int:
        return len(self._held)

    @asynccontextmanager
    async def transport(self, route: Route) -> AsyncIterator[Transport]:
        """The transport of a route, which is not closed before the call has ended."""
        held = await self._taken(route)
        try:
            yield held.transport
        finally:
            held.calls -= 1
            if held.is_dropped and not held.calls:
                await held.transport.close()

    async def keep(self, routes: Set[Route]) -> None:
        """Drop all others."""
        for route in [route for route in self._held if route not in routes]:
            await self._drop(route)

    async def close(self) -> None:
        """Close all connections, whatever is under way."""
        while self._held:
            await self._held.popitem()[1].transport.close()

    async def _taken(self, route: Route) -> _Held:
        async with self._making:
            if route not in self._held:
                while len(self._held) >= self._most:
                    await self._drop(next(iter(self._held)))
                self._held[route] = _Held(await self._make(route))
            held = self._held[route]
            held.calls += 1
            self._held.move_to_end(route)
        return held

    async def _drop(self, route: Route) -> None:
        held = self._held.pop(route, None)
        if held is None:  # somebody else was faster
            return
        held.is_dropped = True
        if not held.calls:
            await held.transport.close()
