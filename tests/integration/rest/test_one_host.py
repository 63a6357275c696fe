"""A request and a socket say once for which host they are meant, as HTTP/1.1 demands (RFC 9112, section 3.2)."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from app.settings.settings import Settings

pytestmark = pytest.mark.asyncio

SOCKET = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n"
)
GOOD = "Host: 127.0.0.1\r\n"


@pytest.fixture
def settings(data_dir: Path) -> Settings:
    """Nothing here depends on the database, so one will do."""
    return Settings(data_dir=data_dir)


@pytest.mark.parametrize(
    ("line", "hosts", "status", "says"),
    [
        ("GET /healthz HTTP/1.1", GOOD, 200, ""),
        ("GET /healthz HTTP/1.1", "", 400, "no Host"),
        ("GET /healthz HTTP/1.1", "Host:\r\n", 400, "no Host"),
        ("GET /healthz HTTP/1.1", GOOD * 2, 400, "2 Host headers"),
        ("GET /healthz HTTP/1.1", GOOD + "Host: localhost\r\n", 400, "2 Host headers"),
        ("GET /healthz HTTP/1.1", "Host: a/b\r\n", 421, "not to 'a/b'"),
        ("POST /graphql HTTP/1.1", "", 400, "no Host"),
        ("GET /healthz HTTP/1.0", "", 200, ""),
        ("GET /healthz HTTP/1.0", GOOD * 2, 400, "2 Host headers"),
        ("GET /graphql HTTP/1.1", GOOD + SOCKET, 101, ""),
        ("GET /graphql HTTP/1.1", SOCKET, 400, "no Host"),
        ("GET /graphql HTTP/1.1", GOOD * 2 + SOCKET, 400, "2 Host headers"),
    ],
)
async def test_a_request_has_one_host(server: str, line: str, hosts: str, status: int, says: str) -> None:
    address = urlsplit(server)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(f"{line}\r\n{hosts}\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert int(head.split()[1]) == status
    if says:
        length = next(int(line.split()[1]) for line in head.lower().splitlines() if line.startswith(b"content-length"))
        body = msgspec.json.decode(await reader.readexactly(length))
        assert says in body["detail"]
        assert body["error_code"] == ("MALFORMED_REQUEST" if status == 400 else "MISDIRECTED_REQUEST")
    writer.close()
