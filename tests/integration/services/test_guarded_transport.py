"""The transport of callbacks connects to allowed addresses alone, whatever a host's name or spelling."""

import socket
from ipaddress import ip_network
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from engine.services.addresses import Network
from engine.services.guarded_transport import guarded_socket
from engine.services.session_transport import SessionTransport
from engine.services.transport import Request, encoded_url
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

LOOPBACK = (ip_network("127.0.0.0/8"),)


class Names(AbstractResolver):
    """A name server that the test writes; it counts what it is asked."""

    def __init__(self, **addresses: list[str]) -> None:
        self.addresses = addresses
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Answer as written."""
        self.asked.append(host)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self.addresses[host]
        ]

    async def close(self) -> None:
        """Nothing is held."""


async def posted(url: str, names: Names, *allowed: Network) -> int:
    """Post to `url` and return the status."""
    transport = SessionTransport(guarded_socket(allowed), connections=1, resolver=names)
    try:
        answer = await transport.send(Request("POST", encoded_url(url), {}, b"{}"))
        await answer.close()
        return answer.status
    finally:
        await transport.close()


async def test_a_name_is_resolved_once_and_keeps_its_host_header(scripted: ScriptedService) -> None:
    names = Names(hook=["127.0.0.1"])
    port = urlsplit(scripted.url).port
    assert await posted(f"http://hook:{port}/x", names, *LOOPBACK) == 200
    assert names.asked == ["hook"]
    (request,) = scripted.requests
    assert request["headers"]["host"] == f"hook:{port}"


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["::ffff:127.0.0.1"], ["10.0.0.1", "127.0.0.1"], ["::1", "127.0.0.1", "fe80::1"]]
)
async def test_a_name_that_leads_to_private_addresses_is_refused(
    scripted: ScriptedService, addresses: list[str]
) -> None:
    port = urlsplit(scripted.url).port
    with pytest.raises(aiohttp.ClientError, match="ORCHESTRATOR_ALLOW_PRIVATE_NETWORKS"):
        await posted(f"http://hook:{port}/", Names(hook=addresses))
    assert scripted.requests == []


async def test_of_a_names_addresses_only_the_allowed_ones_are_connected_to(scripted: ScriptedService) -> None:
    allowed = ip_network("127.0.0.1/32")
    port = urlsplit(scripted.url).port
    assert await posted(f"http://hook:{port}/", Names(hook=["127.0.0.2", "127.0.0.1"]), allowed) == 200
    with pytest.raises(aiohttp.ClientError, match="not public"):
        await posted(f"http://hook:{port}/", Names(hook=["127.0.0.2", "127.0.0.3"]), allowed)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0"])  # noqa: S104 - an address that is refused
async def test_an_address_in_the_place_of_a_name_is_judged_too(scripted: ScriptedService, host: str) -> None:
    names = Names()
    with pytest.raises(aiohttp.ClientError, match="not public"):
        await posted(f"http://{host}:{urlsplit(scripted.url).port}/", names)
    assert (names.asked, scripted.requests) == ([], [])


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.1", "0177.0.0.1", "localhost", "localhost."])
async def test_no_odd_spelling_of_the_loopback_gets_through(scripted: ScriptedService, host: str) -> None:
    transport = SessionTransport(guarded_socket(()), connections=1)
    with pytest.raises(aiohttp.ClientError):
        await transport.send(Request("POST", encoded_url(f"http://{host}:{urlsplit(scripted.url).port}/"), {}, b"{}"))
    await transport.close()
    assert scripted.requests == []
