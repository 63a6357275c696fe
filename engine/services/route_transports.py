"""Makes the transports of services that have a TLS identity or a proxy of their own."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import DefaultResolver
from aiohttp.abc import AbstractResolver

from engine.services.addresses import Network
from engine.services.guarded_transport import JudgedTransport, guarded_socket
from engine.services.registry import Route
from engine.services.session_transport import SessionTransport
from engine.services.tls import tls_context
from engine.services.transport import Transport

MakeTransport = Callable[[Route], Awaitable[Transport]]


async def route_transport(route: Route) -> Transport:
    """The transport to a service of the operator, whose proxy looks its name up and may lead anywhere."""
    tls = None if route.tls is None else await asyncio.to_thread(tls_context, route.tls)
    return SessionTransport(tls=tls, proxy=route.proxy)


def guarded_route_transport(
    allowed_networks: Sequence[Network], resolver: AbstractResolver | None = None
) -> MakeTransport:
    """The same for a service of an admin: neither its proxy nor what is behind it may be at any other address.

    `resolver` turns the names of services behind a proxy into addresses, by default the system's.
    """

    async def make(route: Route) -> Transport:
        tls = None if route.tls is None else await asyncio.to_thread(tls_context, route.tls)
        transport = SessionTransport(guarded_socket(allowed_networks), tls=tls, proxy=route.proxy)
        if route.proxy is None:
            return transport
        return JudgedTransport(transport, allowed_networks, resolver or DefaultResolver())

    return make
