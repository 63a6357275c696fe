"""Keeps connections to allowed addresses, however their host was spelled or resolved."""

import errno
import socket
from collections.abc import Callable, Sequence
from ipaddress import ip_address

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver

from engine.services.addresses import HOW_TO_ALLOW, Address, Network, is_allowed, literal_address
from engine.services.transport import HttpAnswer, NotConnected, Request, Transport

NOT_PUBLIC = f"the host leads to an address that is not public: {HOW_TO_ALLOW}"


def guarded_socket(allowed_networks: Sequence[Network]) -> Callable[[aiohttp.AddrInfoType], socket.socket]:
    """What makes the sockets of a transport that connects to public addresses and to `allowed_networks` alone.

    Every address is judged where the socket that is to be connected to it is made: nothing resolves it again in
    between, and a literal address, which no resolver sees, is judged like any other.
    """

    def make(address_info: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, protocol, _, address = address_info
        if not is_allowed(ip_address(address[0]), allowed_networks):
            raise OSError(errno.EACCES, NOT_PUBLIC)
        return socket.socket(family, kind, protocol)

    return make


class JudgedTransport:
    """Goes by a proxy to allowed addresses alone.

    The proxy is told an address that was judged here, and no name, which it would look up itself and might find
    elsewhere. Host and SNI keep the name, and the certificate has to be of that.
    """

    def __init__(self, behind: Transport, allowed_networks: Sequence[Network], resolver: AbstractResolver) -> None:
        self._behind = behind
        self._allowed = allowed_networks
        self._resolver = resolver

    async def send(self, request: Request) -> HttpAnswer:
        """See `Transport.send`. Raises `NotConnected` where the host leads to no address that is allowed."""
        url = request.url
        host = url.raw_host or ""
        judged = msgspec.structs.replace(
            request,
            url=url.with_host(str(await self._address(host))),
            headers={**request.headers, "host": url.host_port_subcomponent or host},
            server_name=host,
        )
        return await self._behind.send(judged)

    async def close(self) -> None:
        """See `Transport.close`."""
        await self._resolver.close()
        await self._behind.close()

    async def _address(self, host: str) -> Address:
        """An address of IPv4 where there is one: every proxy reaches those."""
        spelled = literal_address(host)
        try:
            found = [] if spelled else await self._resolver.resolve(host, 0, socket.AF_UNSPEC)
        except (OSError, UnicodeError) as error:
            raise NotConnected(f"no address of {host} is known: {error}") from None
        addresses = [spelled] if spelled else [ip_address(each["host"]) for each in found]
        allowed = [address for address in addresses if is_allowed(address, self._allowed)]
        if not allowed:
            raise NotConnected(NOT_PUBLIC)
        return min(allowed, key=lambda address: address.version)
