"""What is called over TLS must show a certificate that the machine trusts, whichever way it is called."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from engine.core.failure import ActionFailed
from engine.services.guarded_transport import guarded_transport
from engine.services.outbound import Outbound
from engine.services.session_transport import SessionTransport
from models.words import ActionErrorCode

pytestmark = pytest.mark.asyncio

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A good certificate of `localhost` with its key, but that nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = tmp_path / "certificate.pem"
    file.write_bytes(made.public_bytes(Encoding.PEM) + private)
    return file


@pytest_asyncio.fixture
async def url(certificate: Path) -> AsyncIterator[str]:
    """A server that speaks TLS."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield f"https://localhost:{server.sockets[0].getsockname()[1]}/"


async def test_a_certificate_that_nobody_vouches_for_is_refused_by_a_call(url: str) -> None:
    outbound = Outbound(SessionTransport())
    with pytest.raises(ActionFailed, match="not trusted: self-signed certificate") as caught:
        await outbound.call("GET", url, headers={}, timeout_seconds=10)
    assert caught.value.code is ActionErrorCode.TLS_REFUSED
    await outbound.close()


async def test_a_certificate_that_nobody_vouches_for_is_refused_by_a_callback(url: str) -> None:
    transport = guarded_transport([ip_network("127.0.0.0/8"), ip_network("::1/128")], connections=1)
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(httpx.TransportError, match="certificate verify failed: self-signed certificate"):
            await client.get(url)
