"""A proxy before a server that can become a black hole: it takes connections and bytes, and nothing comes of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

CHUNK_BYTES = 65_536


class _Way:
    """One connection through the proxy; `lost` where nothing will ever come through again, though both ends are up."""

    def __init__(self) -> None:
        self.lost = False


class BlackHole:
    """Forwards to a Unix socket, until it is told to stop, and again when it is told to go on."""

    def __init__(self, target: Path) -> None:
        self.port = 0
        self.connections = 0
        self._target = target
        self._sign = b""
        self._is_open = asyncio.Event()
        self._is_open.set()
        self._ways: set[_Way] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def swallow(self, *, spares: int = 2) -> None:
        """Forward nothing from now on; through connections of now nothing will ever come again, but for each that is
        the `spares`th: these are only late.
        """
        self._is_open.clear()
        for number, way in enumerate(self._ways, 1):
            way.lost = number % spares > 0

    def swallow_at(self, sign: bytes) -> None:
        """Swallow as soon as a client sends this."""
        self._sign = sign

    def forward(self) -> None:
        """Forward again, and first what came in the meantime."""
        self._is_open.set()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        way = _Way()
        self.connections += 1
        try:
            await self._is_open.wait()
            server_reader, server_writer = await asyncio.open_unix_connection(self._target)
            self._ways.add(way)
            try:
                await asyncio.gather(self._carry(way, reader, server_writer), self._carry(way, server_reader, writer))
            finally:
                server_writer.close()
        except (OSError, asyncio.CancelledError):
            pass  # one end is gone, or the test is over
        finally:
            writer.close()
            self._ways.discard(way)
            self._tasks.discard(task)

    async def _carry(self, way: _Way, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(CHUNK_BYTES):
            if self._sign and self._sign in data:
                self._sign = b""
                self.swallow()
            await self._is_open.wait()
            if way.lost:
                await asyncio.Event().wait()
            sink.write(data)
            await sink.drain()
        if way.lost:
            await asyncio.Event().wait()
        sink.close()

    async def close(self) -> None:
        """Cut what is still there."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def black_hole(target: Path) -> AsyncIterator[BlackHole]:
    """A proxy before the server at a Unix socket, on a port of its own."""
    proxy = BlackHole(target)
    server = await asyncio.start_server(proxy.accept, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.close()
