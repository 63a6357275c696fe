"""What is called over TLS must show a certificate that the machine trusts, whichever way it is called."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from engine.guarded_transport import guarded_transport
from engine.outbound import default_transport

pytestmark = pytest.mark.asyncio

CERTIFICATE = Path(__file__).with_name("self_signed.pem")
"""Valid for `localhost` and for the next hundred years, and signed by nobody but itself."""
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

MakeTransport = Callable[[], httpx.AsyncBaseTransport]


def callback_transport() -> httpx.AsyncBaseTransport:
    return guarded_transport([ip_network("127.0.0.0/8"), ip_network("::1/128")], connections=1)


@pytest_asyncio.fixture
async def url() -> AsyncIterator[str]:
    """A server that speaks TLS."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(CERTIFICATE)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield f"https://localhost:{server.sockets[0].getsockname()[1]}/"


@pytest.mark.parametrize("make", [default_transport, callback_transport])
async def test_a_certificate_that_nobody_vouches_for_is_refused(url: str, make: MakeTransport) -> None:
    async with httpx.AsyncClient(transport=make()) as client:
        with pytest.raises(httpx.TransportError, match="certificate verify failed: self-signed certificate"):
            await client.get(url)
