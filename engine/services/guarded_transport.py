"""An HTTP transport that connects to allowed addresses alone, however their host was spelled or resolved."""

import errno
import socket
from collections.abc import Callable, Sequence
from ipaddress import ip_address

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver

from engine.services.addresses import HOW_TO_ALLOW, Network, is_allowed
from engine.services.aiohttp_transport import aiohttp_transport


def guarded_transport(
    allowed_networks: Sequence[Network], *, connections: int, resolver: AbstractResolver | None = None
) -> httpx.AsyncBaseTransport:
    """The transport. `resolver` turns names into addresses, by default the system's. Host and SNI keep the name."""

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=connections, resolver=resolver, socket_factory=guarded_socket(allowed_networks)
        )
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    return aiohttp_transport(session)


def guarded_socket(allowed_networks: Sequence[Network]) -> Callable[[aiohttp.AddrInfoType], socket.socket]:
    """What makes the sockets of a transport that connects to public addresses and to `allowed_networks` alone.

    Every address is judged where the socket that is to be connected to it is made: nothing resolves it again in
    between, and a literal address, which no resolver sees, is judged like any other.
    """

    def make(address_info: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, protocol, _, address = address_info
        if not is_allowed(ip_address(address[0]), allowed_networks):
            raise OSError(errno.EACCES, f"the host leads to an address that is not public: {HOW_TO_ALLOW}")
        return socket.socket(family, kind, protocol)

    return make
