"""Services with a TLS identity and a proxy of their own: who believes whom, and where a proxy may lead."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest

from engine.core.failure import ActionFailed
from engine.services.addresses import Network
from engine.services.guarded_transport import guarded_socket
from engine.services.outbound import Outbound
from engine.services.registry import Proxy, Route, TlsIdentity
from engine.services.route_transports import guarded_route_transport, route_transport
from engine.services.routed_transports import RoutedTransports
from engine.services.session_transport import SessionTransport
from models.words import ActionErrorCode
from tests.integration.services.test_guarded_transport import LOOPBACK, Names
from tests.support.credentials.certificates import OwnCA, server_tls
from tests.support.edges.connect_proxy import connect_proxy
from tests.support.edges.tls_service import tls_service

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def closing(outbound: Outbound) -> AsyncIterator[Outbound]:
    try:
        yield outbound
    finally:
        await outbound.close()


async def answered(outbound: Outbound, url: str, route: Route | None) -> Mapping[str, str | None]:
    reply = await outbound.call("GET", url, headers={}, timeout_seconds=10, route=route)
    assert reply.status == 200
    return dict(json.loads(reply.content))


async def failure(outbound: Outbound, url: str, route: Route | None) -> ActionFailed:
    with pytest.raises(ActionFailed) as caught:
        await outbound.call("GET", url, headers={}, timeout_seconds=10, route=route)
    return caught.value


async def test_each_side_believes_the_certificates_that_it_is_told_to(tmp_path: Path) -> None:
    ours, theirs, strange = OwnCA(), OwnCA("CA of clients"), OwnCA("Strange CA")
    me, nobody, late = theirs.pair("me"), strange.pair("nobody"), theirs.pair("late", days=-1)
    trusting = TlsIdentity(ours.pem, me.certificate, me.key)
    with tls_service(server_tls(tmp_path, ours.pair(), theirs.pem)) as service:
        async with closing(Outbound(SessionTransport(), route_transport)) as outbound:
            assert await answered(outbound, service.url, Route(trusting)) == {"client": "me"}
            commented = TlsIdentity(f"# für uns\n{strange.pem}\n{ours.pem}", me.certificate, me.key)
            assert await answered(outbound, service.url, Route(commented)) == {"client": "me"}
            assert service.connections == 2
            await answered(outbound, service.url, Route(trusting))
            assert service.connections == 2  # each route keeps its own

            for untrusted in (None, Route(TlsIdentity(strange.pem, me.certificate, me.key))):
                refused = await failure(outbound, service.url, untrusted)
                assert (refused.code, refused.retryable, refused.repeatable) == (
                    ActionErrorCode.TLS_REFUSED,
                    True,
                    True,
                )
                assert "its certificate is not trusted" in refused.message
                assert "tls.ca of the service" in refused.message
            for pair in (None, nobody, late):
                shown = TlsIdentity(ours.pem, pair and pair.certificate, pair and pair.key)
                refused = await failure(outbound, service.url, Route(shown))
                assert (refused.code, refused.repeatable) == (ActionErrorCode.TLS_REFUSED, True), refused.message
                assert "tls.certificate of the service" in refused.message
            refused = await failure(outbound, service.url.replace("localhost", "127.0.0.1"), Route(trusting))
            assert (refused.code, "IP address mismatch" in refused.message) == (ActionErrorCode.TLS_REFUSED, True)


async def test_a_proxy_is_gone_through_and_its_refusal_told(tmp_path: Path) -> None:
    ours = OwnCA()
    with tls_service(server_tls(tmp_path, ours.pair())) as service:
        async with (
            connect_proxy() as proxy,
            closing(Outbound(SessionTransport(), route_transport)) as outbound,
        ):
            route = Route(TlsIdentity(ours.pem), Proxy(proxy.url, "me:geheim @"))
            assert await answered(outbound, service.url, route) == {"client": None}
            # The proxy of the operator looks the name up.
            assert proxy.asked == [f"CONNECT localhost:{service.port} HTTP/1.1"]
            plain = Route(proxy=Proxy(proxy.url, "me:geheim @"))
            assert await answered(outbound, "http://crm.invalid/a%3Bb", plain) == {"client": "you"}
            assert proxy.asked[-1] == "GET http://crm.invalid/a%3Bb HTTP/1.1"
            assert [line.lower() for line in proxy.credentials] == ["proxy-authorization: basic bwu6z2vozwltiea="] * 2
            for status in (b"407 Who are you", b"599 \xff"):
                proxy.refusal = status
                refused = await failure(
                    outbound, service.url, Route(TlsIdentity(ours.pem), Proxy(proxy.url, "me:falsch"))
                )
                assert (refused.code, refused.repeatable) == (ActionErrorCode.CONNECTION_ERROR, True)
                assert "its proxy did not connect to it: " + status[:3].decode() in refused.message
                assert "falsch" not in refused.message
            gone = await failure(outbound, service.url, Route(proxy=Proxy("http://127.0.0.1:9")))
            assert (gone.code, gone.repeatable) == (ActionErrorCode.CONNECTION_ERROR, True)
            assert "its proxy did not connect to it" in gone.message


async def test_the_proxy_of_an_admin_leads_to_judged_addresses_alone(tmp_path: Path) -> None:
    ours = OwnCA()
    names = Names(
        **{"good.example": ["127.0.0.1"], "inside.example": ["10.0.0.1"], "both.example": ["10.0.0.1", "127.0.0.1"]}
    )
    with tls_service(server_tls(tmp_path, ours.pair("good.example"))) as service:
        async with connect_proxy() as proxy:
            route = Route(TlsIdentity(ours.pem), Proxy(proxy.url))
            async with closing(guarded(names)) as outbound:
                place = f"https://good.example:{service.port}/"
                assert await answered(outbound, place, route) == {"client": None}
                # It is told the address that was judged, and the service and its certificate are asked for by name.
                assert proxy.asked.pop() == f"CONNECT 127.0.0.1:{service.port} HTTP/1.1"
                assert f"\r\nhost: good.example:{service.port}\r\n" in service.requests[0]
                refused = await failure(outbound, place.replace("good", "both"), route)
                assert "Hostname mismatch" in refused.message
                assert proxy.asked.pop() == f"CONNECT 127.0.0.1:{service.port} HTTP/1.1"
                for host in ("inside.example", "10.0.0.1", "[::1]", "169.254.169.254", "0xa9fea9fe"):
                    refused = await failure(outbound, f"https://{host}:{service.port}/", route)
                    assert (refused.code, refused.repeatable) == (ActionErrorCode.CONNECTION_ERROR, True)
                    assert "an address that is not public" in refused.message
                assert proxy.asked == []
            async with closing(guarded(names, ip_network("10.0.0.0/8"))) as outbound:
                refused = await failure(outbound, "https://inside.example/", route)
                assert "an address that is not public" in refused.message  # the proxy itself is at one
                assert proxy.asked == []


def guarded(names: Names, *allowed: Network) -> Outbound:
    networks = allowed or LOOPBACK
    return Outbound(SessionTransport(guarded_socket(networks)), guarded_route_transport(networks, names))


class Closable(SessionTransport):
    """A transport that says whether it was closed."""

    is_closed = False

    async def close(self) -> None:
        self.is_closed = True


async def test_transports_are_few_and_end_when_nobody_has_their_route_and_their_calls_have_ended() -> None:
    made: dict[Route, Closable] = {}

    async def make(route: Route) -> Closable:
        made[route] = Closable()
        return made[route]

    one, two, three = (Route(proxy=Proxy(f"http://proxy-{number}")) for number in range(3))
    transports = RoutedTransports(make, most=2)
    async with transports.transport(one), transports.transport(two), transports.transport(three):
        assert len(transports) == 2
        assert not made[one].is_closed  # its call is under way
    assert [made[route].is_closed for route in (one, two, three)] == [True, False, False]
    async with transports.transport(two) as kept:
        assert kept is made[two]
        await transports.keep({three})
        assert (len(transports), made[two].is_closed) == (1, False)
    assert [made[route].is_closed for route in (two, three)] == [True, False]
    await transports.close()
    assert made[three].is_closed
