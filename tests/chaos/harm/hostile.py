"""A hostile service on a raw socket: each path misbehaves in its own way, below or within HTTP."""

import asyncio
import gzip
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n"
DRIP_SECONDS = 0.2
BLOCK = b"x" * 65_536
ENDLESS_BYTES = 5 * 1024**3
BOMB_BYTES = 1024**3
DEPTH = 100_000
METADATA = "http://169.254.169.254/latest/meta-data/"
"""Where clouds keep the credentials of a machine."""


class HostileService:
    """Counts the requests for each path, and the bytes that the caller of `/endless` let through."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: Counter[str] = Counter()
        self.sent = 0
        self._bomb = b""
        self._connections: set[asyncio.Task[None]] = set()

    async def prepare(self) -> None:
        """Pack the bomb, which takes a moment."""
        self._bomb = await asyncio.to_thread(_packed, BOMB_BYTES)

    def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a new connection."""
        self._connections.add(asyncio.create_task(self._serve(reader, writer)))

    async def close(self) -> None:
        """Give up the connections that are still misbehaving."""
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one request, misbehave as its path says, and close."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode()
            self.requests[path] += 1
            lengths = [line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            await reader.readexactly(int(lengths[0]))
            misbehave: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
            misbehave = getattr(self, path.removeprefix("/").replace("-", "_"))
            await misbehave(reader, writer)
        except ConnectionError:
            pass  # the caller had enough, which is right
        finally:
            writer.close()

    async def hang(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Never answer."""
        await reader.read()

    async def drip_body(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One byte now and then, each in time for whoever counts single reads."""
        writer.write(HEAD + b"Content-Length: 100000\r\n\r\n")
        await _drip(writer, b" ")

    async def drip_headers(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The head never comes to its end."""
        writer.write(HEAD + b"X-Drip: ")
        await _drip(writer, b"x")

    async def reset(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Cut the connection in the middle of the head."""
        writer.write(HEAD)
        await writer.drain()
        connection: socket.socket = writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    async def half_body(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Less than was announced."""
        writer.write(HEAD + b'Content-Length: 1000\r\n\r\n{"half": ')
        await writer.drain()

    async def garbage(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """What is no HTTP at all."""
        writer.write(b"\x00\xff\xfe\x16\x03\x01 not HTTP\r\n\r\n" * 50)
        await writer.drain()

    async def wrong_charset(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A text that is not in the charset that it names, which does not exist either."""
        body = b"\xff\xfe\x80 caf\xe9 \x00"
        writer.write(
            b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/plain; charset=klingon\r\n"
            + _length(body)
            + body
        )
        await writer.drain()

    async def deep_json(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """An array in an array, and so on."""
        body = b"[" * DEPTH + b"]" * DEPTH
        writer.write(HEAD + _length(body) + body)
        await writer.drain()

    async def endless(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Five gigabytes, as fast as they are taken."""
        writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % ENDLESS_BYTES)
        for _block in range(ENDLESS_BYTES // len(BLOCK)):
            writer.write(BLOCK)
            await writer.drain()
            self.sent += len(BLOCK)

    async def gzip_bomb(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A megabyte that unpacks to a gigabyte."""
        writer.write(HEAD + b"Content-Encoding: gzip\r\n" + _length(self._bomb) + self._bomb)
        await writer.drain()

    async def redirect_loop(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """To itself."""
        await _redirect(writer, f"{self.url}/redirect-loop")

    async def redirect_metadata(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """To the inside of the machine that asks."""
        await _redirect(writer, METADATA)


@asynccontextmanager
async def hostile_service() -> AsyncIterator[HostileService]:
    """A hostile service on a free port."""
    service = HostileService()
    await service.prepare()
    server = await asyncio.start_server(service.connected, "127.0.0.1", 0)
    service.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield service
        await service.close()


async def _drip(writer: asyncio.StreamWriter, byte: bytes) -> None:
    while not writer.is_closing():
        writer.write(byte)
        await writer.drain()
        await asyncio.sleep(DRIP_SECONDS)


async def _redirect(writer: asyncio.StreamWriter, address: str) -> None:
    writer.write(
        f"HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: {address}\r\nContent-Length: 0\r\n\r\n".encode()
    )
    await writer.drain()


def _length(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n" % len(body)


def _packed(size: int) -> bytes:
    """So many zeros, packed: the members of a gzip file follow one another."""
    member = gzip.compress(bytes(16 * 1024**2))
    return member * (size // (16 * 1024**2))
