"""A real HTTP proxy that connects where CONNECT tells it to, answers all else itself, and remembers what it heard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class ConnectProxy:
    """The proxy. `refusal` is what it answers in the place of a connection."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[str] = []
        self.credentials: list[str] = []
        self.refusal: bytes | None = None
        self.connections: list[asyncio.Future[None]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end."""
        self.connections.append(asyncio.ensure_future(self._served(reader, writer)))

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            self.asked.append(head[0])
            self.credentials += [line for line in head if line.lower().startswith("proxy-authorization:")]
            if self.refusal is not None:
                writer.write(b"HTTP/1.1 " + self.refusal + b"\r\nContent-Length: 0\r\n\r\n")
            elif not head[0].startswith("CONNECT "):
                writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{"client": "you"}')
            else:
                host, _, port = head[0].split(" ")[1].rpartition(":")
                there, back = await asyncio.open_connection(host.strip("[]"), int(port))
                writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
                await asyncio.gather(_passed(reader, back), _passed(there, writer))
        writer.close()


async def _passed(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65_536):
            sink.write(data)
    sink.close()


@asynccontextmanager
async def connect_proxy() -> AsyncIterator[ConnectProxy]:
    """A proxy that is served on a socket of its own."""
    proxy = ConnectProxy()
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    async with server:
        proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield proxy
        await asyncio.gather(*proxy.connections)
