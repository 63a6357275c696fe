"""What is called over TLS must show a certificate that the machine trusts, be it a service or a callback's target."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from engine.callbacks.client import CallbackClient
from engine.core.clock import SystemClock
from engine.core.failure import ActionFailed
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


async def test_a_certificate_that_nobody_vouches_for_is_refused(url: str) -> None:
    transport = SessionTransport()
    with pytest.raises(ActionFailed, match="not trusted: self-signed certificate") as caught:
        await Outbound(transport).call("GET", url, headers={}, timeout_seconds=10)
    assert caught.value.code is ActionErrorCode.TLS_REFUSED
    told = await CallbackClient(transport, [b"a key"], SystemClock()).post("cb_1", url, b"{}")
    assert told.http_status is None
    assert "certificate verify failed: self-signed certificate" in (told.error or "")
    await transport.close()
